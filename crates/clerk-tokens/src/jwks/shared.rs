//! What the handles of an instance's keys and the refresh under way share.

use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;

use clerk_core::Clock;
use clerk_http::{SharedRuntime, within};

use super::decide::{self, Decision};
use super::observe::Watch;
use super::origin::Origin;
use super::refresh::{Refresh, lock};
use super::snapshot::Snapshot;
use super::{JwksEvent, JwksPolicy, KeyDocument, LoadError};

/// The refresh under way.
pub(super) type Slot = Mutex<Option<Arc<Refresh>>>;

/// The keys and all that decides about them.
pub(super) struct Shared {
    pub(super) origin: Origin,
    pub(super) policy: JwksPolicy,
    pub(super) clock: Clock,
    pub(super) runtime: SharedRuntime,
    pub(super) watch: Watch,
    // JWKS-28: readers take the whole or the whole before it.
    pub(super) snapshot: RwLock<Arc<Snapshot>>,
}

/// Empties the slot, if it still holds this refresh.
pub(super) fn abandon(slot: &Slot, refresh: &Arc<Refresh>) {
    let mut slot = lock(slot);
    if slot
        .as_ref()
        .is_some_and(|current| Arc::ptr_eq(current, refresh))
    {
        *slot = None;
    }
}

impl Shared {
    pub(super) fn load(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn replace(&self, change: impl FnOnce(&Snapshot) -> Snapshot) {
        let mut current = self
            .snapshot
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(change(&current));
    }

    pub(super) fn decide(&self, kid: &str) -> Decision {
        decide::decide(&self.policy, &self.load(), kid, self.clock.now_ms())
    }

    pub(super) fn is_fresh(&self) -> bool {
        let now_ms = self.clock.now_ms();
        self.load()
            .loaded
            .as_ref()
            .is_some_and(|loaded| loaded.age(&self.policy, now_ms) < self.policy.fresh)
    }

    /// Whether the refresh ended in time.
    pub(super) async fn await_end(&self, refresh: &Arc<Refresh>) -> bool {
        let limit = self.policy.total.saturating_add(GRACE);
        within(&self.runtime, limit, refresh.wait()).await.is_ok()
    }
}

/// How much longer than a refresh may take those who wait for it are patient.
const GRACE: Duration = Duration::from_secs(1);

/// Records the end of a refresh, also of one whose task is dropped or panics.
pub(super) struct End {
    pub(super) shared: Arc<Shared>,
    pub(super) slot: Weak<Slot>,
    pub(super) refresh: Weak<Refresh>,
    pub(super) settled: bool,
}

impl End {
    pub(super) fn settle(&mut self, result: &Result<KeyDocument, LoadError>) {
        self.settled = true;
        // Nobody has an interest any more, or somebody else has taken over.
        let (Some(slot), Some(refresh)) = (self.slot.upgrade(), self.refresh.upgrade()) else {
            return;
        };
        let taken = {
            let mut slot = lock(&slot);
            let current = slot
                .take_if(|current| Arc::ptr_eq(current, &refresh))
                .is_some();
            // Under the lock: whoever finds the slot empty finds the result in the snapshot.
            current.then(|| self.record(result))
        };
        refresh.end();
        if let Some(snapshot) = taken {
            self.tell(result, &snapshot);
        }
    }

    fn record(&self, result: &Result<KeyDocument, LoadError>) -> Arc<Snapshot> {
        let shared = &self.shared;
        let now_ms = shared.clock.now_ms();
        shared.replace(|snapshot| match result {
            Ok(keys) => snapshot.refreshed(&shared.policy, keys.clone(), now_ms),
            Err(error) => snapshot.failed(&shared.policy, error.clone(), now_ms),
        });
        shared.load()
    }

    fn tell(&self, result: &Result<KeyDocument, LoadError>, snapshot: &Snapshot) {
        let shared = &self.shared;
        let event = match result {
            Ok(keys) => JwksEvent::Refreshed { keys: keys.len() },
            Err(error) => JwksEvent::RefreshFailed {
                error,
                in_a_row: snapshot
                    .failure
                    .as_ref()
                    .map_or(1, |failure| failure.in_a_row.saturating_add(1)),
                key_age: snapshot
                    .loaded
                    .as_ref()
                    .map(|loaded| loaded.age(&shared.policy, shared.clock.now_ms())),
            },
        };
        shared.watch.tell(&event);
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if !self.settled {
            self.settle(&Err(LoadError::interrupted()));
        }
    }
}
