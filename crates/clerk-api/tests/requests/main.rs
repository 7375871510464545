//! One request-construction test per operation: method, address and body are what the description says.
#![cfg(all(
    feature = "full",
    feature = "deprecated-endpoints",
    feature = "unlisted"
))]
#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "a test that cannot go on has failed; a sample is used up"
)]
#![allow(deprecated, reason = "deprecated operations are tested too")]

mod answers;
mod business;
mod gaps;
#[rustfmt::skip]
mod generated;
mod rules;
mod support;
