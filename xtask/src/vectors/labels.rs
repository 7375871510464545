//! What a vector shows: its function, how it ends, why, its tags, what its input uses.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::Outcome;

/// A thing a vector shows and how much showing it is worth.
pub(super) type Label = (String, u32);

/// An entry of the list of deviations: the tests of a fresh clone have to meet each.
const DEVIATION: u32 = 1 << 16;
/// Function with outcome or reason.
const OUTCOME: u32 = 32;
/// A tag under an outcome.
const TAG: u32 = 16;
/// The subject of the case.
const NAME: u32 = 8;
/// A member of the input.
const INPUT: u32 = 4;

/// Everything one vector shows, each thing once; `deviations` names the entry that vectors deviate by.
pub(super) fn of(
    family: &str,
    vector: &str,
    deviations: &BTreeMap<String, String>,
) -> Outcome<Vec<Label>> {
    let vector: Value = serde_json::from_str(vector)?;
    let mut labels = Vec::new();
    let id = vector.get("id").and_then(Value::as_str);
    if let Some(entry) = id.and_then(|id| deviations.get(id)) {
        labels.push((format!("{family} deviation {entry}"), DEVIATION));
    }
    let function = function(family, &vector);
    labels.push((function.clone(), OUTCOME));
    for ended in ends(&vector) {
        labels.push((format!("{function} > {ended}"), OUTCOME));
        for tag in texts(vector.get("tags")) {
            labels.push((format!("{function} > {ended} > tag {tag}"), TAG));
        }
    }
    if let Some(name) = vector.get("name").and_then(Value::as_str) {
        labels.push((format!("{function} > name {}", without_digits(name)), NAME));
    }
    for member in inputs(&vector) {
        labels.push((format!("{function} > {member}"), INPUT));
    }
    for answer in answers(&vector) {
        labels.push((format!("{function} > {answer}"), INPUT));
    }
    labels.sort();
    labels.dedup_by(|second, first| second.0 == first.0);
    Ok(labels)
}

/// The function, with resource and method where the API client is called.
fn function(family: &str, vector: &Value) -> String {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let input = vector.get("in");
    let detail =
        ["resource", "method", "call"].map(|key| text(input.and_then(|input| input.get(key))));
    format!("{family} {} {}", text(vector.get("fn")), detail.join("."))
        .trim_end_matches(['.', ' '])
        .to_owned()
}

/// How the call ends, or each step of a sequence.
fn ends(vector: &Value) -> Vec<String> {
    let steps = vector.get("steps").and_then(Value::as_array);
    match steps {
        Some(steps) => {
            let ends = steps.iter().filter_map(|step| step.get("out")).map(end);
            let mut ends: Vec<String> = ends.collect();
            ends.push(format!("{} steps: {}", steps.len(), ends.join(" ")));
            ends
        }
        None => vector.get("out").map(end).into_iter().collect(),
    }
}

/// One outcome in a few words: the parts that are compared, without values that differ from case to case.
fn end(out: &Value) -> String {
    if let Some(error) = out.get("err") {
        return format!(
            "err {}",
            named(error, &["class", "reason", "code", "status"])
        );
    }
    match out.get("ok") {
        None | Some(Value::Null) => "ok null".to_owned(),
        Some(Value::Bool(value)) => format!("ok {value}"),
        Some(Value::Object(members)) => {
            let kind = Value::Object(members.clone());
            let codes = members
                .get("errors")
                .map(|errors| format!(" errors {}", first_code(errors)))
                .unwrap_or_default();
            format!(
                "ok {}{codes}",
                named(
                    &kind,
                    &[
                        "status",
                        "reason",
                        "token_type",
                        "tokenType",
                        "instanceType"
                    ]
                )
            )
        }
        Some(Value::Array(_)) => "ok list".to_owned(),
        Some(Value::String(text)) => if text.is_empty() {
            "ok empty"
        } else {
            "ok text"
        }
        .to_owned(),
        Some(Value::Number(_)) => "ok number".to_owned(),
    }
}

fn first_code(errors: &Value) -> &str {
    errors
        .get(0)
        .and_then(|error| error.get("code"))
        .and_then(Value::as_str)
        .unwrap_or("none")
}

fn named(value: &Value, keys: &[&str]) -> String {
    let parts: Vec<String> = keys
        .iter()
        .filter_map(|key| Some(format!("{key}={}", value.get(key)?)))
        .collect();
    parts.join(" ")
}

/// The members of the input, one level into its objects, with the kind of each; and the header and variable names.
fn inputs(vector: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(environment) = vector.get("env").and_then(Value::as_object) {
        found.extend(environment.keys().map(|name| format!("env {name}")));
    }
    let Some(input) = vector.get("in").and_then(Value::as_object) else {
        return found;
    };
    for (name, value) in input {
        found.push(format!("in {name}: {}", kind(value)));
        if let Some(members) = value.as_object() {
            found.extend(members_of(name, members));
        }
    }
    let headers = input
        .get("headers")
        .or_else(|| input.get("request")?.get("headers"));
    for header in headers.and_then(Value::as_array).into_iter().flatten() {
        if let Some(name) = header.get(0).and_then(Value::as_str) {
            found.push(format!("header {}", name.to_ascii_lowercase()));
        }
    }
    found
}

fn members_of(name: &str, members: &Map<String, Value>) -> Vec<String> {
    members
        .iter()
        .map(|(member, value)| format!("in {name}.{member}: {}", kind(value)))
        .collect()
}

fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(_) => "number".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(_) => "text".to_owned(),
        Value::Array(items) => format!("list of {}", items.len().min(3)),
        Value::Object(members) => {
            let special = members.keys().find(|key| key.starts_with('$'));
            special.map_or_else(|| "object".to_owned(), Clone::clone)
        }
    }
}

/// The statuses of the canned answers, in order.
fn answers(vector: &Value) -> Vec<String> {
    let calls = vector
        .get("http")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let status = |call: &Value| {
        let response = call.get("response")?;
        Some(
            response
                .get("status")
                .map_or_else(|| "failure".to_owned(), Value::to_string),
        )
    };
    let statuses: Vec<String> = calls.filter_map(status).collect();
    if statuses.is_empty() {
        Vec::new()
    } else {
        vec![format!("answers {}", statuses.join(" "))]
    }
}

fn texts(list: Option<&Value>) -> Vec<String> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn without_digits(name: &str) -> String {
    name.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(vector: &str) -> Vec<String> {
        of("f", vector, &BTreeMap::new())
            .unwrap()
            .into_iter()
            .map(|(label, _)| label)
            .collect()
    }

    #[test]
    fn outcome_reason_and_tags_are_labels() {
        let found = labels(
            r#"{"name":"case 1","tags":["t"],"fn":"g","in":{"options":{"skew":0}},"out":{"err":{"class":"E","reason":"r"}}}"#,
        );
        for expected in [
            "f g",
            "f g > err class=\"E\" reason=\"r\"",
            "f g > err class=\"E\" reason=\"r\" > tag t",
            "f g > name case ",
            "f g > in options.skew: number",
        ] {
            assert!(
                found.contains(&expected.to_owned()),
                "{expected}: {found:?}"
            );
        }
    }

    #[test]
    fn methods_of_the_client_are_functions_of_their_own() {
        let found = labels(
            r#"{"fn":"client","in":{"resource":"users","method":"getUser"},"out":{"ok":true}}"#,
        );
        assert!(
            found.contains(&"f client users.getUser > ok true".to_owned()),
            "{found:?}"
        );
    }

    #[test]
    fn a_sequence_shows_the_end_of_each_step() {
        let found = labels(
            r#"{"fn":"sequence","steps":[{"out":{"ok":null}},{"out":{"err":{"class":"E"}}}]}"#,
        );
        assert!(
            found.contains(&"f sequence > ok null".to_owned()),
            "{found:?}"
        );
        assert!(
            found.contains(&"f sequence > err class=\"E\"".to_owned()),
            "{found:?}"
        );
    }
}
