//! A runtime in which nobody waits.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clerk_core::{Clock, ManualClock, TimeSource};

use crate::{BoxFuture, Runtime};

/// A runtime in which sleeping moves the clock instead of waiting. Clones share time and record.
///
/// A sleep takes effect when it is awaited. It does not start tasks: whoever wants one runs it in place.
///
/// ```
/// use std::time::Duration;
/// use clerk_http::Runtime;
/// use clerk_http::testing::ManualRuntime;
///
/// # async fn example() {
/// let runtime = ManualRuntime::new(1_700_000_000_000);
/// runtime.sleep(Duration::from_secs(3600)).await;       // returns at once
/// assert_eq!(runtime.clock().now_ms(), 1_700_003_600_000);
/// assert_eq!(runtime.slept(), [Duration::from_secs(3600)]);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ManualRuntime {
    clock: ManualClock,
    start_ms: i64,
    slept: Arc<Mutex<Vec<Duration>>>,
}

impl ManualRuntime {
    /// Starts at a time, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn new(now_ms: i64) -> Self {
        Self::with_clock(ManualClock::new(now_ms))
    }

    /// Moves this clock.
    #[must_use]
    pub fn with_clock(clock: ManualClock) -> Self {
        Self {
            start_ms: clock.now_ms(),
            clock,
            slept: Arc::default(),
        }
    }

    /// A clock that shows this runtime's time.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock::from(self.clock.clone())
    }

    /// The sleeps that were awaited, in order.
    #[must_use]
    pub fn slept(&self) -> Vec<Duration> {
        self.slept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Runtime for ManualRuntime {
    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        let this = self.clone();
        Box::pin(async move {
            this.slept
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(duration);
            this.clock.advance(duration);
        })
    }

    fn spawn(&self, task: BoxFuture<()>) -> Result<(), BoxFuture<()>> {
        Err(task)
    }

    fn monotonic(&self) -> Duration {
        let passed = self.clock.now_ms().saturating_sub(self.start_ms);
        Duration::from_millis(u64::try_from(passed).unwrap_or(0))
    }
}
