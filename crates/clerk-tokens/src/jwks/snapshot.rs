//! What is known about an instance's keys at a moment. Never changed, only replaced.

use std::sync::Arc;
use std::time::Duration;

use super::{JwksPolicy, KeyDocument, LoadError};

/// Keys, and when they were loaded.
#[derive(Clone, Debug)]
pub(super) struct Loaded {
    pub(super) keys: Arc<KeyDocument>,
    pub(super) at_ms: i64,
}

/// A refresh that failed, with no success since.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) error: LoadError,
    pub(super) at_ms: i64,
    /// Until then nobody asks again.
    pub(super) pause: Duration,
    pub(super) in_a_row: u32,
    /// When the source first refused us.
    pub(super) refused_since_ms: Option<i64>,
}

/// Everything a decision is made from, besides the clock.
#[derive(Clone, Debug, Default)]
pub(super) struct Snapshot {
    pub(super) loaded: Option<Loaded>,
    pub(super) failure: Option<Failure>,
    /// When an unknown `kid` last caused a fetch.
    pub(super) unknown_kid_at_ms: Option<i64>,
}

impl Snapshot {
    /// After a successful refresh: the new set in place of the old.
    pub(super) fn refreshed(&self, policy: &JwksPolicy, keys: KeyDocument, now_ms: i64) -> Self {
        // JWKS-23: a key that is no longer there is no longer trusted.
        let keys = match &self.loaded {
            Some(old) if policy.as_reference && old.age(policy, now_ms) < policy.fresh => {
                keys.merged_into(&old.keys)
            }
            _ => keys,
        };
        Self {
            loaded: Some(Loaded {
                keys: Arc::new(keys),
                at_ms: now_ms,
            }),
            failure: None,
            unknown_kid_at_ms: self.unknown_kid_at_ms,
        }
    }

    /// After a failed refresh: the old keys, and what happened.
    pub(super) fn failed(&self, policy: &JwksPolicy, error: LoadError, now_ms: i64) -> Self {
        let in_a_row = self
            .failure
            .as_ref()
            .map_or(0, |failure| failure.in_a_row.saturating_add(1));
        let refused_since_ms = self
            .failure
            .as_ref()
            .and_then(|failure| failure.refused_since_ms)
            .or((!error.is_outage()).then_some(now_ms));
        let pause = policy.pause.map_or(Duration::ZERO, |backoff| {
            let asked = error.retry_after().unwrap_or_default().min(LONGEST_PAUSE);
            backoff.wait(in_a_row).max(asked)
        });
        Self {
            failure: Some(Failure {
                error,
                at_ms: now_ms,
                pause,
                in_a_row,
                refused_since_ms,
            }),
            ..self.clone()
        }
    }

    /// After an unknown `kid` caused a fetch.
    pub(super) fn asked_for_unknown_kid(&self, now_ms: i64) -> Self {
        Self {
            unknown_kid_at_ms: Some(now_ms),
            ..self.clone()
        }
    }
}

/// A `Retry-After` beyond this does not keep us from asking.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl Loaded {
    /// The time since the keys were loaded.
    pub(super) fn age(&self, policy: &JwksPolicy, now_ms: i64) -> Duration {
        if policy.as_reference && now_ms < self.at_ms {
            return Duration::ZERO;
        }
        distance(self.at_ms, now_ms)
    }
}

impl Failure {
    /// How long until somebody may ask again.
    pub(super) fn pause_left(&self, now_ms: i64) -> Duration {
        self.pause.saturating_sub(distance(self.at_ms, now_ms))
    }
}

/// The time between two moments, whichever comes first: a clock that was set back must not make anything last longer.
pub(super) fn distance(one_ms: i64, other_ms: i64) -> Duration {
    Duration::from_millis(one_ms.abs_diff(other_ms))
}
