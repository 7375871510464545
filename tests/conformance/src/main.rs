#![forbid(unsafe_code)]
//! `clerk-conformance --vectors DIR [--family NAME] [--fn NAME]`: replays a folder of vectors, prints what came of
//! them, and exits with 1 if any failed.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clerk_conformance::deviation::Deviations;
use clerk_conformance::{
    FAMILIES, LoadError, Report, Selection, load_family, load_keys, on_a_deep_stack, run,
};

const USAGE: &str = "usage: clerk-conformance --vectors DIR [--family NAME] [--fn NAME]";

fn main() -> ExitCode {
    let (folder, selection) = match arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(why) => return complain(&format!("{why}\n{USAGE}")),
    };
    match on_a_deep_stack(|| replay(&folder, &selection)) {
        Ok((text, failed)) => {
            // A closed pipe is the reader's wish.
            let _ = writeln!(std::io::stdout(), "{text}");
            if failed {
                ExitCode::FAILURE
            } else {
                ExitCode::SUCCESS
            }
        }
        Err(error) => complain(&error.to_string()),
    }
}

fn replay(folder: &std::path::Path, selection: &Selection) -> Result<(String, bool), LoadError> {
    let deviations = Deviations::of_this_workspace()?;
    let keys = load_keys(folder)?;
    let mut report = Report::default();
    for name in FAMILIES.iter().filter(|name| selection.has_family(name)) {
        if folder.join(format!("{name}.json")).is_file() {
            run(
                &load_family(folder, name, &keys)?,
                selection,
                &deviations,
                &mut report,
            );
        } else {
            report.record_absent(name);
        }
    }
    report.judge_entries(&deviations);
    Ok((report.display(&deviations).to_string(), report.failed() > 0))
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<(PathBuf, Selection), String> {
    let mut folder = None;
    let mut selection = Selection::default();
    while let Some(name) = given.next() {
        let value = given.next().ok_or_else(|| format!("{name} needs a value"));
        match name.as_str() {
            "--vectors" => folder = Some(PathBuf::from(value?)),
            "--family" => {
                let value = value?;
                if !FAMILIES.contains(&value.as_str()) {
                    return Err(format!(
                        "there is no family {value}: {}",
                        FAMILIES.join(", ")
                    ));
                }
                selection.family = Some(value);
            }
            "--fn" => selection.function = Some(value?),
            _ => return Err(format!("{name} is not known")),
        }
    }
    Ok((folder.ok_or("--vectors is missing")?, selection))
}

fn complain(text: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{text}");
    ExitCode::from(2)
}
