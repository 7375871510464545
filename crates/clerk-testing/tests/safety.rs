//! What keeps an offline Clerk harmless.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use clerk_testing::server::{OfflineClerk, OfflineClerkBuilder, StartError};
use serde_json::Value;
use support::{backend, control, send, wait};

#[test]
fn it_listens_on_127_0_0_1_only() {
    let offline = wait(OfflineClerk::start());
    for url in [offline.backend_url(), offline.frontend_url()] {
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        let port = url.rsplit_once(':').unwrap().1;
        // The other loopback addresses reach it no more than any outer address would.
        for address in ["127.0.0.2", "[::1]"] {
            assert!(
                std::net::TcpStream::connect(format!("{address}:{port}")).is_err(),
                "{address}"
            );
        }
    }
}

#[test]
fn other_hosts_are_refused() {
    let offline = wait(OfflineClerk::start());
    for origin in [offline.backend_url(), offline.frontend_url()] {
        let url = format!("{origin}/v1/jwks");
        for (host, refused) in [
            ("evil.example", true),
            ("127.0.0.1.evil.example", true),
            ("localhost.evil.example:80", true),
            ("offline-clerk-00.clerk.accounts.dev", true),
            ("", true),
            ("localhost:1", false),
            ("app.localhost", false),
            ("127.0.0.1", false),
            ("[::1]:99", false),
        ] {
            let answer = send("GET", &url, &[("host", host)], b"");
            assert_eq!(answer.status == 421, refused, "{host}");
        }
    }
}

#[test]
fn control_routes_need_their_token_and_send_no_cors() {
    let offline = wait(OfflineClerk::start());
    let url = format!("{}/__offline/snapshot", offline.backend_url());
    let secret = format!("Bearer {}", offline.secret_key());
    for headers in [
        vec![],
        vec![("authorization", "Bearer ")],
        vec![("authorization", secret.as_str())],
    ] {
        assert_eq!(send("GET", &url, &headers, b"").status, 401);
    }
    let bearer = format!("Bearer {}", offline.control_token());
    let answer = send(
        "GET",
        &url,
        &[
            ("authorization", &bearer),
            ("origin", "http://localhost:3000"),
        ],
        b"",
    );
    assert_eq!(answer.status, 200);
    let preflight = send("OPTIONS", &url, &[("origin", "http://localhost:3000")], b"");
    for answer in [answer, preflight] {
        assert!(
            !answer
                .headers
                .iter()
                .any(|(name, _)| name.starts_with("access-control-"))
        );
    }
    let frontend = format!("{}/__offline/snapshot", offline.frontend_url());
    assert_eq!(
        send("GET", &frontend, &[("authorization", &bearer)], b"").status,
        404
    );
}

#[test]
fn keys_name_hosts_that_cannot_be_real() {
    for (offline, expected) in [
        (
            wait(OfflineClerk::start()),
            "offline-clerk-00.clerk.accounts.dev",
        ),
        (
            wait(OfflineClerkBuilder::live_shaped(OfflineClerk::builder()).start()).unwrap(),
            "clerk.offline.invalid",
        ),
    ] {
        assert_eq!(offline.publishable_key().frontend_api().as_str(), expected);
        let prefix = if expected.ends_with(".invalid") {
            "sk_live_offline_"
        } else {
            "sk_test_"
        };
        assert!(offline.secret_key().starts_with(prefix));
    }
}

#[test]
fn secret_keys_that_are_not_for_tests_are_refused() {
    for builder in [
        OfflineClerk::builder(),
        OfflineClerk::builder().live_shaped(),
    ] {
        let started = wait(builder.secret_key("sk_live_abc").start());
        assert!(matches!(started, Err(StartError::SecretKey { .. })));
    }
}

#[test]
fn verifiers_refuse_its_keys_unless_they_allow_test_keys() {
    let offline = wait(OfflineClerk::start());
    let ada = wait(offline.create_user("ada@example.com").into_future());
    let token = offline.session(&ada).token();
    let key = || {
        clerk_tokens::VerifyingKey::from_pem(clerk_testing::mint::TestKey::FIRST.public_pem())
            .unwrap()
    };
    assert!(
        clerk_tokens::TokenVerifier::new(key())
            .verify(&token)
            .is_err()
    );
    assert!(
        clerk_tokens::TokenVerifier::new(key())
            .allow_test_keys()
            .verify(&token)
            .is_ok()
    );
}

#[test]
fn no_redirect_leaves_loopback() {
    for offline in [
        wait(OfflineClerk::start()),
        wait(OfflineClerk::builder().live_shaped().start()).unwrap(),
    ] {
        for (target, allowed) in [
            ("https%3A%2F%2Fevil.example%2F", false),
            ("http%3A%2F%2F127.0.0.1.evil.example%2F", false),
            ("http%3A%2F%2Flocalhost%40evil.example%2F", false),
            ("http%3A%2F%2Fevil.example%5C%40localhost%2F", false),
            ("%2F%2Fevil.example%2F", false),
            ("javascript%3Aalert(1)", false),
            ("http%3A%2F%2F192.168.0.1%2F", false),
            ("http%3A%2F%2F0.0.0.0%2F", false),
            ("", false),
            ("http%3A%2F%2Flocalhost%3A3000%2F", true),
            ("http%3A%2F%2F127.0.0.1%3A3000%2F", true),
            ("https%3A%2F%2Fapp.localhost%2F", true),
        ] {
            for route in ["handshake", "sync"] {
                let url = format!(
                    "{}/v1/client/{route}?redirect_url={target}",
                    offline.frontend_url()
                );
                let answer = send("GET", &url, &[], b"");
                let location = answer.header("location");
                if route == "handshake" {
                    assert_eq!(location.is_some(), allowed, "{target}");
                }
                if let Some(location) = location {
                    let url = clerk_core::url::Url::parse(location).unwrap();
                    assert!(
                        url.is_loopback() || url.host().ends_with(".localhost"),
                        "{location}"
                    );
                }
            }
        }
    }
}

#[test]
fn webhooks_go_nowhere_but_here() {
    let offline = wait(OfflineClerk::start());
    for (url, accepted) in [
        ("http://127.0.0.1:1/hook", true),
        ("http://localhost:1", true),
        ("http://evil.example/hook", false),
        ("https://localhost:1/", false),
        ("http://127.0.0.1@evil.example/", false),
    ] {
        assert_eq!(offline.add_webhook_endpoint(url), accepted, "{url}");
        let body = serde_json::json!({"url": url});
        assert_eq!(
            control(&offline, "POST", "/webhook_endpoints", &body).status == 204,
            accepted,
            "{url}"
        );
    }
}

#[test]
fn large_bodies_are_refused() {
    let offline = wait(OfflineClerk::start());
    let url = format!("{}/v1/users", offline.backend_url());
    let bearer = format!("Bearer {}", offline.secret_key());
    let answer = send(
        "POST",
        &url,
        &[("authorization", &bearer)],
        &vec![b' '; (4 << 20) + 1],
    );
    assert_eq!(answer.status, 413);
}

#[test]
fn it_stops_when_dropped() {
    let offline = wait(OfflineClerk::start());
    let authority = offline.backend_url()["http://".len()..].to_owned();
    assert_eq!(
        backend(&offline, "GET", "/v1/jwks", &Value::Null).status,
        200
    );
    drop(offline);
    assert!(std::net::TcpStream::connect(authority).is_err());
}
