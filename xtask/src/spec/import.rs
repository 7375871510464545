//! `spec import`: reads a YAML description and writes its facts.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{
    ir::{Source, Spec},
    reader,
};
use crate::Outcome;

/// Imports `FILE`, or compares it with the committed facts (`--check`).
pub(super) fn run(arguments: &[&str]) -> Outcome {
    let (file, out, check) = match arguments {
        [file] => (file, None, false),
        [file, "--check"] => (file, None, true),
        [file, "--out", out] => (file, Some(PathBuf::from(out)), false),
        _ => return Err("usage: spec import FILE [--check | --out FILE]".into()),
    };
    let spec = read(Path::new(file))?;
    let text = spec.to_text()?;
    let target = out.unwrap_or_else(|| super::folder().join(committed_name(&spec)));
    if check {
        let committed = std::fs::read_to_string(&target)?;
        if committed != text {
            return Err(format!(
                "{} is not what {file} says: run `cargo xtask spec import {file}`",
                target.display()
            )
            .into());
        }
    } else {
        std::fs::write(&target, &text)?;
    }
    println!(
        "{}: {} operations, {} events, {} types, {} paths without operation, {} bytes{}",
        target.display(),
        spec.operations.len(),
        spec.events.len(),
        spec.types.len(),
        spec.empty_paths.len(),
        text.len(),
        if check {
            ", reproduced byte for byte"
        } else {
            ""
        }
    );
    Ok(())
}

/// Reads a description without writing anything.
pub(crate) fn read(file: &Path) -> Outcome<Spec> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let document = json(serde_yaml_ng::from_str(&text)?, true)?;
    let short: Vec<_> = file
        .components()
        .rev()
        .take(2)
        .map(|c| c.as_os_str().to_string_lossy())
        .collect();
    let source = Source {
        path: short.into_iter().rev().collect::<Vec<_>>().join("/"),
        bytes: text.len() as u64,
    };
    reader::read(&document, source)
}

/// JSON objects here are sorted; the order in which a description lists members reads better, so it is kept aside.
pub(super) const ORDER: &str = "x-order";

fn member_names(properties: &serde_yaml_ng::Value) -> Value {
    let names = properties
        .as_mapping()
        .into_iter()
        .flat_map(|map| map.keys());
    Value::Array(
        names
            .filter_map(|name| Some(Value::String(name.as_str()?.to_owned())))
            .collect(),
    )
}

fn committed_name(spec: &Spec) -> String {
    let name = spec.source.path.replace('/', "-");
    format!("{}.ir.json", name.trim_end_matches(".yml"))
}

/// A description as it is.
pub(crate) fn document(file: &Path) -> Outcome<Value> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    json(serde_yaml_ng::from_str(&text)?, false)
}

/// YAML to JSON: mappings must have text keys, tags are refused.
pub(crate) fn json(value: serde_yaml_ng::Value, order: bool) -> Outcome<Value> {
    use serde_yaml_ng::Value as Yaml;
    Ok(match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => Value::Bool(flag),
        Yaml::Number(number) => serde_json::to_value(number)?,
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => Value::Array(
            items
                .into_iter()
                .map(|item| json(item, order))
                .collect::<Outcome<_>>()?,
        ),
        Yaml::Mapping(map) => {
            let mut object = serde_json::Map::new();
            for (key, value) in map {
                let Yaml::String(key) = key else {
                    return Err(format!("the key {key:?} is not a text").into());
                };
                if order && key == "properties" {
                    object.insert(ORDER.to_owned(), member_names(&value));
                }
                object.insert(key, json(value, order)?);
            }
            Value::Object(object)
        }
        Yaml::Tagged(tagged) => {
            return Err(format!("the tag {} is not understood", tagged.tag).into());
        }
    })
}
