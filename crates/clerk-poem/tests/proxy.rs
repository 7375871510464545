//! The proxy in front of an application. What it does with requests is its own tests' business.

#![cfg(all(feature = "proxy", any(feature = "ring", feature = "aws-lc-rs")))]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{Read, Write};
use std::net::TcpListener;

use clerk_core::PublishableKey;
use clerk_internal::{AuthenticateOptions, Authenticator};
use clerk_poem::{ClerkMiddleware, ProxyMiddleware};
use clerk_proxy::FrontendProxy;
use clerk_testing::mint::TestKey;
use clerk_tokens::VerifyingKey;
use poem::http::{Method, header::SET_COOKIE};
use poem::{Endpoint, EndpointExt, Request, Route};

const KEY: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";

/// A Frontend API that answers one request; returns what it was asked.
fn upstream(listener: TcpListener) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        let mut buffer = [0; 4096];
        while !asked.ends_with(b"\r\n\r\nname=x") {
            let count = stream.read(&mut buffer).unwrap();
            asked.extend_from_slice(&buffer[..count]);
        }
        let answer =
            "HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: 2\r\n\r\nok";
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(asked).unwrap()
    })
}

#[tokio::test]
async fn what_is_the_proxys_goes_to_clerk_unauthenticated() {
    let key = VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap();
    let options = AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse(KEY).unwrap())
        .jwt_key(key)
        .allow_test_keys(true);
    let clerk = Authenticator::builder(options).build().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = FrontendProxy::builder()
        .publishable_key("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k")
        .secret_key("sk_test_x")
        .fapi_url(format!("http://{}", listener.local_addr().unwrap()))
        .allow_plain_http()
        .build()
        .unwrap();
    let app = Route::new()
        .with(ClerkMiddleware::new(clerk))
        .with(ProxyMiddleware::new(proxy));

    let upstream = upstream(listener);
    let request = Request::builder()
        .method(Method::POST)
        .uri("/__clerk/v1/client?a=b".parse().unwrap())
        .header("host", "app.example.com")
        .header("content-length", "6")
        .body("name=x");
    let response = app.get_response(request).await;
    assert_eq!(response.status().as_u16(), 200);
    assert!(!response.headers().contains_key("x-clerk-auth-status"));
    let cookies: Vec<_> = response.headers().get_all(SET_COOKIE).iter().collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    assert_eq!(response.into_body().into_string().await.unwrap(), "ok");
    let asked = upstream.join().unwrap().to_ascii_lowercase();
    assert!(asked.starts_with("post /v1/client?a=b "), "{asked}");

    let other = Request::builder().uri("/__clerkx".parse().unwrap());
    let response = app.get_response(other.finish()).await;
    assert_eq!(response.status().as_u16(), 404);
    assert!(response.headers().contains_key("x-clerk-auth-status"));
}
