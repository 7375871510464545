//! The middleware that finds out who makes a request, and turns nobody away.

mod error;
mod middleware;
mod service;

pub use middleware::ClerkMiddleware;
pub use service::ClerkMiddlewareService;
