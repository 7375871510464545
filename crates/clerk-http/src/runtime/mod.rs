//! What asynchronous code needs from its surroundings: time that passes, and tasks of its own.

#[cfg(all(feature = "tokio", not(target_family = "wasm")))]
mod tokio_runtime;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::BoxFuture;

#[cfg(all(feature = "tokio", not(target_family = "wasm")))]
pub use tokio_runtime::TokioRuntime;

/// Sleeps, and runs tasks that nobody waits for.
///
/// A value of its own, so that tests decide how time passes and any executor can serve.
pub trait Runtime: Send + Sync + 'static {
    /// A future that is done after `duration`. The time starts with this call.
    fn sleep(&self, duration: Duration) -> BoxFuture<()>;

    /// Runs a future to its end, whoever else gives up.
    ///
    /// Where no task can be started (no executor is running), the future is handed back.
    ///
    /// # Errors
    ///
    /// The future itself, for the caller to run.
    fn spawn(&self, task: BoxFuture<()>) -> Result<(), BoxFuture<()>>;

    /// Time since an arbitrary point in the past. It never goes back.
    fn monotonic(&self) -> Duration;
}

/// A runtime behind a handle that is cheap to clone.
#[derive(Clone)]
pub struct SharedRuntime {
    inner: Arc<dyn Runtime>,
}

impl SharedRuntime {
    /// Shares a runtime.
    pub fn new(runtime: impl Runtime) -> Self {
        Self {
            inner: Arc::new(runtime),
        }
    }

    /// The runtime itself.
    #[must_use]
    pub fn as_dyn(&self) -> &dyn Runtime {
        &*self.inner
    }
}

impl Runtime for SharedRuntime {
    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        self.inner.sleep(duration)
    }

    fn spawn(&self, task: BoxFuture<()>) -> Result<(), BoxFuture<()>> {
        self.inner.spawn(task)
    }

    fn monotonic(&self) -> Duration {
        self.inner.monotonic()
    }
}

impl fmt::Debug for SharedRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedRuntime").finish_non_exhaustive()
    }
}
