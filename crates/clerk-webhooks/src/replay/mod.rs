//! Handling each message once: claims, leases, and a guard that keeps them in memory.

#[cfg(feature = "memory-replay-guard")]
mod memory;

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

#[cfg(feature = "memory-replay-guard")]
pub use memory::MemoryReplayGuard;

/// The future of a guard's method: boxed, so that guards of different kinds fit behind one `Arc<dyn ReplayGuard>`.
pub type ReplayFuture<'a, T> =
    Pin<Box<dyn Future<Output = Result<T, ReplayGuardError>> + Send + 'a>>;

/// Remembers which messages were handled, so that none is handled twice.
///
/// A message is claimed by its id (`Delivery::id`) before it is handled. Who gets [`Claim::New`] handles it and calls
/// [`Lease::complete`] after that succeeded; dropping the lease gives the claim back, so that the retry of a message that could
/// not be handled is not refused. Answer 200 for [`Claim::Done`] (Clerk stops sending it) and 409 for [`Claim::InProgress`]
/// (Clerk sends it again later).
///
/// Implementations remember completed messages for at least three days, longer than Clerk keeps retrying. One that is shared by
/// several instances of a service needs a store with an atomic "insert if absent", and a time after which a claim whose holder
/// died is given to the next. Where handling a message changes a database, remember the id in the same transaction instead: then
/// both happen or neither. The guide [sync users to your database](crate::guide::sync_users)
/// shows that.
///
/// The trait is object safe and needs no async runtime.
pub trait ReplayGuard: Send + Sync {
    /// Claims the message with this id.
    fn claim<'a>(&'a self, id: &'a str) -> ReplayFuture<'a, Claim>;
}

impl<G: ReplayGuard + ?Sized> ReplayGuard for Arc<G> {
    fn claim<'a>(&'a self, id: &'a str) -> ReplayFuture<'a, Claim> {
        (**self).claim(id)
    }
}

/// What a [`ReplayGuard`] says about a message.
#[derive(Debug)]
pub enum Claim {
    /// Nobody has handled it: handle it, then complete the lease.
    New(Lease),
    /// Somebody is handling it right now. Answer 409.
    InProgress,
    /// It was handled. Answer 200.
    Done,
}

/// The right to handle one message.
///
/// Dropped without [`complete`](Self::complete), it gives the claim back.
#[must_use = "dropping a lease gives the claim back"]
pub struct Lease {
    holder: Option<Box<dyn LeaseHolder>>,
}

impl Lease {
    /// A lease, for implementations of [`ReplayGuard`].
    pub fn new(holder: impl LeaseHolder + 'static) -> Self {
        Self {
            holder: Some(Box::new(holder)),
        }
    }

    /// The message was handled: remember it.
    ///
    /// # Errors
    ///
    /// If the guard could not store that. The message was handled all the same; it may come again.
    pub async fn complete(mut self) -> Result<(), ReplayGuardError> {
        match self.holder.take() {
            Some(holder) => holder.complete().await,
            None => Ok(()),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(holder) = self.holder.take() {
            holder.release();
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lease")
    }
}

/// What a guard does when a lease ends; for implementations of [`ReplayGuard`].
pub trait LeaseHolder: Send + Sync {
    /// Remembers the message as handled.
    fn complete(self: Box<Self>) -> ReplayFuture<'static, ()>;

    /// Gives the claim back. Called while dropping, so it cannot wait: a guard over a network starts a task of its own, or lets the
    /// claim expire.
    fn release(self: Box<Self>);
}

/// A guard that cannot tell: its store is unreachable or full. Answer 503, so that the message comes again.
#[derive(Clone, Debug)]
pub struct ReplayGuardError {
    problem: Arc<dyn Error + Send + Sync>,
}

impl ReplayGuardError {
    /// An error from what went wrong.
    pub fn new(problem: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            problem: problem.into().into(),
        }
    }
}

impl fmt::Display for ReplayGuardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the replay guard failed: {}", self.problem)
    }
}

impl Error for ReplayGuardError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.problem)
    }
}
