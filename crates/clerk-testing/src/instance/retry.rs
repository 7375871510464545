//! When a call that sets up tests is tried again: test runs start many at once, and meet rate limits.

use std::time::Duration;

use clerk_errors::api::ApiError;

/// How often a call is tried again.
pub(super) const RETRIES: u32 = 5;
/// The wait after the first failure; each further one doubles it.
const FIRST_WAIT: Duration = Duration::from_millis(1000);
/// What is added at random, at most.
const JITTER_MS: u64 = 500;
/// No wait of our own is longer; a server may ask for a longer one.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Whether trying again may help: the network, a time limit, a rate limit, or a server in trouble.
pub(super) fn is_transient(error: &ApiError) -> bool {
    match error.status() {
        Some(status) => matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504),
        None => error.is_outage() || error.is_timeout(),
    }
}

/// How long to wait after this many failures (0 for the first). `random` spreads the calls of many runs.
pub(super) fn wait(failures: u32, random: u64, retry_after: Option<Duration>) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1_u32.checked_shl(failures).unwrap_or(u32::MAX));
    let own = doubled
        .saturating_add(Duration::from_millis(random % (JITTER_MS + 1)))
        .min(LONGEST_WAIT);
    own.max(retry_after.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: TEST-2
    #[test]
    fn waits_double_up_to_thirty_seconds_and_never_undercut_retry_after() {
        let ms = |failures, random, after: Option<u64>| {
            wait(failures, random, after.map(Duration::from_secs)).as_millis()
        };
        for (failures, random, after, expected) in [
            (0, 0, None, 1000),
            (0, 500, None, 1500),
            (0, 501, None, 1000),
            (1, 0, None, 2000),
            (4, 250, None, 16_250),
            (5, 0, None, 30_000),
            (31, u64::MAX, None, 30_000),
            (40, 0, None, 30_000),
            (0, 0, Some(7), 7000),
            (3, 0, Some(7), 8000),
            (0, 0, Some(60), 60_000),
        ] {
            assert_eq!(
                ms(failures, random, after),
                expected,
                "{failures} {after:?}"
            );
        }
    }
}
