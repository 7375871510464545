//! How many calls may be made.

use std::time::Duration;

/// More starts than this are not remembered.
const MOST_CALLS: u32 = 100_000;

/// How many calls may begin within a time, and how long one may wait for its turn.
///
/// ```
/// use std::time::Duration;
/// use clerk_http::RateLimit;
///
/// // Leaves half of a production instance's calls to other services.
/// let limit = RateLimit::new(500, Duration::from_secs(10)).longest_wait(Duration::from_secs(2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    pub(super) calls: u32,
    pub(super) per: Duration,
    pub(super) longest_wait: Duration,
}

impl RateLimit {
    /// At most `calls` begin within any span as long as `per`; a call that would have to wait longer than 10 s is
    /// refused. 1 to 100 000 calls; what is beyond is taken as the nearest.
    #[must_use]
    pub const fn new(calls: u32, per: Duration) -> Self {
        let calls = match calls {
            0 => 1,
            1..=MOST_CALLS => calls,
            _ => MOST_CALLS,
        };
        Self {
            calls,
            per,
            longest_wait: Duration::from_secs(10),
        }
    }

    /// What Clerk documents for production instances: 1000 calls in 10 s. Some operations have lower limits.
    #[must_use]
    pub const fn production() -> Self {
        Self::new(1000, Duration::from_secs(10))
    }

    /// What Clerk documents for development instances: 100 calls in 10 s.
    #[must_use]
    pub const fn development() -> Self {
        Self::new(100, Duration::from_secs(10))
    }

    /// Sets how long a call may wait for its turn. This bounds how many wait, too.
    #[must_use]
    pub const fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }
}
