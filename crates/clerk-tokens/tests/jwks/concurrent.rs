//! Many at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clerk_core::ManualClock;
use clerk_http::testing::ManualRuntime;
use clerk_http::{BoxFuture, Runtime, SharedRuntime};
use clerk_tokens::jwks::RemoteKeys;

use crate::support::*;

// covers: JWKS-20
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_cold_lookups_cause_one_fetch() {
    let instance = Arc::new(instance());
    instance.source.hold();
    let lookups: Vec<_> = (0..1000)
        .map(|_| {
            let instance = Arc::clone(&instance);
            tokio::spawn(async move { instance.look("a").await })
        })
        .collect();
    while instance.source.requests() == 0 {
        tokio::task::yield_now().await;
    }
    instance.source.release();
    for lookup in lookups {
        assert_eq!(lookup.await.unwrap(), "ok");
    }
    assert_eq!(instance.source.requests(), 1);
    assert_eq!(instance.keys.statistics().refreshes, 1);
}

// covers: JWKS-20
#[tokio::test]
async fn a_thousand_lookups_of_old_keys_cause_one_fetch() {
    let instance = Arc::new(instance());
    assert_eq!(instance.look("a").await, "ok");
    instance.clock.advance(10 * MINUTE);
    let lookups: Vec<_> = (0..1000)
        .map(|_| {
            let instance = Arc::clone(&instance);
            tokio::spawn(async move { instance.look("a").await })
        })
        .collect();
    for lookup in lookups {
        assert_eq!(lookup.await.unwrap(), "ok");
    }
    assert_eq!(instance.source.requests(), 2);
}

// covers: JWKS-22
#[tokio::test]
async fn ten_thousand_made_up_kids_cause_one_fetch_per_interval() {
    let instance = instance();
    assert_eq!(instance.look("a").await, "ok");
    for tick in 0..10_000_u64 {
        // 6 ms between tokens: a minute in all, two intervals of 30 s.
        instance.clock.advance(Duration::from_millis(6));
        assert_eq!(
            instance.look(&format!("ins_{tick}")).await,
            "jwk-kid-mismatch"
        );
    }
    assert_eq!(instance.look("a").await, "ok");
    assert_eq!(instance.source.requests(), 1 + 2);
    let statistics = instance.keys.statistics();
    assert_eq!(statistics.unknown_kids, 10_000);
    assert_eq!(statistics.throttled_kids, 9_998);
}

// covers: JWKS-22
#[tokio::test]
async fn made_up_kids_at_once_cause_one_fetch() {
    let instance = Arc::new(instance());
    assert_eq!(instance.look("a").await, "ok");
    instance.source.hold();
    let lookups: Vec<_> = (0..1000)
        .map(|number| {
            let instance = Arc::clone(&instance);
            tokio::spawn(async move { instance.look(&format!("ins_{number}")).await })
        })
        .collect();
    while instance.source.requests() == 1 {
        tokio::task::yield_now().await;
    }
    instance.source.release();
    for lookup in lookups {
        assert_eq!(lookup.await.unwrap(), "jwk-kid-mismatch");
    }
    assert_eq!(instance.source.requests(), 2);
}

// covers: JWKS-22
#[tokio::test]
async fn what_cannot_be_a_kid_is_not_asked_for() {
    let instance = instance();
    let long = "k".repeat(257);
    for kid in [None, Some(""), Some(long.as_str())] {
        let error = instance.keys.key(kid).await.unwrap_err();
        assert_eq!(error.reason().as_str(), "jwk-kid-mismatch");
        assert!(instance.keys.key_uncached(kid).await.is_err());
        assert!(instance.keys.key_now(kid).unwrap().is_err());
    }
    assert_eq!(instance.source.requests(), 0);
}

#[tokio::test]
async fn a_cancelled_request_does_not_cancel_the_fetch() {
    let instance = Arc::new(instance());
    instance.source.hold();
    let impatient = tokio::spawn({
        let instance = Arc::clone(&instance);
        async move { instance.look("a").await }
    });
    while instance.source.requests() == 0 {
        tokio::task::yield_now().await;
    }
    let patient = tokio::spawn({
        let instance = Arc::clone(&instance);
        async move { instance.look("a").await }
    });
    tokio::task::yield_now().await;
    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());
    instance.source.release();
    assert_eq!(patient.await.unwrap(), "ok");
    assert_eq!(instance.source.requests(), 1);

    // Even with nobody left to wait, the keys arrive.
    instance.clock.advance(HOUR);
    instance.source.hold();
    let alone = tokio::spawn({
        let instance = Arc::clone(&instance);
        async move { instance.look("a").await }
    });
    while instance.source.requests() == 1 {
        tokio::task::yield_now().await;
    }
    alone.abort();
    assert!(alone.await.is_err());
    instance.source.release();
    instance.settle().await;
    assert_eq!(instance.keys.statistics().refreshes, 2);
    assert!(instance.keys.key_now(Some("a")).unwrap().is_ok());
    assert_eq!(instance.source.requests(), 2);
}

/// A runtime that starts no tasks.
struct Taskless(ManualRuntime);

impl Runtime for Taskless {
    fn sleep(&self, _: Duration) -> BoxFuture<()> {
        Box::pin(std::future::pending())
    }
    fn spawn(&self, task: BoxFuture<()>) -> Result<(), BoxFuture<()>> {
        Err(task)
    }
    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }
}

#[tokio::test]
async fn without_tasks_those_who_wait_do_the_work() {
    let source = Source::new(set(&[jwk("a", ONE)]));
    let clock = ManualClock::new(T0);
    let manual = ManualRuntime::with_clock(clock.clone());
    let keys = RemoteKeys::backend_api(source.client("sk_test_x"))
        .build_on(SharedRuntime::new(Taskless(manual)), clock.clone().into());
    source.hold();
    let look = |keys: RemoteKeys| async move { keys.key(Some("a")).await.is_ok() };
    let first = tokio::spawn(look(keys.clone()));
    while source.requests() == 0 {
        tokio::task::yield_now().await;
    }
    let second = tokio::spawn(look(keys.clone()));
    let third = tokio::spawn(look(keys.clone()));
    tokio::task::yield_now().await;
    // The one that was doing the work gives up; another goes on where it stopped.
    first.abort();
    assert!(first.await.is_err());
    source.release();
    assert!(second.await.unwrap() && third.await.unwrap());
    assert_eq!(source.requests(), 1);
    // There is no background either: keys that could do with a refresh just serve.
    clock.advance(4 * MINUTE + MINUTE / 2);
    assert!(look(keys.clone()).await);
    assert_eq!(source.requests(), 1);
    clock.advance(MINUTE);
    assert!(look(keys).await);
    assert_eq!(source.requests(), 2);
}

/// A runtime whose tasks are dropped before they have run.
struct Dying(AtomicUsize);

impl Runtime for Dying {
    fn sleep(&self, _: Duration) -> BoxFuture<()> {
        Box::pin(std::future::pending())
    }
    fn spawn(&self, task: BoxFuture<()>) -> Result<(), BoxFuture<()>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        drop(task);
        Ok(())
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

#[tokio::test]
async fn a_task_that_dies_is_an_outage_and_not_the_end() {
    let source = Source::new(set(&[jwk("a", ONE)]));
    let clock = ManualClock::new(T0);
    let keys = RemoteKeys::backend_api(source.client("sk_test_x")).build_on(
        SharedRuntime::new(Dying(AtomicUsize::new(0))),
        clock.clone().into(),
    );
    for failures in 1..4 {
        let error = keys.key(Some("a")).await.unwrap_err();
        assert!(error.is_outage());
        assert_eq!(error.reason().as_str(), "jwk-remote-failed-to-load");
        assert_eq!(keys.statistics().outages, failures);
        clock.advance(MINUTE);
    }
}

// covers: JWKS-29
#[tokio::test]
async fn without_the_cache_every_lookup_fetches_and_those_at_once_share() {
    let instance = Arc::new(instance());
    for fetches in 1..4 {
        assert!(instance.keys.key_uncached(Some("a")).await.is_ok());
        assert_eq!(instance.source.requests(), fetches);
    }
    assert_eq!(instance.look("a").await, "ok");
    assert_eq!(instance.source.requests(), 3);
    instance.source.hold();
    let lookups: Vec<_> = (0..100)
        .map(|_| {
            let instance = Arc::clone(&instance);
            tokio::spawn(async move { instance.keys.key_uncached(Some("a")).await.is_ok() })
        })
        .collect();
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    instance.source.release();
    for lookup in lookups {
        assert!(lookup.await.unwrap());
    }
    assert_eq!(instance.source.requests(), 4);
}

// covers: JWKS-7
#[tokio::test]
async fn keys_that_nobody_holds_leave_nothing_behind() {
    let source = Source::new(set(&[jwk("a", ONE)]));
    let made = |source: &Source| RemoteKeys::backend_api(source.client("sk_test_x")).build();
    for _ in 0..10 {
        made(&source).key(Some("a")).await.unwrap();
    }
    // Also when a fetch is under way, in a task or in the hands of those who wait.
    source.hold();
    let taskless = RemoteKeys::backend_api(source.client("sk_test_x")).build_on(
        SharedRuntime::new(Taskless(ManualRuntime::new(T0))),
        ManualClock::new(T0).into(),
    );
    for keys in [made(&source), taskless] {
        let before = source.requests();
        let waiting = tokio::spawn(async move { keys.key(Some("a")).await });
        while source.requests() == before {
            tokio::task::yield_now().await;
        }
        waiting.abort();
        assert!(waiting.await.is_err());
    }
    source.release();
    while source.holders() > 1 {
        tokio::task::yield_now().await;
    }
}
