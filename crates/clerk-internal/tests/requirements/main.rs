//! What authentication promises, requirement by requirement.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod auth_objects;
mod categories;
mod machine_tokens;
mod options;
mod support;
#[cfg(feature = "network")]
mod wire;
