//! What changed between two API versions, in the words of a user of the API.

use std::collections::{BTreeMap, BTreeSet};

use super::ir::{Field, Operation, Spec, TypeDef};

/// One line per change, sorted: operations, then types.
pub(crate) fn compare(old: &Spec, new: &Spec) -> Vec<String> {
    let mut lines = Vec::new();
    if old.version != new.version {
        lines.push(format!("API version {} -> {}", old.version, new.version));
    }
    operations(old, new, &mut lines);
    types(old, new, &mut lines);
    events(old, new, &mut lines);
    let paths = |spec: &Spec| spec.empty_paths.iter().cloned().collect::<BTreeSet<_>>();
    for path in paths(new).difference(&paths(old)) {
        lines.push(format!("path {path} is now listed without an operation"));
    }
    for path in paths(old).difference(&paths(new)) {
        lines.push(format!(
            "path {path} is no longer listed without an operation"
        ));
    }
    lines
}

fn operations(old: &Spec, new: &Spec, lines: &mut Vec<String>) {
    let index = |spec: &Spec| -> BTreeMap<String, Operation> {
        spec.operations
            .iter()
            .map(|op| (format!("{} {}", op.method, op.path), op.clone()))
            .collect()
    };
    let (before, after) = (index(old), index(new));
    for route in after.keys().filter(|route| !before.contains_key(*route)) {
        lines.push(format!("operation added: {route}"));
    }
    for route in before.keys().filter(|route| !after.contains_key(*route)) {
        lines.push(format!("operation removed: {route}"));
    }
    for (route, is) in &after {
        let Some(was) = before.get(route) else {
            continue;
        };
        fields(
            &was.path_params,
            &is.path_params,
            &format!("{route}: path parameter"),
            lines,
        );
        fields(
            &was.query,
            &is.query,
            &format!("{route}: query parameter"),
            lines,
        );
        let mut differs = |what: &str, changed: bool| {
            if changed {
                lines.push(format!("{route}: {what} changed"));
            }
        };
        differs("operation id", was.id != is.id);
        differs("deprecation", was.dep != is.dep);
        differs("authentication", was.public != is.public);
        differs("tags", was.tags != is.tags);
        differs("body", was.body != is.body);
        differs("answer", was.success != is.success);
        differs("documented errors", was.errors != is.errors);
    }
}

fn types(old: &Spec, new: &Spec, lines: &mut Vec<String>) {
    let index = |spec: &Spec| -> BTreeMap<String, TypeDef> {
        spec.types
            .iter()
            .map(|def| (def.name.clone(), def.clone()))
            .collect()
    };
    let (before, after) = (index(old), index(new));
    for name in after.keys().filter(|name| !before.contains_key(*name)) {
        lines.push(format!("type added: {}", place(new, name)));
    }
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        lines.push(format!("type removed: {}", place(old, name)));
    }
    for (name, is) in &after {
        let Some(was) = before.get(name) else {
            continue;
        };
        let shown = place(new, name);
        fields(&was.fields, &is.fields, &format!("{shown}: field"), lines);
        for value in is.values.iter().filter(|value| !was.values.contains(value)) {
            lines.push(format!("{shown}: value {value:?} added"));
        }
        for value in was.values.iter().filter(|value| !is.values.contains(value)) {
            lines.push(format!("{shown}: value {value:?} removed"));
        }
        let strip = |def: &TypeDef| TypeDef {
            fields: Vec::new(),
            values: Vec::new(),
            ..def.clone()
        };
        if strip(was) != strip(is) {
            lines.push(format!("{shown}: shape changed"));
        }
    }
}

fn events(old: &Spec, new: &Spec, lines: &mut Vec<String>) {
    for event in &new.events {
        match old.events.iter().find(|other| other.event == event.event) {
            None => lines.push(format!("event added: {}", event.event)),
            Some(other) if other.t != event.t => {
                lines.push(format!("event {}: data changed", event.event));
            }
            Some(_) => {}
        }
    }
    for event in old
        .events
        .iter()
        .filter(|event| new.events.iter().all(|other| other.event != event.event))
    {
        lines.push(format!("event removed: {}", event.event));
    }
}

fn fields(old: &[Field], new: &[Field], what: &str, lines: &mut Vec<String>) {
    for field in new {
        match old.iter().find(|other| other.n == field.n) {
            None => lines.push(format!("{what} {} added", field.n)),
            Some(other) if other != field => lines.push(format!("{what} {} changed", field.n)),
            Some(_) => {}
        }
    }
    for field in old
        .iter()
        .filter(|field| new.iter().all(|other| other.n != field.n))
    {
        lines.push(format!("{what} {} removed", field.n));
    }
}

/// A located type is shown by its route: `PATCH /users/{user_id} body`.
fn place(spec: &Spec, name: &str) -> String {
    let split = name.find(['#', '?']);
    let Some((id, rest)) = split.map(|at| name.split_at(at)) else {
        return name.to_owned();
    };
    match spec.operation(id) {
        Some(op) => format!("{} {} {}", op.method, op.path, rest.trim_start_matches('#')),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec;

    /// The committed facts.
    fn current() -> Spec {
        Spec::read(&spec::folder().join("bapi-2026-05-12.ir.json")).unwrap()
    }

    /// What the design knows of the step from 2025-11-10 to 2026-05-12, but for the types of the new operations.
    fn is_documented(lines: &[String]) {
        let mut expected = vec!["API version 2025-11-10 -> 2026-05-12".to_owned()];
        for (folder, id) in [
            ("/directories", "{directory_id}"),
            ("/scim_directories", "{scim_directory_id}"),
        ] {
            let mappings = format!("{folder}/{id}/group_role_mappings");
            expected.push(format!("operation added: DELETE {mappings}/{{mapping_id}}"));
            for verb in ["GET", "POST", "PUT"] {
                expected.push(format!("operation added: {verb} {mappings}"));
            }
            expected.push(format!(
                "operation added: POST {folder}/{id}/rotate_api_key"
            ));
            for path in ["credentials", "groups", "sync"] {
                expected.push(format!(
                    "path {folder}/{id}/{path} is now listed without an operation"
                ));
            }
        }
        for (route, names) in [
            (
                "/organizations/{organization_id}",
                &["public", "private"][..],
            ),
            ("/users/{user_id}", &["public", "private", "unsafe"]),
        ] {
            for name in names {
                expected.push(format!("PATCH {route} body: field {name}_metadata removed"));
            }
        }
        let mut lines: Vec<&String> = lines
            .iter()
            .filter(|line| !line.starts_with("type added: "))
            .collect();
        expected.sort();
        lines.sort();
        assert_eq!(lines, expected.iter().collect::<Vec<_>>());
    }

    #[test]
    fn nothing_differs_from_itself() {
        assert_eq!(compare(&current(), &current()), [""; 0]);
    }

    #[test]
    fn the_last_step_is_told_in_the_words_of_a_user() {
        let mut old = current();
        old.version = "2025-11-10".to_owned();
        let is_new =
            |path: &str| path.contains("group_role_mappings") || path.ends_with("/rotate_api_key");
        let is_directory = |path: &str| path.contains("directories/");
        old.operations
            .retain(|operation| !(is_directory(&operation.path) && is_new(&operation.path)));
        old.empty_paths.retain(|path| !is_directory(path));
        for (body, names) in [
            ("UpdateUser#body", &["public", "private", "unsafe"][..]),
            ("UpdateOrganization#body", &["public", "private"]),
        ] {
            let body = old.types.iter_mut().find(|def| def.name == body).unwrap();
            for name in names {
                body.fields.push(Field {
                    n: format!("{name}_metadata"),
                    t: "object".to_owned(),
                    ..Field::default()
                });
            }
        }
        is_documented(&compare(&old, &current()));
    }

    #[cfg(feature = "yaml")]
    #[test]
    fn the_descriptions_differ_as_the_design_says() {
        let folder = crate::workspace::root().join("../shared/specs/bapi");
        let (old, new) = (folder.join("2025-11-10.yml"), folder.join("2026-05-12.yml"));
        if !old.is_file() || !new.is_file() {
            return;
        }
        let (old, new) = (
            spec::import::read(&old).unwrap(),
            spec::import::read(&new).unwrap(),
        );
        assert_eq!((old.operations.len(), new.operations.len()), (239, 249));
        is_documented(&compare(&old, &new));
    }
}
