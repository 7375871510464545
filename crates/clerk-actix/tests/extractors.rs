//! Middleware and extractors. What callers get in full is the behaviour suite's business.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service, read_body, try_call_service};
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, error};
use clerk_actix::{
    Auth, AuthRejection, ClerkMiddleware, Guard, Machine, OptionalSession, Policy, Protected,
    RejectionKind, RequireAuth, Session, Webhook,
};
use clerk_core::{Clock, PublishableKey};
use clerk_internal::path::RouteMatcher;
use clerk_internal::{AuthenticateOptions, Authenticator};
use clerk_testing::mint::{SessionTokenBuilder, TestKey};
use clerk_tokens::VerifyingKey;
use serde::Deserialize;

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

async fn optional(OptionalSession(session): OptionalSession) -> String {
    session.map_or_else(String::new, |session| session.user_id().to_owned())
}

async fn optional_claims(OptionalSession(session): OptionalSession<Claims>) -> String {
    session.map_or_else(String::new, |session| {
        session.custom_claims().department.clone()
    })
}

async fn own(session: Result<Session, AuthRejection>) -> String {
    match session {
        Ok(session) => session.user_id().to_owned(),
        Err(rejection) if rejection.kind() == RejectionKind::Unauthenticated => {
            "please sign in".to_owned()
        }
        Err(rejection) => rejection.to_string(),
    }
}

fn routes(app: &mut ServiceConfig) {
    let get = web::get;
    app.route(
        "/auth",
        get().to(async |auth: Auth| auth.user_id().is_some().to_string()),
    )
    .route(
        "/me",
        get().to(async |session: Session| session.user_id().to_owned()),
    )
    .route("/optional", get().to(optional))
    .route("/optional-claims", get().to(optional_claims))
    .route(
        "/claims",
        get().to(async |session: Session<Claims>| session.into_parts().1.department),
    )
    .route(
        "/machine",
        get().to(async |machine: Machine| machine.subject().to_owned()),
    )
    .route(
        "/policy",
        get().to(async |caller: Protected<Nobody>| format!("{caller:?}")),
    )
    .service(
        web::resource("/guard")
            .wrap(RequireAuth::new())
            .get(async || "open"),
    )
    .route("/own", get().to(own))
    .route(
        "/webhook",
        get().to(async |webhook: Webhook| webhook.id().to_owned()),
    );
}

fn clerk() -> Authenticator {
    let key = VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap();
    let options = AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k").unwrap())
        .jwt_key(key)
        .allow_test_keys(true);
    let engine = Authenticator::builder(options).clock(Clock::fixed(NOW));
    engine.build().unwrap()
}

fn request(path: &str, token: &str) -> TestRequest {
    let request = TestRequest::get().uri(path);
    if token.is_empty() {
        return request;
    }
    request.insert_header(("authorization", format!("Bearer {token}")))
}

/// Sends a request to an application and returns status and body.
macro_rules! call {
    ($app:expr, $request:expr) => {{
        let app = init_service($app).await;
        let response = try_call_service(&app, $request.to_request()).await.unwrap();
        let status = response.status().as_u16();
        let body = read_body(response).await;
        (status, String::from_utf8(body.to_vec()).unwrap())
    }};
}

// covers: MW-4
#[actix_web::test]
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
        ("/claims", "", 401, "unauthenticated"),
        ("/claims", &plain, 500, "internal_error"),
        ("/claims", &with_claims, 200, "tea"),
        ("/optional-claims", "", 200, ""),
        ("/optional-claims", &plain, 500, "internal_error"),
        ("/optional-claims", &with_claims, 200, "tea"),
        ("/machine", &plain, 401, ""),
        ("/policy", "", 401, "unauthenticated"),
        ("/policy", &plain, 403, "unauthorized"),
        ("/guard", "", 401, "unauthenticated"),
        ("/guard", &plain, 200, "open"),
        ("/own", "", 200, "please sign in"),
        ("/own", &plain, 200, "user_1"),
    ] {
        let app = App::new()
            .configure(routes)
            .wrap(ClerkMiddleware::new(clerk()));
        let (found, text) = call!(app, request(path, token));
        assert_eq!(found, status, "{path} {text}");
        assert!(text.contains(body), "{path} {text}");
    }
}

// covers: MW-4
#[actix_web::test]
async fn without_the_middleware_nobody_gets_through() {
    for path in [
        "/auth",
        "/me",
        "/optional",
        "/optional-claims",
        "/claims",
        "/machine",
        "/policy",
        "/guard",
    ] {
        let (status, body) = call!(App::new().configure(routes), request(path, ""));
        assert_eq!(status, 500, "{path}");
        assert!(body.contains("internal_error"), "{path} {body}");
    }
    let (_, own) = call!(App::new().configure(routes), request("/own", ""));
    assert_eq!(own, "no Clerk middleware is around this route");
}

#[actix_web::test]
async fn webhooks_take_a_receiver() {
    let (status, body) = call!(App::new().configure(routes), request("/webhook", ""));
    assert_eq!((status, &*body), (500, "something is wrong on our side"));
}

// covers: MW-11, HIST-62
#[actix_web::test]
async fn a_request_is_authenticated_once_by_each_client() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = || {
        let asked = Arc::clone(&asked);
        ClerkMiddleware::new(clerk()).options_by_request(move |_| {
            asked.fetch_add(1, Ordering::Relaxed);
            let key = VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem());
            AuthenticateOptions::new()
                .jwt_key(key.unwrap())
                .allow_test_keys(true)
        })
    };
    let twice = counted();
    let app = App::new().configure(routes).wrap(twice.clone()).wrap(twice);
    assert_eq!(call!(app, request("/auth", "")).0, 200);
    assert_eq!(asked.swap(0, Ordering::Relaxed), 1);
    let app = App::new().configure(routes).wrap(counted()).wrap(counted());
    assert_eq!(call!(app, request("/auth", "")).0, 200);
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

// covers: MW-2
#[actix_web::test]
async fn errors_of_other_middleware_carry_the_headers_too() {
    let app = App::new()
        .configure(routes)
        .wrap(from_fn(
            async |_, _: actix_web::middleware::Next<actix_web::body::BoxBody>| {
                Err::<actix_web::dev::ServiceResponse, _>(error::ErrorImATeapot("no coffee"))
            },
        ))
        .wrap(ClerkMiddleware::new(clerk()));
    let app = init_service(app).await;
    let error = try_call_service(&app, request("/auth", "").to_request()).await;
    let error = error.unwrap_err();
    assert_eq!(error.to_string(), "no coffee");
    let response = error.error_response();
    assert_eq!(response.status().as_u16(), 418);
    assert_eq!(
        response.headers().get("x-clerk-auth-status").unwrap(),
        "signed-out"
    );
}

// covers: MW-63
#[actix_web::test]
async fn a_list_of_paths_refuses_what_can_be_read_in_two_ways() {
    for (path, expected) in [
        ("/me", 401),
        ("/%6De", 401),
        ("//me", 401),
        ("/auth", 200),
        ("/x%2F..%2Fauth", 400),
        ("/auth/%00", 400),
    ] {
        let paths = RouteMatcher::new(["/me(.*)"]).unwrap();
        let app = App::new()
            .configure(routes)
            .wrap(RequireAuth::new().only_paths(paths))
            .wrap(ClerkMiddleware::new(clerk()));
        assert_eq!(call!(app, request(path, "")).0, expected, "{path}");
    }
}

#[actix_web::test]
async fn no_header_byte_panics() {
    let app = App::new()
        .configure(routes)
        .wrap(ClerkMiddleware::new(clerk()));
    let app = init_service(app).await;
    let names = [
        "authorization",
        "cookie",
        "host",
        "accept",
        "origin",
        "referer",
        "sec-fetch-dest",
        "x-forwarded-host",
        "x-forwarded-proto",
        "user-agent",
    ];
    for byte in (0x20..=0xff).filter(|byte| *byte != 0x7f) {
        let value = HeaderValue::from_bytes(&[b'a', byte, b'=']).unwrap();
        for method in [Method::GET, Method::TRACE] {
            let mut request = TestRequest::default().method(method).uri("/auth");
            for name in names {
                request = request.append_header((HeaderName::from_static(name), value.clone()));
            }
            let response = try_call_service(&app, request.to_request()).await.unwrap();
            assert!([200, 307, 400, 404].contains(&response.status().as_u16()));
        }
    }
}
