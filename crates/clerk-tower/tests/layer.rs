//! What the layer does to a service, and what it leaves alone.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use clerk_core::{Clock, PublishableKey, Secret, SecretKey};
use clerk_internal::path::RouteMatcher;
use clerk_internal::{
    AuthenticateOptions, Authenticator, BackendCalls, Call, CallFailure, CallFuture,
    MachineTokenType, RefreshRequest,
};
use clerk_testing::mint::{SessionTokenBuilder, TestKey, TestOrg};
use clerk_tokens::VerifyingKey;
use clerk_tower::{ClerkLayer, Guard, RequestAuth, RequireAuth};
use http::{Request, Response};
use tower::{Layer, Service, ServiceExt, service_fn};

const NOW: i64 = 1_774_000_000_250;
const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";

fn engine() -> Authenticator {
    let options = AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse(LIVE).unwrap())
        .secret_key(SecretKey::new("sk_live_x").unwrap())
        .jwt_key(VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap())
        .allow_test_keys(true);
    let builder = Authenticator::builder(options).clock(Clock::fixed(NOW));
    builder.calls(Arc::new(Later)).build().unwrap()
}

fn minted() -> SessionTokenBuilder {
    SessionTokenBuilder::new("user_1").issued_at_ms(NOW)
}

fn session() -> String {
    let org = TestOrg::new("org_1").role("org:admin");
    minted().org(org).mint()
}

fn get(token: &str) -> Request<String> {
    let mut request = Request::get("https://app.example.com/a").header("host", "app.example.com");
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body("untouched".to_owned()).unwrap()
}

/// Answers with who it is and the body it got.
async fn handler(request: Request<String>) -> Result<Response<String>, Infallible> {
    let auth = request.extensions().get::<RequestAuth>();
    let user = auth.map_or("no record", |auth| auth.user_id().unwrap_or("nobody"));
    let mut response = Response::new(format!("{user} {}", request.body()));
    response
        .headers_mut()
        .insert("set-cookie", "app=1".parse().unwrap());
    Ok(response)
}

fn send<S>(service: &S, request: Request<String>) -> Response<String>
where
    S: Service<Request<String>, Response = Response<String>, Error = Infallible> + Clone,
{
    let future = service.clone().oneshot(request);
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(response)) => response,
        Poll::Pending => panic!("nothing here waits"),
    }
}

// covers: MW-1, MW-22, HIST-66
#[test]
fn everybody_is_recorded_and_nobody_turned_away() {
    let app = ClerkLayer::new(engine()).layer(service_fn(handler));
    for (token, user) in [
        ("", "nobody"),
        ("x.y.z", "nobody"),
        (session().as_str(), "user_1"),
    ] {
        let response = send(&app, get(token));
        assert_eq!(response.status(), 200);
        assert_eq!(*response.body(), format!("{user} untouched"));
        let says_why = response.headers().contains_key("x-clerk-auth-status");
        assert_eq!(says_why, user == "nobody");
        assert_eq!(response.headers()["set-cookie"], "app=1");
    }
}

// covers: MW-2, MW-12, MW-30
#[test]
fn a_redirect_is_sent_without_calling_the_handler() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let app = ClerkLayer::new(engine()).layer(service_fn(move |request| {
        counted.fetch_add(1, Ordering::Relaxed);
        handler(request)
    }));
    let mut request = get("");
    let headers = request.headers_mut();
    headers.insert("sec-fetch-dest", "document".parse().unwrap());
    headers.insert("cookie", "__client_uat=1774000000".parse().unwrap());
    let response = send(&app, request);
    assert_eq!(response.status(), 307);
    assert!(response.headers().contains_key("location"));
    assert_eq!(response.body(), "");

    let mut request = get("");
    let headers = request.headers_mut();
    headers.insert("host", "a b".parse().unwrap());
    assert_eq!(send(&app, request).status(), 400);
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

// covers: MW-11, HIST-62
#[test]
fn twice_is_once_and_foreign_values_change_nothing() {
    #[derive(Clone)]
    struct Foreign;

    let engine = engine();
    let inner = ClerkLayer::new(engine.clone()).layer(service_fn(handler));
    let app = ClerkLayer::new(engine.clone()).layer(inner);
    let mut request = get("");
    request.extensions_mut().insert(Foreign);
    request.extensions_mut().insert("user_foreign");
    let response = send(&app, request);
    assert_eq!(response.body(), "nobody untouched");
    let added = response.headers().get_all("x-clerk-auth-status");
    assert_eq!(added.iter().count(), 1);

    // Another client's record does not stand in for one's own.
    let strict = engine.with_authorized_parties(["https://other.example"]);
    let token = minted().authorized_party("https://app.example.com").mint();
    let inner = ClerkLayer::new(strict).layer(service_fn(handler));
    let app = ClerkLayer::new(engine).layer(inner);
    assert_eq!(send(&app, get(&token)).body(), "nobody untouched");
}

// covers: MW-4, MW-46, MW-51
#[test]
fn a_guard_answers_for_the_handler() {
    let owners = RequireAuth::new()
        .role("org:owner")
        .layer(service_fn(handler));
    let app = ClerkLayer::new(engine()).layer(owners.clone());
    for (token, status) in [("", 401), (session().as_str(), 403)] {
        let response = send(&app, get(token));
        assert_eq!(response.status(), status);
        assert!(response.body().starts_with("{\"errors\":"));
        assert!(!response.headers().contains_key("set-cookie"));
    }
    let admins = RequireAuth::new()
        .role("org:admin")
        .layer(service_fn(handler));
    let app = ClerkLayer::new(engine()).layer(admins);
    assert_eq!(send(&app, get(&session())).body(), "user_1 untouched");
    // Without the layer around it: our mistake, and nobody gets through.
    assert_eq!(send(&owners, get(&session())).status(), 500);
}

// covers: MW-33
#[test]
fn a_list_of_paths_lets_through_what_it_does_not_name() {
    let paths = RouteMatcher::new(["/admin(.*)"]).unwrap();
    let guarded = RequireAuth::new()
        .only_paths(paths)
        .layer(service_fn(handler));
    let app = ClerkLayer::new(engine()).layer(guarded);
    for (path, status) in [
        ("/", 200),
        ("/admin/x", 401),
        ("//%61dmin", 401),
        ("/admin%2f", 400),
    ] {
        let request = Request::get(path).body(String::new()).unwrap();
        assert_eq!(send(&app, request).status(), status, "{path}");
    }
}

/// A service that has to be polled before each call, as the contract allows.
struct Strict {
    is_ready: bool,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self { is_ready: false }
    }
}

impl Service<Request<String>> for Strict {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<String>) -> Self::Future {
        let was_ready = std::mem::take(&mut self.is_ready);
        assert!(was_ready, "called before it was ready");
        std::future::ready(Ok(Response::new(String::new())))
    }
}

// covers: MW-20
#[test]
fn the_service_that_was_polled_ready_is_the_one_that_is_called() {
    let guard = RequireAuth::new().or(Guard::machine());
    let guarded = guard.layer(Strict { is_ready: false });
    let mut app = ClerkLayer::new(engine()).layer(guarded);
    let mut cx = Context::from_waker(Waker::noop());
    // A session is known at once; an API key takes a call that is answered when polled again.
    for (token, expected) in [(session(), 1), ("ak_1".to_owned(), 2), (session(), 1)] {
        assert!(app.poll_ready(&mut cx).is_ready());
        let mut future = pin!(app.call(get(&token)));
        let mut polls = 0;
        let response = loop {
            polls += 1;
            if let Poll::Ready(response) = future.as_mut().poll(&mut cx) {
                break response.unwrap();
            }
        };
        assert_eq!((response.status().as_u16(), polls), (200, expected));
    }
}

/// A Clerk that knows one API key and takes its time.
struct Later;

impl BackendCalls for Later {
    fn handshake_payload<'a>(&'a self, _: &'a Call, _: &'a Secret) -> CallFuture<'a, Vec<String>> {
        Box::pin(async { Err(CallFailure::outage("not here")) })
    }

    fn refresh_session<'a>(
        &'a self,
        _: &'a Call,
        _: &'a RefreshRequest,
    ) -> CallFuture<'a, Vec<String>> {
        Box::pin(async { Err(CallFailure::outage("not here")) })
    }

    fn verify_machine_token<'a>(
        &'a self,
        _: &'a Call,
        _: MachineTokenType,
        _: &'a Secret,
    ) -> CallFuture<'a, serde_json::Value> {
        Box::pin(async {
            let mut was_polled = false;
            std::future::poll_fn(|_| match std::mem::replace(&mut was_polled, true) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            })
            .await;
            Ok(serde_json::json!({
                "id": "ak_1", "type": "api_key", "name": "reports", "subject": "user_1", "scopes": [], "claims": null,
                "revoked": false, "revocation_reason": null, "expired": false, "expiration": null, "created_by": null,
                "description": null, "created_at": NOW, "updated_at": NOW,
            }))
        })
    }

    fn session_token<'a>(
        &'a self,
        _: &'a Call,
        _: &'a str,
        _: Option<&'a str>,
        _: Option<u64>,
    ) -> CallFuture<'a, String> {
        Box::pin(async { Err(CallFailure::outage("not here")) })
    }
}
