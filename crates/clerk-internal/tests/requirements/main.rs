//! What authentication promises, requirement by requirement.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod asking;
mod auth_objects;
mod categories;
mod claims;
mod context;
mod cookie_flow;
mod cookies;
mod dispatch;
mod errors;
#[cfg(feature = "tracing")]
mod events;
mod handshake_return;
mod handshake_start;
mod machine_tokens;
mod option_table;
mod options;
mod organizations;
mod reasons;
#[cfg(feature = "tracing")]
#[path = "../properties/recorder.rs"]
mod recorder;
mod refresh;
mod scripted;
mod states;
mod support;
mod syncing;
#[cfg(feature = "network")]
mod wire;
