//! Small looks into a description, each with the place for its error.

use serde_json::{Map, Value};

use crate::Outcome;

pub(super) fn object<'a>(value: &'a Value, at: &str) -> Outcome<&'a Map<String, Value>> {
    value
        .as_object()
        .ok_or_else(|| format!("{at}: not an object").into())
}

pub(super) fn array<'a>(value: &'a Value, at: &str) -> Outcome<&'a Vec<Value>> {
    value
        .as_array()
        .ok_or_else(|| format!("{at}: not a list").into())
}

pub(super) fn only(map: &Map<String, Value>, at: &str, known: &[&str]) -> Outcome {
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("{at}: the keyword {key:?} is not understood").into()),
        None => Ok(()),
    }
}

pub(super) fn text(value: &Value, key: &str, at: &str) -> Outcome<String> {
    match value.get(key).and_then(Value::as_str) {
        Some(text) => Ok(text.to_owned()),
        None => Err(format!("{at}: no {key}").into()),
    }
}

pub(super) fn flag(map: &Map<String, Value>, key: &str, at: &str) -> Outcome<bool> {
    match map.get(key) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(other) => Err(format!("{at}: {key} is {other}").into()),
    }
}

pub(super) fn strings(value: Option<&Value>, at: &str) -> Outcome<Vec<String>> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    array(value, at)?
        .iter()
        .map(|one| {
            one.as_str()
                .map(str::to_owned)
                .ok_or_else(|| format!("{at}: {one} is not a text").into())
        })
        .collect()
}
