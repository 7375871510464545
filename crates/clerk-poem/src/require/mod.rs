//! The middleware that turns away who may not.

mod endpoint;
mod middleware;

pub use endpoint::RequireAuthEndpoint;
pub use middleware::RequireAuth;
