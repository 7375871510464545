//! Control from Rust and over HTTP: clock, keys, failures, webhooks, snapshots.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use clerk_core::Clock;
use clerk_testing::server::{Fault, OfflineClerk};
use clerk_webhooks::{SigningSecret, WebhookVerifier};
use serde_json::{Value, json};
use support::{backend, claims, control, try_send, wait};

const NONE: Value = Value::Null;

// covers: TEST-22
#[test]
fn test_22_the_clock_is_set_shifted_frozen_and_shared_with_verifiers() {
    let offline = wait(OfflineClerk::start());
    let ada = wait(offline.create_user("ada@example.com").into_future());
    let clock = offline.clock();
    clock.set(1_774_000_000_000);
    let session = offline.session(&ada);
    let token = session.token();
    assert_eq!(claims(&token)["iat"], 1_774_000_000);
    let key =
        clerk_tokens::VerifyingKey::from_pem(clerk_testing::mint::TestKey::FIRST.public_pem())
            .unwrap();
    let verifier = clerk_tokens::TokenVerifier::new(key)
        .allow_test_keys()
        .clock(offline.verifier_clock());
    assert!(verifier.verify(&token).is_ok());
    clock.advance(Duration::from_secs(66));
    assert!(verifier.verify(&token).is_err());
    assert!(verifier.verify(&session.token()).is_ok());
    let answer = control(&offline, "POST", "/clock", &json!({"shift_ms": -6_000})).ok();
    assert_eq!(answer["now_ms"], 1_774_000_060_000_i64);
    control(&offline, "POST", "/clock", &json!({"frozen": false})).ok();
    let answer = control(&offline, "GET", "/clock", &NONE).ok();
    assert!(answer["now_ms"].as_i64().unwrap() >= 1_774_000_060_000);
    control(&offline, "POST", "/token_lifetime", &json!({"seconds": 5})).ok();
    let token = claims(&session.token());
    assert_eq!(
        token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap(),
        5
    );
}

#[test]
fn keys_rotate_and_are_replaced() {
    let offline = wait(OfflineClerk::start());
    let kids = || -> Vec<String> {
        let keys = backend(&offline, "GET", "/v1/jwks", &NONE).ok();
        keys["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = kids();
    offline.rotate_keys();
    let both = kids();
    assert_eq!((both.len(), both.contains(&first[0])), (2, true));
    control(&offline, "POST", "/keys/rotate", &json!({"replace": true})).ok();
    let last = kids();
    assert_eq!((last.len(), both.contains(&last[0])), (1, false));
    let ada = wait(offline.create_user("ada@example.com").into_future());
    let token = offline.session(&ada).token();
    let header = token.split('.').next().unwrap();
    let header: Value =
        serde_json::from_slice(&base64_simd::URL_SAFE_NO_PAD.decode_to_vec(header).unwrap())
            .unwrap();
    assert_eq!(header["kid"], last[0]);
}

// covers: TEST-21
#[test]
fn test_21_failures_come_as_often_and_where_they_were_asked_for() {
    let offline = wait(OfflineClerk::start());
    let status = |path: &str| backend(&offline, "GET", path, &NONE).status;
    offline.fail_next(503, "/v1/jwks");
    assert_eq!(
        (status("/v1/users"), status("/v1/jwks"), status("/v1/jwks")),
        (200, 503, 200)
    );
    control(
        &offline,
        "POST",
        "/faults",
        &json!({"route": "/v1/users", "kind": "status", "status": 429, "times": 2}),
    )
    .ok();
    let limited = backend(&offline, "GET", "/v1/users", &NONE);
    assert_eq!(
        (limited.status, limited.header("retry-after")),
        (429, Some("1"))
    );
    assert_eq!((status("/v1/users"), status("/v1/users")), (429, 200));
    offline.inject("/", Fault::MalformedBody, None);
    let broken = backend(&offline, "GET", "/v1/jwks", &NONE);
    assert!(broken.status == 200 && serde_json::from_slice::<Value>(&broken.body).is_err());
    assert_eq!(control(&offline, "DELETE", "/faults", &NONE).status, 204);
    assert_eq!(status("/v1/jwks"), 200);
    offline.inject("/v1/jwks", Fault::Reset, Some(1));
    assert!(
        try_send(
            "GET",
            &format!("{}/v1/jwks", offline.backend_url()),
            &[],
            b""
        )
        .is_none()
    );
    offline.inject(
        "/v1/jwks",
        Fault::Latency(Duration::from_millis(300)),
        Some(1),
    );
    // The slow answer comes after one that was asked for later.
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| status("/v1/jwks"));
        while backend(&offline, "GET", "/v1/instance", &NONE).status != 200 {}
        assert_eq!(slow.join().unwrap(), 200);
    });
    let late = offline.requests().pop().unwrap();
    assert_eq!((late.path.as_str(), late.status), ("/v1/jwks", 200));
    let log = control(&offline, "GET", "/requests", &NONE).ok();
    let statuses: Vec<i64> = log
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["path"] == "/v1/jwks")
        .map(|entry| entry["status"].as_i64().unwrap())
        .collect();
    assert_eq!(statuses, [503, 200, 200, 200, 0, 200]);
    for bad in [
        json!({"kind": "fire"}),
        json!({"kind": "status"}),
        json!({"kind": "status", "status": 1}),
    ] {
        assert_eq!(
            control(&offline, "POST", "/faults", &bad).status,
            422,
            "{bad}"
        );
    }
    control(&offline, "DELETE", "/requests", &NONE).ok();
    assert!(offline.requests().is_empty());
}

#[test]
fn snapshots_bring_everything_back() {
    let offline = wait(OfflineClerk::start());
    let ada = wait(offline.create_user("ada@example.com").into_future());
    let org = wait(
        offline
            .create_org("Acme")
            .member(&ada, "org:custom", ["org:reports:read"])
            .into_future(),
    );
    let session = offline.session(&ada).org(&org).id().to_owned();
    let snapshot = offline.snapshot();
    assert_eq!(control(&offline, "POST", "/reset", &NONE).status, 204);
    assert_eq!(
        backend(&offline, "GET", "/v1/users/count", &NONE).ok()["total_count"],
        0
    );
    assert_eq!(
        backend(&offline, "GET", "/v1/organization_roles", &NONE).ok()["total_count"],
        2
    );

    let other = wait(OfflineClerk::start());
    assert_eq!(control(&other, "PUT", "/snapshot", &snapshot).status, 204);
    assert_eq!(other.snapshot(), snapshot);
    let token = backend(
        &other,
        "POST",
        &format!("/v1/sessions/{session}/tokens"),
        &NONE,
    )
    .ok();
    assert_eq!(claims(token["jwt"].as_str().unwrap())["o"]["id"], org.id);
    let same = wait(other.create_user("ada@example.com").into_future());
    assert_eq!(same, ada, "addresses are known again");
    for bad in [
        json!({}),
        json!({"format": "offline-clerk 1", "store": {"users": 7}}),
        json!([]),
    ] {
        assert!(other.load(&bad).is_err());
    }
    assert_eq!(
        other.snapshot(),
        snapshot,
        "a refused snapshot changes nothing"
    );
}

/// The headers and the body of a request.
type Received = (Vec<(String, String)>, Vec<u8>);

/// Answers each connection with the next status and returns the requests.
fn receive(listener: &TcpListener, statuses: &[u16]) -> Vec<Received> {
    let mut requests = Vec::new();
    for status in statuses {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        let (headers, body) = loop {
            let read = stream.read(&mut buffer).unwrap();
            assert!(read > 0, "the request ended early");
            bytes.extend_from_slice(&buffer[..read]);
            let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
                continue;
            };
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let headers: Vec<(String, String)> = head
                .lines()
                .skip(1)
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let length = headers
                .iter()
                .find(|(name, _)| name == "content-length")
                .unwrap()
                .1
                .parse::<usize>()
                .unwrap();
            if bytes.len() >= end + 4 + length {
                break (headers, bytes[end + 4..].to_vec());
            }
        };
        stream
            .write_all(format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n").as_bytes())
            .unwrap();
        requests.push((headers, body));
    }
    requests
}

// covers: TEST-24
#[test]
fn test_24_webhooks_are_signed_delivered_and_tried_again() {
    let offline = wait(OfflineClerk::start());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(
        offline.add_webhook_endpoint(&format!("http://{}/hook", listener.local_addr().unwrap()))
    );
    let user = backend(
        &offline,
        "POST",
        "/v1/users",
        &json!({"email_address": ["ada@example.com"]}),
    )
    .ok();
    let requests = receive(&listener, &[500, 200]);
    assert_eq!(requests[0].1, requests[1].1);
    let secret = SigningSecret::parse(offline.webhook_secret()).unwrap();
    for (headers, body) in &requests {
        let header = |name: &str| {
            headers
                .iter()
                .find(|(own, _)| own == name)
                .unwrap()
                .1
                .as_str()
        };
        let signed =
            ["svix-id", "svix-timestamp", "svix-signature"].map(|name| (name, header(name)));
        let verifier =
            WebhookVerifier::with_clock(secret.clone(), Clock::fixed(offline.clock().now_ms()));
        let delivery = verifier.verify(&signed, body).unwrap();
        assert_eq!(delivery.event_type(), "user.created");
        let event: Value = serde_json::from_slice(body).unwrap();
        assert_eq!(event["data"]["id"], user["id"]);
    }
    let path = format!("/v1/users/{}", user["id"].as_str().unwrap());
    let events = |method: &str, path: &str, body: Value, count: usize| -> Vec<String> {
        backend(&offline, method, path, &body).ok();
        let mut types: Vec<String> = receive(&listener, &vec![200; count])
            .iter()
            .map(|(_, body)| {
                serde_json::from_slice::<Value>(body).unwrap()["type"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        types.sort();
        types
    };
    assert_eq!(
        events("PATCH", &path, json!({"first_name": "Ada"}), 1),
        ["user.updated"]
    );
    let created = events(
        "POST",
        "/v1/organizations",
        json!({"name": "Acme", "created_by": user["id"]}),
        2,
    );
    assert_eq!(
        created,
        ["organization.created", "organizationMembership.created"]
    );
    assert_eq!(
        events("POST", "/v1/sessions", json!({"user_id": user["id"]}), 1),
        ["session.created"]
    );
    let gone = events("DELETE", &path, NONE, 2);
    assert_eq!(gone, ["session.removed", "user.deleted"]);
}
