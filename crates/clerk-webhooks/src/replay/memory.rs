//! A replay guard for a service of one instance.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clerk_core::Clock;

use super::{Claim, Lease, LeaseHolder, ReplayFuture, ReplayGuard, ReplayGuardError};

/// How long a handled message is remembered, at least and unless set otherwise: three days.
const RETENTION: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// How many messages are remembered unless set otherwise.
const CAPACITY: usize = 100_000;

/// Remembers handled messages in memory: enough for one instance of a service that may handle a message again after a restart.
///
/// Cloning shares the memory. At most `capacity` messages are remembered (100 000 unless set; an entry takes some 200 bytes), each
/// for three days or longer. When it is full, the handled message that is oldest is forgotten; when all of them are still being
/// handled, claiming fails.
///
/// ```
/// use clerk_webhooks::{Claim, MemoryReplayGuard, ReplayGuard};
///
/// # futures_util::FutureExt::now_or_never(async {
/// let guard = MemoryReplayGuard::new();
/// match guard.claim("msg_1").await? {
///     Claim::New(lease) => {
///         // Handle the event, and only then:
///         lease.complete().await?;
///     }
///     Claim::InProgress => { /* answer 409 */ }
///     Claim::Done => { /* answer 200 */ }
/// }
/// assert!(matches!(guard.claim("msg_1").await?, Claim::Done));
/// # Ok::<(), clerk_webhooks::ReplayGuardError>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone)]
pub struct MemoryReplayGuard {
    memory: Arc<Mutex<Memory>>,
    clock: Clock,
    retention_ms: i64,
    capacity: usize,
}

struct Memory {
    entries: HashMap<Arc<str>, Entry>,
    /// Handled messages with the time at which they may be forgotten, oldest first.
    done: VecDeque<(i64, Arc<str>)>,
}

#[derive(Clone, Copy)]
enum Entry {
    InProgress,
    Done,
}

impl MemoryReplayGuard {
    /// A guard on the system's clock.
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(Clock::system())
    }

    /// A guard on a clock of your own.
    #[must_use]
    pub fn with_clock(clock: impl Into<Clock>) -> Self {
        Self {
            memory: Arc::new(Mutex::new(Memory {
                entries: HashMap::new(),
                done: VecDeque::new(),
            })),
            clock: clock.into(),
            retention_ms: millis(RETENTION),
            capacity: CAPACITY,
        }
    }

    /// How long a handled message is remembered; less than three days counts as three days.
    #[must_use]
    pub fn retention(mut self, retention: Duration) -> Self {
        self.retention_ms = millis(retention.max(RETENTION));
        self
    }

    /// How many messages are remembered at most; at least one.
    #[must_use]
    pub fn capacity(mut self, messages: usize) -> Self {
        self.capacity = messages.max(1);
        self
    }

    fn claim_now(&self, id: &str) -> Result<Claim, ReplayGuardError> {
        let now = self.clock.now_ms();
        let mut memory = self.lock();
        memory.forget_until(now);
        match memory.entries.get(id) {
            Some(Entry::InProgress) => return Ok(Claim::InProgress),
            Some(Entry::Done) => return Ok(Claim::Done),
            None => {}
        }
        while memory.entries.len() >= self.capacity {
            if !memory.forget_oldest() {
                return Err(ReplayGuardError::new(
                    "as many messages are being handled as it can remember",
                ));
            }
        }
        let id: Arc<str> = id.into();
        memory.entries.insert(Arc::clone(&id), Entry::InProgress);
        drop(memory);
        Ok(Claim::New(Lease::new(MemoryLease {
            guard: self.clone(),
            id,
        })))
    }

    /// No panic can leave the memory half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl Default for MemoryReplayGuard {
    fn default() -> Self {
        Self::new()
    }
}

impl ReplayGuard for MemoryReplayGuard {
    fn claim<'a>(&'a self, id: &'a str) -> ReplayFuture<'a, Claim> {
        Box::pin(ready(self.claim_now(id)))
    }
}

impl fmt::Debug for MemoryReplayGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryReplayGuard")
            .field("remembered", &self.lock().entries.len())
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

impl Memory {
    fn forget_until(&mut self, now: i64) {
        while self.done.front().is_some_and(|(until, _)| *until <= now) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) -> bool {
        let Some((_, id)) = self.done.pop_front() else {
            return false;
        };
        self.entries.remove(&id);
        true
    }
}

struct MemoryLease {
    guard: MemoryReplayGuard,
    id: Arc<str>,
}

impl LeaseHolder for MemoryLease {
    fn complete(self: Box<Self>) -> ReplayFuture<'static, ()> {
        let until = self
            .guard
            .clock
            .now_ms()
            .saturating_add(self.guard.retention_ms);
        let mut memory = self.guard.lock();
        memory.entries.insert(Arc::clone(&self.id), Entry::Done);
        memory.done.push_back((until, Arc::clone(&self.id)));
        drop(memory);
        Box::pin(ready(Ok(())))
    }

    fn release(self: Box<Self>) {
        self.guard.lock().entries.remove(&self.id);
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use clerk_core::ManualClock;
    use futures_util::FutureExt;

    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn claim(guard: &impl ReplayGuard, id: &str) -> Claim {
        guard.claim(id).now_or_never().unwrap().unwrap()
    }

    fn claim_new(guard: &impl ReplayGuard, id: &str) -> Lease {
        match claim(guard, id) {
            Claim::New(lease) => lease,
            other => panic!("{id}: {other:?}"),
        }
    }

    fn complete(lease: Lease) {
        lease.complete().now_or_never().unwrap().unwrap();
    }

    // covers: WH-11
    #[test]
    fn a_message_is_handled_once_and_a_failed_one_again() {
        let guard = MemoryReplayGuard::with_clock(Clock::fixed(0));
        let lease = claim_new(&guard, "msg_1");
        assert!(matches!(claim(&guard, "msg_1"), Claim::InProgress));
        drop(lease);
        let lease = claim_new(&guard, "msg_1");
        assert!(matches!(claim(&guard.clone(), "msg_1"), Claim::InProgress));
        complete(lease);
        assert!(matches!(claim(&guard, "msg_1"), Claim::Done));
        complete(claim_new(&guard, "msg_2"));
    }

    // covers: WH-11
    #[test]
    fn it_remembers_for_three_days_or_longer() {
        for (set, days) in [(Duration::ZERO, 3), (5 * DAY, 5)] {
            let clock = ManualClock::new(1_774_000_000_000);
            let guard = MemoryReplayGuard::with_clock(clock.clone()).retention(set);
            complete(claim_new(&guard, "msg_1"));
            clock.advance(days * DAY - Duration::from_millis(1));
            assert!(matches!(claim(&guard, "msg_1"), Claim::Done));
            clock.advance(Duration::from_millis(1));
            drop(claim_new(&guard, "msg_1"));
        }
    }

    #[test]
    fn it_is_bounded_and_forgets_the_oldest_handled_one_first() {
        let guard = MemoryReplayGuard::with_clock(Clock::fixed(0)).capacity(3);
        for id in ["msg_1", "msg_2", "msg_3", "msg_4"] {
            complete(claim_new(&guard, id));
        }
        assert!(matches!(claim(&guard, "msg_2"), Claim::Done));
        let again = claim_new(&guard, "msg_1");
        assert!(format!("{guard:?}").contains("remembered: 3"));
        let five = claim_new(&guard, "msg_5");
        let six = claim_new(&guard, "msg_6");
        let error = guard.claim("msg_7").now_or_never().unwrap().unwrap_err();
        assert!(error.to_string().contains("being handled"), "{error}");
        assert!(matches!(claim(&guard, "msg_5"), Claim::InProgress));
        drop((again, five, six));
        complete(claim_new(&guard, "msg_7"));
    }

    #[test]
    fn of_many_claims_at_once_one_is_new() {
        let guard: Arc<dyn ReplayGuard> = Arc::new(MemoryReplayGuard::with_clock(Clock::fixed(0)));
        let claims: Vec<Claim> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| claim(&guard, "msg_1")))
                .collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        let new = claims
            .iter()
            .filter(|claim| matches!(claim, Claim::New(_)))
            .count();
        assert_eq!(new, 1, "{claims:?}");
    }
}
