//! The proxy in front of an application. What it does with requests is its own tests' business.

#![cfg(all(feature = "proxy", any(feature = "ring", feature = "aws-lc-rs")))]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{Read, Write};
use std::net::TcpListener;

use actix_web::App;
use actix_web::http::header::SET_COOKIE;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use clerk_actix::{ClerkMiddleware, ProxyMiddleware};
use clerk_core::PublishableKey;
use clerk_internal::{AuthenticateOptions, Authenticator};
use clerk_proxy::FrontendProxy;
use clerk_testing::mint::TestKey;
use clerk_tokens::VerifyingKey;

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

#[actix_web::test]
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
    let app = App::new()
        .wrap(ClerkMiddleware::new(clerk))
        .wrap(ProxyMiddleware::new(proxy));
    let app = init_service(app).await;

    let upstream = upstream(listener);
    let request = TestRequest::post()
        .uri("/__clerk/v1/client?a=b")
        .insert_header(("host", "app.example.com"))
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload("name=x");
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(response.status().as_u16(), 200);
    assert!(!response.headers().contains_key("x-clerk-auth-status"));
    let cookies: Vec<_> = response.headers().get_all(SET_COOKIE).collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    assert_eq!(read_body(response).await, "ok");
    let asked = upstream.join().unwrap().to_ascii_lowercase();
    assert!(asked.starts_with("post /v1/client?a=b "), "{asked}");

    let other = TestRequest::get().uri("/__clerkx").to_request();
    let response = call_service(&app, other).await;
    assert_eq!(response.status().as_u16(), 404);
    assert!(response.headers().contains_key("x-clerk-auth-status"));
}
