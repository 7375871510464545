//! Every object that the reference knows reads with all of its members, and each value arrives.
//!
//! The members are those of the reference's own classes, not of the description that the models come from.

mod first_half;
mod second_half;

use serde_json::Value;

use crate::{Sample, generated, same};

/// Looks every member up in the samples of one of these models, and in what the models read from them. `a/b` is the
/// member `b` of the object, or of the objects in the list, that `a` holds.
fn carries(models: &[&str], members: &str) {
    let all = generated::all();
    let samples: Vec<&Sample> = models
        .iter()
        .map(|name| all.iter().find(|sample| sample.name == *name).unwrap())
        .collect();
    for member in members.split_whitespace() {
        let path: Vec<&str> = member.split('/').collect();
        let arrived = samples.iter().any(|sample| {
            let value = sample.value();
            let Some(sent) = find(&value, &path) else {
                return false;
            };
            let read = sample.read(&value);
            find(&read, &path).is_some_and(|read| same(sent, read))
        });
        assert!(arrived, "{models:?}: {member}");
    }
}

fn find<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    let value = match value {
        Value::Array(items) => items.first()?,
        value => value,
    };
    match path {
        [] => Some(value),
        [name, rest @ ..] => {
            let member = value.get(name)?;
            if rest.is_empty() {
                Some(member)
            } else {
                find(member, rest)
            }
        }
    }
}
