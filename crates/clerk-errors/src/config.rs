//! Settings that cannot be used.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// What is wrong with a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// A required setting is missing or empty.
    Missing,
    /// The value does not have the form the setting needs.
    Malformed,
    /// The value belongs to another setting, such as a secret key where the publishable key goes.
    Misplaced,
    /// Two settings contradict each other, such as a live and a test key.
    Conflict,
    /// The setting no longer exists under this name.
    Renamed,
    /// The setting would be unsafe.
    Unsafe,
}

/// A setting that cannot be used: which one, what is wrong, and the fix.
///
/// The message never contains the value of a secret.
///
/// ```
/// use clerk_errors::{ConfigError, ConfigErrorKind};
///
/// let error = ConfigError::new(ConfigErrorKind::Missing, "CLERK_SECRET_KEY", "is missing")
///     .with_fix("copy it from the API keys page of the Clerk Dashboard");
/// assert_eq!(
///     error.to_string(),
///     "CLERK_SECRET_KEY is missing: copy it from the API keys page of the Clerk Dashboard",
/// );
/// ```
#[derive(Clone, Debug)]
pub struct ConfigError {
    kind: ConfigErrorKind,
    setting: Cow<'static, str>,
    problem: Cow<'static, str>,
    fix: Option<Cow<'static, str>>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl ConfigError {
    /// An error about a setting (a variable or option by its name) and what is wrong with it.
    pub fn new(
        kind: ConfigErrorKind,
        setting: impl Into<Cow<'static, str>>,
        problem: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            kind,
            setting: setting.into(),
            problem: problem.into(),
            fix: None,
            source: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_fix(mut self, fix: impl Into<Cow<'static, str>>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Names the setting differently, for instance by the environment variable the value came from.
    #[must_use]
    pub fn with_setting(mut self, setting: impl Into<Cow<'static, str>>) -> Self {
        self.setting = setting.into();
        self
    }

    /// Adds the underlying error.
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// What is wrong, for callers that branch on it.
    #[must_use]
    pub fn kind(&self) -> ConfigErrorKind {
        self.kind
    }

    /// The variable or option.
    #[must_use]
    pub fn setting(&self) -> &str {
        &self.setting
    }

    /// What is wrong with it, in words.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// What to do about it.
    #[must_use]
    pub fn fix(&self) -> Option<&str> {
        self.fix.as_deref()
    }

    /// Whether a required setting is missing.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.kind == ConfigErrorKind::Missing
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.setting, self.problem)?;
        match &self.fix {
            Some(fix) => write!(f, ": {fix}"),
            None => Ok(()),
        }
    }
}

impl Error for ConfigError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
