//! The middleware that turns away who may not.

mod middleware;
mod service;

pub use middleware::RequireAuth;
pub use service::RequireAuthService;
