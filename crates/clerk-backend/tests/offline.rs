//! A protected application, tested against the offline Clerk: what application developers write.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::time::Duration;

use clerk_backend::authz::Permission;
use clerk_backend::testing::server::OfflineClerk;
use clerk_backend::{Clerk, RequestState};
use http::{Request, StatusCode, header};

/// An application with one route; a router of any framework stands here.
struct App {
    clerk: Clerk,
}

impl App {
    async fn get_reports(&self, headers: &[(&str, String)]) -> StatusCode {
        let mut request = Request::get("http://localhost:3000/reports");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(()).unwrap();
        match self.clerk.authenticate_request(&request).await.unwrap() {
            RequestState::SignedIn(state) => {
                match state.auth().has(Permission::new("org:reports:read")) {
                    true => StatusCode::OK,
                    false => StatusCode::FORBIDDEN,
                }
            }
            RequestState::SignedOut(_) => StatusCode::UNAUTHORIZED,
            RequestState::Handshake(_) => StatusCode::TEMPORARY_REDIRECT,
            RequestState::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    async fn get_reports_with(&self, token: &str) -> StatusCode {
        self.get_reports(&[("authorization", format!("Bearer {token}"))])
            .await
    }
}

// covers: TEST-9, TEST-22
#[tokio::test]
async fn members_see_reports() {
    let offline = OfflineClerk::start().await;
    let ada = offline.create_user("ada@example.com").await;
    let bob = offline.create_user("bob@example.com").await;
    let org = offline
        .create_org("Acme")
        .member(&ada, "org:member", ["org:reports:read"])
        .await;
    let app = App {
        clerk: Clerk::offline(&offline),
    };

    let ada = offline.session(&ada).org(&org);
    assert_eq!(app.get_reports_with(&ada.token()).await, StatusCode::OK);
    let bob = offline.session(&bob).org(&org);
    assert_eq!(
        app.get_reports_with(&bob.token()).await,
        StatusCode::FORBIDDEN
    );

    let token = ada.token();
    offline.clock().advance(Duration::from_secs(66)); // tokens live sixty seconds, five more are tolerated
    assert_eq!(app.get_reports_with(&token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(app.get_reports_with(&ada.token()).await, StatusCode::OK);
}

#[tokio::test]
async fn an_outage_is_not_a_sign_out() {
    let offline = OfflineClerk::start().await;
    let ada = offline.create_user("ada@example.com").await;
    let app = App {
        clerk: Clerk::offline(&offline),
    };
    let token = offline.session(&ada).token();
    // Every attempt of the first fetch fails: nothing is known about the token.
    offline.inject(
        "/v1/jwks",
        clerk_backend::testing::server::Fault::Status(503),
        None,
    );
    assert_eq!(
        app.get_reports_with(&token).await,
        StatusCode::SERVICE_UNAVAILABLE
    );
    offline.clear_faults();
    offline.fail_next(503, "/v1/jwks");
    offline.clock().advance(Duration::from_secs(31));
    assert_eq!(app.get_reports_with(&token).await, StatusCode::FORBIDDEN);
    assert!(offline.request_count("/v1/jwks") >= 3);
}

#[tokio::test]
async fn browsers_are_sent_to_the_offline_frontend_api_and_nowhere_else() {
    let offline = OfflineClerk::start().await;
    let ada = offline.create_user("ada@example.com").await;
    let session = offline.session(&ada);
    let clerk = Clerk::offline(&offline);
    let request = |cookies: String| {
        Request::get("http://localhost:3000/")
            .header(header::HOST, "localhost:3000")
            .header("sec-fetch-dest", "document")
            .header(header::COOKIE, cookies)
            .body(())
            .unwrap()
    };
    let signed_in = request(session.cookies("http://localhost:3000"));
    assert!(matches!(
        clerk.authenticate_request(&signed_in).await.unwrap(),
        RequestState::SignedIn(_)
    ));
    let RequestState::Handshake(state) = clerk
        .authenticate_request(&request(String::new()))
        .await
        .unwrap()
    else {
        panic!("a browser without cookies goes through a handshake");
    };
    let location = state.headers()["location"].to_str().unwrap();
    let own = format!("{}/v1/client/handshake?", offline.frontend_url());
    assert!(location.starts_with(&own), "{location}");
}

#[tokio::test]
async fn its_published_keys_are_refused_by_every_other_client() {
    let offline = OfflineClerk::start().await;
    let ada = offline.create_user("ada@example.com").await;
    let app = App {
        clerk: Clerk::builder()
            .publishable_key(offline.publishable_key().as_str())
            .secret_key(offline.secret_key())
            .api_url(offline.backend_url())
            .build()
            .unwrap(),
    };
    let status = app.get_reports_with(&offline.session(&ada).token()).await;
    assert_ne!(status, StatusCode::FORBIDDEN, "the token was believed");
    assert_ne!(status, StatusCode::OK);
}

#[tokio::test]
async fn live_keys_are_refused_unless_the_backend_api_is_on_this_machine() {
    let offline = OfflineClerk::builder().live_shaped().start().await.unwrap();
    assert!(Clerk::builder().offline(&offline).build().is_ok());
    for url in ["https://api.clerk.com", "https://192.168.0.2:4401"] {
        let error = Clerk::builder()
            .offline(&offline)
            .api_url(url)
            .build()
            .unwrap_err();
        assert!(error.to_string().contains("allow_test_keys"), "{error}");
    }
}

#[tokio::test]
async fn diagnose_finds_what_the_connection_has_to_say() {
    let offline = OfflineClerk::start().await;
    offline.clock().advance(Duration::from_secs(3600)); // the client's clock goes with it
    let good = Clerk::offline(&offline).diagnose().await;
    assert!(good.is_working(), "{good}");
    for (builder, broken) in [
        (
            Clerk::builder()
                .offline(&offline)
                .secret_key("sk_test_ofanother"),
            "BROKEN  CLERK_SECRET_KEY: is refused",
        ),
        (
            Clerk::builder()
                .offline(&offline)
                .clock(clerk_backend::Clock::system()),
            "BROKEN  clock: is",
        ),
        (
            Clerk::builder()
                .offline(&offline)
                .api_url("http://127.0.0.1:9"),
            "BROKEN  Backend API",
        ),
    ] {
        let found = builder.build().unwrap().diagnose().await;
        assert!(!found.is_working(), "{found}");
        assert!(found.to_string().contains(broken), "{found}");
    }
}
