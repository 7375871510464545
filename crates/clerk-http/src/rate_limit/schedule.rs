//! Whose turn it is when.

use std::collections::VecDeque;
use std::time::Duration;

use super::RateLimit;

/// A pause is not longer than this, whatever an answer asks for: the next call asks anew.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// The starts of the last calls, those included that still wait. Times count from an arbitrary point.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    starts: VecDeque<Duration>,
    paused_until: Duration,
}

/// A call whose turn does not come soon enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong {
    pub(super) wait: Duration,
}

impl Schedule {
    /// Books the next start, and returns how long it is until then.
    pub(super) fn book(
        &mut self,
        limit: &RateLimit,
        now: Duration,
        patience: Duration,
    ) -> Result<Duration, TooLong> {
        let full = self.starts.len() >= limit.calls as usize;
        let free = match self.starts.front() {
            Some(oldest) if full => oldest.saturating_add(limit.per),
            _ => now,
        };
        let start = now.max(free).max(self.paused_until);
        let wait = start - now;
        if wait > patience {
            return Err(TooLong { wait });
        }
        if full {
            self.starts.pop_front();
        }
        self.starts.push_back(start);
        Ok(wait)
    }

    /// How long a pause lasts that began after a start was booked.
    pub(super) fn pause_left(&self, now: Duration) -> Duration {
        self.paused_until.saturating_sub(now)
    }

    /// Nothing begins before this much time has passed.
    pub(super) fn pause(&mut self, now: Duration, pause: Duration) {
        let until = now.saturating_add(pause.min(LONGEST_PAUSE));
        self.paused_until = self.paused_until.max(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn no_span_holds_more_than_the_limit() {
        let limit = RateLimit::new(3, ms(1000));
        let mut schedule = Schedule::default();
        let mut starts = Vec::new();
        for now in [0, 0, 10, 20, 400, 990, 1000, 1005, 5000, 5000, 5000, 5000] {
            let wait = schedule.book(&limit, ms(now), ms(10_000)).unwrap();
            starts.push((ms(now) + wait).as_millis());
        }
        assert_eq!(
            starts,
            [
                0, 0, 10, 1000, 1000, 1010, 2000, 2000, 5000, 5000, 5000, 6000
            ]
        );
        for window in starts.windows(4) {
            assert!(window[3] - window[0] >= 1000, "{window:?}");
        }
    }

    #[test]
    fn who_would_wait_too_long_books_nothing() {
        let limit = RateLimit::new(1, ms(1000));
        let mut schedule = Schedule::default();
        assert_eq!(schedule.book(&limit, ms(0), ms(1000)), Ok(ms(0)));
        assert_eq!(schedule.book(&limit, ms(0), ms(1000)), Ok(ms(1000)));
        let refused = Err(TooLong { wait: ms(2000) });
        assert_eq!(schedule.book(&limit, ms(0), ms(1000)), refused);
        assert_eq!(schedule.book(&limit, ms(0), ms(1999)), refused);
        assert_eq!(schedule.book(&limit, ms(0), ms(2000)), Ok(ms(2000)));
    }

    #[test]
    fn pauses_are_kept_and_bounded() {
        let limit = RateLimit::new(10, ms(1000));
        let mut schedule = Schedule::default();
        schedule.pause(ms(100), ms(500));
        schedule.pause(ms(200), ms(10));
        assert_eq!(schedule.pause_left(ms(300)), ms(300));
        assert_eq!(schedule.book(&limit, ms(300), ms(300)), Ok(ms(300)));
        assert_eq!(schedule.book(&limit, ms(600), ms(0)), Ok(ms(0)));
        schedule.pause(ms(1000), Duration::from_secs(7 * 24 * 60 * 60));
        assert_eq!(schedule.pause_left(ms(1000)), LONGEST_PAUSE);
        schedule.pause(ms(1000), Duration::MAX);
        assert_eq!(schedule.pause_left(ms(1000)), LONGEST_PAUSE);
    }
}
