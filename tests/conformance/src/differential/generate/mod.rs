//! Random cases of every family.

mod answers;
mod auth_objects;
mod instances;
mod jwt;
mod keys;
mod machine;
mod paths;
mod redirects;
mod requests;
mod tokens;
mod webhooks;

use std::borrow::Cow;

use serde_json::{Value, json};

use super::choices::Choices;

/// The instant around which everything happens, in milliseconds since the epoch.
pub const NOW_MS: i64 = 1_774_000_000_250;

/// A call with its input, not filled in yet.
#[derive(Clone, Debug)]
pub struct Case {
    /// The family whose vectors it resembles.
    pub family: &'static str,
    /// The function that is called.
    pub function: Cow<'static, str>,
    /// `{"now", "in", "env"?, "answers"?}`, with [templates](super::template).
    pub template: Value,
}

impl Case {
    fn new(family: &'static str, function: &'static str, input: &Value) -> Self {
        Self {
            family,
            function: Cow::Borrowed(function),
            template: json!({ "now": NOW_MS, "in": input }),
        }
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.template[name] = value;
        self
    }
}

type Generator = fn(&mut Choices) -> Case;

/// The generators, each with how often it is drawn from.
const GENERATORS: &[(&str, usize, Generator)] = &[
    ("authenticate_request", 60, requests::case),
    ("jwt", 8, jwt::case),
    ("verify_token", 6, jwt::verify_token_case),
    ("machine_tokens", 8, machine::case),
    ("auth_objects", 7, auth_objects::case),
    ("urls_and_keys", 4, keys::case),
    ("urls_and_keys", 6, redirects::case),
    ("urls_and_keys", 6, paths::case),
    ("webhooks", 3, webhooks::case),
];

/// The families that cases are made for.
pub fn families() -> impl Iterator<Item = &'static str> {
    let mut names: Vec<_> = GENERATORS.iter().map(|(name, ..)| *name).collect();
    names.dedup();
    names.into_iter()
}

/// A case of the families that `wanted` names; of any, when it names none.
pub fn case(choices: &mut Choices, wanted: &[String]) -> Case {
    let drawn = GENERATORS
        .iter()
        .filter(|(name, ..)| wanted.is_empty() || wanted.iter().any(|family| family == name));
    let total: usize = drawn.clone().map(|(_, weight, _)| weight).sum();
    let mut at = choices.below(total);
    for (_, weight, generator) in drawn {
        if at < *weight {
            return generator(choices);
        }
        at -= weight;
    }
    requests::case(choices)
}
