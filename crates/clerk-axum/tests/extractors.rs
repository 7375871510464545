//! Extractors in handlers' signatures. What callers get in full is the behaviour suite's business.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![allow(clippy::unwrap_used, reason = "tests")]

use axum::body::Body;
use axum::routing::get;
use axum::{Router, http::Request};
use clerk_axum::{
    Auth, AuthRejection, ClerkLayer, Guard, Machine, OptionalSession, Policy, Protected,
    RejectionKind, RequireAuth, Session,
};
use clerk_core::{Clock, PublishableKey};
use clerk_internal::{AuthenticateOptions, Authenticator};
use clerk_testing::mint::{SessionTokenBuilder, TestKey};
use clerk_tokens::VerifyingKey;
use http_body_util::BodyExt;
use serde::Deserialize;
use tower::ServiceExt;

const NOW: i64 = 1_774_000_000_250;

#[derive(Deserialize)]
struct Claims {
    department: String,
}

struct Nobody;

impl Policy for Nobody {
    fn guard() -> Guard {
        Guard::new().predicate(|_| false)
    }
}

fn routes() -> Router {
    let name = |session: Option<Session>| session.map(|session| session.user_id().to_owned());
    Router::new()
        .route(
            "/auth",
            get(async |auth: Auth| auth.user_id().is_some().to_string()),
        )
        .route(
            "/me",
            get(async |session: Session| session.user_id().to_owned()),
        )
        .route(
            "/optional",
            get(async move |OptionalSession(session): OptionalSession| {
                name(session).unwrap_or_default()
            }),
        )
        .route(
            "/option",
            get(async move |session: Option<Session>| name(session).unwrap_or_default()),
        )
        .route(
            "/claims",
            get(async |session: Session<Claims>| session.into_parts().1.department),
        )
        .route(
            "/option-claims",
            get(async |session: Option<Session<Claims>>| {
                session.map_or_else(String::new, |session| {
                    session.custom_claims().department.clone()
                })
            }),
        )
        .route(
            "/machine",
            get(async |machine: Machine| machine.subject().to_owned()),
        )
        .route(
            "/policy",
            get(async |caller: Protected<Nobody>| format!("{caller:?}")),
        )
        .route("/guard", get("open").route_layer(RequireAuth::new()))
        .route(
            "/own",
            get(
                async |session: Result<Session, AuthRejection>| match session {
                    Ok(session) => session.user_id().to_owned(),
                    Err(rejection) if rejection.kind() == RejectionKind::Unauthenticated => {
                        "please sign in".to_owned()
                    }
                    Err(rejection) => rejection.to_string(),
                },
            ),
        )
}

fn app() -> Router {
    let key = VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap();
    let options = AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k").unwrap())
        .jwt_key(key)
        .allow_test_keys(true);
    let engine = Authenticator::builder(options).clock(Clock::fixed(NOW));
    routes().layer(ClerkLayer::new(engine.build().unwrap()))
}

async fn call(app: Router, path: &str, token: &str) -> (u16, String) {
    let mut request = Request::get(path);
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = app
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.into()).unwrap())
}

// covers: MW-4
#[tokio::test]
async fn each_extractor_says_who_or_turns_away() {
    let token = SessionTokenBuilder::new("user_1").issued_at_ms(NOW);
    let plain = token.mint();
    let with_claims = token.claim("department", "tea").mint();
    for (path, token, status, body) in [
        ("/auth", "", 200, "false"),
        ("/auth", &*plain, 200, "true"),
        ("/me", "", 401, "unauthenticated"),
        ("/me", &plain, 200, "user_1"),
        ("/optional", "", 200, ""),
        ("/optional", &plain, 200, "user_1"),
        ("/option", "", 200, ""),
        ("/option", &plain, 200, "user_1"),
        ("/claims", "", 401, "unauthenticated"),
        ("/claims", &plain, 500, "internal_error"),
        ("/claims", &with_claims, 200, "tea"),
        ("/option-claims", "", 200, ""),
        ("/option-claims", &plain, 500, "internal_error"),
        ("/option-claims", &with_claims, 200, "tea"),
        ("/machine", &plain, 401, ""),
        ("/policy", "", 401, "unauthenticated"),
        ("/policy", &plain, 403, "unauthorized"),
        ("/guard", "", 401, "unauthenticated"),
        ("/guard", &plain, 200, "open"),
        ("/own", "", 200, "please sign in"),
        ("/own", &plain, 200, "user_1"),
    ] {
        let (found, text) = call(app(), path, token).await;
        assert_eq!(found, status, "{path} {text}");
        assert!(text.contains(body), "{path} {text}");
    }
}

// covers: MW-4
#[tokio::test]
async fn without_the_layer_nobody_gets_through() {
    for path in [
        "/auth",
        "/me",
        "/optional",
        "/option",
        "/claims",
        "/option-claims",
        "/machine",
        "/policy",
        "/guard",
    ] {
        let (status, body) = call(routes(), path, "").await;
        assert_eq!(status, 500, "{path}");
        assert!(body.contains("internal_error"), "{path} {body}");
    }
    assert_eq!(
        call(routes(), "/own", "").await.1,
        "no Clerk middleware is around this route"
    );
}
