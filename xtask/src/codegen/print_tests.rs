//! Writes the sample calls of every operation: each says which request it must make.

use std::fmt::Write as _;

use super::{
    names::snake,
    operations::Handle,
    output::Files,
    samples::{self, Variant},
};
use crate::Outcome;

const FOLDER: &str = "crates/clerk-api/tests/requests/generated";

pub(crate) fn print(files: &mut Files, handles: &[Handle<'_>]) -> Outcome {
    let mut contents = String::new();
    let mut all = String::new();
    for handle in handles {
        let mut cases = String::new();
        let mut tests = String::new();
        for action in &handle.actions {
            let id = &action.operation.id;
            let mut before: Option<(String, Option<serde_json::Value>)> = None;
            for (variant, name) in [
                (Variant::Minimal, "minimal"),
                (Variant::Full, "full"),
                (Variant::Null, "null"),
            ] {
                let case = samples::case(handle, action, variant);
                // Without optional parameters, or nothing that can be cleared, the call is the one before.
                let same = (case.rust.clone(), case.body.clone());
                if before.as_ref() == Some(&same) {
                    continue;
                }
                before = Some(same);
                let body = match (&case.body, case.form) {
                    (_, true) => "Body::Form".to_owned(),
                    (Some(body), _) => format!("Body::Json(r##\"{body}\"##)"),
                    (None, _) => "Body::None".to_owned(),
                };
                let errors = if action.unlisted {
                    "None".to_owned()
                } else {
                    let codes: Vec<String> = action
                        .operation
                        .errors
                        .iter()
                        .map(|e| e.status.to_string())
                        .collect();
                    format!("Some(&[{}])", codes.join(", "))
                };
                writeln!(
                    cases,
                    "        Case {{\n            operation: \"{id}\",\n            variant: \"{name}\",\n            method: \"{}\",\n            url: \"{}\",\n            body: {body},\n            errors: {errors},\n            call: |client| prepare({}),\n        }},",
                    action.operation.method, case.url, case.rust
                )?;
            }
            writeln!(
                tests,
                "#[test]\nfn {}() {{\n    check(&cases(), \"{id}\");\n}}\n",
                snake(id)
            )?;
        }
        files.rust(
            &format!("{FOLDER}/{}.rs", handle.module),
            &format!(
                "use crate::support::{{Body, Case, check, prepare}};\n\npub(crate) fn cases() -> Vec<Case> {{\n    vec![\n{cases}    ]\n}}\n\n{tests}"
            ),
        )?;
        writeln!(contents, "mod {};", handle.module)?;
        writeln!(all, "        {}::cases(),", handle.module)?;
    }
    files.rust(
        &format!("{FOLDER}/mod.rs"),
        &format!(
            "use crate::support::Case;\n\n{contents}\n/// The sample calls of all operations.\npub(crate) fn all() -> Vec<Case> {{\n    [\n{all}    ]\n    .into_iter()\n    .flatten()\n    .collect()\n}}\n"
        ),
    )?;
    Ok(())
}
