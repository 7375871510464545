//! The layer that turns away who may not.

mod future;
mod layer;
mod service;

pub use future::RequireAuthFuture;
pub use layer::RequireAuth;
pub use service::RequireAuthService;
