//! What an adapter reports.

use std::fmt::Display;

use clerk_errors::api::ApiError;
use clerk_errors::{MachineTokenVerificationError, TokenVerificationError};
use serde_json::{Map, Value};

use crate::sent::OwnedRequest;

/// What came of replaying one vector, in the vectors' own terms.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The call gave a value.
    Ok(Value),
    /// The call failed.
    Err(VectorError),
    /// A sequence: one outcome for each step.
    Steps(Vec<Outcome>),
    /// The call cannot be written with this API, for example because the types forbid it; needs a deviation entry.
    NotExpressible(String),
    /// This part of the function is not replayed yet; counted and named, neither passed nor failed.
    NotReplayed(String),
    /// Another number of calls went out than were recorded; those that were recorded are right. Needs a deviation entry
    /// that says how many.
    OtherCalls {
        /// How many went out.
        made: usize,
        /// What came of it otherwise.
        outcome: Box<Outcome>,
    },
    /// A call was another one than the recorded. Needs a deviation entry that names a part of it.
    OtherRequest {
        /// The call.
        call: String,
        /// How many went out.
        made: usize,
        /// What went out.
        sent: Vec<OwnedRequest>,
        /// What came of it otherwise.
        outcome: Box<Outcome>,
    },
    /// The replay went wrong in a way no deviation can cover, for example by an unexpected outgoing call.
    Broken(String),
}

impl Outcome {
    /// A value or an error.
    pub fn from_result(result: Result<Value, VectorError>) -> Self {
        match result {
            Ok(value) => Self::Ok(value),
            Err(error) => Self::Err(error),
        }
    }

    /// The recorded form: `{"ok": …}`, `{"err": …}`, or a list of these; nothing where there is no result.
    #[must_use]
    pub fn to_value(&self) -> Option<Value> {
        match self {
            Self::Ok(value) => Some(serde_json::json!({ "ok": value })),
            Self::Err(error) => Some(serde_json::json!({ "err": error.to_value() })),
            Self::Steps(steps) => steps.iter().map(Self::to_value).collect(),
            Self::OtherCalls { outcome, .. } | Self::OtherRequest { outcome, .. } => {
                outcome.to_value()
            }
            Self::NotExpressible(_) | Self::NotReplayed(_) | Self::Broken(_) => None,
        }
    }
}

/// An error in the vectors' terms: `class`, `message`, and what else the class has.
#[derive(Clone, Debug)]
pub struct VectorError {
    members: Map<String, Value>,
}

impl VectorError {
    /// An error of a class, with a message for people.
    #[must_use]
    pub fn new(class: &str, message: &dyn Display) -> Self {
        let mut members = Map::new();
        members.insert("class".to_owned(), class.into());
        members.insert("message".to_owned(), message.to_string().into());
        Self { members }
    }

    /// An error in its recorded form.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        Self {
            members: value.as_object().cloned().unwrap_or_default(),
        }
    }

    /// A plain `Error`, as configuration errors are.
    #[must_use]
    pub fn plain(message: &dyn Display) -> Self {
        Self::new("Error", message)
    }

    /// A `TokenVerificationError`.
    #[must_use]
    pub fn token(error: &TokenVerificationError) -> Self {
        Self::new("TokenVerificationError", &error.message())
            .with("reason", error.reason().as_str())
    }

    /// A `MachineTokenVerificationError`.
    #[must_use]
    pub fn machine(error: &MachineTokenVerificationError) -> Self {
        let this = Self::new("MachineTokenVerificationError", &error.message())
            .with("code", error.code().as_str());
        match error.status() {
            Some(status) => this.with("status", status),
            None => this,
        }
    }

    /// A `ClerkAPIResponseError`.
    #[must_use]
    pub fn api(error: &ApiError) -> Self {
        let this = Self::new("ClerkAPIResponseError", &error.message());
        let Some(status) = error.status() else {
            // The reference makes up an answer where there was none.
            let item =
                serde_json::json!({ "code": "unexpected_error", "message": error.message() });
            return this.with("clerkTraceId", "").with("errors", vec![item]);
        };
        let items = error.errors().iter().map(|item| {
            let mut value = serde_json::json!({ "code": item.code, "message": item.message });
            if let Some(long) = &item.long_message {
                value["longMessage"] = long.as_str().into();
            }
            value["meta"] = Value::Object(item.meta.clone().unwrap_or_default());
            value
        });
        let items: Vec<Value> = items.collect();
        let this = this.with("status", status.as_u16()).with("errors", items);
        let this = match error.trace_id() {
            Some(trace) => this.with("clerkTraceId", trace),
            None => this,
        };
        match error.retry_after() {
            Some(after) => this.with("retryAfter", after.as_secs()),
            None => this,
        }
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// The error as an object.
    #[must_use]
    pub fn to_value(&self) -> Value {
        Value::Object(self.members.clone())
    }
}
