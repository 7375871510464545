//! Writes the sample calls of every operation: each says which request it must make.

use std::fmt::Write as _;

use super::{
    names::snake,
    operations::{Action, Handle},
    output::Files,
    samples::{self, Variant},
};
use crate::{
    Outcome,
    requirements::{self, Id},
};

const FOLDER: &str = "crates/clerk-api/tests/requests/generated";

/// The requirements that name a method of the JavaScript SDK and its route.
struct Methods {
    /// `API-155`, `users.getUser`, `GET /users/{}`.
    all: Vec<(Id, String, String)>,
}

impl Methods {
    fn read() -> Outcome<Self> {
        let mut all = Vec::new();
        for (id, requirement) in requirements::load()? {
            if id.prefix != "API" {
                continue;
            }
            let mut parts = requirement.is.split('`').skip(1);
            let (Some(method), Some(route)) = (parts.next(), parts.next()) else {
                return Err(format!("{id} names no method and route").into());
            };
            let route = nameless(route.trim_start_matches(": "));
            all.push((id, method.to_owned(), route));
        }
        Ok(Self { all })
    }

    /// Every one of them is a method of the client, by name and route.
    fn check(&self, handles: &[Handle<'_>]) -> Outcome {
        for (id, method, route) in &self.all {
            let mut actions = handles.iter().flat_map(|handle| &handle.actions);
            let is = |js: &String| {
                // The one alias of a method has no name here.
                let plain = js.trim_start_matches("__experimental_");
                plain.ends_with(method.as_str())
                    || (plain == "domains.delete" && method == "domains.deleteDomain")
            };
            if !actions.any(|action| route_of(action) == *route && action.method.js.iter().any(is))
            {
                return Err(format!("{id}: no method stands for {method}, {route}").into());
            }
        }
        Ok(())
    }

    /// The requirements about an operation, as a citation lists them.
    fn of(&self, action: &Action<'_>) -> Option<String> {
        let route = route_of(action);
        let about = self.all.iter().filter(|(_, _, of)| *of == route);
        let ids: Vec<String> = about.map(|(id, ..)| id.to_string()).collect();
        (!ids.is_empty()).then(|| ids.join(", "))
    }
}

fn route_of(action: &Action<'_>) -> String {
    let operation = action.operation;
    nameless(&format!("{} {}", operation.method, operation.path))
}

/// A route with `{}` for every id.
fn nameless(route: &str) -> String {
    let parts = route.split('/');
    let parts = parts.map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

pub(crate) fn print(files: &mut Files, handles: &[Handle<'_>]) -> Outcome {
    let methods = Methods::read()?;
    methods.check(handles)?;
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
            if let Some(ids) = methods.of(action) {
                writeln!(tests, "// covers: {ids}")?;
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
