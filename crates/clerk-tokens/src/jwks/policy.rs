//! When to ask for keys, and what to do without an answer.

use std::time::Duration;

use clerk_http::Backoff;

/// How keys are kept: how long they serve, when they are fetched again, and what holds during an outage.
///
/// [`JwksPolicy::default`] is meant for production; its numbers are on the setters.
///
/// ```
/// use std::time::Duration;
/// use clerk_tokens::jwks::JwksPolicy;
///
/// let patient = JwksPolicy::default().serve_through_outages_for(Duration::from_secs(7 * 24 * 3600));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JwksPolicy {
    pub(super) refresh_ahead: Duration,
    pub(super) fresh: Duration,
    pub(super) stale: Duration,
    pub(super) refused: Duration,
    pub(super) unknown_kid: Duration,
    pub(super) pause: Option<Backoff>,
    pub(super) attempts: u32,
    pub(super) attempt: Duration,
    pub(super) total: Duration,
    pub(super) between: Backoff,
    pub(super) as_reference: bool,
}

impl JwksPolicy {
    /// The policy for production.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            refresh_ahead: Duration::from_secs(4 * 60),
            fresh: Duration::from_secs(5 * 60),
            stale: Duration::from_secs(24 * 60 * 60),
            refused: Duration::from_secs(15 * 60),
            unknown_kid: Duration::from_secs(30),
            pause: Some(Backoff::new(
                Duration::from_secs(1),
                Duration::from_secs(15),
            )),
            attempts: 4,
            attempt: Duration::from_secs(3),
            total: Duration::from_secs(5),
            between: Backoff::new(Duration::from_millis(125), Duration::from_secs(1)),
            as_reference: false,
        }
    }

    /// What `@clerk/backend` does, to replay recorded sequences: five attempts on every error with `Retry-After`
    /// ignored, no early refresh, no keys during an outage, a fetch for every unknown `kid`, and removed keys that
    /// stay until the set expires. Not for production.
    #[must_use]
    pub const fn reference() -> Self {
        let fresh = Duration::from_secs(5 * 60);
        Self {
            refresh_ahead: fresh,
            fresh,
            stale: Duration::ZERO,
            refused: Duration::ZERO,
            unknown_kid: Duration::ZERO,
            pause: None,
            attempts: 5,
            attempt: Duration::from_secs(60 * 60),
            total: Duration::from_secs(6 * 60 * 60),
            between: Backoff::new(Duration::from_millis(125), Duration::from_secs(1)),
            as_reference: true,
        }
    }

    /// Sets the age from which keys are refreshed in the background, and the age from which a request waits for the
    /// refresh. 4 and 5 minutes unless set; the first is at most the second.
    #[must_use]
    pub fn fresh_for(mut self, refresh_ahead: Duration, fresh: Duration) -> Self {
        self.refresh_ahead = refresh_ahead.min(fresh);
        self.fresh = fresh;
        self
    }

    /// Sets how long after their last refresh keys serve while their source cannot be reached or cannot answer.
    /// 24 hours unless set.
    #[must_use]
    pub const fn serve_through_outages_for(mut self, stale: Duration) -> Self {
        self.stale = stale;
        self
    }

    /// Sets how long keys serve after their source began to refuse us (401, 403, 404 and the like).
    /// 15 minutes unless set.
    #[must_use]
    pub const fn serve_after_refusal_for(mut self, refused: Duration) -> Self {
        self.refused = refused;
        self
    }

    /// Sets the least time between two fetches that unknown `kid`s cause. 30 seconds unless set.
    #[must_use]
    pub const fn unknown_kid_interval(mut self, interval: Duration) -> Self {
        self.unknown_kid = interval;
        self
    }

    /// Sets the time for a refresh with all its attempts. 5 seconds unless set.
    #[must_use]
    pub fn refresh_within(mut self, total: Duration) -> Self {
        self.total = total;
        self.attempt = self.attempt.min(total);
        self
    }

    /// Sets the waits between the attempts of a refresh. 125 ms, doubling, with jitter, unless set.
    #[must_use]
    pub const fn between_attempts(mut self, between: Backoff) -> Self {
        self.between = between;
        self
    }
}

impl Default for JwksPolicy {
    fn default() -> Self {
        Self::new()
    }
}
