//! How long a call may take.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use crate::Runtime;

/// The time a call gets. In a request's extensions it replaces the transport's own.
///
/// ```
/// use std::time::Duration;
/// use clerk_http::Deadlines;
///
/// let deadlines = Deadlines::default();
/// assert_eq!(deadlines.connect, Duration::from_secs(2));
/// assert_eq!(deadlines.first_byte, Duration::from_secs(10));
/// assert_eq!(deadlines.total, Duration::from_secs(30));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deadlines {
    /// For a new connection: name resolution, TCP and TLS together. A property of the transport: a request's
    /// extensions do not change it.
    pub connect: Duration,
    /// Until the answer's headers have arrived, counted from the call.
    pub first_byte: Duration,
    /// Until the answer has arrived whole, counted from the call.
    pub total: Duration,
}

impl Deadlines {
    /// 2 s to connect, 10 s to the first byte, 30 s in total.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            connect: Duration::from_secs(2),
            first_byte: Duration::from_secs(10),
            total: Duration::from_secs(30),
        }
    }

    /// Sets the time for a new connection.
    #[must_use]
    pub const fn connect(mut self, limit: Duration) -> Self {
        self.connect = limit;
        self
    }

    /// Sets the time until the answer's headers have arrived.
    #[must_use]
    pub const fn first_byte(mut self, limit: Duration) -> Self {
        self.first_byte = limit;
        self
    }

    /// Sets the time until the answer has arrived whole.
    #[must_use]
    pub const fn total(mut self, limit: Duration) -> Self {
        self.total = limit;
        self
    }
}

impl Default for Deadlines {
    fn default() -> Self {
        Self::new()
    }
}

/// The deadline passed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

/// Waits for a future, but not longer than `limit`.
///
/// # Errors
///
/// [`Elapsed`] when the time is up before the future is done; the future is dropped then.
pub async fn within<F: Future>(
    runtime: &dyn Runtime,
    limit: Duration,
    future: F,
) -> Result<F::Output, Elapsed> {
    let mut future = pin!(future);
    let mut sleep = runtime.sleep(limit);
    poll_fn(move |context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        sleep.as_mut().poll(context).map(|()| Err(Elapsed))
    })
    .await
}
