//! Properties that hold for any input at all.
//!
//! Each target is a plain function that panics where a property is broken. `cargo test` drives it with a bounded number
//! of mutated seeds, always the same; the fuzzers in `tests/fuzz` drive it for as long as one likes.

mod jwks;
mod mutate;
mod names;
mod requests;
mod seeds;
mod tokens;
mod verify;
mod webhooks;

pub use mutate::Mutator;

/// A function under test and where its inputs start from.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name of the fuzzer.
    pub name: &'static str,
    /// Checks the properties for one input.
    pub check: fn(&[u8]),
    /// Inputs to start from, out of the committed vectors.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many inputs `cargo test` tries.
    pub runs: usize,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target {
        name: "decode",
        check: tokens::decode,
        seeds: seeds::tokens,
        runs: 20_000,
    },
    Target {
        name: "verify",
        check: verify::verify,
        seeds: seeds::tokens,
        runs: 5_000,
    },
    Target {
        name: "jwks",
        check: jwks::answer,
        seeds: seeds::key_sets,
        runs: 5_000,
    },
    Target {
        name: "claims",
        check: tokens::claims,
        seeds: seeds::claims,
        runs: 20_000,
    },
    Target {
        name: "publishable_key",
        check: names::publishable_key,
        seeds: seeds::publishable_keys,
        runs: 20_000,
    },
    Target {
        name: "url",
        check: names::url,
        seeds: seeds::urls,
        runs: 20_000,
    },
    Target {
        name: "webhook_message",
        check: webhooks::message,
        seeds: seeds::webhook_messages,
        runs: 20_000,
    },
    Target {
        name: "webhook_body",
        check: webhooks::body,
        seeds: seeds::webhook_bodies,
        runs: 20_000,
    },
    Target {
        name: "request_view",
        check: requests::request_view,
        seeds: seeds::requests,
        runs: 5_000,
    },
    Target {
        name: "cookies",
        check: requests::cookies,
        seeds: seeds::cookie_headers,
        runs: 5_000,
    },
    Target {
        name: "handshake_directives",
        check: requests::handshake_directives,
        seeds: seeds::directives,
        runs: 500,
    },
    Target {
        name: "path_patterns",
        check: requests::path_patterns,
        seeds: seeds::patterns,
        runs: 1_000,
    },
];

/// Checks the properties of the target of this name for one input.
///
/// # Panics
///
/// When a property is broken, or there is no such target.
pub fn check(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    assert!(target.is_some(), "there is no target {name}");
    if let Some(target) = target {
        (target.check)(data);
    }
}
