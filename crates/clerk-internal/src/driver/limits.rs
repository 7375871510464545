//! How many calls strangers can cause.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use clerk_core::Secret;
use clerk_core::crypto::sha256;

use crate::decide::CallFailure;

/// Bounds of what unauthenticated requests can make an engine ask Clerk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallLimits {
    /// How many machine tokens may be looked up at the same time.
    pub machine_verifications: usize,
    /// How many handshake answers may be looked up at the same time.
    pub handshake_payloads: usize,
    /// How long "not found" is remembered, in milliseconds.
    pub not_found_ms: i64,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            machine_verifications: 64,
            handshake_payloads: 16,
            not_found_ms: 30_000,
        }
    }
}

impl CallLimits {
    /// Sets how many machine tokens may be looked up at the same time.
    #[must_use]
    pub fn machine_verifications(mut self, at_once: usize) -> Self {
        self.machine_verifications = at_once;
        self
    }

    /// Sets how many handshake answers may be looked up at the same time.
    #[must_use]
    pub fn handshake_payloads(mut self, at_once: usize) -> Self {
        self.handshake_payloads = at_once;
        self
    }

    /// Sets how long "not found" is remembered, in milliseconds; 0 remembers nothing.
    #[must_use]
    pub fn not_found_ms(mut self, not_found_ms: i64) -> Self {
        self.not_found_ms = not_found_ms;
        self
    }
}

/// How many calls were kept from being made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallCounts {
    /// Calls made.
    pub made: u64,
    /// Answered from the machine cache, or by a call that another request made.
    pub recalled: u64,
    /// Answered from memory: not found a moment ago.
    pub remembered: u64,
    /// Refused because too many were in flight.
    pub crowded: u64,
    /// Refused because Clerk asked to wait.
    pub paused: u64,
}

/// The gate before one kind of call.
#[derive(Debug)]
pub(crate) struct Gate {
    at_once: usize,
    not_found_ms: i64,
    in_flight: AtomicUsize,
    paused_until_ms: AtomicI64,
    not_found: Mutex<HashMap<[u8; 32], i64>>,
    made: AtomicU64,
    remembered: AtomicU64,
    crowded: AtomicU64,
    paused: AtomicU64,
}

/// How many hashes of what was not found are kept.
const MAX_NOT_FOUND: usize = 4096;

/// What the gate says about a call.
pub(crate) enum Pass<'g> {
    /// Make it, and keep this until it is done.
    Go(InFlight<'g>),
    /// It is known what would come of it.
    NotFound,
    /// Not now.
    Wait(CallFailure),
}

/// A call on its way; dropping it makes room, also when the request is given up.
pub(crate) struct InFlight<'g> {
    gate: &'g Gate,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.gate.in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Gate {
    pub(crate) fn new(at_once: usize, not_found_ms: i64) -> Self {
        Self {
            at_once,
            not_found_ms,
            in_flight: AtomicUsize::new(0),
            paused_until_ms: AtomicI64::new(i64::MIN),
            not_found: Mutex::default(),
            made: AtomicU64::new(0),
            remembered: AtomicU64::new(0),
            crowded: AtomicU64::new(0),
            paused: AtomicU64::new(0),
        }
    }

    pub(crate) fn counts(&self) -> CallCounts {
        CallCounts {
            made: self.made.load(Ordering::Relaxed),
            recalled: 0,
            remembered: self.remembered.load(Ordering::Relaxed),
            crowded: self.crowded.load(Ordering::Relaxed),
            paused: self.paused.load(Ordering::Relaxed),
        }
    }

    /// Asks for a call about this text. The text is kept by its hash only.
    pub(crate) fn enter(&self, hash: &[u8; 32], now_ms: i64) -> Pass<'_> {
        if self.is_not_found(hash, now_ms) {
            self.remembered.fetch_add(1, Ordering::Relaxed);
            return Pass::NotFound;
        }
        let left_ms = self
            .paused_until_ms
            .load(Ordering::Acquire)
            .saturating_sub(now_ms);
        if left_ms > 0 {
            self.paused.fetch_add(1, Ordering::Relaxed);
            let left = std::time::Duration::from_millis(left_ms.unsigned_abs());
            return Pass::Wait(
                CallFailure::answer(429, "Clerk asked to wait before verifying further tokens.")
                    .with_retry_after(left),
            );
        }
        let entered =
            self.in_flight
                .fetch_update(Ordering::AcqRel, Ordering::Acquire, |in_flight| {
                    (in_flight < self.at_once).then_some(in_flight + 1)
                });
        if entered.is_err() {
            self.crowded.fetch_add(1, Ordering::Relaxed);
            return Pass::Wait(CallFailure::outage(
                "Too many tokens are being verified by Clerk at this moment.",
            ));
        }
        self.made.fetch_add(1, Ordering::Relaxed);
        Pass::Go(InFlight { gate: self })
    }

    /// Learns from a call that did not succeed.
    pub(crate) fn learn(&self, hash: [u8; 32], failure: &CallFailure, now_ms: i64) {
        match failure.status {
            Some(404) => self.remember(hash, now_ms),
            Some(429) => {
                if let Some(retry_after) = failure.retry_after {
                    let wait_ms = i64::try_from(retry_after.as_millis()).unwrap_or(i64::MAX);
                    self.paused_until_ms
                        .fetch_max(now_ms.saturating_add(wait_ms), Ordering::AcqRel);
                }
            }
            _ => {}
        }
    }

    fn is_not_found(&self, hash: &[u8; 32], now_ms: i64) -> bool {
        let not_found = self
            .not_found
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        not_found
            .get(hash)
            .is_some_and(|until_ms| now_ms < *until_ms)
    }

    fn remember(&self, hash: [u8; 32], now_ms: i64) {
        if self.not_found_ms <= 0 {
            return;
        }
        let mut not_found = self
            .not_found
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if not_found.len() >= MAX_NOT_FOUND {
            not_found.retain(|_, until_ms| now_ms < *until_ms);
        }
        if not_found.len() >= MAX_NOT_FOUND {
            // A flood of different texts: memory is bounded, and the bound on calls in flight still holds.
            not_found.clear();
        }
        not_found.insert(hash, now_ms.saturating_add(self.not_found_ms));
    }
}

/// The hash under which a token or nonce is remembered: what one instance knows, another may not, and its secret key tells
/// which one is asked.
pub(crate) fn hash_of(kind: &str, secret_key: &str, text: &str) -> [u8; 32] {
    // The text holds no line break, so no two of these are written alike.
    let whole = Secret::new(format!("{kind}\n{secret_key}\n{text}"));
    sha256(whole.expose().as_bytes())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: i64 = 1_774_000_000_250;

    #[test]
    fn not_found_is_remembered_for_a_while_and_bounded() {
        let gate = Gate::new(8, 30_000);
        let hash = hash_of("api_key", "sk", "ak_1");
        assert!(matches!(gate.enter(&hash, NOW), Pass::Go(_)));
        gate.learn(hash, &CallFailure::answer(404, ""), NOW);
        assert!(matches!(gate.enter(&hash, NOW + 29_999), Pass::NotFound));
        assert!(matches!(gate.enter(&hash, NOW + 30_000), Pass::Go(_)));
        assert!(matches!(
            gate.enter(&hash_of("api_key", "sk", "ak_2"), NOW),
            Pass::Go(_)
        ));
        for index in 0..3 * MAX_NOT_FOUND {
            gate.remember(hash_of("api_key", "sk", &index.to_string()), NOW);
        }
        assert!(gate.not_found.lock().unwrap().len() <= MAX_NOT_FOUND);
        assert_eq!(gate.counts().remembered, 1);
    }

    #[test]
    fn only_so_many_are_in_flight_and_giving_up_makes_room() {
        let gate = Gate::new(2, 0);
        let hash = hash_of("api_key", "sk", "ak_1");
        let first = gate.enter(&hash, NOW);
        let second = gate.enter(&hash, NOW);
        assert!(matches!((&first, &second), (Pass::Go(_), Pass::Go(_))));
        let Pass::Wait(failure) = gate.enter(&hash, NOW) else {
            panic!("a third one got through");
        };
        assert!(failure.is_outage);
        drop(first);
        assert!(matches!(gate.enter(&hash, NOW), Pass::Go(_)));
        assert_eq!(gate.counts().crowded, 1);
    }

    #[test]
    fn a_limit_with_a_time_pauses_the_kind_of_call() {
        let gate = Gate::new(8, 30_000);
        let hash = hash_of("api_key", "sk", "ak_1");
        let limited = CallFailure::answer(429, "").with_retry_after(Duration::from_secs(7));
        gate.learn(hash, &limited, NOW);
        let Pass::Wait(failure) = gate.enter(&hash, NOW + 1000) else {
            panic!("it was not paused");
        };
        assert_eq!(failure.retry_after, Some(Duration::from_secs(6)));
        assert!(matches!(gate.enter(&hash, NOW + 7000), Pass::Go(_)));
        // Without a time there is nothing to wait for.
        gate.learn(hash, &CallFailure::answer(429, ""), NOW + 8000);
        assert!(matches!(gate.enter(&hash, NOW + 8000), Pass::Go(_)));
    }
}
