//! A recorded call and the file it comes from.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::http::Exchange;

/// The families, one file each, in the order they are replayed.
pub const FAMILIES: &[&str] = &[
    "jwt",
    "verify_token",
    "jwks_cache",
    "machine_tokens",
    "auth_objects",
    "urls_and_keys",
    "webhooks",
    "authenticate_request",
    "api_client",
];

/// One file of vectors.
#[derive(Debug)]
pub struct Family {
    /// The file's name without its ending.
    pub name: String,
    /// What the vectors of the file share.
    pub context: Context,
    /// The vectors, with tokens and key references put in.
    pub vectors: Vec<Vector>,
    /// Whether the file is a whole public family, not a selection of it or another set.
    pub complete: bool,
}

/// What the vectors of one file share.
#[derive(Debug)]
pub struct Context {
    /// The key table.
    pub keys: Value,
    /// The file's `meta`.
    pub meta: Value,
}

impl Context {
    /// A member of `meta.notes`.
    #[must_use]
    pub fn note(&self, name: &str) -> Option<&Value> {
        self.meta.get("notes")?.get(name)
    }
}

/// A recorded call.
#[derive(Clone, Debug)]
pub struct Vector {
    /// The family it belongs to.
    pub family: String,
    /// Unique in its set; of a step, the sequence's with `/` and the step's number.
    pub id: String,
    /// What the case is about.
    pub name: String,
    /// Properties of the case.
    pub tags: Vec<String>,
    /// The frozen clock, in milliseconds since the epoch; 0 on sequences, whose steps have their own.
    pub now_ms: i64,
    /// The environment variables that are set.
    pub env: BTreeMap<String, String>,
    /// The function that was called.
    pub function: String,
    /// Its input.
    pub input: Value,
    /// The outgoing calls it made, in order.
    pub http: Vec<Exchange>,
    /// The delays it asked for between attempts, in milliseconds.
    pub retry_delays_ms: Vec<u64>,
    /// What came out.
    pub expected: Expected,
    /// Of a sequence: its calls, in order.
    pub steps: Vec<Vector>,
}

/// What came out of a recorded call.
#[derive(Clone, Debug)]
pub enum Expected {
    /// A value.
    Ok(Value),
    /// An error, as an object with `class` and more.
    Err(Value),
    /// A sequence: one for each step.
    Steps(Vec<Expected>),
}

impl Expected {
    /// The recorded form: `{"ok": …}`, `{"err": …}`, or a list of these.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Ok(value) => serde_json::json!({ "ok": value }),
            Self::Err(error) => serde_json::json!({ "err": error }),
            Self::Steps(steps) => steps.iter().map(Self::to_value).collect(),
        }
    }
}

impl Vector {
    /// A member of the input, by JSON pointer.
    #[must_use]
    pub fn input_at(&self, pointer: &str) -> Option<&Value> {
        self.input.pointer(pointer)
    }

    /// A text in the input, by JSON pointer.
    #[must_use]
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.input_at(pointer)?.as_str()
    }

    /// Whether the vector has a tag.
    #[must_use]
    pub fn has_tag(&self, tag: &str) -> bool {
        self.tags.iter().any(|have| have == tag)
    }
}
