//! Over time: refreshes, rotation, outages, refusals.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clerk_http::testing::Reply;
use clerk_tokens::jwks::{JwksEvent, RemoteKeys};
use http::StatusCode;

use crate::support::*;

// covers: JWKS-21
#[tokio::test]
async fn an_outage_refuses_no_valid_token_for_a_day_and_then_does() {
    let instance = instance();
    assert_eq!(instance.look("a").await, "ok");
    for _ in 0..4 {
        // Traffic every second; some of it with made-up kids.
        instance.clock.advance(Duration::from_secs(1));
        assert_eq!(instance.look("a").await, "ok");
    }
    instance.source.answer_with(status(503));
    let mut refused_at = None;
    // Every 20 seconds for 25 hours, from the moment the keys were loaded.
    for tick in 1..(25 * 180) {
        instance.clock.set(T0 + tick * 20_000);
        match instance.look("a").await {
            "ok" => assert_eq!(refused_at, None, "served again at {tick}"),
            "jwk-remote-failed-to-load" => {
                refused_at.get_or_insert(tick * 20);
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!(refused_at, Some(24 * 3600));
    let error = instance.keys.key(Some("a")).await.unwrap_err();
    assert!(error.is_outage() && error.retry_after().is_some());
    assert!(instance.keys.statistics().served_stale > 4000);

    // The end of the outage.
    instance.source.answer_with(set(&[jwk("a", ONE)]));
    instance.clock.advance(MINUTE);
    assert_eq!(instance.look("a").await, "ok");
}

#[tokio::test]
async fn an_outage_makes_few_requests_wait_and_few_fetches() {
    let instance = instance();
    assert_eq!(instance.look("a").await, "ok");
    instance.source.answer_with(Reply::no_connection());
    instance.clock.advance(5 * MINUTE);
    for _ in 0..3600 {
        instance.clock.advance(Duration::from_secs(1));
        assert_eq!(instance.look("a").await, "ok");
    }
    // Up to four attempts at least 15 s apart.
    let fetches = instance.source.requests() - 1;
    assert!(fetches <= 4 * (3600 / 15 + 5), "{fetches}");
}

#[tokio::test]
async fn during_an_outage_an_unknown_kid_is_not_refused_but_unknown() {
    let instance = instance();
    assert_eq!(instance.look("a").await, "ok");
    instance.source.answer_with(status(500));
    instance.clock.advance(MINUTE);
    assert_eq!(instance.look("new").await, "jwk-remote-failed-to-load");
    assert_eq!(instance.look("newer").await, "jwk-remote-failed-to-load");
    assert_eq!(instance.look("a").await, "ok");
}

// covers: JWKS-23
#[tokio::test]
async fn a_key_that_was_rotated_out_is_distrusted_at_the_next_refresh() {
    let instance = instance();
    assert_eq!(instance.look("a").await, "ok");
    instance.source.answer_with(set(&[jwk("b", TWO)]));
    // Junk does not prolong its life, and the new key is found at once.
    instance.clock.advance(MINUTE);
    assert_eq!(instance.look("b").await, "ok");
    assert_eq!(instance.look("a").await, "jwk-kid-mismatch");
    assert_eq!(instance.source.requests(), 2);

    // Also by age.
    let instance = self::instance();
    assert_eq!(instance.look("a").await, "ok");
    instance.source.answer_with(set(&[jwk("b", TWO)]));
    instance.clock.advance(5 * MINUTE);
    assert_eq!(instance.look("a").await, "jwk-kid-mismatch");
}

// covers: JWKS-21
#[tokio::test]
async fn keys_are_refreshed_ahead_without_making_anybody_wait() {
    let instance = instance();
    assert_eq!(instance.look("a").await, "ok");
    instance.clock.advance(4 * MINUTE);
    instance.source.hold();
    assert!(instance.keys.peek(Some("a")).unwrap().is_ok());
    tokio::task::yield_now().await;
    assert_eq!(instance.source.requests(), 1);
    assert!(instance.keys.key_now(Some("a")).unwrap().is_ok());
    for _ in 0..100 {
        assert_eq!(instance.look("a").await, "ok");
    }
    tokio::task::yield_now().await;
    assert_eq!(instance.source.requests(), 2);
    instance.source.release();
    instance.settle().await;
    instance.clock.advance(3 * MINUTE);
    assert!(instance.keys.key_now(Some("a")).unwrap().is_ok());
    assert_eq!(instance.source.requests(), 2);
}

#[tokio::test]
async fn a_refusal_is_survived_for_a_quarter_of_an_hour() {
    let invalid = r#"{"errors":[{"code":"clerk_key_invalid","message":"no"}]}"#;
    let cases = [
        (
            Reply::json(StatusCode::UNAUTHORIZED, invalid),
            "secret-key-invalid",
        ),
        (status(401), "jwk-remote-failed-to-load"),
        (status(403), "jwk-remote-failed-to-load"),
        (status(404), "jwk-remote-failed-to-load"),
    ];
    for (reply, reason) in cases {
        let instance = instance();
        assert_eq!(instance.look("a").await, "ok");
        instance.source.answer_with(reply);
        let mut refused_at = None;
        for tick in 1..(60 * 6) {
            instance.clock.set(T0 + tick * 10_000);
            match instance.look("a").await {
                "ok" => assert_eq!(refused_at, None),
                other => {
                    assert_eq!(other, reason);
                    refused_at.get_or_insert(tick * 10);
                }
            }
            instance.settle().await;
        }
        // First refused by the refresh ahead, at four minutes.
        assert_eq!(refused_at, Some((4 + 15) * 60), "{reason}");
        let error = instance.keys.key(Some("a")).await.unwrap_err();
        assert!(!error.is_outage() && error.is_key_problem());
        assert_eq!(instance.keys.statistics().outages, 0);
    }
}

// covers: JWKS-3, HIST-74
#[tokio::test]
async fn two_instances_with_equal_kids_never_share_a_key() {
    let one = Source::new(set(&[jwk("same", ONE)]));
    let two = Source::new(set(&[jwk("same", TWO)]));
    let clock = clerk_core::ManualClock::new(T0);
    let keys = |source: &Source, secret: &str| {
        RemoteKeys::backend_api(source.client(secret)).build_on(runtime(), clock.clone().into())
    };
    let (a, b) = (keys(&one, "sk_test_a"), keys(&two, "sk_test_b"));
    for _ in 0..3 {
        let from_a = a.key(Some("same")).await.unwrap();
        let from_b = b.key(Some("same")).await.unwrap();
        assert_ne!(from_a, from_b);
        clock.advance(10 * MINUTE);
    }
    assert_eq!((one.requests(), two.requests()), (3, 3));
    assert_ne!(a.scope(), b.scope());
    assert_eq!(a.scope(), keys(&two, "sk_test_a").scope());
    let printed = format!("{a:?} {:?}", a.scope());
    assert!(!printed.contains("sk_test"), "{printed}");
}

#[tokio::test]
async fn warming_up_fetches_once_and_tells_what_is_wrong() {
    let instance = instance();
    assert!(instance.keys.key_now(Some("a")).is_none());
    instance.keys.warm_up().await.unwrap();
    instance.keys.warm_up().await.unwrap();
    assert!(instance.keys.key_now(Some("a")).unwrap().is_ok());
    assert_eq!(instance.source.requests(), 1);

    let instance = self::instance();
    instance.source.answer_with(status(404));
    let error = instance.keys.warm_up().await.unwrap_err();
    assert_eq!(error.reason().as_str(), "jwk-remote-failed-to-load");
    instance.source.answer_with(set(&[jwk("a", ONE)]));
    instance.keys.warm_up().await.unwrap();
}

#[tokio::test]
async fn an_observer_is_told_everything() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&log);
    let source = Source::new(set(&[jwk("a", ONE)]));
    let clock = clerk_core::ManualClock::new(T0);
    let keys = RemoteKeys::backend_api(source.client("sk_test_x"))
        .policy(policy())
        .observer(move |event: &JwksEvent<'_>| {
            let line = match event {
                JwksEvent::Refreshed { keys } => format!("refreshed {keys}"),
                JwksEvent::RefreshFailed {
                    error,
                    in_a_row,
                    key_age,
                } => {
                    format!("failed {} {in_a_row} {key_age:?}", error.is_outage())
                }
                JwksEvent::ServedStale { key_age } => format!("stale {key_age:?}"),
                JwksEvent::UnknownKid { throttled } => format!("unknown {throttled}"),
                JwksEvent::Unavailable { .. } => "unavailable".to_owned(),
                _ => "new".to_owned(),
            };
            notes.lock().unwrap().push(line);
        })
        .build_on(runtime(), clock.clone().into());
    drop(keys.key(Some("a")).await);
    drop(keys.key(Some("x")).await);
    drop(keys.key(Some("y")).await);
    source.answer_with(status(500));
    clock.advance(10 * MINUTE);
    drop(keys.key(Some("a")).await);
    drop(keys.key(Some("x")).await);
    assert_eq!(
        *log.lock().unwrap(),
        [
            "refreshed 1",
            "refreshed 1",
            "unknown false",
            "unknown true",
            "failed true 1 Some(600s)",
            "stale 600s",
            "unavailable",
        ]
    );
    let statistics = keys.statistics();
    assert_eq!(statistics.key_age, Some(10 * MINUTE));
    assert_eq!(
        (statistics.keys, statistics.refreshes, statistics.outages),
        (1, 2, 1)
    );
    assert_eq!((statistics.served_stale, statistics.unavailable), (1, 1));
}
