//! Trying again where that is safe and may help.

mod backoff;
mod decorator;
mod policy;

pub use backoff::{Backoff, Jitter};
pub use decorator::Retry;
pub use policy::RetryPolicy;
