//! Middleware and extractors. What callers get in full is the behaviour suite's business.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clerk_core::{Clock, PublishableKey};
use clerk_internal::path::RouteMatcher;
use clerk_internal::{AuthenticateOptions, Authenticator};
use clerk_poem::{
    Auth, AuthRejection, ClerkMiddleware, Guard, Machine, OptionalSession, Policy, Protected,
    RejectionKind, RequireAuth, Session, Webhook,
};
use clerk_testing::mint::{SessionTokenBuilder, TestKey};
use clerk_tokens::VerifyingKey;
use http::uri::Scheme;
use http::{HeaderValue, Method, StatusCode};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Body, Endpoint, EndpointExt, Error, IntoResponse, Request, RequestParts, Route};
use poem::{get, handler};
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

#[handler]
async fn auth(auth: Auth) -> String {
    auth.user_id().is_some().to_string()
}

#[handler]
async fn me(session: Session) -> String {
    session.user_id().to_owned()
}

#[handler]
async fn optional(OptionalSession(session): OptionalSession) -> String {
    session.map_or_else(String::new, |session| session.user_id().to_owned())
}

#[handler]
async fn claims(session: Session<Claims>) -> String {
    session.into_parts().1.department
}

#[handler]
async fn optional_claims(OptionalSession(session): OptionalSession<Claims>) -> String {
    session.map_or_else(String::new, |session| {
        session.custom_claims().department.clone()
    })
}

#[handler]
async fn machine(machine: Machine) -> String {
    machine.subject().to_owned()
}

#[handler]
async fn policy(caller: Protected<Nobody>) -> String {
    format!("{caller:?}")
}

#[handler]
async fn webhook(webhook: Webhook) -> String {
    webhook.id().to_owned()
}

#[handler]
async fn open() -> &'static str {
    "open"
}

#[handler]
async fn teapot() -> poem::Result<()> {
    Err(Error::from_status(StatusCode::IM_A_TEAPOT))
}

async fn own(rejection: AuthRejection) -> poem::Response {
    match rejection.kind() {
        RejectionKind::Unauthenticated => "please sign in".into_response(),
        _ => rejection.to_string().into_response(),
    }
}

fn routes() -> Route {
    Route::new()
        .at("/auth", get(auth))
        .at("/me", get(me))
        .at("/optional", get(optional))
        .at("/optional-claims", get(optional_claims))
        .at("/claims", get(claims))
        .at("/machine", get(machine))
        .at("/policy", get(policy))
        .at("/guard", get(open).with(RequireAuth::new()))
        .at("/own", get(me).catch_error(own))
        .at("/webhook", get(webhook))
        .at("/teapot", get(teapot))
        .nest("/nested", Route::new().at("/auth", get(auth)))
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

async fn call(app: impl Endpoint, path: &str, token: &str) -> (u16, String) {
    let mut request = Request::builder().uri(path.parse().unwrap());
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = app.get_response(request.finish()).await;
    let status = response.status().as_u16();
    (status, response.into_body().into_string().await.unwrap())
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
        let app = routes().with(ClerkMiddleware::new(clerk()));
        let (found, text) = call(app, path, token).await;
        assert_eq!(found, status, "{path} {text}");
        assert!(text.contains(body), "{path} {text}");
    }
}

// covers: MW-4
#[tokio::test]
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
        let (status, body) = call(routes(), path, "").await;
        assert_eq!(status, 500, "{path}");
        assert!(body.contains("internal_error"), "{path} {body}");
    }
    let (_, own) = call(routes(), "/own", "").await;
    assert_eq!(own, "no Clerk middleware is around this route");
}

#[tokio::test]
async fn webhooks_take_a_receiver() {
    let (status, body) = call(routes(), "/webhook", "").await;
    assert_eq!((status, &*body), (500, "something is wrong on our side"));
}

// covers: MW-11, HIST-62
#[tokio::test]
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
    let app = routes().with(twice.clone()).with(twice);
    assert_eq!(call(app, "/auth", "").await.0, 200);
    assert_eq!(asked.swap(0, Ordering::Relaxed), 1);
    let app = routes().with(counted()).with(counted());
    assert_eq!(call(app, "/auth", "").await.0, 200);
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

// covers: MW-2
#[tokio::test]
async fn errors_carry_the_headers_too() {
    let app = routes().with(ClerkMiddleware::new(clerk()));
    for (path, status) in [("/teapot", 418), ("/nowhere", 404), ("/me", 401)] {
        let request = Request::builder().uri(path.parse().unwrap()).finish();
        let response = app.get_response(request).await;
        assert_eq!(response.status().as_u16(), status);
        let outcome = response.header("x-clerk-auth-status");
        assert_eq!(outcome, Some("signed-out"), "{path}");
    }
}

// covers: MW-63
#[tokio::test]
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
        let app = routes()
            .with(RequireAuth::new().only_paths(paths))
            .with(ClerkMiddleware::new(clerk()));
        assert_eq!(call(app, path, "").await.0, expected, "{path}");
    }
}

#[tokio::test]
async fn a_list_of_paths_sees_the_whole_path_in_a_nested_route() {
    for (pattern, expected) in [("/nested/auth", 401), ("/auth", 200)] {
        let paths = RouteMatcher::new([pattern]).unwrap();
        let inner = Route::new()
            .at("/auth", get(auth))
            .with(RequireAuth::new().only_paths(paths));
        let app = Route::new().nest("/nested", inner);
        let app = app.with(ClerkMiddleware::new(clerk()));
        // As from Poem's own server.
        let request = http::Request::get("/nested/auth").body(()).unwrap();
        let parts = (
            request.into_parts().0,
            LocalAddr::default(),
            RemoteAddr::default(),
            Scheme::HTTP,
        );
        let request = Request::from_parts(RequestParts::from(parts), Body::empty());
        let status = app.get_response(request).await.status();
        assert_eq!(status.as_u16(), expected, "{pattern}");
    }
}

#[tokio::test]
async fn no_header_byte_panics() {
    let app = routes().with(ClerkMiddleware::new(clerk()));
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
            let mut request = Request::builder()
                .method(method)
                .uri("/auth".parse().unwrap())
                .finish();
            for name in names {
                request.headers_mut().append(name, value.clone());
            }
            let response = app.get_response(request).await;
            assert!([200, 307, 400, 405].contains(&response.status().as_u16()));
        }
    }
}
