//! What the committed facts of the API description say about a recorded method.
//!
//! Methods are found by the list of requirements (`API-155: users.getUser: GET /users/{id}`), members by the facts that
//! the importer wrote; neither is the code under test.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::special;
use crate::vector::Vector;

const REQUIREMENTS: &str = include_str!("../../requirements.toml");
const FACTS: [&str; 2] = [
    include_str!("../../../../xtask/spec/bapi-2026-05-12.ir.json"),
    include_str!("../../../../xtask/spec/supplement.ir.json"),
];

/// An operation, as the facts have it.
pub(super) struct Operation {
    /// The path below the version, with names for its ids.
    pub(super) path: String,
    facts: Value,
}

struct Description {
    /// By JavaScript method: `POST /users/{}`.
    routes: HashMap<String, (String, String)>,
    operations: HashMap<(String, String), Value>,
    types: HashMap<String, Value>,
}

fn description() -> &'static Description {
    static DESCRIPTION: OnceLock<Description> = OnceLock::new();
    DESCRIPTION.get_or_init(read)
}

fn read() -> Description {
    let mut this = Description {
        routes: HashMap::new(),
        operations: HashMap::new(),
        types: HashMap::new(),
    };
    for line in REQUIREMENTS.lines().filter(|line| line.starts_with("API-")) {
        let mut parts = line.split('`').skip(1);
        let (Some(method), Some(rest)) = (parts.next(), parts.next()) else {
            continue;
        };
        let mut words = rest.trim_start_matches(": ").split([' ', '"']);
        if let (Some(verb), Some(path)) = (words.next(), words.next()) {
            this.routes
                .insert(method.to_owned(), (verb.to_owned(), path.to_owned()));
        }
    }
    for text in FACTS {
        let facts: Value = serde_json::from_str(text).unwrap_or_default();
        for item in facts["types"].as_array().into_iter().flatten() {
            let name = item["name"].as_str().unwrap_or_default();
            this.types.insert(name.to_owned(), item.clone());
        }
        for item in facts["operations"].as_array().into_iter().flatten() {
            let (verb, path) = (item["method"].as_str(), item["path"].as_str());
            if let (Some(verb), Some(path)) = (verb, path) {
                this.operations
                    .insert((verb.to_owned(), nameless(path)), item.clone());
            }
        }
    }
    this
}

/// A path with `{}` for every id.
fn nameless(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

impl Operation {
    /// The operation of a recorded method; of one with two calls, of its first.
    pub(super) fn of(vector: &Vector) -> Option<Self> {
        let resource = vector.text("/resource")?;
        let resource = resource.strip_prefix("__experimental_").unwrap_or(resource);
        let method = format!("{resource}.{}", vector.text("/method")?);
        let (verb, path) = description().routes.get(&method)?;
        let mut path = path.clone();
        let template = vector.input_at("/args/1").and_then(Value::as_str);
        if method == "sessions.getToken" && template.is_some_and(|name| !name.is_empty()) {
            path.push_str("/{template_name}");
        }
        let key = (verb.clone(), nameless(&path));
        let facts = description().operations.get(&key)?.clone();
        Some(Self { path, facts })
    }

    pub(super) fn verb(&self) -> &str {
        self.facts["method"].as_str().unwrap_or_default()
    }

    /// Whether a JSON body is described.
    pub(super) fn has_body(&self) -> bool {
        self.facts["body"]["media"] == "application/json"
    }

    /// Whether the body is a list.
    pub(super) fn has_list_body(&self) -> bool {
        self.body_type().starts_with("list(")
    }

    /// Whether its answer carries something.
    pub(super) fn has_answer(&self) -> bool {
        let success = self.facts["success"].as_array();
        success
            .into_iter()
            .flatten()
            .any(|answer| !answer["t"].is_null())
    }

    /// What an answer that is an object must have.
    pub(super) fn required_of_answer(&self) -> Vec<String> {
        let mut success = self.facts["success"].as_array().into_iter().flatten();
        let t = success
            .find_map(|answer| answer["t"].as_str())
            .unwrap_or_default();
        let name = t.trim_start_matches("ref(").trim_end_matches(')');
        let is_union = description()
            .types
            .get(name)
            .is_some_and(|facts| facts["kind"] == "union");
        let fields = if is_union { None } else { members(t) }.unwrap_or_default();
        let required = fields
            .iter()
            .filter(|field| field["req"] == true && field["null"] != true);
        required
            .filter_map(|field| field["n"].as_str().map(str::to_owned))
            .collect()
    }

    fn body_type(&self) -> &str {
        self.facts["body"]["t"].as_str().unwrap_or_default()
    }

    /// A query parameter.
    pub(super) fn query(&self, name: &str) -> Option<&Value> {
        // Moved into the query by the reference (HTTP-13, API-148); the description lacks it.
        static MOVED: OnceLock<Value> = OnceLock::new();
        if name == "suffixed_cookies" && self.path.ends_with("/refresh") {
            return Some(MOVED.get_or_init(|| serde_json::json!({ "n": name, "t": "bool" })));
        }
        let mut query = self.facts["query"].as_array().into_iter().flatten();
        query.find(|field| field["n"] == name)
    }

    /// The members of the body, or of an element of a list body.
    pub(super) fn body(&self) -> Option<Vec<Value>> {
        let t = self.body_type();
        let t = t
            .strip_prefix("list(")
            .and_then(|t| t.strip_suffix(')'))
            .unwrap_or(t);
        members(t)
    }

    fn required_query(&self) -> Vec<&str> {
        let query = self.facts["query"].as_array().into_iter().flatten();
        query
            .filter(|field| field["req"] == true)
            .filter_map(|field| field["n"].as_str())
            .collect()
    }
}

/// The members of an object type.
pub(super) fn members(t: &str) -> Option<Vec<Value>> {
    let name = t.strip_prefix("ref(")?.strip_suffix(')')?;
    let facts = description().types.get(name)?;
    let mut all = facts["fields"].as_array().cloned().unwrap_or_default();
    for part in facts["parts"].as_array().into_iter().flatten() {
        all.extend(members(part.as_str()?)?);
    }
    Some(all)
}

/// How the arguments of a call differ from what the API describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// A required parameter is not given.
    Missing,
    /// A parameter is of another type.
    Mistyped,
    /// A parameter is not described.
    Undescribed,
}

/// The parameters of a call: the members of its objects under their names on the wire, and the elements of a list.
pub(super) fn parameters(vector: &Vector) -> (Map<String, Value>, Option<Vec<Value>>) {
    let mut given = Map::new();
    let mut list = None;
    let arguments = vector.input_at("/args").and_then(Value::as_array);
    for argument in arguments.into_iter().flatten() {
        match argument {
            Value::Array(items) => list = Some(items.clone()),
            Value::Object(map) if !special::is_undefined(argument) => {
                given.extend(map.iter().map(|(name, value)| (wire(name), value.clone())));
            }
            _ => {}
        }
    }
    if let Some(Value::Array(items)) = given.remove("params") {
        list = Some(items);
    }
    (given, list)
}

/// HTTP-15: a name as it stands on the wire.
pub(super) fn wire(name: &str) -> String {
    let mut out = String::new();
    let mut upper = true;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !upper {
            out.push('_');
        }
        upper = letter.is_ascii_uppercase() || letter == '_';
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// What d.3 of the design names beyond the description: parameters of the reference alone.
const BEYOND: &[&str] = &[
    "authenticatable",
    "disable_jit_provisioning",
    "enhanced_email_deliverability",
    "idempotency_key",
    "idp_certificates",
    "ignore_dots_for_gmail_addresses",
    "machine_secret_key",
    "provider",
    "request_headers",
    "sync_user_attributes",
    "timezone",
    "audience",
    "file",
    "metadata",
    "name",
    "offset",
    "limit",
];

/// The first difference of a call that went out.
pub(super) fn misfit(vector: &Vector) -> Option<Misfit> {
    vector.http.first()?;
    let operation = Operation::of(vector)?;
    let (given, list) = parameters(vector);
    if let Some(items) = list {
        let mut members = operation.body()?;
        // A list stands for the only member there is.
        if let ([field], false) = (members.as_slice(), operation.has_list_body()) {
            let t = field["t"].as_str()?;
            members = self::members(t.strip_prefix("list(")?.strip_suffix(')')?)?;
        }
        return items.iter().find_map(|item| {
            let Value::Object(map) = item else {
                return Some(Misfit::Mistyped);
            };
            let given = map
                .iter()
                .map(|(name, value)| (wire(name), value.clone()))
                .collect();
            of_object(&given, &members, &|_| false, &[])
        });
    }
    let members = operation.body().unwrap_or_default();
    let ids: Vec<String> = super::api_requests::names_of_ids(&operation);
    let elsewhere = |name: &str| {
        operation.query(name).is_some()
            || ids.iter().any(|id| id == name)
            || name.ends_with("_metadata")
            || (BEYOND.contains(&name) && !(name == "limit" && operation.path.ends_with("/count")))
                && !(name == "offset" && operation.path.ends_with("/count"))
    };
    let mistyped = given.iter().any(|(name, value)| {
        operation
            .query(name)
            .is_some_and(|field| !fits(value, field))
    });
    if mistyped {
        return Some(Misfit::Mistyped);
    }
    if operation
        .required_query()
        .iter()
        .any(|name| !given.contains_key(*name))
    {
        return Some(Misfit::Missing);
    }
    // The one parameter of a method may be given without its name.
    let named = given
        .keys()
        .any(|name| members.iter().any(|field| field["n"] == name.as_str()));
    let positional = !named
        && vector
            .input_at("/args")
            .and_then(Value::as_array)
            .is_some_and(|list| list.iter().any(Value::is_string));
    if positional && given.is_empty() {
        return None;
    }
    // What only the reference requires of a domain (d.3 of the design).
    let always: &[&str] = match vector.text("/method") {
        Some("createOrganizationDomain") => &["name", "enrollment_mode"],
        _ => &[],
    };
    of_object(&given, &members, &elsewhere, always)
}

fn of_object(
    given: &Map<String, Value>,
    members: &[Value],
    elsewhere: &dyn Fn(&str) -> bool,
    always: &[&str],
) -> Option<Misfit> {
    let mut mistyped = false;
    for (name, value) in given {
        match members.iter().find(|field| field["n"] == name.as_str()) {
            Some(field) => mistyped |= !fits(value, field),
            None if elsewhere(name) => {}
            None => return Some(Misfit::Undescribed),
        }
    }
    if mistyped {
        return Some(Misfit::Mistyped);
    }
    let missing = members.iter().any(|field| {
        let name = field["n"].as_str().unwrap_or_default();
        (field["req"] == true || always.contains(&name))
            && given
                .get(name)
                .is_none_or(|value| value.is_null() && field["null"] != true)
    });
    missing.then_some(Misfit::Missing)
}

/// Whether a value is of a described type; null is nothing.
fn fits(value: &Value, field: &Value) -> bool {
    let t = field["t"].as_str().unwrap_or_default();
    if value.is_null() {
        return true;
    }
    let list = t.strip_prefix("list(").and_then(|t| t.strip_suffix(')'));
    if let Some(item) = list {
        let item = serde_json::json!({ "t": item });
        return match value {
            Value::Array(items) => items
                .iter()
                .all(|value| !value.is_null() && fits(value, &item)),
            other => fits(other, &item),
        };
    }
    match t {
        "string" => value.is_string() || special::date(value).is_some(),
        "bool" => value.is_boolean(),
        "i64" | "i32" | "integer" | "number" | "f64" => value.is_number(),
        "object" => value.is_object(),
        // Some switches are described as the texts `true` and `false`.
        _ if t.starts_with("enum(") => value.is_string() || value.is_boolean(),
        _ if t.starts_with("ref(") || t.starts_with("map(") => {
            value.is_object() || members(t).is_none()
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_an_operation() {
        let without: Vec<&String> = description()
            .routes
            .iter()
            .filter(|(_, (verb, path))| {
                !description()
                    .operations
                    .contains_key(&(verb.clone(), nameless(path)))
            })
            .map(|(method, _)| method)
            .collect();
        assert!(without.is_empty(), "{without:?}");
        assert_eq!(description().routes.len(), 192);
    }
}
