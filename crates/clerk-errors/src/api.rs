//! Errors of Backend API calls.
//!
//! [`ApiError`] says what happened ([`ApiErrorKind`]), what Clerk answered (status, codes, trace id), when to try
//! again, and whether the request may have reached Clerk.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value};

/// What kind of failure an API call met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiErrorKind {
    /// The call was not sent: an id, option or key is unusable.
    Invalid,
    /// No connection, or it broke.
    Network,
    /// A deadline passed.
    Timeout,
    /// Clerk answered with an error status.
    Status,
    /// The answer is not what the operation returns.
    Decode,
    /// The answer exceeds the size limit.
    TooLarge,
    /// The call was not sent: this client's own rate limit held it back for too long.
    Throttled,
}

/// Whether a failed request may have taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sent {
    /// Nothing left this machine: repeating is safe.
    No,
    /// The request, or a part of it, may have been received.
    Maybe,
    /// Clerk answered.
    Yes,
}

/// One entry of Clerk's error list.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ApiErrorItem {
    /// Clerk's error code, such as `resource_not_found`.
    pub code: String,
    /// A short message.
    pub message: String,
    /// A message for people.
    pub long_message: Option<String>,
    /// Further facts, as Clerk sent them.
    pub meta: Option<Map<String, Value>>,
}

impl ApiErrorItem {
    /// The parameter the error is about.
    #[must_use]
    pub fn param_name(&self) -> Option<&str> {
        self.meta.as_ref()?.get("param_name")?.as_str()
    }
}

/// A Backend API call that failed.
///
/// `Display` names the operation, the status, the first code and the trace id; secrets never appear.
#[derive(Clone)]
pub struct ApiError {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ApiErrorKind,
    sent: Sent,
    operation: Option<Cow<'static, str>>,
    message: Cow<'static, str>,
    status: Option<StatusCode>,
    errors: Vec<ApiErrorItem>,
    trace_id: Option<String>,
    retry_after: Option<Duration>,
    body: Option<Bytes>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl ApiError {
    /// An error of a kind, with a message and whether the request may have been sent.
    pub fn new(kind: ApiErrorKind, sent: Sent, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                sent,
                operation: None,
                message: message.into(),
                status: None,
                errors: Vec::new(),
                trace_id: None,
                retry_after: None,
                body: None,
                source: None,
            }),
        }
    }

    /// Names the operation, such as `users.get`.
    #[must_use]
    pub fn with_operation(mut self, operation: impl Into<Cow<'static, str>>) -> Self {
        self.inner.operation = Some(operation.into());
        self
    }

    /// Adds the status of the answer.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.inner.status = Some(status);
        self
    }

    /// Adds Clerk's error list.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<ApiErrorItem>) -> Self {
        self.inner.errors = errors;
        self
    }

    /// Adds Clerk's trace id.
    #[must_use]
    pub fn with_trace_id(mut self, trace_id: impl Into<String>) -> Self {
        self.inner.trace_id = Some(trace_id.into());
        self
    }

    /// Adds how long Clerk asked to wait.
    #[must_use]
    pub fn with_retry_after(mut self, retry_after: Duration) -> Self {
        self.inner.retry_after = Some(retry_after);
        self
    }

    /// Adds the body of the answer.
    #[must_use]
    pub fn with_body(mut self, body: Bytes) -> Self {
        self.inner.body = Some(body);
        self
    }

    /// Adds the underlying error.
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.inner.source = Some(Arc::new(source));
        self
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ApiErrorKind {
        self.inner.kind
    }

    /// Whether the request may have taken effect.
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.inner.sent
    }

    /// Whether the request may have reached Clerk: if so, only repeat what may happen twice.
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        self.inner.sent != Sent::No
    }

    /// The operation that failed, such as `users.get`.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.inner.operation.as_deref()
    }

    /// What happened, without operation, status and codes.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// The status Clerk answered with, where it answered.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.inner.status
    }

    /// Clerk's error list; empty where the answer had none.
    #[must_use]
    pub fn errors(&self) -> &[ApiErrorItem] {
        &self.inner.errors
    }

    /// Clerk's trace id: quote it to support.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        self.inner.trace_id.as_deref()
    }

    /// How long Clerk asked to wait before the next try.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// The body of the answer, where one was kept. It may hold personal data: do not log it.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.inner.body.as_ref()
    }

    /// Whether one of Clerk's entries has this code.
    #[must_use]
    pub fn code(&self, code: &str) -> bool {
        self.inner.errors.iter().any(|item| item.code == code)
    }

    /// Whether the resource does not exist (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.inner.status == Some(StatusCode::NOT_FOUND)
    }

    /// Whether a rate limit was met, Clerk's (429) or the client's own; see [`retry_after`](Self::retry_after).
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.inner.status == Some(StatusCode::TOO_MANY_REQUESTS)
            || self.inner.kind == ApiErrorKind::Throttled
    }

    /// Whether Clerk refused the secret key (401).
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.inner.status == Some(StatusCode::UNAUTHORIZED)
    }

    /// Whether a deadline passed.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.inner.kind == ApiErrorKind::Timeout
    }

    /// Whether Clerk could not be asked or could not answer: network, timeout, 429 or 5xx.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        let by_status = |status: StatusCode| {
            status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
        };
        // An answer that broke off says nothing, whatever status it began with.
        matches!(
            self.inner.kind,
            ApiErrorKind::Network | ApiErrorKind::Timeout
        ) || self.inner.status.is_some_and(by_status)
    }
}

impl fmt::Debug for ApiError {
    /// Tells the length of the body only: an answer may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.inner;
        f.debug_struct("ApiError")
            .field("kind", &inner.kind)
            .field("sent", &inner.sent)
            .field("operation", &inner.operation)
            .field("message", &inner.message)
            .field("status", &inner.status)
            .field("errors", &inner.errors)
            .field("trace_id", &inner.trace_id)
            .field("retry_after", &inner.retry_after)
            .field("body_bytes", &inner.body.as_ref().map(Bytes::len))
            .field("source", &inner.source)
            .finish()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.inner;
        if let Some(operation) = &inner.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&inner.message)?;
        if let Some(status) = inner.status {
            write!(f, " (status={}", status.as_u16())?;
            if let Some(first) = inner.errors.first() {
                write!(f, ", code={}", first.code)?;
            }
            if let Some(trace_id) = &inner.trace_id {
                write!(f, ", trace-id={trace_id}")?;
            }
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.inner.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
