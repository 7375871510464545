//! What has been fetched for a request.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use clerk_errors::TokenVerificationError;
use clerk_tokens::VerifyingKey;
use serde_json::Value;

/// Keys that can be had without waiting.
pub(crate) trait KeysAtHand {
    /// The key with this id, or why there is none; `None` if that cannot be told yet.
    fn key(&self, kid: Option<&str>) -> Option<Result<VerifyingKey, TokenVerificationError>>;
}

/// The answers to what the decision asked for, in the order they came.
#[derive(Default)]
pub(crate) struct Answers {
    pub(crate) keys: Vec<(Option<String>, Result<VerifyingKey, TokenVerificationError>)>,
    pub(crate) handshake_payload: Option<Result<Vec<String>, CallFailure>>,
    pub(crate) refresh: Option<Result<Vec<String>, RefreshFailure>>,
    pub(crate) machine: Option<Result<Arc<Value>, CallFailure>>,
}

impl Answers {
    pub(crate) fn key(
        &self,
        kid: Option<&str>,
    ) -> Option<Result<VerifyingKey, TokenVerificationError>> {
        self.keys
            .iter()
            .find(|(asked, _)| asked.as_deref() == kid)
            .map(|(_, answer)| answer.clone())
    }
}

/// A call that did not succeed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallFailure {
    /// Whether Clerk could not be asked (network, time-out, 429, 5xx), so that nothing is known.
    pub is_outage: bool,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The first error code of the answer.
    pub code: Option<String>,
    /// What happened, in words without secrets.
    pub message: Cow<'static, str>,
    /// How long Clerk asked to wait.
    pub retry_after: Option<Duration>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl CallFailure {
    /// Clerk could not be asked.
    pub fn outage(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            is_outage: true,
            status: None,
            code: None,
            message: message.into(),
            retry_after: None,
            source: None,
        }
    }

    /// Clerk answered with an error status.
    pub fn answer(status: u16, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            is_outage: status == 429 || status >= 500,
            status: Some(status),
            code: None,
            message: message.into(),
            retry_after: None,
            source: None,
        }
    }

    /// Adds the first error code of the answer.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Adds how long Clerk asked to wait.
    #[must_use]
    pub fn with_retry_after(mut self, retry_after: Duration) -> Self {
        self.retry_after = Some(retry_after);
        self
    }

    /// Adds the error behind it; with the client of feature `network` an `ApiError`.
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Adds the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }
}

impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for CallFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + 'static) = self.source.as_deref()?;
        Some(source)
    }
}

/// Why a session token was not refreshed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefreshFailure {
    /// There was no usable answer.
    Fetch,
    /// Clerk refused with this error code.
    Refused(String),
    /// Clerk refused without an error code.
    RefusedWithoutCode,
}

impl From<&CallFailure> for RefreshFailure {
    fn from(failure: &CallFailure) -> Self {
        match (&failure.code, failure.status) {
            // REF-14: the code that stands for a failed call.
            (Some(code), _) if code == "unexpected_error" => Self::Fetch,
            (Some(code), _) => Self::Refused(code.clone()),
            (None, Some(_)) => Self::RefusedWithoutCode,
            (None, None) => Self::Fetch,
        }
    }
}
