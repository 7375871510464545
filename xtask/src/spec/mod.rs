//! `cargo xtask spec`: turns API descriptions into committed facts and compares them.

mod diff;
#[cfg(feature = "yaml")]
mod import;
pub(crate) mod ir;
#[cfg(feature = "yaml")]
mod keywords;
#[cfg(feature = "yaml")]
mod reader;
#[cfg(feature = "yaml")]
mod routes;
#[cfg(feature = "yaml")]
mod write;

use std::path::{Path, PathBuf};

#[cfg(feature = "yaml")]
pub(crate) use import::document;
use ir::Spec;

use crate::{Outcome, workspace};

/// Where the committed facts and the overlay live.
pub(crate) fn folder() -> PathBuf {
    workspace::root().join("xtask/spec")
}

/// `spec import FILE [--check]`, `spec diff OLD NEW`, `spec lint`.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["import", rest @ ..] => import(arguments, rest),
        // Facts are read by every build of this tool, descriptions by one with a reader for YAML.
        #[cfg(not(feature = "yaml"))]
        ["diff", old, new] if ![old, new].iter().all(|file| file.ends_with(".json")) => {
            with_yaml("spec", arguments)
        }
        ["diff", old, new] => {
            let lines = diff::compare(&facts(old)?, &facts(new)?);
            for line in &lines {
                println!("{line}");
            }
            println!("{} differences", lines.len());
            Ok(())
        }
        ["lint"] => lint(),
        _ => Err(
            "usage: spec import FILE [--check | --out FILE] | spec diff OLD NEW | spec lint".into(),
        ),
    }
}

#[cfg(feature = "yaml")]
fn import(_all: &[String], rest: &[&str]) -> Outcome {
    import::run(rest)
}

/// The YAML reader is compiled only when it is needed.
#[cfg(not(feature = "yaml"))]
fn import(all: &[String], _rest: &[&str]) -> Outcome {
    with_yaml("spec", all)
}

/// Runs a task again in a build of this tool that can read YAML.
#[cfg(not(feature = "yaml"))]
pub(crate) fn with_yaml(task: &str, arguments: &[String]) -> Outcome {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    crate::process::again_with("yaml", task, &arguments)
}

/// Facts from a committed file, or straight from a description.
fn facts(path: &str) -> Outcome<Spec> {
    let path = Path::new(path);
    if path
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        return Spec::read(path);
    }
    #[cfg(feature = "yaml")]
    return import::read(path);
    #[cfg(not(feature = "yaml"))]
    Err("compare imported files (spec import FILE --out NAME.ir.json)".into())
}

/// Every text in the committed facts is a name or a value: a blank would mean that a sentence leaked in.
fn lint() -> Outcome {
    let mut seen = 0;
    for entry in std::fs::read_dir(folder())? {
        let path = entry?.path();
        if !path.to_string_lossy().ends_with(".ir.json") {
            continue;
        }
        seen += 1;
        let mut spec = Spec::read(&path)?;
        for operation in &mut spec.operations {
            operation.tags.clear();
        }
        let value = serde_json::to_value(&spec)?;
        if let Some(text) = sentence(&value) {
            return Err(format!("{}: {text:?} contains a blank", path.display()).into());
        }
    }
    println!("{seen} files of facts, no sentence in them");
    Ok(())
}

fn sentence(value: &serde_json::Value) -> Option<&str> {
    match value {
        serde_json::Value::String(text) => text.contains(' ').then_some(text.as_str()),
        serde_json::Value::Array(items) => items.iter().find_map(sentence),
        serde_json::Value::Object(map) => map
            .iter()
            .filter(|(key, _)| *key != "default")
            .find_map(|(_, v)| sentence(v)),
        _ => None,
    }
}
