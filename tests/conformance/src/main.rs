#![forbid(unsafe_code)]
//! `clerk-conformance --vectors DIR [--family NAME] [--fn NAME] [--deviating]`: replays a folder of vectors, prints what
//! came of them, and exits with 1 if any failed. With `--deviating` it lists the vectors that deviate and by which entry.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clerk_conformance::deviation::Deviations;
use clerk_conformance::{
    FAMILIES, LoadError, Report, Selection, load_family, load_keys, on_a_deep_stack, run,
};

const USAGE: &str =
    "usage: clerk-conformance --vectors DIR [--family NAME] [--fn NAME] [--deviating]";

/// What was asked for on the command line.
struct Arguments {
    folder: PathBuf,
    selection: Selection,
    deviating: bool,
}

fn main() -> ExitCode {
    let arguments = match arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(why) => return complain(&format!("{why}\n{USAGE}")),
    };
    match on_a_deep_stack(|| replay(&arguments)) {
        Ok((text, code)) => {
            // A closed pipe is the reader's wish.
            let _ = writeln!(std::io::stdout(), "{text}");
            code
        }
        Err(error) => complain(&error.to_string()),
    }
}

fn replay(arguments: &Arguments) -> Result<(String, ExitCode), LoadError> {
    let (folder, selection) = (&arguments.folder, &arguments.selection);
    let deviations = Deviations::of_this_workspace()?;
    let keys = load_keys(folder)?;
    let mut report = Report::default();
    for name in FAMILIES.iter().filter(|name| selection.has_family(name)) {
        if folder.join(format!("{name}.json")).is_file() {
            let family = load_family(folder, name, &keys)?;
            run(&family, selection, &deviations, &mut report);
        } else {
            report.record_absent(name);
        }
    }
    if arguments.deviating {
        let lines = report.deviating(&deviations);
        let lines: Vec<String> = lines.map(|(id, entry)| format!("{id}\t{entry}")).collect();
        return Ok((lines.join("\n"), ExitCode::SUCCESS));
    }
    report.judge_entries(&deviations);
    let code = if report.failed() > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    };
    Ok((report.display(&deviations).to_string(), code))
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut folder = None;
    let mut selection = Selection::default();
    let mut deviating = false;
    while let Some(name) = given.next() {
        let mut value = || given.next().ok_or_else(|| format!("{name} needs a value"));
        match name.as_str() {
            "--vectors" => folder = Some(PathBuf::from(value()?)),
            "--family" => {
                let value = value()?;
                if !FAMILIES.contains(&value.as_str()) {
                    return Err(format!(
                        "there is no family {value}: {}",
                        FAMILIES.join(", ")
                    ));
                }
                selection.family = Some(value);
            }
            "--fn" => selection.function = Some(value()?),
            "--deviating" => deviating = true,
            _ => return Err(format!("{name} is not known")),
        }
    }
    Ok(Arguments {
        folder: folder.ok_or("--vectors is missing")?,
        selection,
        deviating,
    })
}

fn complain(text: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{text}");
    ExitCode::from(2)
}
