//! `cargo xtask api [--check]`: the public API of each crate as committed text, so that a change to it is seen and meant.
//!
//! The lists come from rustdoc's JSON, which is unstable and tied to a compiler: with another compiler than the reader
//! knows, the comparison says so and is skipped; what foreign types may appear is checked in the same place.

mod foreign;
#[cfg(feature = "public-api")]
mod list;

use crate::{Outcome, process};

/// Set for rustdoc's sake: then this program stands in for rustdoc, and the variable names the real one.
const STAND_IN: &str = "CLERK_XTASK_RUSTDOC";

/// Writes the lists, or compares them with what is committed.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let check = match arguments {
        [] => false,
        [only] if only == "--check" => true,
        _ => return Err("usage: cargo xtask api [--check]".into()),
    };
    lists(check)
}

#[cfg(feature = "public-api")]
fn lists(check: bool) -> Outcome {
    document()?;
    list::run(check)
}

/// The reader of rustdoc's JSON is compiled only when it is needed.
#[cfg(not(feature = "public-api"))]
fn lists(check: bool) -> Outcome {
    process::again_with("public-api", "api", if check { &["--check"] } else { &[] })
}

/// Writes `target/doc/NAME.json` for every crate.
///
/// JSON needs a switch that stable compilers only take with `RUSTC_BOOTSTRAP`. Set for the whole build, that variable
/// would make build scripts run again and everything compile twice; so it is set for rustdoc alone, by standing in for it.
#[cfg(feature = "public-api")]
fn document() -> Outcome {
    let own = std::env::current_exe()?;
    let own = own
        .to_str()
        .ok_or("the path of this program is not UTF-8")?;
    let rustdoc = std::env::var("RUSTDOC").unwrap_or_else(|_| "rustdoc".to_owned());
    process::passthrough(
        &process::cargo(),
        &[
            "doc",
            "--no-deps",
            "--workspace",
            "--all-features",
            "--quiet",
        ],
        &[
            ("RUSTDOC", own),
            (STAND_IN, &rustdoc),
            (
                "RUSTDOCFLAGS",
                "-Z unstable-options --output-format json --cap-lints allow",
            ),
        ],
    )
}

/// Runs the real rustdoc where cargo called this program in its place; `None` where it did not.
pub(crate) fn stand_in() -> Option<std::process::ExitCode> {
    let rustdoc = std::env::var_os(STAND_IN)?;
    let status = std::process::Command::new(rustdoc)
        .args(std::env::args_os().skip(1))
        .env("RUSTC_BOOTSTRAP", "1")
        .status();
    Some(match status {
        Ok(status) if status.success() => std::process::ExitCode::SUCCESS,
        _ => std::process::ExitCode::FAILURE,
    })
}
