//! The proxy against servers on loopback, the hostile ones included.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod actix;
mod axum;
mod deadlines;
mod offline;
mod requests;
mod responses;
mod settings;
mod streaming;
mod support;
