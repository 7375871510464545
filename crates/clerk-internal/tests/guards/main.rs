//! What the integrations of web frameworks share, requirement by requirement.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod answers;
mod gate;
mod judging;
mod recorded;
mod support;
