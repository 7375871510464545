//! The committed form of the facts: JSON, one fact per line.

use std::fmt::Write as _;

use serde::Serialize;

use super::ir::{Spec, TypeDef};
use crate::Outcome;

impl Spec {
    /// The committed form: JSON, one fact per line.
    pub(crate) fn to_text(&self) -> Outcome<String> {
        let mut out = String::new();
        writeln!(out, "{{")?;
        writeln!(out, "\"ir\": {},", self.ir)?;
        writeln!(out, "\"source\": {},", serde_json::to_string(&self.source)?)?;
        writeln!(
            out,
            "\"version\": {},",
            serde_json::to_string(&self.version)?
        )?;
        if let Some(server) = &self.server {
            writeln!(out, "\"server\": {},", serde_json::to_string(server)?)?;
        }
        let types = self
            .types
            .iter()
            .map(type_lines)
            .collect::<Outcome<Vec<_>>>()?;
        list(&mut out, "types", &types, false)?;
        list(&mut out, "operations", &lines(&self.operations)?, false)?;
        list(&mut out, "events", &lines(&self.events)?, false)?;
        list(&mut out, "empty_paths", &lines(&self.empty_paths)?, true)?;
        out.push_str("}\n");
        Ok(out)
    }
}

fn lines<T: Serialize>(items: &[T]) -> Outcome<Vec<String>> {
    items
        .iter()
        .map(|item| Ok(serde_json::to_string(item)?))
        .collect()
}

fn list(out: &mut String, name: &str, items: &[String], last: bool) -> Outcome {
    let comma = if last { "" } else { "," };
    if items.is_empty() {
        writeln!(out, "\"{name}\": []{comma}")?;
    } else {
        writeln!(out, "\"{name}\": [\n{}\n]{comma}", items.join(",\n"))?;
    }
    Ok(())
}

fn type_lines(def: &TypeDef) -> Outcome<String> {
    if def.fields.is_empty() {
        return Ok(serde_json::to_string(def)?);
    }
    let head = TypeDef {
        fields: Vec::new(),
        ..def.clone()
    };
    let mut text = serde_json::to_string(&head)?;
    text.pop();
    write!(
        text,
        ",\"fields\":[\n  {}\n]}}",
        lines(&def.fields)?.join(",\n  ")
    )?;
    Ok(text)
}
