//! Keys from the network: how often they are fetched, and what holds while they cannot be.
#![cfg(feature = "jwks")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod concurrent;
mod hostile;
mod outage;
mod source;
mod support;
mod verifier;
