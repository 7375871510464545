//! Errors in Clerk's shape.

use serde_json::{Map, Value, json};

/// A refused request: status, code and texts of Clerk's error list.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) code: String,
    message: String,
    meta: Map<String, Value>,
    pub(crate) retry_after_seconds: Option<u64>,
}

pub(crate) type Outcome<T> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            meta: Map::new(),
            retry_after_seconds: None,
        }
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(
            404,
            "resource_not_found",
            format!("there is no such {what}"),
        )
    }

    pub(crate) fn missing_parameter(name: &str) -> Self {
        Self::new(422, "form_param_missing", format!("{name} is required")).param(name)
    }

    pub(crate) fn invalid_parameter(name: &str, why: &str) -> Self {
        Self::new(422, "form_param_format_invalid", format!("{name} {why}")).param(name)
    }

    pub(crate) fn param(mut self, name: &str) -> Self {
        self.meta.insert("param_name".to_owned(), name.into());
        self
    }

    /// The body; `trace_id` is what a user would quote to support.
    pub(crate) fn body(&self, trace_id: &str) -> Value {
        let mut error = json!({
            "code": self.code,
            "message": self.message,
            "long_message": self.message,
        });
        if !self.meta.is_empty() {
            error["meta"] = Value::Object(self.meta.clone());
        }
        json!({ "errors": [error], "clerk_trace_id": trace_id })
    }
}
