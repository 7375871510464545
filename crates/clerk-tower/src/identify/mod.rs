//! The layer that finds out who makes a request, and turns nobody away.

mod future;
mod layer;
mod service;

pub use future::ClerkFuture;
pub use layer::ClerkLayer;
pub use service::ClerkService;
