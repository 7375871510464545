//! Why there are no keys.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use clerk_errors::ConfigError;
use clerk_errors::api::ApiError;

/// What kept keyless mode from giving keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeylessErrorKind {
    /// Keyless mode is off here: not a development machine, switched off, or keys are configured.
    Refused,
    /// A setting cannot be used.
    Settings,
    /// Clerk could not be asked, or did not make an application.
    Api,
    /// What Clerk answered, or what is stored, is not an application of a development instance.
    Unusable,
    /// The files cannot be read or written.
    Files,
    /// Another process has been making the application for too long.
    Busy,
}

/// Why there are no keys. Never shows one.
#[derive(Clone, Debug)]
pub struct KeylessError {
    kind: KeylessErrorKind,
    problem: Cow<'static, str>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl KeylessError {
    pub(super) fn new(kind: KeylessErrorKind, problem: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            problem: problem.into(),
            source: None,
        }
    }

    fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    pub(super) fn refused(why: impl Into<Cow<'static, str>>) -> Self {
        Self::new(KeylessErrorKind::Refused, why)
    }

    pub(super) fn settings(error: ConfigError) -> Self {
        Self::new(KeylessErrorKind::Settings, error.to_string()).with_source(error)
    }

    pub(super) fn api(error: ApiError) -> Self {
        Self::new(KeylessErrorKind::Api, error.to_string()).with_source(error)
    }

    pub(super) fn files(what: &'static str, error: std::io::Error) -> Self {
        Self::new(KeylessErrorKind::Files, format!("{what}: {error}")).with_source(error)
    }

    /// What kept keyless mode from giving keys.
    #[must_use]
    pub fn kind(&self) -> KeylessErrorKind {
        self.kind
    }
}

impl fmt::Display for KeylessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            KeylessErrorKind::Refused => write!(
                f,
                "keyless mode is off because {}: set CLERK_PUBLISHABLE_KEY and CLERK_SECRET_KEY",
                self.problem
            ),
            _ => write!(f, "keyless mode has no keys: {}", self.problem),
        }
    }
}

impl Error for KeylessError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
