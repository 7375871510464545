//! The offline Clerk's clock: the system's time, shifted or stopped.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clerk_core::{Clock, TimeSource};

/// The clock of an offline Clerk. Clients made for it share it, so that expiry is tested without waiting.
///
/// Clones move together.
///
/// ```
/// use std::time::Duration;
/// use clerk_testing::server::OfflineClock;
///
/// let clock = OfflineClock::default();
/// clock.freeze();
/// let before = clock.now_ms();
/// clock.advance(Duration::from_secs(61));
/// assert_eq!(clock.now_ms() - before, 61_000);
/// ```
#[derive(Clone, Debug, Default)]
pub struct OfflineClock {
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Running { shift_ms: i64 },
    Frozen { now_ms: i64 },
}

impl Default for State {
    fn default() -> Self {
        Self::Running { shift_ms: 0 }
    }
}

impl OfflineClock {
    /// The current time, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        now_of(*self.lock())
    }

    /// Stops the clock where it is.
    pub fn freeze(&self) {
        let mut state = self.lock();
        *state = State::Frozen {
            now_ms: now_of(*state),
        };
    }

    /// Lets the clock run on from where it stands.
    pub fn resume(&self) {
        let mut state = self.lock();
        let shift_ms = now_of(*state).saturating_sub(Clock::system().now_ms());
        *state = State::Running { shift_ms };
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.shift(i64::try_from(by.as_millis()).unwrap_or(i64::MAX));
    }

    /// Moves the clock by a number of milliseconds, backwards where negative.
    pub fn shift(&self, by_ms: i64) {
        let mut state = self.lock();
        match &mut *state {
            State::Running { shift_ms } => *shift_ms = shift_ms.saturating_add(by_ms),
            State::Frozen { now_ms } => *now_ms = now_ms.saturating_add(by_ms),
        }
    }

    /// Stops the clock at a time, in milliseconds since the Unix epoch.
    pub fn set(&self, now_ms: i64) {
        *self.lock() = State::Frozen { now_ms };
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now_of(state: State) -> i64 {
    match state {
        State::Running { shift_ms } => Clock::system().now_ms().saturating_add(shift_ms),
        State::Frozen { now_ms } => now_ms,
    }
}

impl TimeSource for OfflineClock {
    fn now_ms(&self) -> i64 {
        Self::now_ms(self)
    }
}

impl From<OfflineClock> for Clock {
    fn from(clock: OfflineClock) -> Self {
        Self::new(clock)
    }
}
