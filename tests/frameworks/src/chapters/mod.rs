//! What is expected, chapter by chapter.

pub mod bodies;
pub mod callers;
pub mod claims;
pub mod guards;
pub mod handshakes;
pub mod methods;
pub mod odd_requests;
pub mod organizations;
pub mod outages;
pub mod refreshes;
pub mod rejections;
pub mod webhooks;
