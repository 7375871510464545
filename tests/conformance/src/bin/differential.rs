#![forbid(unsafe_code)]
//! `differential [--seconds N] [--seed N] [--family NAME]… [--fn NAME] [--plain]
//! [--recorded FOLDER]`: random calls to this workspace and to the npm
//! package, for N seconds. Prints each kind of difference that no entry of the list of deviations covers, with the
//! smallest vector found, and exits with 1 if there was one. With `--plain` nothing odd is sent; with
//! `--recorded` the calls are those of recorded vectors, changed at random. Without Node it says so
//! and exits with 0.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use clerk_conformance::differential::{Options, generate, run};
use clerk_conformance::on_a_deep_stack;

const USAGE: &str = "usage: differential [--seconds N] [--seed N] [--family NAME].. [--fn NAME] [--plain] [--recorded FOLDER]";

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(why) => return say(&format!("{why}\n{USAGE}"), ExitCode::from(2)),
    };
    let node = std::process::Command::new("node").arg("--version").output();
    if node.is_err() {
        return say(
            "Node is not installed here; nothing was compared",
            ExitCode::SUCCESS,
        );
    }
    let seed = options.seed;
    match on_a_deep_stack(|| run(&options)) {
        Ok(summary) => {
            let code = if summary.differences.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            };
            say(&format!("{summary}\nseed {seed}"), code)
        }
        Err(why) => say(&why, ExitCode::from(2)),
    }
}

fn options(mut given: impl Iterator<Item = String>) -> Result<Options, String> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut options = Options {
        duration: Duration::from_secs(60),
        seed: SystemTime::UNIX_EPOCH
            .elapsed()
            .map_or(1, |elapsed| elapsed.as_secs()),
        families: Vec::new(),
        plain: false,
        function: None,
        recorded: None,
        vectors: package.join("vectors"),
        folder: package.join("../../target/differential"),
    };
    while let Some(name) = given.next() {
        if name == "--plain" {
            options.plain = true;
            continue;
        }
        let value = given
            .next()
            .ok_or_else(|| format!("{name} needs a value"))?;
        let number = || {
            value
                .parse::<u64>()
                .map_err(|_| format!("{value} is no number"))
        };
        match name.as_str() {
            "--seconds" => options.duration = Duration::from_secs(number()?),
            "--seed" => options.seed = number()?,
            "--family" if generate::families().any(|family| family == value) => {
                options.families.push(value);
            }
            "--family" => {
                let families: Vec<_> = generate::families().collect();
                return Err(format!(
                    "there is no family {value}: {}",
                    families.join(", ")
                ));
            }
            "--recorded" => options.recorded = Some(value.into()),
            "--fn" => options.function = Some(value),
            _ => return Err(format!("{name} is not known")),
        }
    }
    Ok(options)
}

fn say(text: &str, code: ExitCode) -> ExitCode {
    // A closed pipe is the reader's wish.
    let _ = writeln!(std::io::stdout(), "{text}");
    code
}
