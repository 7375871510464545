//! Why keys could not be loaded.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use clerk_errors::api::ApiError;

/// A fetch of keys that failed.
///
/// ```
/// # fn example(error: &clerk_tokens::TokenVerificationError) {
/// use std::error::Error;
/// use clerk_tokens::jwks::LoadError;
///
/// if let Some(load) = error.source().and_then(|source| source.downcast_ref::<LoadError>()) {
///     println!("{load} (status {:?})", load.status());
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct LoadError {
    kind: LoadErrorKind,
    message: Cow<'static, str>,
    status: Option<u16>,
    retry_after: Option<Duration>,
    unreadable: bool,
    source: Option<ApiError>,
}

/// What went wrong when keys were loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// No answer: no connection, a broken one, or a deadline.
    Unreachable,
    /// 429, 5xx, or a redirect: somebody answered, and could not or would not serve keys now.
    Overloaded,
    /// An answer that is no set of keys: not JSON, of another shape, too large, or without a key.
    NotKeys,
    /// Clerk refused the secret key.
    SecretKeyInvalid,
    /// 401, 403, 404 and the like: keys are not to be had there with these settings.
    Refused,
    /// The settings do not make a request: no secret key where one is needed, or plain HTTP to another machine.
    Settings,
}

impl LoadError {
    pub(super) fn new(kind: LoadErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            status: None,
            retry_after: None,
            unreadable: false,
            source: None,
        }
    }

    /// A refresh that ended without a result, for instance because its runtime was shut down.
    pub(super) fn interrupted() -> Self {
        Self::new(
            LoadErrorKind::Unreachable,
            "the refresh was interrupted before it had an answer",
        )
    }

    /// Says that the answer is not even JSON.
    pub(super) fn unreadable(mut self) -> Self {
        self.unreadable = true;
        self
    }

    pub(super) fn is_unreadable(&self) -> bool {
        self.unreadable
    }

    pub(super) fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    pub(super) fn with_source(mut self, source: ApiError) -> Self {
        self.status = source
            .status()
            .map(|status| status.as_u16())
            .or(self.status);
        self.retry_after = source.retry_after();
        self.source = Some(source);
        self
    }

    #[cfg(test)]
    pub(super) fn set_retry_after(&mut self, wait: Duration) {
        self.retry_after = Some(wait);
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> LoadErrorKind {
        self.kind
    }

    /// The status of the answer, where there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// How long the source asked to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the source could not be asked or could not answer; the others are answers.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        matches!(
            self.kind,
            LoadErrorKind::Unreachable | LoadErrorKind::Overloaded | LoadErrorKind::NotKeys
        )
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.status {
            Some(status) => write!(f, " (status={status})"),
            None => Ok(()),
        }
    }
}

impl Error for LoadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
