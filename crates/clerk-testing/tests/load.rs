//! Many users by pages, many tokens at once. Times are printed, never judged.
#![cfg(feature = "server")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails; times are for the reader"
)]

mod support;

use std::collections::BTreeSet;
use std::time::Instant;

use clerk_testing::server::OfflineClerk;
use serde_json::{Value, json};
use support::{Connection, backend, wait};

#[test]
fn ten_thousand_users_are_created_and_listed_by_pages() {
    let offline = wait(OfflineClerk::start());
    let mut connection = Connection::open(&offline);
    let started = Instant::now();
    for number in 0..10_000 {
        let body = json!({"email_address": [format!("user{number}@example.com")]});
        assert_eq!(connection.call("POST", "/v1/users", &body).0, 200);
    }
    eprintln!(
        "10,000 users created one after the other in {:?}",
        started.elapsed()
    );
    let started = Instant::now();
    let mut ids = BTreeSet::new();
    for page in 0..20 {
        let path = format!(
            "/v1/users?limit=500&offset={}&order_by=created_at",
            page * 500
        );
        let (status, users) = connection.call("GET", &path, &Value::Null);
        assert_eq!((status, users.as_array().unwrap().len()), (200, 500));
        ids.extend(
            users
                .as_array()
                .unwrap()
                .iter()
                .map(|user| user["id"].as_str().unwrap().to_owned()),
        );
    }
    eprintln!("listed in 20 pages of 500 in {:?}", started.elapsed());
    assert_eq!(ids.len(), 10_000);
    let count = backend(&offline, "GET", "/v1/users/count", &Value::Null).ok();
    assert_eq!(count["total_count"], 10_000);
}

#[test]
fn a_thousand_session_tokens_at_once() {
    let offline = wait(OfflineClerk::start());
    let ada = wait(offline.create_user("ada@example.com").into_future());
    let path = format!("/v1/sessions/{}/tokens", offline.session(&ada).id());
    // All are connected before the first one asks.
    let barrier = std::sync::Barrier::new(1_000);
    let started = Instant::now();
    let tokens: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..1_000)
            .map(|_| {
                std::thread::Builder::new()
                    .stack_size(128 << 10)
                    .spawn_scoped(scope, || {
                        let mut connection = Connection::open(&offline);
                        barrier.wait();
                        let (status, token) = connection.call("POST", &path, &json!({}));
                        assert_eq!(status, 200);
                        token["jwt"].as_str().unwrap().to_owned()
                    })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.unwrap().join().unwrap())
            .collect()
    });
    eprintln!(
        "1,000 session tokens over 1,000 connections in {:?}",
        started.elapsed()
    );
    let key =
        clerk_tokens::VerifyingKey::from_pem(clerk_testing::mint::TestKey::FIRST.public_pem())
            .unwrap();
    let verifier = clerk_tokens::TokenVerifier::new(key).allow_test_keys();
    assert!(tokens.iter().all(|token| verifier.verify(token).is_ok()));
}
