//! The middleware that finds out who makes a request, and turns nobody away.

mod endpoint;
mod middleware;

pub use endpoint::ClerkEndpoint;
pub use middleware::ClerkMiddleware;
