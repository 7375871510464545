//! `cargo xtask differential --seconds N`: random calls to this workspace and to the npm package, where Node is there.
//!
//! The work is done by a program of the conformance package, so that this one stays quick to build.

use crate::{Outcome, process};

/// Passes its arguments on.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let program = [
        "run",
        "--quiet",
        "--package",
        "clerk-conformance",
        "--bin",
        "differential",
        "--",
    ];
    let arguments = arguments.iter().map(String::as_str);
    let all: Vec<&str> = program.into_iter().chain(arguments).collect();
    process::passthrough(&process::cargo(), &all, &[])
}
