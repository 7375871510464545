//! One refresh that many wait for.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use clerk_http::BoxFuture;

/// A refresh under way: whoever waits for it learns when it has ended.
///
/// It runs in a task of its own. Where none could be started, those who wait run it together: when one of them gives
/// up, the next goes on where it stopped.
pub(super) struct Refresh {
    waiting: Mutex<Waiting>,
    task: Mutex<Option<BoxFuture<()>>>,
}

#[derive(Default)]
struct Waiting {
    ended: bool,
    next: u64,
    wakers: BTreeMap<u64, Waker>,
}

impl Refresh {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            waiting: Mutex::default(),
            task: Mutex::new(None),
        })
    }

    /// Leaves the work to those who wait.
    pub(super) fn leave_to_waiters(&self, task: BoxFuture<()>) {
        *lock(&self.task) = Some(task);
    }

    /// Tells everybody.
    pub(super) fn end(&self) {
        let wakers = {
            let mut waiting = lock(&self.waiting);
            waiting.ended = true;
            std::mem::take(&mut waiting.wakers)
        };
        wakers.into_values().for_each(Waker::wake);
    }

    pub(super) fn wait(self: &Arc<Self>) -> Wait {
        let mut waiting = lock(&self.waiting);
        waiting.next += 1;
        Wait {
            id: waiting.next,
            refresh: Arc::clone(self),
        }
    }

    fn has_ended(&self) -> bool {
        lock(&self.waiting).ended
    }
}

/// Waits for the end of a refresh.
pub(super) struct Wait {
    refresh: Arc<Refresh>,
    id: u64,
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        {
            let mut waiting = lock(&self.refresh.waiting);
            if waiting.ended {
                return Poll::Ready(());
            }
            waiting.wakers.insert(self.id, context.waker().clone());
        }
        // Whoever holds the lock is running the task at this moment.
        if let Ok(mut task) = self.refresh.task.try_lock() {
            let ran = task.as_mut().map(|task| task.as_mut().poll(context));
            if ran.is_some_and(|ran| ran.is_ready()) {
                *task = None;
            }
        }
        if self.refresh.has_ended() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let others: Vec<Waker> = {
            let mut waiting = lock(&self.refresh.waiting);
            waiting.wakers.remove(&self.id);
            if waiting.ended {
                return;
            }
            waiting.wakers.values().cloned().collect()
        };
        // The task may have known only this one's waker.
        if lock(&self.refresh.task).is_some() {
            others.into_iter().for_each(Waker::wake);
        }
    }
}

/// What is behind these locks is whole at every moment; a panic elsewhere does not change that.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
