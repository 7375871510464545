//! The policy at work: a pure function of what is known and the time.

use std::time::Duration;

use super::snapshot::{Failure, Loaded, Snapshot, distance};
use super::{JwksPolicy, KeyEntry, LoadError};

/// What to do for a token with a `kid`.
#[derive(Clone, Debug)]
pub(super) enum Decision {
    /// Use this key.
    Serve(KeyEntry),
    /// Use this key, past its time as it is: there is no newer one to be had.
    ServeStale(KeyEntry, Duration),
    /// Use this key, and refresh the set in the background.
    ServeAndRefresh(KeyEntry),
    /// Wait for the refresh that is under way, or start one; then ask [`after`].
    Wait(Cause),
    /// There is no key for this token.
    Reject(Rejection),
}

/// Why a refresh is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// There are no keys, or they are too old.
    Age,
    /// The keys are fresh, and this one is not among them.
    UnknownKid,
    /// The caller does not want kept keys.
    NoCache,
}

/// Why there is no key.
#[derive(Clone, Debug)]
pub(super) enum Rejection {
    /// The source was asked: it has no such key.
    UnknownKid { throttled: bool },
    /// The source did not tell.
    Unavailable {
        error: LoadError,
        retry_after: Option<Duration>,
    },
}

/// What to do for a token with this `kid`, before any refresh.
pub(super) fn decide(policy: &JwksPolicy, snapshot: &Snapshot, kid: &str, now_ms: i64) -> Decision {
    let paused = snapshot
        .failure
        .as_ref()
        .filter(|failure| !failure.pause_left(now_ms).is_zero());
    let age = snapshot
        .loaded
        .as_ref()
        .map(|loaded| (loaded, loaded.age(policy, now_ms)));
    match (age, paused) {
        (Some((loaded, age)), _) if age < policy.fresh => match loaded.keys.get(kid) {
            Some(key) if age < policy.refresh_ahead || paused.is_some() => {
                Decision::Serve(key.clone())
            }
            Some(key) => Decision::ServeAndRefresh(key.clone()),
            None => unknown(policy, snapshot, paused, now_ms),
        },
        (_, Some(failure)) => without_answer(policy, snapshot, failure, kid, now_ms),
        (_, None) => Decision::Wait(Cause::Age),
    }
}

/// JWKS-22: tokens with made-up `kid`s cause one fetch per interval, however many there are.
fn unknown(
    policy: &JwksPolicy,
    snapshot: &Snapshot,
    paused: Option<&Failure>,
    now_ms: i64,
) -> Decision {
    if let Some(failure) = paused {
        return unavailable(failure, now_ms);
    }
    let recent = snapshot
        .unknown_kid_at_ms
        .is_some_and(|at_ms| distance(at_ms, now_ms) < policy.unknown_kid);
    match &snapshot.failure {
        _ if !recent => Decision::Wait(Cause::UnknownKid),
        Some(failure) => unavailable(failure, now_ms),
        None => Decision::Reject(Rejection::UnknownKid { throttled: true }),
    }
}

/// What to do once the awaited refresh has ended; `snapshot` is the one it left behind.
pub(super) fn after(
    policy: &JwksPolicy,
    snapshot: &Snapshot,
    kid: &str,
    cause: Cause,
    now_ms: i64,
) -> Decision {
    match (&snapshot.failure, &snapshot.loaded) {
        (None, Some(loaded)) => match loaded.keys.get(kid) {
            Some(key) => Decision::Serve(key.clone()),
            None => Decision::Reject(Rejection::UnknownKid { throttled: false }),
        },
        (Some(failure), _) if cause == Cause::NoCache => unavailable(failure, now_ms),
        (Some(failure), _) => without_answer(policy, snapshot, failure, kid, now_ms),
        // A refresh leaves keys or a failure.
        (None, None) => Decision::Reject(Rejection::Unavailable {
            error: LoadError::interrupted(),
            retry_after: None,
        }),
    }
}

/// JWKS-21: the last good keys, as long as they may serve.
fn without_answer(
    policy: &JwksPolicy,
    snapshot: &Snapshot,
    failure: &Failure,
    kid: &str,
    now_ms: i64,
) -> Decision {
    let Some(loaded) = &snapshot.loaded else {
        return unavailable(failure, now_ms);
    };
    match loaded.keys.get(kid) {
        Some(key) if may_serve(policy, loaded, failure, now_ms) => {
            let age = loaded.age(policy, now_ms);
            if age < policy.fresh {
                Decision::Serve(key.clone())
            } else {
                Decision::ServeStale(key.clone(), age)
            }
        }
        _ => unavailable(failure, now_ms),
    }
}

fn may_serve(policy: &JwksPolicy, loaded: &Loaded, failure: &Failure, now_ms: i64) -> bool {
    let age = loaded.age(policy, now_ms);
    let refused_too_long = failure
        .refused_since_ms
        .is_some_and(|since_ms| distance(since_ms, now_ms) >= policy.refused);
    age < policy.fresh || (age < policy.stale && !refused_too_long)
}

fn unavailable(failure: &Failure, now_ms: i64) -> Decision {
    let left = failure.pause_left(now_ms);
    Decision::Reject(Rejection::Unavailable {
        error: failure.error.clone(),
        retry_after: (!left.is_zero()).then_some(left),
    })
}

#[cfg(test)]
mod tests;
