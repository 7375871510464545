//! The time, as something a value is given instead of something it asks the system for.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A source of the current time.
pub trait TimeSource: Send + Sync + 'static {
    /// The current time, in milliseconds since the Unix epoch.
    fn now_ms(&self) -> i64;
}

/// The clock of a verifier, client or cache: the system's, or one that a test or a host without a system clock provides.
///
/// Cloning shares the source.
///
/// ```
/// use clerk_core::Clock;
///
/// let clock = Clock::fixed(1_700_000_000_000);
/// assert_eq!(clock.now_ms(), 1_700_000_000_000);
/// ```
#[derive(Clone)]
pub struct Clock {
    source: Source,
}

#[derive(Clone)]
enum Source {
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    System,
    Fixed(i64),
    Custom(Arc<dyn TimeSource>),
}

impl Clock {
    /// The system's clock. Not available on `wasm32-unknown-unknown`, which has none.
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    #[must_use]
    pub const fn system() -> Self {
        Self {
            source: Source::System,
        }
    }

    /// A clock that reads from `source`.
    pub fn new(source: impl TimeSource) -> Self {
        Self {
            source: Source::Custom(Arc::new(source)),
        }
    }

    /// A clock that stands still at `now_ms` milliseconds since the Unix epoch.
    #[must_use]
    pub const fn fixed(now_ms: i64) -> Self {
        Self {
            source: Source::Fixed(now_ms),
        }
    }

    /// The current time, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        match &self.source {
            #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
            Source::System => system_now_ms(),
            Source::Fixed(now_ms) => *now_ms,
            Source::Custom(source) => source.now_ms(),
        }
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.source {
            #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
            Source::System => "system",
            Source::Fixed(_) => "fixed",
            Source::Custom(_) => "custom",
        };
        f.debug_tuple("Clock").field(&name).finish()
    }
}

impl From<ManualClock> for Clock {
    fn from(manual: ManualClock) -> Self {
        Self::new(manual)
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn system_now_ms() -> i64 {
    use std::time::{SystemTime, UNIX_EPOCH};

    let now = SystemTime::now();
    match now.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    }
}

/// A clock that moves only when told to. Clones move together.
///
/// ```
/// use std::time::Duration;
/// use clerk_core::{Clock, ManualClock};
///
/// let manual = ManualClock::new(0);
/// let clock = Clock::from(manual.clone());
/// manual.advance(Duration::from_secs(61));
/// assert_eq!(clock.now_ms(), 61_000);
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    now_ms: Arc<AtomicI64>,
}

impl ManualClock {
    /// A clock at `now_ms` milliseconds since the Unix epoch.
    #[must_use]
    pub fn new(now_ms: i64) -> Self {
        Self {
            now_ms: Arc::new(AtomicI64::new(now_ms)),
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.set(self.now_ms().saturating_add(by));
    }

    /// Sets the clock, in milliseconds since the Unix epoch.
    pub fn set(&self, now_ms: i64) {
        self.now_ms.store(now_ms, Ordering::SeqCst);
    }
}

impl TimeSource for ManualClock {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::SeqCst)
    }
}
