use std::sync::Arc;

use clerk_http::Jitter;

use super::*;
use crate::jwks::{KeyDocument, LoadErrorKind};

const T0: i64 = 1_763_158_400_000;
const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

fn policy() -> JwksPolicy {
    let mut policy = JwksPolicy::default();
    policy.pause = policy.pause.map(|pause| pause.jitter(Jitter::None));
    policy
}

/// The keys `a` and `b`, loaded at `T0`.
fn loaded() -> Snapshot {
    Snapshot::default().refreshed(&policy(), KeyDocument::of(&["a", "b"]), T0)
}

fn error(kind: LoadErrorKind) -> LoadError {
    LoadError::new(kind, "test")
}

fn outage(snapshot: &Snapshot, at_ms: i64) -> Snapshot {
    snapshot.failed(&policy(), error(LoadErrorKind::Unreachable), at_ms)
}

fn refusal(snapshot: &Snapshot, at_ms: i64) -> Snapshot {
    snapshot.failed(&policy(), error(LoadErrorKind::Refused), at_ms)
}

/// A decision in one word.
fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Serve(_) => "serve",
        Decision::ServeStale(..) => "stale",
        Decision::ServeAndRefresh(_) => "refresh",
        Decision::Wait(Cause::Age) => "wait",
        Decision::Wait(Cause::UnknownKid) => "ask",
        Decision::Wait(Cause::NoCache) => "always",
        Decision::Reject(Rejection::UnknownKid { throttled: true }) => "throttled",
        Decision::Reject(Rejection::UnknownKid { throttled: false }) => "mismatch",
        Decision::Reject(Rejection::Unavailable { error, .. }) if error.is_outage() => {
            "unavailable"
        }
        Decision::Reject(Rejection::Unavailable { .. }) => "refused",
    }
}

fn at(snapshot: &Snapshot, kid: &str, now_ms: i64) -> &'static str {
    word(decide(&policy(), snapshot, kid, now_ms))
}

fn ended(snapshot: &Snapshot, kid: &str, cause: Cause, now_ms: i64) -> &'static str {
    word(after(&policy(), snapshot, kid, cause, now_ms))
}

// covers: JWKS-4, JWKS-5, JWKS-21, CST-5
#[test]
fn keys_serve_then_are_refreshed_then_are_waited_for() {
    let snapshot = loaded();
    let cases = [
        (0, "serve"),
        (4 * MINUTE - 1, "serve"),
        (4 * MINUTE, "refresh"),
        (5 * MINUTE - 1, "refresh"),
        (5 * MINUTE, "wait"),
        (25 * HOUR, "wait"),
        // A clock that was set back is no reason to trust longer.
        (-1, "serve"),
        (-4 * MINUTE, "refresh"),
        (-5 * MINUTE, "wait"),
        (-25 * HOUR, "wait"),
    ];
    for (age, expected) in cases {
        assert_eq!(at(&snapshot, "a", T0 + age), expected, "{age}");
    }
    assert_eq!(at(&Snapshot::default(), "a", T0), "wait");
    assert_eq!(at(&loaded(), "a", i64::MAX), "wait");
    assert_eq!(at(&loaded(), "a", i64::MIN), "wait");
}

// covers: JWKS-21
#[test]
fn an_outage_is_survived_for_a_day() {
    for (age, expected) in [
        (5 * MINUTE, "stale"),
        (24 * HOUR - 1, "stale"),
        (24 * HOUR, "unavailable"),
        (48 * HOUR, "unavailable"),
    ] {
        let now_ms = T0 + age;
        let failed = outage(&loaded(), now_ms);
        assert_eq!(ended(&failed, "a", Cause::Age, now_ms), expected, "{age}");
        // While nobody asks again, the same holds without waiting.
        assert_eq!(
            at(&failed, "a", now_ms + 1),
            if age == 24 * HOUR - 1 {
                "unavailable"
            } else {
                expected
            }
        );
        // A key that is not among the last good ones may have been added since.
        assert_eq!(
            ended(&failed, "new", Cause::Age, now_ms),
            "unavailable",
            "{age}"
        );
        assert_eq!(at(&failed, "new", now_ms + 1), "unavailable", "{age}");
    }
    // Without any keys there is nothing to serve.
    let cold = outage(&Snapshot::default(), T0);
    assert_eq!(ended(&cold, "a", Cause::Age, T0), "unavailable");
}

#[test]
fn every_kind_of_failure_is_an_outage_or_an_answer() {
    for (kind, outage) in [
        (LoadErrorKind::Unreachable, true),
        (LoadErrorKind::Overloaded, true),
        (LoadErrorKind::NotKeys, true),
        (LoadErrorKind::SecretKeyInvalid, false),
        (LoadErrorKind::Refused, false),
        (LoadErrorKind::Settings, false),
    ] {
        assert_eq!(error(kind).is_outage(), outage, "{kind:?}");
    }
}

#[test]
fn a_refusal_is_believed_after_a_quarter_of_an_hour() {
    let first = T0 + 5 * MINUTE;
    let refused = refusal(&loaded(), first);
    assert_eq!(ended(&refused, "a", Cause::Age, first), "stale");
    let later = |wait: i64| {
        let again = refusal(&refused, first + wait);
        ended(&again, "a", Cause::Age, first + wait)
    };
    assert_eq!(later(15 * MINUTE - 1), "stale");
    assert_eq!(later(15 * MINUTE), "refused");
    // An outage in between does not make the refusal forgotten; a success does.
    let between = outage(&refused, first + 14 * MINUTE);
    let again = outage(&between, first + 15 * MINUTE);
    assert_eq!(
        ended(&again, "a", Cause::Age, first + 15 * MINUTE),
        "unavailable"
    );
    let recovered = refused.refreshed(&policy(), KeyDocument::of(&["a"]), first + MINUTE);
    let again = refusal(&recovered, first + 20 * MINUTE);
    assert_eq!(ended(&again, "a", Cause::Age, first + 20 * MINUTE), "stale");
}

// covers: JWKS-22
#[test]
fn unknown_kids_cause_one_fetch_per_interval() {
    let now_ms = T0 + MINUTE;
    let fresh = loaded();
    assert_eq!(at(&fresh, "new", now_ms), "ask");
    let asked =
        fresh
            .asked_for_unknown_kid(now_ms)
            .refreshed(&policy(), KeyDocument::of(&["a"]), now_ms);
    assert_eq!(ended(&asked, "new", Cause::UnknownKid, now_ms), "mismatch");
    assert_eq!(ended(&asked, "a", Cause::UnknownKid, now_ms), "serve");
    for (wait, expected) in [
        (0, "throttled"),
        (30 * SECOND - 1, "throttled"),
        (30 * SECOND, "ask"),
    ] {
        assert_eq!(at(&asked, "other", now_ms + wait), expected, "{wait}");
    }
    // The interval counts from the last fetch for an unknown kid, not from the last refresh.
    let renewed = asked.refreshed(&policy(), KeyDocument::of(&["a"]), now_ms + 29 * SECOND);
    assert_eq!(at(&renewed, "other", now_ms + 30 * SECOND), "ask");

    // After an outage nobody knows.
    let failed = outage(&fresh.asked_for_unknown_kid(now_ms), now_ms);
    assert_eq!(
        ended(&failed, "new", Cause::UnknownKid, now_ms),
        "unavailable"
    );
    assert_eq!(ended(&failed, "a", Cause::UnknownKid, now_ms), "serve");
    assert_eq!(at(&failed, "other", now_ms + 29 * SECOND), "unavailable");
    assert_eq!(at(&failed, "a", now_ms + 29 * SECOND), "serve");
    assert_eq!(at(&failed, "other", now_ms + 30 * SECOND), "ask");
}

// covers: JWKS-23, JWKS-28, HIST-68
#[test]
fn hist_68_a_refresh_replaces_the_whole_set() {
    let rotated = loaded().refreshed(&policy(), KeyDocument::of(&["b", "c"]), T0 + MINUTE);
    let now_ms = T0 + MINUTE;
    assert_eq!(at(&rotated, "a", now_ms), "ask");
    assert_eq!(at(&rotated, "c", now_ms), "serve");
    // Who looked before keeps what it saw: snapshots are not changed.
    let before = loaded();
    let keys = Arc::clone(&before.loaded.as_ref().unwrap().keys);
    drop(before.refreshed(&policy(), KeyDocument::of(&["c"]), now_ms));
    assert!(keys.get("a").is_some() && keys.get("c").is_none());
}

#[test]
fn after_a_failure_nobody_asks_for_a_while() {
    let now_ms = T0 + 10 * MINUTE;
    let mut failed = loaded();
    for (pause, in_a_row) in [(1, 0), (2, 1), (4, 2), (8, 3), (15, 4), (15, 5)] {
        failed = outage(&failed, now_ms);
        assert_eq!(failed.failure.as_ref().unwrap().in_a_row, in_a_row);
        assert_eq!(at(&failed, "a", now_ms + pause * SECOND - 1), "stale");
        assert_eq!(at(&failed, "a", now_ms + pause * SECOND), "wait");
    }
    let cold = outage(&Snapshot::default(), T0);
    let Decision::Reject(Rejection::Unavailable { retry_after, .. }) =
        decide(&policy(), &cold, "a", T0 + 400)
    else {
        unreachable!("keys from nowhere");
    };
    assert_eq!(retry_after, Some(Duration::from_millis(600)));
    // In the middle of their time, keys just serve.
    let early = outage(&loaded(), T0 + 4 * MINUTE);
    assert_eq!(at(&early, "a", T0 + 4 * MINUTE + 999), "serve");
    assert_eq!(at(&early, "a", T0 + 4 * MINUTE + 1000), "refresh");
}

// covers: JWKS-25
#[test]
fn a_source_that_names_a_time_is_left_alone_until_then() {
    let mut asked = error(LoadErrorKind::Overloaded);
    for (retry_after, pause) in [(7, 7), (0, 1), (3600, 60)] {
        asked.set_retry_after(Duration::from_secs(retry_after));
        let failed = Snapshot::default().failed(&policy(), asked.clone(), T0);
        assert_eq!(at(&failed, "a", T0 + pause * SECOND - 1), "unavailable");
        assert_eq!(at(&failed, "a", T0 + pause * SECOND), "wait");
    }
}

// covers: JWKS-29
#[test]
fn without_the_cache_an_outage_is_not_bridged() {
    let failed = outage(&loaded(), T0 + MINUTE);
    assert_eq!(
        ended(&failed, "a", Cause::NoCache, T0 + MINUTE),
        "unavailable"
    );
    assert_eq!(ended(&loaded(), "a", Cause::NoCache, T0), "serve");
    assert_eq!(ended(&loaded(), "new", Cause::NoCache, T0), "mismatch");
}

// covers: JWKS-4, JWKS-5, JWKS-6
#[test]
fn the_reference_does_less() {
    let policy = JwksPolicy::reference();
    let loaded = Snapshot::default().refreshed(&policy, KeyDocument::of(&["a"]), T0);
    let at = |snapshot: &Snapshot, kid, age| word(decide(&policy, snapshot, kid, T0 + age));
    assert_eq!(at(&loaded, "a", 5 * MINUTE - 1), "serve");
    assert_eq!(at(&loaded, "a", 5 * MINUTE), "wait");
    assert_eq!(at(&loaded, "a", -HOUR), "serve");
    assert_eq!(at(&loaded, "x", 0), "ask");
    let asked = loaded.asked_for_unknown_kid(T0);
    assert_eq!(at(&asked, "x", 0), "ask");
    let failed = loaded.failed(&policy, error(LoadErrorKind::Unreachable), T0 + 5 * MINUTE);
    assert_eq!(at(&failed, "a", 5 * MINUTE), "wait");
    let after = after(&policy, &failed, "a", Cause::Age, T0 + 5 * MINUTE);
    assert_eq!(word(after), "unavailable");
    // A removed key stays until its time is up.
    let added = loaded.refreshed(&policy, KeyDocument::of(&["b"]), T0 + MINUTE);
    assert_eq!(at(&added, "a", MINUTE), "serve");
    assert_eq!(at(&added, "b", MINUTE), "serve");
    let renewed = loaded.refreshed(&policy, KeyDocument::of(&["b"]), T0 + 5 * MINUTE);
    assert_eq!(at(&renewed, "a", 5 * MINUTE), "ask");
}
