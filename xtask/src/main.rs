//! Tasks of the workspace: `cargo xtask help` lists them.
//!
//! One module per subcommand; this file only picks the one that was asked for.
#![forbid(unsafe_code)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks to its terminal"
)]

mod api;
mod bench;
mod ci;
mod citations;
mod codegen;
mod contract;
mod coverage;
mod decisions;
mod differential;
mod features;
mod footprint;
mod manifest;
mod msrv;
mod process;
mod release;
mod requirements;
mod spec;
mod tidy;
mod vectors;
mod wasm;
mod workspace;

use std::process::ExitCode;

/// What a subcommand answers; the error is the sentence shown to the person who ran it.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A subcommand: its name, one line for `help`, and what it does with the remaining arguments.
struct Task {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Outcome,
}

/// Every subcommand, in the order `help` prints them.
const TASKS: &[Task] = &[
    task("ci", "[STEP..]  run the checks, each timed", ci::run),
    task("coverage", "[--promote]  requirements cited", coverage::run),
    task("tidy", "house rules that no linter holds", tidy::run),
    task("features", "[CRATE..]  choices of features", features::run),
    task("footprint", "external crates and limits", footprint::run),
    task(
        "api",
        "[--check]  the public API of each crate, as text",
        api::run,
    ),
    task(
        "decisions",
        "[--check]  write the decision table of request authentication",
        decisions::run,
    ),
    task("msrv", "Rust version of dependencies", msrv::run),
    task("vectors", "sample  pick vectors to commit", vectors::run),
    task(
        "differential",
        "--seconds N [--seed N] [--family NAME]..  random calls to us and to the package",
        differential::run,
    ),
    task("bench", "[CRATE..]  ratios, median of three", bench::run),
    task(
        "release",
        "[--dry-run] [--version X.Y.Z]  checks, packages, changelog",
        release::run,
    ),
    task("wasm", "check for wasm32-unknown-unknown", wasm::run),
    task(
        "codegen",
        "[--check]  write the generated parts of clerk-types and clerk-api",
        codegen::run,
    ),
    task(
        "contract",
        "--spec FILE: every operation against a mock server made from the description",
        contract::run,
    ),
    task(
        "spec",
        "import FILE | diff OLD NEW | lint: API descriptions as committed facts",
        spec::run,
    ),
];

const fn task(name: &'static str, about: &'static str, run: fn(&[String]) -> Outcome) -> Task {
    Task { name, about, run }
}

fn main() -> ExitCode {
    if let Some(code) = api::stand_in() {
        return code;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        help();
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        help();
        return ExitCode::SUCCESS;
    }
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        eprintln!("no task is called {name:?}\n");
        help();
        return ExitCode::from(2);
    };
    match (task.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cargo xtask {name}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn help() {
    println!("usage: cargo xtask TASK [ARGUMENTS]\n");
    for task in TASKS {
        println!("  {:<12} {}", task.name, task.about);
    }
}
