//! Recorded vectors, changed at random: calls of the families that nobody has recorded.
//!
//! A change takes a part of another vector of the same function, leaves one out, or moves the clock. Tags go: what
//! holds of a vector has to follow from its input.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::Choices;
use super::generate::{Case, families};
use crate::load::read_json;

/// The recorded vectors of some families, by family and function.
#[derive(Debug)]
pub struct Recorded {
    kinds: Vec<Kind>,
}

#[derive(Debug)]
struct Kind {
    family: &'static str,
    function: String,
    vectors: Vec<Value>,
}

impl Recorded {
    /// Reads the families that `wanted` names, or all, from a folder of vectors.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or is malformed, or none holds a vector that can be asked again.
    pub fn read(folder: &Path, wanted: &[String]) -> Result<Self, String> {
        let mut kinds: BTreeMap<(&'static str, String), Vec<Value>> = BTreeMap::new();
        for family in families() {
            if !wanted.is_empty() && !wanted.iter().any(|name| name == family) {
                continue;
            }
            let path = folder.join(format!("{family}.json"));
            let mut file = read_json(&path).map_err(|error| error.to_string())?;
            let tokens = file["tokens"].take();
            let Value::Array(vectors) = file["vectors"].take() else {
                return Err(format!("{}: there is no list of vectors", path.display()));
            };
            for mut vector in vectors {
                fill(&mut vector, &tokens);
                let function = vector["fn"].as_str().unwrap_or_default().to_owned();
                // Sequences and the API client are not asked again.
                if vector.get("steps").is_none() && function != "client" {
                    kinds.entry((family, function)).or_default().push(vector);
                }
            }
        }
        let kinds: Vec<Kind> = kinds
            .into_iter()
            .map(|((family, function), vectors)| Kind {
                family,
                function,
                vectors,
            })
            .collect();
        match kinds.is_empty() {
            true => Err("there is nothing recorded to start from".to_owned()),
            false => Ok(Self { kinds }),
        }
    }

    /// One of the vectors, changed.
    pub fn case(&self, choices: &mut Choices) -> Case {
        let total: usize = self.kinds.iter().map(|kind| kind.vectors.len()).sum();
        let mut at = choices.below(total);
        let mut kinds = self.kinds.iter();
        let kind = kinds.find(|kind| {
            let is_here = at < kind.vectors.len();
            if !is_here {
                at -= kind.vectors.len();
            }
            is_here
        });
        let kind = kind.unwrap_or(&self.kinds[0]);
        let one = |choices: &mut Choices| &kind.vectors[choices.below(kind.vectors.len())];
        let (own, other) = (one(choices), one(choices));
        let mut input = own["in"].clone();
        for _ in 0..=choices.below(3) {
            change(choices, &mut input, &other["in"]);
        }
        with_a_secret_of_its_own(&mut input);
        let mut now = own["now"].as_i64().unwrap_or(super::generate::NOW_MS);
        if choices.chance(25) {
            now += [
                -86_400_000,
                -60_000,
                -1000,
                -1,
                1,
                250,
                5000,
                60_000,
                3_600_000,
            ][choices.below(9)];
        }
        let mut template = json!({ "now": now, "in": input, "answers": answers(own, other) });
        if let Some(env) = own.get("env") {
            template["env"] = env.clone();
        }
        Case {
            family: kind.family,
            function: Cow::Owned(kind.function.clone()),
            template,
        }
    }
}

/// Puts shared texts back in.
fn fill(value: &mut Value, tokens: &Value) {
    match value {
        Value::String(text) => {
            while let Some(start) = text.find("{{t") {
                let Some(length) = text[start..].find("}}") else {
                    return;
                };
                let index: usize = text[start + 3..start + length]
                    .parse()
                    .unwrap_or(usize::MAX);
                let token = tokens
                    .get(index)
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                text.replace_range(start..start + length + 2, token);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|item| fill(item, tokens)),
        Value::Object(map) => map.values_mut().for_each(|member| fill(member, tokens)),
        _ => {}
    }
}

/// One change: at a place that is reached by going down at random.
fn change(choices: &mut Choices, own: &mut Value, other: &Value) {
    match (own, other) {
        (Value::Object(own), Value::Object(other)) if !is_special(own) && !is_special(other) => {
            change_member(choices, own, other);
        }
        (Value::Array(own), Value::Array(other)) => match choices.below(4) {
            0 if !own.is_empty() => {
                own.remove(choices.below(own.len()));
            }
            1 if !other.is_empty() => {
                let item = other[choices.below(other.len())].clone();
                own.insert(choices.below(own.len() + 1), item);
            }
            2 if !own.is_empty() && !other.is_empty() => {
                let at = choices.below(own.len());
                own[at] = other[choices.below(other.len())].clone();
            }
            _ => *own = other.clone(),
        },
        (own, other) => *own = other.clone(),
    }
}

fn change_member(choices: &mut Choices, own: &mut Map<String, Value>, other: &Map<String, Value>) {
    let names: Vec<&String> = own.keys().chain(other.keys()).collect();
    if names.is_empty() {
        return;
    }
    let name = names[choices.below(names.len())].clone();
    match (own.get_mut(&name), other.get(&name)) {
        (Some(mine), Some(theirs)) if choices.chance(75) => change(choices, mine, theirs),
        (Some(mine), Some(theirs)) => *mine = theirs.clone(),
        (None, Some(theirs)) => {
            own.insert(name, theirs.clone());
        }
        // What a call cannot do without stays.
        (Some(_), None)
            if !["secretKey", "publishableKey", "method", "url"].contains(&name.as_str()) =>
        {
            own.remove(&name);
        }
        _ => {}
    }
}

/// A form of the vectors' own, such as `{"$key": …}`.
fn is_special(map: &Map<String, Value>) -> bool {
    map.keys().any(|name| name.starts_with('$'))
}

/// Keys are kept by secret, so that no two calls may have the same.
fn with_a_secret_of_its_own(input: &mut Value) {
    for at in ["/client_options/secretKey", "/options/secretKey"] {
        let Some(secret) = input.pointer_mut(at) else {
            continue;
        };
        let text = secret.as_str().unwrap_or_default();
        for prefix in ["sk_test_", "sk_live_"] {
            let rest = text.strip_prefix(prefix).unwrap_or_default();
            if rest.len() >= 8 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                *secret = json!({ "$secret": prefix });
                break;
            }
        }
    }
}

/// The recorded answers, by the kind of call: one's own, else those of the other.
fn answers(own: &Value, other: &Value) -> Value {
    let mut answers = json!({});
    for vector in [other, own] {
        let mut found: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for exchange in vector["http"].as_array().into_iter().flatten() {
            let url = exchange["request"]["url"].as_str().unwrap_or_default();
            let path = url.split('?').next().unwrap_or_default();
            let kinds = [
                ("/jwks", "jwks"),
                ("/refresh", "refresh"),
                ("/handshake_payload", "nonce"),
                ("/m2m_tokens/verify", "m2m"),
                ("/access_tokens/verify", "oauth"),
                ("/api_keys/verify", "api_key"),
            ];
            let kind = kinds.iter().find(|(end, _)| path.ends_with(end));
            let kind = kind.map_or("other", |(_, kind)| kind);
            found
                .entry(kind)
                .or_default()
                .push(exchange["response"].clone());
        }
        for (kind, list) in found {
            answers[kind] = list.into();
        }
    }
    answers
}
