//! The proxy of a client: it and authentication lead browsers to the same place.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use bytes::Bytes;
use clerk_backend::internal::request::ForwardedHeaders;
use clerk_backend::proxy::FrontendProxy;
use clerk_backend::testing::server::OfflineClerk;
use clerk_backend::{Clerk, ClerkBuilder, RequestState};
use http::Request;
use http_body_util::{BodyExt, Empty};

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

fn client(
    offline: &OfflineClerk,
    more: impl FnOnce(ClerkBuilder) -> ClerkBuilder,
) -> (Clerk, FrontendProxy) {
    let clerk = more(Clerk::builder().offline(offline)).build().unwrap();
    let proxy = clerk.frontend_proxy().unwrap();
    let proxy = proxy.fapi_url(offline.frontend_url()).build().unwrap();
    (clerk, proxy)
}

/// A page load behind a proxy that says where it was asked.
fn page(target: &str) -> Request<Empty<Bytes>> {
    Request::get(target)
        .header("host", "10.0.0.1")
        .header("x-forwarded-host", "localhost:3000")
        .header("x-forwarded-proto", "https")
        .header("accept", "text/html")
        .header("sec-fetch-dest", "document")
        .body(Empty::new())
        .unwrap()
}

// covers: PXY-19, PXY-10, HIST-97
#[test]
fn a_handshake_leads_through_the_proxy_and_back() {
    run(async {
        let offline = OfflineClerk::start().await;
        for (proxy_url, origin) in [
            ("/__clerk", "https://localhost:3000"),
            ("https://localhost:4000/auth", "https://localhost:4000"),
        ] {
            let (clerk, proxy) = client(&offline, |builder| builder.proxy_url(proxy_url));
            let state = clerk.authenticate_request(&page("/page")).await.unwrap();
            let RequestState::Handshake(state) = state else {
                panic!("{state:?}");
            };
            let location = state.headers()["location"].to_str().unwrap();
            let target = location.strip_prefix(origin).unwrap();
            assert!(proxy.matches(target), "{target}");
            // Where authentication sends the browser, the proxy answers, and the browser comes back.
            let answer = proxy.handle(page(target)).await;
            assert_eq!(answer.status(), 307);
            let back = answer.headers()["location"].to_str().unwrap();
            assert!(back.starts_with("https://localhost:3000/page?"), "{back}");
            let sent = offline.requests();
            assert_eq!(sent.last().unwrap().path, "/v1/client/handshake");
        }
    });
}

// covers: PXY-10, PXY-19
#[test]
fn the_rules_about_the_public_origin_are_shared() {
    run(async {
        let offline = OfflineClerk::start().await;
        let origin = || "https://fixed.example".parse().unwrap();
        let (clerk, proxy) = client(&offline, |builder| {
            builder
                .proxy_url("/__clerk")
                .options(|options| options.forwarded_headers(ForwardedHeaders::Ignore))
        });
        assert_eq!(
            clerk.authenticator().forwarded_headers(),
            &ForwardedHeaders::Ignore
        );
        let answer = proxy.handle(page("/__clerk/v1/environment")).await;
        assert_eq!(answer.status(), 200);
        assert!(
            !answer
                .into_body()
                .collect()
                .await
                .unwrap()
                .to_bytes()
                .is_empty()
        );

        let (clerk, _) = client(&offline, |builder| {
            builder.proxy_url("/__clerk").public_origin(origin())
        });
        assert_eq!(clerk.authenticator().public_origin(), Some(&origin()));
    });
}

// covers: PXY-19
#[test]
fn a_proxy_that_browsers_are_not_sent_to_is_a_mistake() {
    let builder = || {
        Clerk::builder()
            .publishable_key("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k")
            .secret_key("sk_test_x")
    };
    let error = builder().build().unwrap().frontend_proxy().unwrap_err();
    assert!(error.is_missing() && error.setting() == "CLERK_PROXY_URL");
    assert!(builder().proxy_url("nonsense").build().is_err());
    // Another server's proxy is not this application's, and one at the root would take every request.
    for url in ["https://clerk.example.com", "/"] {
        let clerk = builder().proxy_url(url).build().unwrap();
        assert!(clerk.frontend_proxy().unwrap().build().is_err(), "{url}");
    }
}
