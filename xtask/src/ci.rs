//! `cargo xtask ci`: the checks one by one, each timed; goes on after a failure and fails at the end.

use std::time::{Duration, Instant};

use crate::{Outcome, process};

/// A check: the name it is asked for by, and what it runs.
struct Step {
    name: &'static str,
    run: fn() -> Outcome,
}

const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        run: || cargo(&["fmt", "--all", "--check"]),
    },
    Step {
        name: "clippy",
        run: || {
            cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--all-features",
                "--quiet",
                "--",
                "-D",
                "warnings",
            ])
        },
    },
    Step {
        name: "doc",
        run: || {
            let arguments = [
                "doc",
                "--no-deps",
                "--workspace",
                "--all-features",
                "--quiet",
            ];
            process::passthrough(
                &process::cargo(),
                &arguments,
                &[("RUSTDOCFLAGS", "-D warnings")],
            )
        },
    },
];

/// Runs the named steps, or all of them.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if let Some(unknown) = arguments
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        return Err(format!(
            "no step is called {unknown:?}; there are {}",
            names.join(", ")
        )
        .into());
    }
    let mut results: Vec<(&str, Duration, Outcome)> = Vec::new();
    for step in STEPS
        .iter()
        .filter(|step| arguments.is_empty() || arguments.iter().any(|name| name == step.name))
    {
        println!("==> {}", step.name);
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

fn cargo(arguments: &[&str]) -> Outcome {
    process::passthrough(&process::cargo(), arguments, &[])
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
