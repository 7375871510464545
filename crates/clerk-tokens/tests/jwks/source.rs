//! What is asked, and how often, for one refresh.

use std::time::Duration;

use clerk_core::Clock;
use clerk_errors::api::Sent;
use clerk_http::testing::{ManualRuntime, Reply, ScriptedTransport};
use clerk_http::{
    ApiClient, Backoff, Jitter, SharedRuntime, SharedTransport, TransportError, TransportErrorKind,
};
use clerk_tokens::jwks::{JwksPolicy, LoadError, RemoteKeys};
use http::StatusCode;

use crate::support::*;

struct Ran {
    reason: &'static str,
    outage: bool,
    requests: usize,
    waits_ms: Vec<u128>,
}

/// One lookup on cold keys against a script.
async fn run(policy: JwksPolicy, replies: Vec<Reply>) -> Ran {
    let transport = ScriptedTransport::new(replies);
    let runtime = ManualRuntime::new(T0);
    let client = ApiClient::builder(SharedTransport::new(transport.clone()))
        .secret_key("sk_test_x")
        .clock(runtime.clock())
        .build()
        .unwrap();
    let keys = RemoteKeys::backend_api(client)
        .policy(policy)
        .build_on(SharedRuntime::new(runtime.clone()), runtime.clock());
    let result = keys.key(Some("a")).await;
    Ran {
        reason: result
            .as_ref()
            .map_or_else(|error| error.reason().as_str(), |_| "ok"),
        outage: result.is_err_and(|error| error.is_outage()),
        requests: transport.sent(),
        waits_ms: runtime.slept().iter().map(Duration::as_millis).collect(),
    }
}

fn exact(policy: JwksPolicy) -> JwksPolicy {
    policy.between_attempts(
        Backoff::new(Duration::from_millis(125), Duration::from_secs(1)).jitter(Jitter::None),
    )
}

fn good() -> Reply {
    set(&[jwk("a", ONE)])
}

// covers: JWKS-12
#[tokio::test]
async fn the_reference_tries_five_times_on_everything() {
    let policy = exact(JwksPolicy::reference());
    for failure in [
        status(500),
        status(401),
        status(302),
        Reply::no_connection(),
        Reply::json(StatusCode::OK, "{"),
    ] {
        let ran = run(policy, vec![failure.clone(); 5]).await;
        assert_eq!((ran.requests, ran.waits_ms), (5, vec![125, 250, 500, 1000]));
        assert_eq!(ran.reason, "jwk-remote-failed-to-load");
        let ran = run(policy, vec![failure, good()]).await;
        assert_eq!((ran.requests, ran.reason), (2, "ok"));
    }
    let ran = run(policy, vec![Reply::json(StatusCode::OK, r#"{"keys":[]}"#)]).await;
    assert_eq!((ran.requests, ran.reason), (1, "jwk-remote-failed-to-load"));
}

// covers: JWT-33, JWKS-9, JWKS-10, JWKS-11, JWKS-25
#[tokio::test]
async fn only_what_may_help_is_tried_again() {
    let broken = |kind| Reply::error(TransportError::new(kind, Sent::Maybe, "test"));
    let json =
        |code: u16, body: &'static str| Reply::json(StatusCode::from_u16(code).unwrap(), body);
    let invalid = r#"{"errors":[{"code":"other"},{"code":"clerk_key_invalid"}]}"#;
    let cases: Vec<(&str, Reply, bool, &str, bool)> = vec![
        ("500", status(500), true, "jwk-remote-failed-to-load", true),
        (
            "503 as HTML",
            status(503).with_body("<html>"),
            true,
            "jwk-remote-failed-to-load",
            true,
        ),
        ("429", status(429), true, "jwk-remote-failed-to-load", true),
        (
            "no connection",
            Reply::no_connection(),
            true,
            "jwk-remote-failed-to-load",
            true,
        ),
        (
            "reset",
            broken(TransportErrorKind::Reset),
            true,
            "jwk-remote-failed-to-load",
            true,
        ),
        (
            "certificate",
            broken(TransportErrorKind::Tls),
            true,
            "jwk-remote-failed-to-load",
            true,
        ),
        (
            "too large",
            broken(TransportErrorKind::TooLarge),
            false,
            "jwk-remote-failed-to-load",
            true,
        ),
        (
            "plain HTTP",
            broken(TransportErrorKind::Refused),
            false,
            "jwk-remote-failed-to-load",
            false,
        ),
        ("302", status(302), false, "jwk-remote-failed-to-load", true),
        ("204", status(204), false, "jwk-remote-failed-to-load", true),
        (
            "HTML",
            status(200).with_body("<html>"),
            false,
            "jwk-remote-failed-to-load",
            true,
        ),
        (
            "cut off",
            json(200, r#"{"keys":[{"#),
            false,
            "jwk-remote-failed-to-load",
            true,
        ),
        (
            "empty",
            json(200, r#"{"keys":[]}"#),
            false,
            "jwk-remote-failed-to-load",
            true,
        ),
        (
            "wrong type",
            json(200, r#"{"keys":"abc"}"#),
            false,
            "jwk-remote-failed-to-load",
            true,
        ),
        (
            "401",
            json(401, "{}"),
            false,
            "jwk-remote-failed-to-load",
            false,
        ),
        (
            "401 as HTML",
            status(401).with_body("<html>"),
            false,
            "jwk-remote-failed-to-load",
            false,
        ),
        (
            "403",
            status(403),
            false,
            "jwk-remote-failed-to-load",
            false,
        ),
        (
            "404",
            status(404),
            false,
            "jwk-remote-failed-to-load",
            false,
        ),
        (
            "422",
            status(422),
            false,
            "jwk-remote-failed-to-load",
            false,
        ),
        (
            "invalid key",
            json(401, invalid),
            false,
            "secret-key-invalid",
            false,
        ),
        (
            "invalid key, 403",
            json(403, invalid),
            false,
            "secret-key-invalid",
            false,
        ),
        (
            "invalid key as text",
            status(401).with_body(invalid),
            false,
            "secret-key-invalid",
            false,
        ),
    ];
    for (name, failure, again, reason, outage) in cases {
        let ran = run(exact(policy()), vec![failure.clone(), good()]).await;
        assert_eq!(
            (ran.requests, ran.reason == "ok"),
            (1 + usize::from(again), again),
            "{name}"
        );
        let ran = run(exact(policy()), vec![failure; 4]).await;
        assert_eq!((ran.reason, ran.outage), (reason, outage), "{name}");
        assert_eq!(ran.requests, if again { 4 } else { 1 }, "{name}");
    }
}

// covers: JWKS-24, JWKS-25
#[tokio::test]
async fn all_attempts_together_have_five_seconds() {
    let busy = |wait: &str| status(429).with_header("retry-after", wait);
    let ran = run(exact(policy()), vec![busy("2"), busy("2"), good()]).await;
    assert_eq!((ran.reason, ran.waits_ms), ("ok", vec![2000, 2000]));
    let ran = run(exact(policy()), vec![busy("2"), busy("3"), good()]).await;
    assert_eq!((ran.requests, ran.waits_ms), (2, vec![2000]));
    let ran = run(exact(policy()), vec![busy("5"), good()]).await;
    assert_eq!((ran.requests, ran.outage), (1, true));
    // A source that never answers: three seconds, a wait, and what is left of the five.
    let ran = run(exact(policy()), vec![Reply::hang(); 4]).await;
    assert_eq!((ran.requests, ran.waits_ms), (2, vec![3000, 125, 1875]));
    assert!(ran.outage);
}

// covers: JWKS-1, JWKS-2
#[tokio::test]
async fn the_backend_api_is_asked_with_the_secret_key() {
    let transport = ScriptedTransport::new([good()]);
    let client = ApiClient::builder(SharedTransport::new(transport.clone()))
        .api_url("https://proxy.example.com/clerk/")
        .api_version("v2")
        .secret_key("sk_test_x")
        .build()
        .unwrap();
    let keys = RemoteKeys::backend_api(client).build();
    keys.key(Some("a")).await.unwrap();
    let request = transport.take_requests().remove(0);
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri(), "https://proxy.example.com/clerk/v2/jwks");
    let headers = request.headers();
    assert_eq!(headers["authorization"], "Bearer sk_test_x");
    assert_eq!(headers["clerk-api-version"], "2026-05-12");
    assert_eq!(headers["content-type"], "application/json");
    assert!(
        headers["user-agent"]
            .to_str()
            .unwrap()
            .starts_with("clerk-backend@")
    );
}

// covers: JWKS-14
#[tokio::test]
async fn the_frontend_api_is_asked_without_any_secret() {
    let transport = ScriptedTransport::new([good(), good()]);
    let shared = SharedTransport::new(transport.clone());
    // clerk.example.com
    let key = clerk_core::PublishableKey::parse("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k").unwrap();
    let keys = RemoteKeys::frontend_api(&key, shared.clone())
        .unwrap()
        .build();
    keys.key(Some("a")).await.unwrap();
    let keys = RemoteKeys::frontend_api_at("http://127.0.0.1:4400/__clerk", shared.clone())
        .unwrap()
        .build();
    keys.key(Some("a")).await.unwrap();
    let requests = transport.take_requests();
    assert_eq!(
        requests[0].uri(),
        "https://clerk.example.com/.well-known/jwks.json"
    );
    assert_eq!(
        requests[1].uri(),
        "http://127.0.0.1:4400/__clerk/.well-known/jwks.json"
    );
    assert!(
        requests
            .iter()
            .all(|request| !request.headers().contains_key("authorization"))
    );
    assert!(RemoteKeys::frontend_api_at("http://clerk.example.com", shared).is_err());
}

// covers: JWKS-8
#[tokio::test]
async fn without_a_secret_key_nothing_is_sent() {
    let transport = ScriptedTransport::new([good()]);
    let client = ApiClient::builder(SharedTransport::new(transport.clone()))
        .build()
        .unwrap();
    let keys = RemoteKeys::backend_api(client).build();
    let error = keys.key(Some("a")).await.unwrap_err();
    assert_eq!(error.reason().as_str(), "jwk-remote-failed-to-load");
    assert_eq!(
        error.action(),
        Some(clerk_tokens::TokenVerificationAction::ContactSupport)
    );
    assert!(error.to_string().contains("CLERK_SECRET_KEY"), "{error}");
    assert_eq!(transport.sent(), 0);
}

// covers: JWKS-6, JWKS-27, HIST-76
#[tokio::test]
async fn messages_name_the_kid_asked_for_in_harmless_letters_and_no_other() {
    let instance = instance();
    let long = "x".repeat(200);
    for (kid, shown) in [
        ("ins_2abc", "`ins_2abc`"),
        ("a\r\nset-cookie: b", "`a??set-cookie??b`"),
        ("ü\u{202e}", "`??`"),
        (long.as_str(), &format!("`{}...`", "x".repeat(64))),
    ] {
        let error = instance.keys.key(Some(kid)).await.unwrap_err();
        assert_eq!(error.reason().as_str(), "jwk-kid-mismatch");
        assert!(error.message().contains(shown), "{error}");
        assert!(!error.message().contains("`a`"), "{error}");
        assert_eq!(
            error.action(),
            Some(clerk_tokens::TokenVerificationAction::CheckKeys)
        );
    }
    let clock = Clock::fixed(T0);
    let source = Source::new(status(404));
    let keys = RemoteKeys::backend_api(source.client("sk_test_hidden")).build_on(runtime(), clock);
    let error = keys.key(Some("a")).await.unwrap_err();
    let load = std::error::Error::source(&error)
        .and_then(|source| source.downcast_ref::<LoadError>())
        .unwrap();
    assert_eq!(load.status(), Some(404));
    assert!(error.message().contains("https://api.clerk.com/v1/jwks"));
    assert!(!format!("{error} {error:?} {keys:?}").contains("hidden"));
}
