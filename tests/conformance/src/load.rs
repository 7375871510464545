//! Reads a family's file: puts in the tokens, the keys and the deeply nested values.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::http::Exchange;
use crate::special;
use crate::vector::{Context, Expected, FAMILIES, Family, Vector};

/// A file that cannot be read as vectors.
#[derive(Debug)]
pub struct LoadError {
    message: String,
}

impl LoadError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for LoadError {}

/// The families that have a file in a folder.
#[must_use]
pub fn present_families(folder: &Path) -> Vec<&'static str> {
    let is_there = |name: &&str| folder.join(format!("{name}.json")).is_file();
    FAMILIES.iter().copied().filter(is_there).collect()
}

/// Reads the key table of a folder.
///
/// # Errors
///
/// When the file is missing or not JSON.
pub fn load_keys(folder: &Path) -> Result<Value, LoadError> {
    read_json(&folder.join("keys.json"))
}

/// Reads one family of a folder.
///
/// # Errors
///
/// When the file is missing, not JSON, or not in the vector format.
pub fn load_family(folder: &Path, name: &str, keys: &Value) -> Result<Family, LoadError> {
    let path = folder.join(format!("{name}.json"));
    let mut file = read_json(&path)?;
    parse_family(name, &mut file, keys)
        .map_err(|error| LoadError::new(format!("{}: {error}", path.display())))
}

/// Reads one vector, with the keys it refers to put in.
///
/// # Errors
///
/// When it is not in the vector format.
pub fn parse_vector(family: &str, raw: Value, keys: &Value) -> Result<Vector, LoadError> {
    Resolver { tokens: &[], keys }.vector(family, raw)
}

pub(crate) fn read_json(path: &Path) -> Result<Value, LoadError> {
    let fail = |why: &dyn fmt::Display| LoadError::new(format!("{}: {why}", path.display()));
    let text = std::fs::read(path).map_err(|error| fail(&error))?;
    parse_deep(&text).map_err(|error| fail(&error))
}

/// Parses JSON of any depth; the caller sees to a stack that is deep enough.
pub(crate) fn parse_deep(text: &[u8]) -> serde_json::Result<Value> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    deserializer.disable_recursion_limit();
    let value = Value::deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

fn parse_family(name: &str, file: &mut Value, keys: &Value) -> Result<Family, LoadError> {
    let meta = file["meta"].take();
    let tokens: Vec<String> = match file["tokens"].take() {
        Value::Null => Vec::new(),
        list => serde_json::from_value(list)
            .map_err(|error| LoadError::new(format!("tokens: {error}")))?,
    };
    let Value::Array(list) = file["vectors"].take() else {
        return Err(LoadError::new("there is no list of vectors"));
    };
    let resolver = Resolver {
        tokens: &tokens,
        keys,
    };
    let vectors = list
        .into_iter()
        .map(|vector| resolver.vector(name, vector))
        .collect::<Result<Vec<_>, _>>()?;
    let complete = meta["set"] == "public"
        && meta["sample"] != true
        && meta["count"].as_u64() == u64::try_from(vectors.len()).ok();
    Ok(Family {
        name: name.to_owned(),
        context: Context {
            keys: keys.clone(),
            meta,
        },
        vectors,
        complete,
    })
}

/// Puts the shared texts and keys into a vector.
struct Resolver<'a> {
    tokens: &'a [String],
    keys: &'a Value,
}

impl Resolver<'_> {
    fn vector(&self, family: &str, raw: Value) -> Result<Vector, LoadError> {
        let id = raw["id"].as_str().unwrap_or("(no id)").to_owned();
        let fail = |why: String| LoadError::new(format!("{id}: {why}"));
        let mut raw = self.resolve(raw).map_err(fail)?;
        build(family, &id, &mut raw).map_err(fail)
    }

    fn resolve(&self, value: Value) -> Result<Value, String> {
        match value {
            Value::String(text) => self.text(text).map(Value::String),
            Value::Array(list) => {
                let list: Result<Vec<_>, _> =
                    list.into_iter().map(|item| self.resolve(item)).collect();
                list.map(Value::Array)
            }
            Value::Object(map) => self.object(map),
            plain => Ok(plain),
        }
    }

    fn object(&self, map: Map<String, Value>) -> Result<Value, String> {
        if map.len() == 1 {
            if let Some(path) = map.get("$key").and_then(Value::as_str) {
                return self.key(path);
            }
            if let Some(text) = map.get("$json").and_then(Value::as_str) {
                let text = self.text(text.to_owned())?;
                return parse_deep(text.as_bytes()).map_err(|error| format!("$json: {error}"));
            }
            if map.get("$num").and_then(Value::as_str) == Some("-0") {
                return Ok(special::from_number(-0.0));
            }
        }
        let mut resolved = Map::new();
        for (name, value) in map {
            // A member that is `undefined` is the same as an absent one.
            if !special::is_undefined(&value) || name == "ok" {
                resolved.insert(self.text(name)?, self.resolve(value)?);
            }
        }
        Ok(Value::Object(resolved))
    }

    fn key(&self, path: &str) -> Result<Value, String> {
        let mut value = self.keys;
        for part in path.split('.') {
            value = value
                .get(part)
                .ok_or_else(|| format!("keys.json has no {path}"))?;
        }
        Ok(value.clone())
    }

    fn text(&self, text: String) -> Result<String, String> {
        if !text.contains("{{t") {
            return Ok(text);
        }
        let mut filled = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("{{t") {
            filled.push_str(before);
            let token = after.split_once("}}").and_then(|(number, after)| {
                let number: usize = number.parse().ok()?;
                Some((self.tokens.get(number)?, after))
            });
            let (token, after) = token.ok_or("a token number that is not in the list")?;
            filled.push_str(token);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

fn build(family: &str, id: &str, raw: &mut Value) -> Result<Vector, String> {
    let mut steps = Vec::new();
    if let Value::Array(list) = raw["steps"].take() {
        for (index, mut step) in list.into_iter().enumerate() {
            steps.push(build(family, &format!("{id}/{index}"), &mut step)?);
        }
    }
    let http: Vec<Exchange> = match raw["http"].take() {
        Value::Array(list) => list
            .iter()
            .map(Exchange::from_value)
            .collect::<Result<_, _>>()?,
        _ => Vec::new(),
    };
    let expected = if raw["fn"] == "sequence" {
        Expected::Steps(steps.iter().map(|step| step.expected.clone()).collect())
    } else {
        expected(raw["out"].take())?
    };
    Ok(Vector {
        family: family.to_owned(),
        id: id.to_owned(),
        name: raw["name"].as_str().unwrap_or_default().to_owned(),
        tags: texts(&raw["tags"]),
        now_ms: raw["now"].as_i64().unwrap_or_default(),
        env: env(&raw["env"])?,
        function: raw["fn"].as_str().ok_or("there is no fn")?.to_owned(),
        input: raw["in"].take(),
        http,
        retry_delays_ms: raw["retry_delays_ms"]
            .as_array()
            .map(|list| list.iter().filter_map(Value::as_u64).collect())
            .unwrap_or_default(),
        expected,
        steps,
    })
}

fn expected(out: Value) -> Result<Expected, String> {
    let Value::Object(mut out) = out else {
        return Err("there is no out".to_owned());
    };
    if let Some(error) = out.remove("err") {
        return Ok(Expected::Err(error));
    }
    Ok(Expected::Ok(
        out.remove("ok").unwrap_or_else(special::undefined),
    ))
}

fn env(value: &Value) -> Result<BTreeMap<String, String>, String> {
    if value.is_null() {
        return Ok(BTreeMap::new());
    }
    BTreeMap::deserialize(value).map_err(|error| format!("env: {error}"))
}

fn texts(value: &Value) -> Vec<String> {
    Vec::deserialize(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn family(vector: &Value) -> Result<Family, LoadError> {
        let keys = json!({"a": {"jwk": {"kty": "RSA"}}});
        let mut file = json!({
            "meta": {"set": "public", "count": 1, "notes": {"n": 1}},
            "tokens": ["aa.bb.cc", "dd"],
            "vectors": [vector],
        });
        parse_family("jwt", &mut file, &keys)
    }

    fn one(vector: &Value) -> Vector {
        family(vector).unwrap().vectors.remove(0)
    }

    #[test]
    fn tokens_and_keys_are_put_in() {
        let vector = one(&json!({
            "id": "jwt-1", "name": "n", "fn": "f", "now": 5, "tags": ["x"], "env": {"CLERK_A": "{{t1}}"},
            "in": {"cookie": "a={{t0}}; b={{t1}}", "key": {"$key": "a.jwk"}, "u": {"$undefined": true},
                   "l": [{"$undefined": true}], "n": {"$num": "-0"}},
            "out": {"ok": {"$undefined": true}},
        }));
        assert_eq!(vector.text("/cookie"), Some("a=aa.bb.cc; b=dd"));
        assert_eq!(vector.input_at("/key"), Some(&json!({"kty": "RSA"})));
        assert_eq!(vector.input_at("/u"), None);
        assert!(vector.input_at("/l/0").is_some_and(special::is_undefined));
        assert_eq!(vector.input_at("/n").and_then(Value::as_f64), Some(0.0));
        assert_eq!(vector.env["CLERK_A"], "dd");
        assert_eq!(vector.now_ms, 5);
        assert!(vector.has_tag("x") && !vector.has_tag("y"));
        assert!(matches!(&vector.expected, Expected::Ok(value) if special::is_undefined(value)));
    }

    #[test]
    fn unknown_tokens_and_keys_are_refused() {
        for input in [
            json!("{{t2}}"),
            json!("{{tx}}"),
            json!("{{t1"),
            json!({"$key": "b.jwk"}),
        ] {
            let error =
                family(&json!({"id": "jwt-9", "fn": "f", "in": input, "out": {}})).unwrap_err();
            assert!(error.to_string().starts_with("jwt-9: "), "{error}");
        }
    }

    #[test]
    fn deep_nesting_is_read() {
        crate::on_a_deep_stack(|| {
            let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
            let vector =
                one(&json!({"id": "i", "fn": "f", "in": {"$json": deep}, "out": {"ok": 1}}));
            let mut value = &vector.input;
            let mut depth = 0;
            while let Some(inner) = value.get(0) {
                depth += 1;
                value = inner;
            }
            assert_eq!(depth, 19_999);
        });
    }

    #[test]
    fn sequences_carry_their_steps() {
        let vector = one(&json!({"id": "i", "fn": "sequence", "steps": [
            {"fn": "verifyToken", "now": 1, "in": {"token": "{{t1}}"}, "out": {"ok": 1}},
            {"fn": "verifyToken", "now": 2, "in": {}, "out": {"err": {"class": "Error"}}},
        ]}));
        assert_eq!(vector.steps.len(), 2);
        assert_eq!(vector.steps[0].text("/token"), Some("dd"));
        assert_eq!(vector.steps[1].id, "i/1");
        assert_eq!(
            vector.expected.to_value(),
            json!([{"ok": 1}, {"err": {"class": "Error"}}])
        );
    }

    #[test]
    fn a_selection_is_not_complete() {
        let keys = json!({});
        let vector = json!({"id": "i", "fn": "f", "in": {}, "out": {"ok": 1}});
        for (meta, complete) in [
            (json!({"set": "public", "count": 1}), true),
            (json!({"set": "public", "count": 2}), false),
            (json!({"set": "public", "count": 1, "sample": true}), false),
            (json!({"set": "hidden", "count": 1}), false),
        ] {
            let mut file = json!({"meta": meta, "vectors": [vector]});
            assert_eq!(
                parse_family("jwt", &mut file, &keys).unwrap().complete,
                complete
            );
        }
    }
}
