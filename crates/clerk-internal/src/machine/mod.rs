//! Machine tokens: what they say once they verified.

mod answer;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod jwt;
mod token;

pub use answer::read_answer;
pub use token::{ApiKey, M2mToken, MachineToken, MachineTokenFacts, OAuthAccessToken, OAuthActor};

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub(crate) use jwt::{from_m2m, from_oauth};

use serde_json::Value;

/// A text, or a list of texts; elements of another kind are left out.
pub(crate) fn text_list(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(list) => Some(
            list.iter()
                .filter_map(|element| element.as_str().map(str::to_owned))
                .collect(),
        ),
        _ => None,
    }
}

/// A text, or a list of nothing but texts.
pub(crate) fn strict_text_list(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(list) => list
            .iter()
            .map(|element| element.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    }
}
