//! The client behind a layer: its name, and where it calls.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::convert::Infallible;

use clerk_backend::{Clerk, SdkMetadata};
use clerk_http::SharedTransport;
use clerk_http::testing::{Reply, ScriptedTransport};
use clerk_tower::{ClerkLayer, RequestAuth};
use http::{Request, Response, StatusCode};
use tower::{Layer, ServiceExt, service_fn};

/// Sends a request with an API key through the layer of a client; who it is, and the calls that were made.
fn call(api_url: &str, sdk: SdkMetadata) -> (String, Vec<Request<bytes::Bytes>>) {
    let transport = ScriptedTransport::from_fn(|_| {
        Reply::json(
            StatusCode::OK,
            r#"{"id":"ak_1","subject":"user_1","name":"key","scopes":[]}"#,
        )
    });
    let clerk = Clerk::builder()
        .publishable_key("pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk")
        .secret_key("sk_test_x")
        .api_url(api_url)
        .sdk_metadata(sdk)
        .transport(SharedTransport::new(transport.clone()))
        .build()
        .unwrap();
    let app = ClerkLayer::new(&clerk).layer(service_fn(async |request: Request<String>| {
        let auth = request.extensions().get::<RequestAuth>();
        let machine = auth.and_then(|auth| auth.require_machine().ok());
        let subject = machine.map(|machine| machine.subject().to_owned());
        Ok::<_, Infallible>(Response::new(subject.unwrap_or_default()))
    }));
    let request = Request::get("/").header("authorization", "Bearer ak_1");
    let request = request.body(String::new()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let response = runtime.block_on(app.oneshot(request)).unwrap();
    (response.into_body(), transport.take_requests())
}

// covers: MW-6
#[test]
fn an_integration_can_be_named_in_the_user_agent() {
    for (name, version) in [
        (clerk_tower::NAME, clerk_tower::VERSION),
        (clerk_axum::NAME, clerk_axum::VERSION),
        (clerk_actix::NAME, clerk_actix::VERSION),
        (clerk_poem::NAME, clerk_poem::VERSION),
        (clerk_rocket::NAME, clerk_rocket::VERSION),
    ] {
        let (user, calls) = call("https://api.clerk.com", SdkMetadata::new(name, version));
        assert_eq!(user, "user_1");
        let agent = calls[0].headers()["user-agent"].to_str().unwrap();
        assert!(agent.starts_with(&format!("{name}@{version} ")), "{agent}");
    }
}

// covers: MW-15
#[test]
fn a_client_with_an_api_url_of_its_own_calls_there() {
    for host in ["api.clerk.com", "api.other.example"] {
        let (user, calls) = call(&format!("https://{host}"), SdkMetadata::new("a", "1"));
        assert_eq!(user, "user_1");
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].uri().host(), Some(host));
    }
}
