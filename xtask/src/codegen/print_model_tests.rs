//! Writes a sample of every model as JSON, for tests that take it apart.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{
    models::{Model, OpenEnum},
    output::Files,
    types::Ty,
};
use crate::Outcome;

pub(crate) fn print(files: &mut Files, models: &[Model], enums: &[OpenEnum]) -> Outcome {
    let mut rows = String::new();
    for model in models {
        let module = if model.webhook { "webhooks" } else { "models" };
        let lax: Vec<String> = model
            .members
            .iter()
            .filter(|member| member.optional || member.defaulted)
            .map(|member| format!("\"{}\"", member.wire))
            .collect();
        writeln!(
            rows,
            "        Sample {{ name: \"{0}\", json: r##\"{1}\"##, lax: &[{2}], read: read::<clerk_types::{module}::{0}> }},",
            model.name,
            sample(model, models, enums, 0),
            lax.join(", ")
        )?;
    }
    files.rust(
        "crates/clerk-types/tests/models/generated/mod.rs",
        &format!("use crate::{{Sample, read}};\n\n/// One sample of each model.\npub(crate) fn all() -> Vec<Sample> {{\n    vec![\n{rows}    ]\n}}\n"),
    )
}

fn sample(model: &Model, models: &[Model], enums: &[OpenEnum], depth: usize) -> Value {
    let mut map = Map::new();
    for member in &model.members {
        // A type may hold itself: what is deep enough and can be left out is left out.
        if depth < 3 || !(member.optional || member.defaulted) {
            map.insert(member.wire.clone(), value(&member.ty, models, enums, depth));
        }
    }
    Value::Object(map)
}

fn value(ty: &Ty, models: &[Model], enums: &[OpenEnum], depth: usize) -> Value {
    match ty {
        Ty::Bool => json!(true),
        Ty::Int | Ty::Time | Ty::Seconds => json!(1_700_000_000_123_i64),
        Ty::Float => json!(1.5),
        Ty::Moment => json!("2026-01-02T03:04:05Z"),
        Ty::Metadata | Ty::Json => json!({"k": [1, {"B": null}]}),
        Ty::List(item) => json!([value(item, models, enums, depth)]),
        Ty::Map(inner, _) => json!({"k": value(inner, models, enums, depth)}),
        Ty::Enum(name) => {
            let known = enums.iter().find(|open| open.name == *name);
            json!(
                known
                    .and_then(|open| open.values.first())
                    .map(|(_, wire)| wire)
            )
        }
        Ty::Model(name) | Ty::Payload(name) => {
            match models.iter().find(|model| model.name == *name) {
                Some(model) => sample(model, models, enums, depth + 1),
                None => Value::Null,
            }
        }
        Ty::Text | Ty::Secret => json!("text"),
        Ty::Hand(_) | Ty::Params(_) | Ty::File | Ty::Unit | Ty::Page(_) => Value::Null,
    }
}
