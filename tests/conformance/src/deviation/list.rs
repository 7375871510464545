//! The entries and what they say about a vector.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Condition, expectations, predicates, requests_sent};
use crate::http::CannedRequest;
use crate::load::LoadError;
use crate::vector::Vector;

/// All entries, in the order in which they are asked.
#[derive(Clone, Debug, Default)]
pub struct Deviations {
    entries: Vec<Deviation>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    deviation: Vec<Deviation>,
}

/// A deliberate difference from the reference.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// A short name, unique in the file.
    pub name: String,
    /// The requirements it follows from.
    pub requirements: Vec<String>,
    /// Why this workspace differs.
    pub reason: String,
    /// What a larger share of a family means for users; needed above 2 %.
    pub paragraph: Option<String>,
    /// The families it is about.
    pub families: Vec<String>,
    /// The functions it is about; all if empty.
    #[serde(default)]
    pub functions: Vec<String>,
    /// Tags a vector must have, all of them.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Conditions that must hold, all of them.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// Conditions of which one must hold, where there are any.
    #[serde(default)]
    pub any: Vec<Condition>,
    /// Requirements of which the model must note one, where there are any.
    #[serde(default)]
    pub noted: Vec<String>,
    /// A predicate in code that must hold.
    #[serde(rename = "where")]
    pub predicate: Option<String>,
    /// What this workspace means.
    pub expect: Expect,
    /// How many of the recorded calls go out; all of them if absent.
    pub calls: Option<usize>,
    /// A part of the URL that a call goes to instead of the recorded one.
    pub request: Option<String>,
    /// The requests that go out instead of the recorded ones, computed in code.
    pub requests: Option<String>,
}

/// The outcome an entry means: one of its members.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// This value.
    ok: Option<Value>,
    /// This error.
    err: Option<Value>,
    /// What the reference gave with values replaced, by JSON pointer into `{"ok": …}`.
    #[serde(default)]
    set: BTreeMap<String, Value>,
    /// What the reference gave without these members.
    #[serde(default)]
    remove: Vec<String>,
    /// An outcome computed in code.
    computed: Option<String>,
    /// What the reference gave; only the number of calls differs.
    #[serde(default)]
    reference: bool,
    /// What the model of the function works out, with its calls.
    #[serde(default)]
    model: bool,
    /// The call cannot be written with this API.
    #[serde(default)]
    not_expressible: bool,
}

/// What an entry wants of a vector.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The outcome.
    pub outcome: Meant,
    /// How many calls go out; as many as were recorded if absent.
    pub calls: Option<usize>,
    /// A part of a call that is another one than the recorded.
    pub request: Option<String>,
}

/// The outcome that an entry wants.
#[derive(Clone, Debug)]
pub enum Meant {
    /// This outcome, as `{"ok": …}` or `{"err": …}`.
    Outcome(Value),
    /// That the call cannot be written.
    NotExpressible,
}

impl Deviations {
    /// Reads the list.
    ///
    /// # Errors
    ///
    /// When the text is not a list of entries, or an entry is malformed.
    pub fn parse(text: &str) -> Result<Self, LoadError> {
        let file: File = toml::from_str(text).map_err(|error| LoadError::new(error.to_string()))?;
        for (index, entry) in file.deviation.iter().enumerate() {
            entry
                .check()
                .map_err(|why| LoadError::new(format!("deviation {}: {why}", entry.name)))?;
            if file
                .deviation
                .iter()
                .take(index)
                .any(|other| other.name == entry.name)
            {
                return Err(LoadError::new(format!(
                    "there are two deviations {}",
                    entry.name
                )));
            }
        }
        Ok(Self {
            entries: file.deviation,
        })
    }

    /// The list of this workspace.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn of_this_workspace() -> Result<Self, LoadError> {
        Self::parse(include_str!("../../deviations.toml"))
            .map_err(|error| LoadError::new(format!("deviations.toml: {error}")))
    }

    /// The entries, in order.
    #[must_use]
    pub fn entries(&self) -> &[Deviation] {
        &self.entries
    }

    /// The entry that decides about a vector, with its place in the list.
    #[must_use]
    pub fn find(&self, vector: &Vector) -> Option<(usize, &Deviation)> {
        let mut described = None;
        self.entries.iter().enumerate().find(|(_, entry)| {
            entry.is_about(vector)
                && entry.selects(vector, described.get_or_insert_with(|| describe(vector)))
        })
    }
}

impl Deviation {
    fn check(&self) -> Result<(), String> {
        if self.requirements.is_empty() || self.reason.is_empty() || self.families.is_empty() {
            return Err("needs requirements, a reason and families".to_owned());
        }
        if let Some(family) = self
            .families
            .iter()
            .find(|name| !crate::FAMILIES.contains(&name.as_str()))
        {
            return Err(format!("there is no family {family}"));
        }
        if self.tags.is_empty()
            && self.when.is_empty()
            && self.any.is_empty()
            && self.predicate.is_none()
            && self.noted.is_empty()
        {
            return Err("selects every vector of its functions".to_owned());
        }
        for condition in self.when.iter().chain(&self.any) {
            condition.check()?;
        }
        if let Some(name) = &self.predicate
            && predicates::named(name).is_none()
        {
            return Err(format!("there is no predicate {name}"));
        }
        if let Some(name) = &self.requests
            && requests_sent::named(name).is_none()
        {
            return Err(format!("there are no requests {name}"));
        }
        self.expect.check()
    }

    /// The requests that are meant to go out, where an entry tells them.
    ///
    /// # Errors
    ///
    /// When they cannot be worked out for the vector.
    pub(crate) fn requests(&self, vector: &Vector) -> Result<Option<Vec<CannedRequest>>, String> {
        let Some(name) = &self.requests else {
            return Ok(None);
        };
        requests_sent::named(name)
            .and_then(|computed| computed(vector))
            .map(Some)
            .ok_or_else(|| format!("{name} does not fit this vector"))
    }

    fn is_about(&self, vector: &Vector) -> bool {
        self.families.contains(&vector.family)
            && (self.functions.is_empty() || self.functions.contains(&vector.function))
            && self.tags.iter().all(|tag| vector.has_tag(tag))
    }

    fn selects(&self, vector: &Vector, described: &Value) -> bool {
        let is_noted = |wanted: &String| {
            let notes = described["notes"].as_array();
            notes.is_some_and(|notes| notes.iter().any(|note| note == wanted.as_str()))
        };
        let predicate = self.predicate.as_deref().and_then(predicates::named);
        self.when.iter().all(|condition| condition.holds(described))
            && (self.any.is_empty() || self.any.iter().any(|condition| condition.holds(described)))
            && (self.noted.is_empty() || self.noted.iter().any(is_noted))
            && predicate.is_none_or(|predicate| predicate(vector))
    }

    /// What the entry wants of a vector it selects.
    ///
    /// # Errors
    ///
    /// When what it expects does not fit the vector.
    pub fn wanted(&self, vector: &Vector) -> Result<Wanted, String> {
        if self.expect.model {
            let worked = crate::model::work_out(vector)
                .ok_or_else(|| "the recorded calls do not fit the model".to_owned())?;
            return Ok(Wanted {
                outcome: Meant::Outcome(worked.outcome),
                calls: Some(worked.calls),
                request: worked.other_request,
            });
        }
        Ok(Wanted {
            outcome: self.meant(vector)?,
            calls: self.calls,
            request: self.request.clone(),
        })
    }

    fn meant(&self, vector: &Vector) -> Result<Meant, String> {
        let expect = &self.expect;
        if expect.not_expressible {
            return Ok(Meant::NotExpressible);
        }
        if let Some(value) = &expect.ok {
            return Ok(Meant::Outcome(json!({ "ok": with_nulls(value.clone()) })));
        }
        if let Some(error) = &expect.err {
            return Ok(Meant::Outcome(json!({ "err": error })));
        }
        let mut outcome = match &expect.computed {
            Some(name) => expectations::named(name)
                .and_then(|computed| computed(vector))
                .ok_or_else(|| format!("{name} does not fit this vector"))?,
            None => vector.expected.to_value(),
        };
        for (pointer, value) in &expect.set {
            set(&mut outcome, pointer, with_nulls(value.clone()))?;
        }
        for pointer in &expect.remove {
            remove(&mut outcome, pointer);
        }
        Ok(Meant::Outcome(outcome))
    }
}

impl Expect {
    fn check(&self) -> Result<(), String> {
        let ways = [
            self.ok.is_some(),
            self.err.is_some(),
            // An outcome that is computed may be edited too.
            !self.set.is_empty() || !self.remove.is_empty() || self.computed.is_some(),
            self.reference,
            self.model,
            self.not_expressible,
        ];
        if ways.iter().filter(|is_set| **is_set).count() != 1 {
            return Err(
                "expect needs one of ok, err, set/remove, computed, model, reference, not_expressible"
                    .to_owned(),
            );
        }
        match &self.computed {
            Some(name) if expectations::named(name).is_none() => {
                Err(format!("there is no outcome {name}"))
            }
            _ => Ok(()),
        }
    }
}

/// What conditions see of a vector.
fn describe(vector: &Vector) -> Value {
    let mut described = json!({
        "now": vector.now_ms,
        "env": vector.env,
        "in": vector.input,
        "out": vector.expected.to_value(),
        "http": vector.http.iter().map(describe_exchange).collect::<Vec<_>>(),
    });
    if let Some(token) = vector.text("/token") {
        described["token"] = crate::token::describe(token);
    }
    if let Some(worked) = crate::model::work_out(vector) {
        described["notes"] = json!(worked.notes);
    }
    described
}

fn describe_exchange(exchange: &crate::http::Exchange) -> Value {
    use crate::http::CannedResponse;
    match &exchange.response {
        CannedResponse::NetworkFailure(error) => {
            json!({ "url": exchange.request.url, "error": error })
        }
        CannedResponse::Answer(answer) => {
            let body = String::from_utf8_lossy(&answer.body);
            json!({
                "method": exchange.request.method,
                "url": exchange.request.url,
                "status": answer.status,
                "body": body,
                "json": serde_json::from_str::<Value>(&body).unwrap_or_default(),
            })
        }
    }
}

/// TOML has no null; `{ "$null" = true }` stands for it.
fn with_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) if map.contains_key("$null") => Value::Null,
        Value::Object(map) => map
            .into_iter()
            .map(|(name, value)| (name, with_nulls(value)))
            .collect(),
        Value::Array(list) => list.into_iter().map(with_nulls).collect(),
        plain => plain,
    }
}

fn set(outcome: &mut Value, pointer: &str, value: Value) -> Result<(), String> {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
    match outcome.pointer_mut(parent) {
        Some(Value::Object(map)) => {
            map.insert(name.replace("~1", "/").replace("~0", "~"), value);
            Ok(())
        }
        Some(Value::Array(list)) => match name
            .parse()
            .ok()
            .and_then(|index: usize| list.get_mut(index))
        {
            Some(item) => {
                *item = value;
                Ok(())
            }
            None => Err(format!("there is no {pointer} to set")),
        },
        _ => Err(format!("there is no {pointer} to set")),
    }
}

fn remove(outcome: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
    if let Some(Value::Object(map)) = outcome.pointer_mut(parent) {
        map.remove(&name.replace("~1", "/").replace("~0", "~"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::Expected;

    const HEAD: &str =
        "[[deviation]]\nrequirements = ['JWT-6']\nreason = 'r'\nfamilies = ['jwt']\n";

    fn vector(function: &str, tags: &[&str], input: Value) -> Vector {
        Vector {
            family: "jwt".to_owned(),
            id: "jwt-1".to_owned(),
            name: String::new(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            now_ms: 0,
            env: BTreeMap::new(),
            function: function.to_owned(),
            input,
            http: Vec::new(),
            retry_delays_ms: Vec::new(),
            expected: Expected::Ok(json!({"a": [1, 2], "b": 3})),
            steps: Vec::new(),
        }
    }

    #[test]
    fn entries_select_by_function_tags_and_conditions() {
        let list = Deviations::parse(&format!(
            "{HEAD}name = 'one'\nfunctions = ['f']\ntags = ['s', 't']\nexpect.ok = 1\n\
             {HEAD}name = 'two'\nwhen = [{{ at = '/in/x', equals = 1 }}, {{ at = '/in/y', present = true }}]\nexpect.ok = 2\n\
             {HEAD}name = 'three'\nany = [{{ at = '/in/x', equals = 1 }}, {{ at = '/token/header/crit', present = true }}]\nexpect.ok = 3\n"
        ))
        .unwrap();
        let found = |vector: &Vector| list.find(vector).map(|(_, entry)| entry.name.clone());
        for (function, tags, input, name) in [
            ("f", &["s", "t"][..], json!({}), Some("one")),
            ("g", &["s", "t"], json!({}), None),
            ("f", &["s"], json!({}), None),
            ("f", &[], json!({"x": 1, "y": 1}), Some("two")),
            ("f", &["t", "s"], json!({"x": 1, "y": 1}), Some("one")),
            ("f", &[], json!({"x": 1}), Some("three")),
            // {"crit":[]}
            (
                "f",
                &[],
                json!({"token": "eyJjcml0IjpbXX0.e30.AA"}),
                Some("three"),
            ),
            ("f", &[], json!({"token": "e30.e30.AA"}), None),
        ] {
            let vector = vector(function, tags, input);
            assert_eq!(found(&vector).as_deref(), name);
        }
        let mut other = vector("f", &["s", "t"], json!({}));
        other.family = "webhooks".to_owned();
        assert_eq!(found(&other), None);
    }

    #[test]
    fn outcomes_are_edited() {
        let text = format!(
            "{HEAD}name = 'n'\ntags = ['t']\nexpect.set = {{ '/ok/a/1' = {{ '$null' = true }} }}\nexpect.remove = ['/ok/b']"
        );
        let entry = Deviations::parse(&text).unwrap().entries()[0].clone();
        let wanted = entry.wanted(&vector("f", &["t"], json!({}))).unwrap();
        let Meant::Outcome(outcome) = wanted.outcome else {
            panic!("an outcome is meant")
        };
        assert_eq!(outcome, json!({"ok": {"a": [1, null]}}));
    }

    #[test]
    fn malformed_entries_are_refused() {
        for rest in [
            "expect.ok = 1",
            "tags = ['t']",
            "tags = ['t']\nexpect = {}",
            "tags = ['t']\nexpect.ok = 1\nexpect.not_expressible = true",
            "tags = ['t']\nexpect.computed = 'missing'",
            "tags = ['t']\nwhere = 'missing'\nexpect.ok = 1",
            "tags = ['t']\nids = ['jwt-1']\nexpect.ok = 1",
            "when = [{ at = '/in' }]\nexpect.ok = 1",
        ] {
            assert!(
                Deviations::parse(&format!("{HEAD}name = 'n'\n{rest}")).is_err(),
                "{rest}"
            );
        }
        let twice = format!("{HEAD}name = 'n'\ntags = ['t']\nexpect.ok = 1\n").repeat(2);
        assert!(Deviations::parse(&twice).is_err());
        assert!(Deviations::of_this_workspace().is_ok());
    }
}
