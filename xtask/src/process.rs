//! Running other programs from the root of the workspace.

use std::process::Command;

use crate::{Outcome, workspace};

/// The cargo that runs this task, so that a chosen toolchain stays chosen.
pub(crate) fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Runs a program and returns what it printed; its exit code must be zero.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Outcome<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(workspace::root())
        .output()
        .map_err(|error| format!("{program} does not start: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "`{} {}` failed: {}",
            name(program),
            arguments.join(" "),
            said.trim()
        )
        .into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program with our own terminal and extra environment; its exit code must be zero.
pub(crate) fn passthrough(
    program: &str,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Outcome {
    let status = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(workspace::root())
        .status()
        .map_err(|error| format!("{program} does not start: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!(
            "`{} {}` ended with {status}",
            name(program),
            arguments.join(" ")
        )
        .into())
    }
}

/// Runs a task again in a build of this tool with a feature, so that what few tasks need is compiled only for them.
#[cfg(not(all(feature = "yaml", feature = "public-api")))]
pub(crate) fn again_with(feature: &str, task: &str, arguments: &[&str]) -> Outcome {
    let mut all = vec![
        "run",
        "--quiet",
        "--package",
        "xtask",
        "--features",
        feature,
        "--",
        task,
    ];
    all.extend(arguments);
    passthrough(&cargo(), &all, &[])
}

/// A program without its folder, as a person would type it.
fn name(program: &str) -> &str {
    program.rsplit(['/', '\\']).next().unwrap_or(program)
}
