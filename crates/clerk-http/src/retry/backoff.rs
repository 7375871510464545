//! How long to wait between attempts.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// What spreads the attempts of many clients over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Jitter {
    /// Every wait is between one and two times its length, at random.
    #[default]
    Random,
    /// Waits have exactly their length, for tests.
    None,
}

impl Jitter {
    fn apply(self, wait: Duration) -> Duration {
        match self {
            Self::None => wait,
            Self::Random => {
                // Spread, not secrecy: the keys of the standard library's hash maps are random enough.
                let random = RandomState::new().build_hasher().finish();
                let part = u32::try_from(random >> 32).unwrap_or(u32::MAX);
                wait + wait.mul_f64(f64::from(part) / (f64::from(u32::MAX) + 1.0))
            }
        }
    }
}

/// Waits that double from attempt to attempt, up to a limit.
///
/// ```
/// use std::time::Duration;
/// use clerk_http::{Backoff, Jitter};
///
/// let backoff = Backoff::new(Duration::from_millis(125), Duration::from_secs(1)).jitter(Jitter::None);
/// let waits: Vec<_> = (0..5).map(|failures| backoff.wait(failures).as_millis()).collect();
/// assert_eq!(waits, [125, 250, 500, 1000, 1000]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    jitter: Jitter,
}

impl Backoff {
    /// Waits `first` after the first failure and twice as long after each further one, up to `longest`; all before
    /// jitter.
    #[must_use]
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            jitter: Jitter::Random,
        }
    }

    /// Sets the jitter.
    #[must_use]
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// The wait after this many earlier failures: 0 for the first.
    #[must_use]
    pub fn wait(&self, failures: u32) -> Duration {
        let factor = 1_u32.checked_shl(failures).unwrap_or(u32::MAX);
        self.jitter
            .apply(self.first.saturating_mul(factor).min(self.longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: JWKS-12
    #[test]
    fn jitter_is_between_one_and_two_times_the_wait() {
        let backoff = Backoff::new(Duration::from_millis(125), Duration::from_secs(2));
        let mut seen = std::collections::HashSet::new();
        for failures in 0..4 {
            let least = Duration::from_millis(125 << failures);
            for _ in 0..100 {
                let wait = backoff.wait(failures);
                assert!(wait >= least && wait < least * 2, "{failures}: {wait:?}");
                seen.insert(wait);
            }
        }
        assert!(seen.len() > 100, "waits do not vary");
    }

    #[test]
    fn many_failures_do_not_overflow() {
        let backoff =
            Backoff::new(Duration::from_secs(1), Duration::from_secs(8)).jitter(Jitter::None);
        for failures in [3, 31, 32, 33, u32::MAX] {
            assert_eq!(backoff.wait(failures), Duration::from_secs(8));
        }
    }
}
