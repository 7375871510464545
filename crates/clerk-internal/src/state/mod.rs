//! The outcome of authenticating a request.

mod headers;
mod reason;

pub use headers::{AUTH_MESSAGE, AUTH_REASON, AUTH_STATUS};
pub use reason::{AuthErrorReason, Reason, RefreshProblem, RefreshRefusal};
