//! What happens to the keys, for metrics and logs.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::LoadError;

/// Something that happened to an instance's keys.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum JwksEvent<'a> {
    /// The set was fetched and replaced the one before.
    Refreshed {
        /// How many keys it has.
        keys: usize,
    },
    /// The set could not be fetched.
    RefreshFailed {
        /// Why; [`LoadError::is_outage`] tells an outage from an answer such as a refused secret key.
        error: &'a LoadError,
        /// How many refreshes have failed since the last success, this one included.
        in_a_row: u32,
        /// The age of the keys that are left to serve, where there are any.
        key_age: Option<Duration>,
    },
    /// A key served although it is past its time, because no newer set could be had.
    ServedStale {
        /// The age of the keys.
        key_age: Duration,
    },
    /// A token named a `kid` that is not in the set.
    UnknownKid {
        /// Whether the source was not even asked, because an unknown `kid` had caused a fetch just before.
        throttled: bool,
    },
    /// A token could not be judged: there are no keys, and none to be had.
    Unavailable {
        /// Why the last refresh failed.
        error: &'a LoadError,
    },
}

/// Is told what happens to an instance's keys. Called on the request's path: be quick.
pub trait JwksObserver: Send + Sync + 'static {
    /// Something happened.
    fn on_event(&self, event: &JwksEvent<'_>);
}

impl<F: Fn(&JwksEvent<'_>) + Send + Sync + 'static> JwksObserver for F {
    fn on_event(&self, event: &JwksEvent<'_>) {
        self(event);
    }
}

/// Counters since the keys' holder was made, and the state at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct JwksStatistics {
    /// Fetches that brought keys.
    pub refreshes: u64,
    /// Fetches that failed as an outage.
    pub outages: u64,
    /// Fetches that were refused.
    pub refusals: u64,
    /// Verifications with keys past their time.
    pub served_stale: u64,
    /// Tokens with an unknown `kid`.
    pub unknown_kids: u64,
    /// Those of them for which the source was not asked.
    pub throttled_kids: u64,
    /// Tokens that could not be judged.
    pub unavailable: u64,
    /// The age of the keys, where there are any.
    pub key_age: Option<Duration>,
    /// How many keys there are.
    pub keys: usize,
}

/// Counts, and passes on.
#[derive(Default)]
pub(super) struct Watch {
    observer: Option<Arc<dyn JwksObserver>>,
    refreshes: AtomicU64,
    outages: AtomicU64,
    refusals: AtomicU64,
    served_stale: AtomicU64,
    unknown_kids: AtomicU64,
    throttled_kids: AtomicU64,
    unavailable: AtomicU64,
}

impl Watch {
    pub(super) fn new(observer: Option<Arc<dyn JwksObserver>>) -> Self {
        Self {
            observer,
            ..Self::default()
        }
    }

    pub(super) fn tell(&self, event: &JwksEvent<'_>) {
        let count = |counter: &AtomicU64| {
            counter.fetch_add(1, Ordering::Relaxed);
        };
        match event {
            JwksEvent::Refreshed { .. } => count(&self.refreshes),
            JwksEvent::RefreshFailed { error, .. } if error.is_outage() => count(&self.outages),
            JwksEvent::RefreshFailed { .. } => count(&self.refusals),
            JwksEvent::ServedStale { .. } => count(&self.served_stale),
            JwksEvent::UnknownKid { throttled } => {
                count(&self.unknown_kids);
                if *throttled {
                    count(&self.throttled_kids);
                }
            }
            JwksEvent::Unavailable { .. } => count(&self.unavailable),
        }
        if let Some(observer) = &self.observer {
            observer.on_event(event);
        }
    }

    pub(super) fn statistics(&self, key_age: Option<Duration>, keys: usize) -> JwksStatistics {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        JwksStatistics {
            refreshes: read(&self.refreshes),
            outages: read(&self.outages),
            refusals: read(&self.refusals),
            served_stale: read(&self.served_stale),
            unknown_kids: read(&self.unknown_kids),
            throttled_kids: read(&self.throttled_kids),
            unavailable: read(&self.unavailable),
            key_age,
            keys,
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}
