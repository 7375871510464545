//! Machine tokens through the facade, one method per kind; and the resources behind a request.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use clerk_backend::errors::MachineTokenVerificationCode as Code;
use clerk_backend::http::SharedTransport;
use clerk_backend::http::testing::{Reply, ScriptedTransport};
use clerk_backend::testing::mint::{
    M2mTokenBuilder, OAuthTokenBuilder, SessionTokenBuilder, TestKey, TestOrg,
};
use clerk_backend::{Clerk, ClerkBuilder, Clock};
use http::{Request, StatusCode};

const KEY: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";
const NOW: i64 = 1_774_000_000_250;

fn builder(transport: &ScriptedTransport) -> ClerkBuilder {
    Clerk::builder()
        .publishable_key(KEY)
        .secret_key("sk_test_x")
        .jwt_key(TestKey::FIRST.public_pem())
        .clock(Clock::fixed(NOW))
        .transport(SharedTransport::new(transport.clone()))
        .allow_test_keys()
}

fn answering(status: u16, body: &'static str) -> (Clerk, ScriptedTransport) {
    let status = StatusCode::from_u16(status).unwrap();
    let transport = ScriptedTransport::from_fn(move |_| {
        Reply::json(status, body).with_header("retry-after", "7")
    });
    (builder(&transport).build().unwrap(), transport)
}

// covers: TOK-34
#[tokio::test]
async fn m2m_tokens_are_verified_here_where_that_is_possible() {
    let (clerk, transport) =
        answering(200, r#"{"id":"mt_1","subject":"mch_2","scopes":["mch_3"]}"#);
    let jwt = || M2mTokenBuilder::new("mch_1").issued_at_ms(NOW);
    let token = clerk.verify_m2m_token(&jwt().mint()).await.unwrap();
    assert_eq!(token.facts.subject, "mch_1");
    let expired = jwt().issued_at_ms(NOW - 10_000_000_000).mint();
    let error = clerk.verify_m2m_token(&expired).await.unwrap_err();
    assert_eq!(error.code(), Code::TokenVerificationFailed);
    assert_eq!(transport.sent(), 0);

    let token = clerk.verify_m2m_token("mt_1").await.unwrap();
    assert_eq!(token.facts.subject, "mch_2");
    let requests = transport.take_requests();
    assert_eq!(requests[0].uri().path(), "/m2m_tokens/verify");
    assert_eq!(requests[0].body(), r#"{"token":"mt_1"}"#);
    assert_eq!(requests[0].headers()["authorization"], "Bearer sk_test_x");

    // The audience of requests is not theirs; the machine's own key goes before the instance's.
    let clerk = builder(&transport)
        .machine_secret_key("ak_machine")
        .options(|options| options.audience(["https://api.example.com"]))
        .build()
        .unwrap();
    clerk.verify_m2m_token(&jwt().mint()).await.unwrap();
    clerk.verify_m2m_token("mt_1").await.unwrap();
    let requests = transport.take_requests();
    assert_eq!(requests[0].headers()["authorization"], "Bearer ak_machine");
}

// covers: TOK-37
#[tokio::test]
async fn oauth_tokens_are_held_to_the_audience_that_is_asked_for() {
    const ANSWER: &str = r#"{"id":"oat_1","subject":"user_1","client_id":"c","scopes":[],"aud":["https://a.example"]}"#;
    let (clerk, transport) = answering(200, ANSWER);
    let none: [&str; 0] = [];
    let jwt = |audience: &[&str]| {
        OAuthTokenBuilder::new("user_1")
            .issued_at_ms(NOW)
            .claim("aud", audience.to_vec())
            .mint()
    };
    let good = jwt(&["https://a.example", "https://b.example"]);
    for (token, audience, accepted) in [
        ("oat_1", vec![], true),
        ("oat_1", vec!["https://a.example"], true),
        (
            "oat_1",
            vec!["https://b.example", "https://a.example"],
            true,
        ),
        ("oat_1", vec!["https://b.example"], false),
        (good.as_str(), vec![], true),
        (good.as_str(), vec!["https://b.example"], true),
        (good.as_str(), vec!["https://c.example"], false),
        (jwt(&[]).as_str(), vec!["https://a.example"], false),
        (
            jwt(&["", "https://a.example"]).as_str(),
            vec!["https://a.example"],
            false,
        ),
    ] {
        let verified = clerk.verify_oauth_token(token, audience.clone()).await;
        match verified {
            Ok(token) => {
                assert!(accepted, "{audience:?}");
                assert_eq!(token.facts.subject, "user_1");
            }
            Err(error) => {
                assert!(!accepted, "{token} {audience:?}: {error}");
                assert_eq!(error.code(), Code::TokenVerificationFailed, "{audience:?}");
                assert!(!error.is_outage());
            }
        }
    }
    // JWTs went nowhere.
    assert_eq!(transport.take_requests().len(), 4);
    let (clerk, _) = answering(200, r#"{"active":false}"#);
    let error = clerk.verify_oauth_token("oat_1", none).await.unwrap_err();
    assert_eq!(error.code(), Code::TokenInvalid);
}

// covers: TOK-42, TOK-24, TOK-25, TOK-26
#[tokio::test]
async fn keys_and_tokens_are_refused_for_what_they_are() {
    let (clerk, _) = answering(
        200,
        r#"{"id":"ak_1","type":"api_key","name":"reports","subject":"org_1","scopes":["read"],
            "claims":{"a":1},"created_by":"user_1","description":"d","last_used_at":5,
            "created_at":1,"updated_at":2,"expiration":1774000000251,"revoked":false,"expired":false}"#,
    );
    let key = clerk.verify_api_key("ak_secret").await.unwrap();
    assert_eq!(
        (key.name.as_str(), key.facts.subject.as_str()),
        ("reports", "org_1")
    );
    assert_eq!(key.facts.expires_at_ms, Some(1_774_000_000_251));
    assert_eq!(key.created_by.as_deref(), Some("user_1"));

    for (status, body, code, outage) in [
        (
            200,
            r#"{"id":"ak_1","subject":"user_1","revoked":true}"#,
            Code::TokenInvalid,
            false,
        ),
        (404, "{}", Code::TokenInvalid, false),
        (401, "{}", Code::SecretKeyInvalid, true),
        (429, "{}", Code::UnexpectedError, true),
        (503, "{}", Code::UnexpectedError, true),
    ] {
        let (clerk, _) = answering(status, body);
        let error = clerk.verify_api_key("ak_secret").await.unwrap_err();
        assert_eq!(
            (error.code(), error.is_outage()),
            (code, outage),
            "{status} {body}"
        );
        if status == 429 {
            assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        }
    }

    // A token of another kind is refused without asking.
    let (clerk, transport) = answering(200, "{}");
    for wrong in ["", "mt_1", "oat_1", "text"] {
        let error = clerk.verify_api_key(wrong).await.unwrap_err();
        assert_eq!(error.code(), Code::TokenInvalid, "{wrong}");
    }
    assert_eq!(transport.sent(), 0);
}

const ORGANIZATION: &str = r#"{"id":"org_1","object":"organization","name":"Acme","slug":"acme","has_image":false,
    "max_allowed_memberships":5,"admin_delete_enabled":true,"created_at":1,"updated_at":1,
    "public_metadata":{"shown":1},"private_metadata":{"hidden":1}}"#;

// covers: AUTH-43
#[tokio::test]
async fn resources_behind_a_request_come_without_private_metadata() {
    let transport = ScriptedTransport::from_fn(|request| {
        let body = match request.uri().path() {
            "/v1/users/user_1" => format!(
                r#"{{"id":"user_1","object":"user","password_enabled":false,"created_at":1,"updated_at":1,
                    "public_metadata":{{"shown":1}},"private_metadata":{{"hidden":1}},
                    "organization_memberships":[{{"id":"m","object":"organization_membership","role":"org:admin",
                    "permissions":[],"created_at":1,"updated_at":1,"public_metadata":{{"shown":1}},
                    "private_metadata":{{"hidden":1}},"organization":{ORGANIZATION}}}]}}"#
            ),
            "/v1/sessions/sess_1" => {
                r#"{"id":"sess_1","object":"session","user_id":"user_1","client_id":"c",
                "status":"active","created_at":1,"updated_at":1}"#
                    .to_owned()
            }
            "/v1/organizations/org_1" => ORGANIZATION.to_owned(),
            _ => return Reply::status(StatusCode::NOT_FOUND),
        };
        Reply::json(StatusCode::OK, body)
    });
    let clerk = builder(&transport).build().unwrap();
    let token = SessionTokenBuilder::new("user_1")
        .session_id("sess_1")
        .org(TestOrg::new("org_1").slug("acme").role("org:admin"))
        .issued_at_ms(NOW)
        .mint();
    let request = Request::get("https://app.example.com/")
        .header("authorization", format!("Bearer {token}"))
        .body(())
        .unwrap();
    let state = clerk.authenticate_request(&request).await.unwrap();
    let auth = state.to_auth();

    let loaded = clerk
        .load(&auth)
        .user()
        .session()
        .organization()
        .await
        .unwrap();
    assert_eq!(loaded.session.as_ref().unwrap().id, "sess_1");
    let (user, organization) = (loaded.user.unwrap(), loaded.organization.unwrap());
    let membership = &user.organization_memberships[0];
    for metadata in [
        &user.private_metadata,
        &organization.private_metadata,
        &membership.private_metadata,
        &membership.organization.private_metadata,
    ] {
        assert!(metadata.is_empty());
    }
    for metadata in [
        &user.public_metadata,
        &organization.public_metadata,
        &membership.public_metadata,
        &membership.organization.public_metadata,
    ] {
        assert!(metadata.get("shown").is_some());
    }
    assert!(!format!("{}", serde_json::json!([user, organization])).contains("hidden"));
    assert_eq!(transport.take_requests().len(), 3);

    // Only what is asked for, and what there is.
    let loaded = clerk.load(&auth).organization().await.unwrap();
    assert!(loaded.user.is_none() && loaded.organization.is_some());
    assert_eq!(transport.take_requests().len(), 1);
    let nobody = clerk.verify("").await.unwrap();
    let loaded = clerk.load(nobody.auth()).user().session().organization();
    assert_eq!(loaded.await.unwrap(), clerk_backend::Resources::default());
    assert_eq!(transport.sent(), 0);
}
