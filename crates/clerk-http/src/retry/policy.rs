//! Which failures are worth another attempt.

use std::time::Duration;

use bytes::Bytes;
use clerk_core::Clock;
use clerk_errors::api::Sent;
use http::{Method, Response, StatusCode};

use crate::{Backoff, Jitter, TransportError, TransportErrorKind, retry_after};

/// When and how often a failed request is repeated.
///
/// ```
/// use std::time::Duration;
/// use clerk_http::RetryPolicy;
///
/// let policy = RetryPolicy::safe().max_attempts(5).budget(Duration::from_secs(10));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    budget: Duration,
    backoff: Backoff,
}

impl RetryPolicy {
    /// Repeats what is safe to repeat: requests by a safe method (RFC 9110, section 9.2.1) that met no connection, a
    /// broken one, 502, 503, 504, or a 429 that says when to come back.
    ///
    /// Three attempts, 30 s in all, waits from 125 ms to 2 s with jitter; a `Retry-After` is obeyed where the budget
    /// allows, else the answer is returned at once.
    #[must_use]
    pub const fn safe() -> Self {
        Self {
            max_attempts: 3,
            budget: Duration::from_secs(30),
            backoff: Backoff::new(Duration::from_millis(125), Duration::from_secs(2)),
        }
    }

    /// Sets the number of attempts, the first included.
    #[must_use]
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the time for all attempts and waits together. A shorter total deadline of a request goes first.
    #[must_use]
    pub const fn budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// Sets the waits between attempts.
    #[must_use]
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Sets the jitter of the waits.
    #[must_use]
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        self.backoff = self.backoff.jitter(jitter);
        self
    }

    pub(super) const fn total(&self) -> Duration {
        self.budget
    }

    /// Whether requests by this method are repeated at all.
    pub(super) fn covers(&self, method: &Method) -> bool {
        self.max_attempts > 1 && method.is_safe()
    }

    /// The wait before the next attempt; `None` where this result is final.
    pub(super) fn next(
        &self,
        result: &Result<Response<Bytes>, TransportError>,
        failures: u32,
        elapsed: Duration,
        clock: &Clock,
    ) -> Option<Duration> {
        if failures + 1 >= self.max_attempts {
            return None;
        }
        let backoff = self.backoff.wait(failures);
        let wait = match result {
            Ok(answer) => {
                let asked = retry_after(answer.headers(), clock);
                match answer.status() {
                    StatusCode::TOO_MANY_REQUESTS => asked?.max(backoff),
                    StatusCode::BAD_GATEWAY
                    | StatusCode::SERVICE_UNAVAILABLE
                    | StatusCode::GATEWAY_TIMEOUT => asked.unwrap_or_default().max(backoff),
                    _ => return None,
                }
            }
            Err(error) => match (error.kind(), error.sent()) {
                (TransportErrorKind::Connect | TransportErrorKind::Reset, _)
                | (TransportErrorKind::Timeout, Sent::No) => backoff,
                _ => return None,
            },
        };
        (elapsed.saturating_add(wait) < self.budget).then_some(wait)
    }
}
