//! Staying below a rate limit instead of running into it.

mod decorator;
mod limit;
mod schedule;

pub use decorator::RateLimited;
pub use limit::RateLimit;
