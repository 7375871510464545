//! Payloads built from the committed facts of the webhook description: which members there are, of which types.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value, json};

/// Which members a payload has, and what is in them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Form {
    /// All members. Of several values or variants it is the one of this number.
    Full(usize),
    /// All members, null where that may be.
    Nulls,
    /// Only the members that must be there.
    Required,
    /// All members, with values that no enum lists.
    UnknownValues,
}

/// The facts, by the names of types.
pub(crate) struct Description {
    types: HashMap<String, Value>,
    pub(crate) events: Vec<(String, String)>,
    counter: Cell<i64>,
}

impl Description {
    pub(crate) fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../xtask/spec/webhooks-2025-04-15.ir.json");
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let facts: Value = serde_json::from_str(&text).unwrap();
        let types = list(&facts, "types");
        let types = types.map(|t| (text_of(t, "name"), t.clone())).collect();
        let events = list(&facts, "events");
        let events = events
            .map(|event| (text_of(event, "event"), text_of(event, "t")))
            .collect();
        Self {
            types,
            events,
            counter: Cell::new(0),
        }
    }

    /// A value of a type expression such as `list(ref(User))`. Texts and numbers never repeat, so that none can stand in
    /// for another.
    pub(crate) fn value(&self, t: &str, form: Form) -> Value {
        self.counter.set(self.counter.get() + 1);
        let number = self.counter.get();
        if let Some((outer, inner)) = t.strip_suffix(')').and_then(|t| t.split_once('(')) {
            return match outer {
                "list" => json!([self.value(inner, form)]),
                "ref" | "enum" => self.named(inner, form),
                _ => panic!("a type of an unknown form: {t}"),
            };
        }
        match t {
            "string" => format!("text {number}").into(),
            "bool" => (number % 2 == 0).into(),
            "i32" | "i64" | "integer" => (1_774_000_000_000 + number).into(),
            "f64" => (number as f64 + 0.5).into(),
            "object" => json!({ format!("key {number}"): { "nested": [number, null] } }),
            _ => panic!("an unknown type: {t}"),
        }
    }

    fn named(&self, name: &str, form: Form) -> Value {
        let t = self.types.get(name);
        let t = t.unwrap_or_else(|| panic!("there is no type {name}"));
        let parts: Vec<&str> = list(t, "parts").filter_map(Value::as_str).collect();
        match t["kind"].as_str() {
            Some("struct") => Value::Object(self.members(t, form)),
            Some("enum") => {
                let values: Vec<&Value> = list(t, "values").collect();
                match form {
                    Form::Full(number) => values[number % values.len()].clone(),
                    Form::UnknownValues => "brand_new".into(),
                    _ => values[0].clone(),
                }
            }
            Some("union") => {
                let number = if let Form::Full(number) = form {
                    number
                } else {
                    0
                };
                self.value(parts[number % parts.len()], form)
            }
            Some("all") => {
                let mut members = Map::new();
                for part in parts {
                    let Value::Object(more) = self.value(part, form) else {
                        panic!("{part} is no object");
                    };
                    members.extend(more);
                }
                // The samples of the description do not have the extra level that its schema puts into invitations.
                if let Some(Value::Object(inner)) = members.remove("data") {
                    members.extend(inner);
                }
                Value::Object(members)
            }
            kind => panic!("{name}: {kind:?}"),
        }
    }

    fn members(&self, t: &Value, form: Form) -> Map<String, Value> {
        let mut members = Map::new();
        let of_choice: Vec<&Value> = list(t, "any_required")
            .take(1)
            .flat_map(|names| names.as_array().into_iter().flatten())
            .collect();
        for field in list(t, "fields") {
            let is = |flag: &str| field[flag] == true;
            if form == Form::Required && !is("req") && !of_choice.contains(&&field["n"]) {
                continue;
            }
            let value = match (&field["const"], field["bounds"]["pattern"].as_str()) {
                _ if form == Form::Nulls && is("null") => Value::Null,
                (Value::Null, None) => self.value(&text_of(field, "t"), form),
                (Value::Null, Some(pattern)) => sample(pattern).into(),
                (constant, _) => constant.clone(),
            };
            members.insert(text_of(field, "n"), value);
        }
        members
    }
}

/// A text that a pattern of the description allows.
fn sample(pattern: &str) -> &'static str {
    if pattern.starts_with("^oauth_") {
        "oauth_google"
    } else if pattern.starts_with("^from_oauth_") {
        "from_oauth_google"
    } else {
        panic!("no sample for {pattern}")
    }
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn text_of(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}
