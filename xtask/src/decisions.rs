//! `cargo xtask decisions`: the page that shows what request authentication decides when.
//!
//! Its rows are requests in a test of clerk-internal, which asks the engine about each. Here that test is told to write
//! the page, or with `--check` only to compare it.

use crate::{Outcome, process};

/// What the test looks at.
const VARIABLE: &str = "CLERK_DECISION_TABLE";

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let is_check = match arguments {
        [] => false,
        [argument] if argument == "--check" => true,
        _ => return Err("usage: cargo xtask decisions [--check]".into()),
    };
    // Of the whole workspace, so that what its tests have built serves here too.
    let test = ["test", "--quiet", "--workspace", "--test", "decision_table"];
    let mode = if is_check { "check" } else { "write" };
    process::passthrough(&process::cargo(), &test, &[(VARIABLE, mode)])
}
