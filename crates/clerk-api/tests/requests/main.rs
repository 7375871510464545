//! One request-construction test per operation: method, address and body are what the description says.
#![cfg(all(
    feature = "full",
    feature = "deprecated-endpoints",
    feature = "unlisted"
))]
#![allow(deprecated, reason = "deprecated operations are tested too")]

#[rustfmt::skip]
mod generated;
mod rules;
mod support;
