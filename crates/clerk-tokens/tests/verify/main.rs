//! Decoding, verifying, signing and recognising tokens, requirement by requirement.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod categories;
mod claims;
mod decode;
mod header;
mod history;
mod keys;
mod kinds;
mod machine;
mod parties;
mod properties;
mod sign;
mod support;
mod times;
mod verifier;
