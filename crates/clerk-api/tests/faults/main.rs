//! Typed calls against a server on loopback that does everything wrong: what comes of it, and what was sent.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod answers;
mod connections;
mod retries;
mod server;
