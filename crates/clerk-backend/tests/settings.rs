//! Settings of the client.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use clerk_backend::testing::mint::TestKey;
use clerk_backend::{
    AuthenticateOptions, Clerk, ClerkBuilder, Clock, MachineSecretKey, SdkMetadata, SecretKey,
};
use clerk_http::SharedTransport;
use clerk_http::testing::{Reply, ScriptedTransport};
use clerk_tokens::TokenType;
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

fn block_on<F: IntoFuture>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future.into_future());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("nothing here waits"),
    }
}

// covers: CFG-3
#[test]
fn calls_go_to_the_address_and_version_of_construction_whatever_a_request_sets() {
    let answer = r#"{"id":"ak_1","subject":"user_1"}"#;
    let transport = ScriptedTransport::from_fn(move |_| Reply::json(StatusCode::OK, answer));
    let clerk = builder(&transport)
        .api_url("https://api.example.com")
        .build()
        .unwrap();
    let (parts, ()) = Request::get("https://app.example.com/")
        .header("authorization", "Bearer ak_1")
        .body(())
        .unwrap()
        .into_parts();
    let options = AuthenticateOptions::new()
        .accepts(TokenType::ApiKey)
        .secret_key(SecretKey::new("sk_test_other").unwrap())
        .machine_secret_key(MachineSecretKey::new("ak_other").unwrap());
    let state = block_on(clerk.authenticate_request(&parts).options(options)).unwrap();
    assert!(state.is_authenticated(), "{state:?}");
    let requests = transport.take_requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].uri(), "https://api.example.com/api_keys/verify");
    assert_eq!(requests[0].headers()["clerk-api-version"], "2026-05-12");
    // The key of the call itself is the request's.
    assert_eq!(
        requests[0].headers()["authorization"],
        "Bearer sk_test_other"
    );
}

// covers: CFG-6
#[test]
fn wrong_keys_and_urls_are_refused_at_construction_without_a_call() {
    let transport = ScriptedTransport::new([]);
    let good = || builder(&transport);
    assert!(good().build().is_ok());
    let bad = [
        ("publishable key", good().publishable_key("pk_test_")),
        ("publishable key", good().publishable_key("sk_test_x")),
        ("publishable key", good().publishable_key("pk_test_Zm9v")),
        ("secret key", good().secret_key("")),
        ("key of production", good().secret_key("sk_live_x")),
        ("JWT key", good().jwt_key("-----BEGIN PUBLIC KEY-----")),
        ("API URL", good().api_url("not a url")),
        ("API URL", good().api_url("http://api.example.com")),
        (
            "satellite without domain",
            good().options(|options| {
                options
                    .is_satellite(true)
                    .sign_in_url("https://primary.example/".to_owned())
            }),
        ),
        (
            "relative sign-in URL",
            good().options(|options| {
                options
                    .is_satellite(true)
                    .proxy_url(clerk_core::ProxyUrl::parse("/__clerk").unwrap())
                    .sign_in_url("/sign-in".to_owned())
            }),
        ),
    ];
    for (name, builder) in bad {
        assert!(builder.build().is_err(), "{name}");
    }
    assert_eq!(transport.sent(), 0);
}

// covers: CFG-5
#[test]
fn what_calls_name_as_their_sender_is_set_at_construction() {
    let default = format!("clerk-backend@{}", env!("CARGO_PKG_VERSION"));
    let sdk = || SdkMetadata::new("my-sdk", "1.2.0");
    type Change = fn(ClerkBuilder, SdkMetadata) -> ClerkBuilder;
    let cases: [(Change, String); 5] = [
        (|builder, _| builder, default.clone()),
        (
            |builder, sdk| builder.sdk_metadata(sdk),
            format!("my-sdk@1.2.0 {default}"),
        ),
        (
            |builder, sdk| builder.sdk_metadata(sdk.environment("staging")),
            format!("my-sdk@1.2.0 (staging) {default}"),
        ),
        (
            |builder, _| builder.user_agent("mine/1"),
            "mine/1".to_owned(),
        ),
        (
            |builder, sdk| builder.user_agent("mine/1").sdk_metadata(sdk),
            "mine/1".to_owned(),
        ),
    ];
    for (change, expected) in cases {
        let transport = ScriptedTransport::from_fn(|_| {
            Reply::json(StatusCode::OK, r#"{"id":"ak_1","subject":"user_1"}"#)
        });
        let clerk = change(builder(&transport), sdk()).build().unwrap();
        // Authentication's own calls, and everybody else's.
        let verification = block_on(clerk.verify("ak_1").accepts(TokenType::ApiKey)).unwrap();
        assert!(verification.is_verified());
        let call = clerk_http::ApiRequest::new("users.get", http::Method::GET, "/users/user_1");
        block_on(clerk.http().send(call)).unwrap();
        let requests = transport.take_requests();
        assert_eq!(requests.len(), 2);
        for request in requests {
            assert_eq!(request.headers()["user-agent"], expected);
        }
    }
    let transport = ScriptedTransport::new([]);
    assert!(builder(&transport).user_agent("a\r\nb: c").build().is_err());
}

// covers: CFG-7, STA-8
#[test]
fn one_value_authenticates_calls_and_tells_what_was_decided() {
    let transport = ScriptedTransport::from_fn(|_| Reply::json(StatusCode::OK, "{}"));
    let clerk = builder(&transport)
        .options(|options| options.proxy_url(clerk_core::ProxyUrl::parse("/__clerk").unwrap()))
        .build()
        .unwrap();
    let (parts, ()) = Request::get("https://app.example.com/")
        .header("authorization", "Bearer s3cr3t.t0k3n")
        .body(())
        .unwrap()
        .into_parts();
    let state = block_on(clerk.authenticate_request(&parts)).unwrap();
    let summary = clerk.debug_request_state(&state);
    assert_eq!(
        serde_json::to_value(&summary).unwrap(),
        serde_json::json!({
            "status": "signed-out", "isAuthenticated": false,
            "reason": "token-invalid", "message": state.message(),
            "publishableKey": KEY, "proxyUrl": "https://app.example.com/__clerk",
            "isSatellite": false, "domain": null,
        })
    );
    assert!(
        summary
            .to_string()
            .starts_with("signed-out (token-invalid): ")
    );
    assert!(!format!("{summary:?} {summary}").contains("t0k3n"));
    // The same value makes calls.
    let call = clerk_http::ApiRequest::new("users.get", http::Method::GET, "/users/user_1");
    block_on(clerk.http().send(call)).unwrap();
    let diagnosis = block_on(clerk.diagnose());
    assert!(diagnosis.is_working());
}
