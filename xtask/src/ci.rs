//! `cargo xtask ci`: the checks one by one, each timed; goes on after a failure and fails at the end.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::{Outcome, TASKS, process};

/// A check: the name it is asked for by, and what it runs.
struct Step {
    name: &'static str,
    run: fn() -> Outcome,
}

const fn step(name: &'static str, run: fn() -> Outcome) -> Step {
    Step { name, run }
}

/// Every step, cheap and telling ones first. The tests run before these, by the README's own command.
const STEPS: &[Step] = &[
    step("fmt", || cargo(&["fmt", "--all", "--check"])),
    step("tidy", || task("tidy", &[])),
    step("coverage", || task("coverage", &[])),
    step("codegen", || task("codegen", &["--check"])),
    step("decisions", || task("decisions", &["--check"])),
    step("footprint", || task("footprint", &[])),
    step("msrv", || task("msrv", &[])),
    step("deny", deny),
    step("clippy", clippy),
    step("doc", doc),
    step("api", || task("api", &["--check"])),
    step("release", || task("release", &["--dry-run"])),
    step("features", || task("features", &[])),
    step("providers", providers),
    step("wasm", || task("wasm", &[])),
    step("fuzz", fuzz),
    step("webhooks", webhooks),
    step("conformance", conformance),
];

/// Runs the named steps, or all of them.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
    if let Some(unknown) = arguments
        .iter()
        .find(|name| !names.contains(&name.as_str()))
    {
        return Err(format!(
            "no step is called {unknown:?}; there are {}",
            names.join(", ")
        )
        .into());
    }
    let wanted =
        |step: &&Step| arguments.is_empty() || arguments.iter().any(|name| name == step.name);
    let steps: Vec<&Step> = STEPS.iter().filter(wanted).collect();
    let mut results: Vec<(&str, Duration, Outcome)> = Vec::new();
    for (number, step) in (1..).zip(&steps) {
        println!("==> [{number}/{}] {}", steps.len(), step.name);
        let started = Instant::now();
        let outcome = (step.run)();
        let took = started.elapsed();
        match &outcome {
            Ok(()) => println!("    {} ok after {:.1} s", step.name, took.as_secs_f64()),
            Err(error) => println!(
                "    {} FAILED after {:.1} s: {error}",
                step.name,
                took.as_secs_f64()
            ),
        }
        results.push((step.name, took, outcome));
    }
    summary(&results)
}

fn summary(results: &[(&str, Duration, Outcome)]) -> Outcome {
    println!("\nstep          seconds  result");
    for (name, took, outcome) in results {
        println!(
            "{name:<12} {:>8.1}  {}",
            took.as_secs_f64(),
            if outcome.is_ok() { "ok" } else { "FAILED" }
        );
    }
    let total: Duration = results.iter().map(|(_, took, _)| *took).sum();
    println!("{:<12} {:>8.1}", "total", total.as_secs_f64());
    let failed: Vec<&str> = results
        .iter()
        .filter(|(_, _, outcome)| outcome.is_err())
        .map(|(name, ..)| *name)
        .collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed: {}", failed.join(", ")).into())
    }
}

/// Another task of this program, in this process.
pub(crate) fn task(name: &str, arguments: &[&str]) -> Outcome {
    let task = TASKS.iter().find(|task| task.name == name);
    let task = task.ok_or_else(|| format!("there is no task {name}"))?;
    let arguments: Vec<String> = arguments
        .iter()
        .map(|argument| (*argument).to_owned())
        .collect();
    (task.run)(&arguments)
}

fn cargo(arguments: &[&str]) -> Outcome {
    process::passthrough(&process::cargo(), arguments, &[])
}

fn clippy() -> Outcome {
    cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--keep-going",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ])
}

fn doc() -> Outcome {
    let arguments = [
        "doc",
        "--no-deps",
        "--workspace",
        "--all-features",
        "--keep-going",
        "--quiet",
    ];
    process::passthrough(
        &process::cargo(),
        &arguments,
        &[("RUSTDOCFLAGS", "-D warnings")],
    )
}

fn deny() -> Outcome {
    if Command::new("cargo-deny")
        .arg("--version")
        .output()
        .is_err()
    {
        return Err(
            "cargo-deny is not installed; `cargo install --locked cargo-deny` does that".into(),
        );
    }
    cargo(&[
        "deny",
        "--log-level",
        "error",
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ])
}

/// Features are united over what is built together, so every choice of cryptography is built and tested alone.
fn providers() -> Outcome {
    const MODES: [&str; 4] = [
        "ring",
        "aws-lc-rs",
        "ring,aws-lc-rs",
        "ring,foreign-default",
    ];
    for mode in MODES {
        println!("    {mode}");
        cargo(&[
            "test",
            "--quiet",
            "--package",
            "clerk-provider-modes",
            "--features",
            mode,
        ])?;
    }
    Ok(())
}

/// The fuzz targets are outside the workspace, so nothing else compiles them.
fn fuzz() -> Outcome {
    cargo(&[
        "check",
        "--quiet",
        "--manifest-path",
        "tests/fuzz/Cargo.toml",
        "--target-dir",
        "target/fuzz",
    ])
}

/// Webhooks with a database, the Svix crate and npm: outside the workspace too, for the sake of everybody else's builds.
fn webhooks() -> Outcome {
    cargo(&[
        "test",
        "--quiet",
        "--manifest-path",
        "tests/webhooks/Cargo.toml",
        "--target-dir",
        "target/webhooks",
        "--",
        "--show-output",
    ])
}

/// All public vectors, where they are at hand; the tests have replayed the committed sample already.
fn conformance() -> Outcome {
    let Some(folder) = std::env::var("CLERK_VECTORS")
        .ok()
        .filter(|folder| !folder.is_empty())
    else {
        println!("    skipped: CLERK_VECTORS names no folder of vectors");
        return Ok(());
    };
    cargo(&[
        "run",
        "--quiet",
        "--package",
        "clerk-conformance",
        "--",
        "--vectors",
        &folder,
    ])
}
