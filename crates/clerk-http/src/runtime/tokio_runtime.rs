//! Time and tasks by tokio.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;

use super::Runtime;
use crate::BoxFuture;

/// Sleeps and runs tasks on the tokio runtime of the caller.
///
/// Outside of a tokio runtime nothing can be waited for: a sleep is over at once there.
#[derive(Clone, Copy, Debug)]
pub struct TokioRuntime {
    origin: Instant,
}

impl TokioRuntime {
    /// Uses whichever tokio runtime is running when it is asked.
    #[must_use]
    pub fn new() -> Self {
        Self {
            origin: Instant::now(),
        }
    }
}

impl Default for TokioRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl Runtime for TokioRuntime {
    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        let until = Instant::now().checked_add(duration);
        Box::pin(async move {
            // tokio's timer panics without its runtime, and one that far off never comes.
            match (Handle::try_current(), until) {
                (Ok(_), Some(until)) => tokio::time::sleep_until(until).await,
                (Ok(_), None) => std::future::pending().await,
                (Err(_), _) => {}
            }
        })
    }

    fn spawn(&self, task: BoxFuture<()>) -> Result<(), BoxFuture<()>> {
        match Handle::try_current() {
            Ok(handle) => {
                handle.spawn(task);
                Ok(())
            }
            Err(_) => Err(task),
        }
    }

    fn monotonic(&self) -> Duration {
        self.origin.elapsed()
    }
}
