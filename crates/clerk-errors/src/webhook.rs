//! Why a webhook was refused.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// What kept a webhook from being accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WebhookVerificationErrorKind {
    /// One or more of the three signature headers are missing or blank.
    MissingHeaders,
    /// A signature header cannot be read.
    InvalidHeader,
    /// The message is older than the tolerance allows.
    TooOld,
    /// The message is dated further ahead than the tolerance allows.
    TooNew,
    /// No signature of the list is ours.
    InvalidSignature,
    /// The body is larger than the configured bound.
    TooLarge,
    /// The signature is good, and the body is not an event.
    InvalidBody,
}

/// A webhook that was not accepted, and why. Contains neither the secret nor the expected signature.
#[derive(Clone, Debug)]
pub struct WebhookVerificationError {
    kind: WebhookVerificationErrorKind,
    message: Cow<'static, str>,
    missing: Vec<&'static str>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl WebhookVerificationError {
    /// An error of a kind with a message that says what failed.
    pub fn new(kind: WebhookVerificationErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            missing: Vec::new(),
            source: None,
        }
    }

    /// An error that lists missing headers by name.
    #[must_use]
    pub fn missing_headers(names: Vec<&'static str>) -> Self {
        let message = format!(
            "missing webhook header{}: {}",
            if names.len() == 1 { "" } else { "s" },
            names.join(", ")
        );
        Self {
            kind: WebhookVerificationErrorKind::MissingHeaders,
            message: message.into(),
            missing: names,
            source: None,
        }
    }

    /// Adds the underlying error.
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// What failed, for callers that branch on it.
    #[must_use]
    pub fn kind(&self) -> WebhookVerificationErrorKind {
        self.kind
    }

    /// The headers that are missing or blank; empty for other kinds.
    #[must_use]
    pub fn missing(&self) -> &[&'static str] {
        &self.missing
    }
}

impl fmt::Display for WebhookVerificationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the webhook could not be verified: {}", self.message)
    }
}

impl Error for WebhookVerificationError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
