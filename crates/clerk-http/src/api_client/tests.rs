use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::Value;

use super::*;
use crate::testing::{Reply, ScriptedTransport};
use crate::{Deadlines, TransportError, TransportErrorKind};

const OK: StatusCode = StatusCode::OK;

fn client(transport: &ScriptedTransport) -> ApiClientBuilder {
    ApiClient::builder(SharedTransport::new(transport.clone()))
        .secret_key("sk_test_abc")
        .clock(Clock::fixed(0))
}

fn idle() -> ScriptedTransport {
    ScriptedTransport::new([])
}

fn get(path: &str) -> ApiRequest {
    ApiRequest::new("test.get", Method::GET, path)
}

fn bare() -> ApiClientBuilder {
    ApiClient::builder(SharedTransport::new(idle()))
}

/// The `Authorization` header of a call.
fn sent(client: &ApiClient, request: ApiRequest) -> Result<Option<String>, ApiError> {
    client.prepare(request).map(|request| {
        let value = request.headers().get(AUTHORIZATION)?;
        assert!(value.is_sensitive());
        value.to_str().ok().map(str::to_owned)
    })
}

#[allow(clippy::unnecessary_wraps, reason = "what a header is compared with")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

// covers: HTTP-1, HTTP-5, JWKS-1, HIST-89
#[test]
fn parts_are_joined_by_one_slash_each() {
    let cases = [
        (
            "https://api.clerk.com",
            "v1",
            "/jwks",
            "https://api.clerk.com/v1/jwks",
        ),
        (
            "https://api.clerk.com/",
            "/v1/",
            "jwks",
            "https://api.clerk.com/v1/jwks",
        ),
        (
            "https://proxy.example.com/clerk",
            "v2",
            "/a/b",
            "https://proxy.example.com/clerk/v2/a/b",
        ),
        (
            "http://localhost:4401//",
            "v1",
            "//users//x",
            "http://localhost:4401/v1/users/x",
        ),
        (
            "https://api.clerk.com",
            "",
            "/jwks",
            "https://api.clerk.com/jwks",
        ),
    ];
    for (base, version, path, expected) in cases {
        let client = client(&idle())
            .api_url(base)
            .api_version(version)
            .build()
            .unwrap();
        assert_eq!(client.url_of(&get(path)).unwrap(), expected);
    }
    let client = client(&idle()).build().unwrap();
    assert_eq!(
        client
            .url_of(&get("/m2m_tokens/verify").unversioned())
            .unwrap(),
        "https://api.clerk.com/m2m_tokens/verify"
    );
    assert_eq!(
        client
            .url_of(&get("/users").query("query", "a b&c=é").query("limit", "0"))
            .unwrap(),
        "https://api.clerk.com/v1/users?query=a+b%26c%3D%C3%A9&limit=0"
    );
}

// covers: HTTP-2
#[test]
fn a_version_is_plain() {
    for (version, plain) in [
        ("", true),
        ("v2", true),
        ("beta/v2.1-x_y", true),
        ("..", false),
        ("../v1", false),
        (".", false),
        ("%2e%2e", false),
        ("v1?x=1", false),
        ("v1#x", false),
        ("a b", false),
        ("v1\\..\\x", false),
        ("…", false),
    ] {
        let built = client(&idle()).api_version(version).build();
        assert_eq!(built.is_ok(), plain, "{version}");
    }
}

// covers: HTTP-2, HIST-100
#[test]
fn a_path_cannot_leave_its_place() {
    let client = client(&idle()).build().unwrap();
    for path in [
        "/users/../jwks",
        "/users/%2e%2e/x",
        "/users/.",
        "/users/a%252f..%252fb",
    ] {
        let error = client.prepare(get(path)).unwrap_err();
        assert_eq!(
            (error.kind(), error.sent()),
            (ApiErrorKind::Invalid, Sent::No),
            "{path}"
        );
    }
}

// covers: HTTP-10, HTTP-12, JWKS-2
#[test]
fn every_request_has_the_standard_headers() {
    let client = client(&idle()).build().unwrap();
    let request = client.prepare(get("/jwks")).unwrap();
    let headers = request.headers();
    assert_eq!(headers["clerk-api-version"], "2026-05-12");
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(
        headers["user-agent"],
        concat!("clerk-backend@", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(headers["authorization"], "Bearer sk_test_abc");
    assert!(headers["authorization"].is_sensitive());
    assert_eq!(request.extensions().get(), Some(&Operation("test.get")));

    let form = HeaderValue::from_static("multipart/form-data; boundary=x");
    let request = client.prepare(get("/logo").body(form, "--x--")).unwrap();
    assert_eq!(
        request.headers()["content-type"],
        "multipart/form-data; boundary=x"
    );
    assert_eq!(request.body(), "--x--");

    let agent = HeaderValue::from_static("mine/1");
    let request = client.prepare(get("/x").header(USER_AGENT, agent)).unwrap();
    assert_eq!(request.headers().get_all(USER_AGENT).iter().count(), 1);
    assert_eq!(request.headers()[USER_AGENT], "mine/1");
}

// covers: HTTP-6, HTTP-11, KEY-13, HIST-92
#[test]
fn the_right_secret_is_sent() {
    let both = bare()
        .secret_key("sk")
        .machine_secret_key("ak")
        .build()
        .unwrap();
    assert_eq!(sent(&both, get("/x")).unwrap(), text("Bearer sk"));
    assert_eq!(
        sent(&both, get("/x").prefer_machine_secret_key()).unwrap(),
        text("Bearer ak")
    );
    assert_eq!(
        sent(&both, get("/x").bearer(Secret::new("own"))).unwrap(),
        text("Bearer own")
    );
    assert_eq!(sent(&both, get("/x").anonymous()).unwrap(), None);
    let one = bare()
        .secret_key("sk")
        .machine_secret_key("")
        .build()
        .unwrap();
    assert_eq!(
        sent(&one, get("/x").prefer_machine_secret_key()).unwrap(),
        text("Bearer sk")
    );
    let none = bare().secret_key("").build().unwrap();
    assert_eq!(sent(&none, get("/x").secret_key_optional()).unwrap(), None);
    assert_eq!(
        sent(&none, get("/x").prefer_machine_secret_key()).unwrap(),
        None
    );
    let error = sent(&none, get("/x")).unwrap_err();
    assert_eq!(
        (error.kind(), error.sent()),
        (ApiErrorKind::Invalid, Sent::No)
    );
    assert!(error.message().contains("CLERK_SECRET_KEY"));
}

// covers: KEY-15
#[test]
fn secrets_are_not_printed() {
    let built = client(&idle())
        .machine_secret_key("ak_hidden")
        .build()
        .unwrap();
    let request = get("/x").bearer(Secret::new("own_hidden"));
    let prepared = built.prepare(request.clone()).unwrap();
    let printed = format!("{built:?} {request:?} {prepared:?} {:?}", client(&idle()));
    assert!(
        !printed.contains("sk_test_abc") && !printed.contains("hidden"),
        "{printed}"
    );
    let error = client(&idle())
        .secret_key("sk_bad\nvalue")
        .build()
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("bad"));
}

// covers: KEY-18
#[test]
fn blanks_around_keys_are_dropped_and_other_letters_refused() {
    let one = bare()
        .secret_key("  sk ")
        .machine_secret_key(" ak")
        .build()
        .unwrap();
    assert_eq!(sent(&one, get("/x")).unwrap(), text("Bearer sk"));
    assert_eq!(
        sent(&one, get("/x").prefer_machine_secret_key()).unwrap(),
        text("Bearer ak")
    );
    let blank = bare().secret_key("   ").build().unwrap();
    assert!(!blank.has_secret_key());
    for key in ["sk_\u{2713}", "sk_\u{fc}", "sk\t", "sk\n", "sk\u{7f}"] {
        assert!(bare().secret_key(key).build().is_err(), "{key:?}");
        assert!(bare().machine_secret_key(key).build().is_err(), "{key:?}");
    }
}

// covers: HTTP-2
#[test]
fn an_address_that_leaves_its_place_is_refused() {
    for url in [
        "https://api.example.com/../x",
        "https://api.example.com/a/./b",
        "https://api.example.com/..",
    ] {
        assert!(bare().api_url(url).build().is_err(), "{url}");
    }
    assert!(
        bare()
            .api_url("https://api.example.com/a..b/.well-known")
            .build()
            .is_ok()
    );
}

#[test]
fn plain_http_stays_on_this_machine() {
    let build = |url: &str, secret: &str, allow: bool| {
        let builder = client(&idle()).secret_key(secret).api_url(url);
        let builder = if allow {
            builder.allow_plain_http()
        } else {
            builder
        };
        builder.build().is_ok()
    };
    for url in [
        "http://localhost:80",
        "http://127.0.0.1",
        "http://127.9.9.9:1",
        "http://[::1]:5",
    ] {
        assert!(build(url, "sk_live_x", false), "{url}");
    }
    for url in [
        "http://api.clerk.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "http://[::2]",
    ] {
        assert!(!build(url, "sk_test_x", false), "{url}");
        assert!(build(url, "sk_test_x", true), "{url}");
        assert!(!build(url, "sk_live_x", true), "{url}");
    }
    for url in [
        "",
        "api.clerk.com",
        "ftp://x",
        "https://",
        "https://u:p@x",
        "https://x/?a",
        "https://x#a",
        "/v1",
    ] {
        assert!(!build(url, "sk_test_x", true), "{url}");
    }
}

// covers: HTTP-20, HTTP-22, HTTP-28, HTTP-36
#[tokio::test]
async fn answers_and_errors_are_told_apart() {
    let transport = ScriptedTransport::new([
        Reply::json(OK, r#"{"a":1}"#),
        Reply::status(StatusCode::NO_CONTENT),
        Reply::json(OK, "null"),
        Reply::json(OK, r#"{"secret":"sk_hidden"}"#).with_header("cf-ray", "ray-1"),
        Reply::status(OK)
            .with_body("<html>")
            .with_header("content-type", "text/html"),
        Reply::status(StatusCode::FOUND).with_header("location", "https://evil.example"),
        Reply::json(StatusCode::BAD_GATEWAY, "<html>"),
        Reply::no_connection(),
        Reply::error(
            TransportError::new(TransportErrorKind::TooLarge, Sent::Yes, "more than 1 MiB")
                .with_status(OK),
        ),
    ]);
    let client = client(&transport).build().unwrap();
    let call = || client.send(get("/x"));

    assert_eq!(call().await.unwrap().json::<Value>().unwrap()["a"], 1);
    assert!(call().await.unwrap().is_empty());
    let null = call().await.unwrap().json::<Vec<u8>>().unwrap_err();
    assert_eq!(
        (null.kind(), null.status()),
        (ApiErrorKind::Decode, Some(OK))
    );
    assert_eq!(null.operation(), Some("test.get"));
    let shape = call()
        .await
        .unwrap()
        .json::<std::collections::HashMap<String, u8>>()
        .unwrap_err();
    assert_eq!(
        (shape.kind(), shape.trace_id()),
        (ApiErrorKind::Decode, Some("ray-1"))
    );
    assert!(!shape.to_string().contains("sk_hidden"), "{shape}");
    let html = call().await.unwrap().json::<Value>().unwrap_err();
    assert_eq!(
        (html.kind(), html.status()),
        (ApiErrorKind::Decode, Some(OK))
    );
    let redirect = call().await.unwrap_err();
    assert_eq!(
        (redirect.kind(), redirect.status()),
        (ApiErrorKind::Status, Some(StatusCode::FOUND))
    );
    let gateway = call().await.unwrap_err();
    assert_eq!(gateway.status(), Some(StatusCode::BAD_GATEWAY));
    assert!(gateway.is_outage());
    let network = call().await.unwrap_err();
    assert_eq!(
        (network.kind(), network.sent()),
        (ApiErrorKind::Network, Sent::No)
    );
    assert!(network.is_outage());
    let large = call().await.unwrap_err();
    assert_eq!(
        (large.kind(), large.status()),
        (ApiErrorKind::TooLarge, Some(OK))
    );
    assert_eq!(transport.sent(), 9);
}

#[test]
fn deadlines_travel_with_the_request() {
    let client = client(&idle()).build().unwrap();
    let request = client
        .prepare(get("/x").timeout(Duration::from_secs(3)))
        .unwrap();
    let deadlines = request.extensions().get::<Deadlines>().unwrap();
    assert_eq!(deadlines.total, Duration::from_secs(3));
    assert_eq!(deadlines.first_byte, Duration::from_secs(3));
}
