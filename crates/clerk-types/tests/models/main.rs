//! Every model survives what an API does over time.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

#[rustfmt::skip]
mod generated;
mod resources;

/// A model with a sample that has all of its members.
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) json: &'static str,
    /// Members that may be missing or null.
    pub(crate) lax: &'static [&'static str],
    pub(crate) read: fn(&str) -> Result<Value, String>,
}

/// Reads a model and writes it again.
pub(crate) fn read<T: DeserializeOwned + Serialize>(json: &str) -> Result<Value, String> {
    let value: T = clerk_types::from_slice(json.as_bytes()).map_err(|error| error.to_string())?;
    Ok(serde_json::to_value(value).unwrap())
}

impl Sample {
    fn value(&self) -> Value {
        serde_json::from_str(self.json).unwrap()
    }

    fn read(&self, value: &Value) -> Value {
        (self.read)(&value.to_string())
            .unwrap_or_else(|error| panic!("{}: {error} in {value}", self.name))
    }
}

/// Every leaf of a value, changed.
fn change(value: &Value, leaf: &dyn Fn(&Value) -> Option<Value>) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| change(item, leaf)).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, item)| (key.clone(), change(item, leaf)))
            .collect(),
        other => leaf(other).unwrap_or_else(|| other.clone()),
    }
}

// covers: RES-90
#[test]
fn members_of_tomorrow_are_ignored() {
    for sample in generated::all() {
        let mut value = sample.value();
        let read = sample.read(&value);
        value["a member of tomorrow"] = json!({"deep": [1, null]});
        assert_eq!(sample.read(&value), read, "{}", sample.name);
    }
}

// covers: HIST-93
#[test]
fn nothing_is_lost() {
    for sample in generated::all() {
        let (value, read) = (sample.value(), sample.read(&sample.value()));
        for (key, member) in value.as_object().unwrap() {
            assert!(
                same(member, &read[key]),
                "{}.{key}: {member} became {}",
                sample.name,
                read[key]
            );
        }
    }
}

/// Equal, but for members that the model writes in addition.
fn same(was: &Value, is: &Value) -> bool {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => was
            .iter()
            .all(|(key, value)| is.get(key).is_some_and(|other| same(value, other))),
        (Value::Array(was), Value::Array(is)) => {
            was.len() == is.len() && was.iter().zip(is).all(|(a, b)| same(a, b))
        }
        _ => was == is,
    }
}

// covers: RES-91
#[test]
fn optional_members_may_be_missing_or_null_and_required_ones_may_not() {
    for sample in generated::all() {
        for key in sample.value().as_object().unwrap().keys() {
            let mut missing = sample.value();
            missing.as_object_mut().unwrap().remove(key);
            let mut null = sample.value();
            null[key] = Value::Null;
            if sample.lax.contains(&key.as_str()) {
                sample.read(&missing);
                sample.read(&null);
            } else {
                let error = (sample.read)(&missing.to_string()).err();
                let error = error.unwrap_or_else(|| panic!("{}.{key} is required", sample.name));
                assert!(
                    error.starts_with(&format!("{key}: a required member is missing")),
                    "{}: {error}",
                    sample.name
                );
            }
        }
    }
}

#[test]
fn floats_are_integers_and_texts_may_be_empty() {
    for sample in generated::all() {
        let value = sample.value();
        let read = sample.read(&value);
        let floats = value
            .to_string()
            .replace("1700000000123", "1700000000123.0");
        assert_eq!((sample.read)(&floats).unwrap(), read, "{}", sample.name);
        sample.read(&change(&value, &|leaf| leaf.is_string().then(|| json!(""))));
    }
}

// covers: CHG-10, HIST-103
#[test]
fn chg_10_hist_103_members_that_came_later_are_read() {
    let samples = generated::all();
    let json = |name: &str| {
        samples
            .iter()
            .find(|sample| sample.name == name)
            .unwrap()
            .json
    };
    let user: clerk_types::models::User = clerk_types::from_slice(json("User").as_bytes()).unwrap();
    assert_eq!(user.timezone.as_deref(), Some("text"));
    assert_eq!(user.deprovisioned, Some(true));

    // The account of Google or Facebook has two ids; the second one deletes it.
    let mut account: Value = serde_json::from_str(json("ExternalAccount")).unwrap();
    account["id"] = json!("idn_1");
    account["external_account_id"] = json!("eac_1");
    let account: clerk_types::models::ExternalAccount =
        clerk_types::from_slice(account.to_string().as_bytes()).unwrap();
    assert_eq!(account.id, "idn_1");
    assert_eq!(account.external_account_id.as_deref(), Some("eac_1"));
}
