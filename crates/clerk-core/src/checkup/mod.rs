//! The mistakes that everybody makes once with settings, as checks that say what to do.
//!
//! ```
//! use clerk_core::Config;
//! use clerk_core::checkup::{Severity, check_config};
//!
//! let mut config = Config::new();
//! config.authorized_parties = vec!["https://app.example.com/".to_owned()];
//! let parties = check_config(&config).into_iter().find(|finding| finding.about == "CLERK_AUTHORIZED_PARTIES").unwrap();
//! assert_eq!(parties.severity, Severity::Broken); // an origin ends before the slash: no token would match
//! ```

mod environment;
mod facts;
mod settings;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

pub use environment::check_environment;
pub use facts::{check_clock_skew, check_same_keys, check_token_size};
pub use settings::check_config;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What was looked at: a variable, or a thing.
    pub about: Cow<'static, str>,
    /// What was found. No key, token or other secret is in it.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<Cow<'static, str>>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// As it should be.
    Fine,
    /// It works, and is not as safe or as sure as it could be.
    Warning,
    /// It does not work.
    Broken,
}

impl Finding {
    /// Something that is as it should be.
    pub fn fine(about: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Fine, about, message)
    }

    /// Something that works, and could be better.
    pub fn warning(
        about: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(Severity::Warning, about, message).with_remedy(remedy)
    }

    /// Something that does not work.
    pub fn broken(
        about: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(Severity::Broken, about, message).with_remedy(remedy)
    }

    fn new(
        severity: Severity,
        about: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            about: about.into(),
            message: message.into(),
            remedy: None,
        }
    }

    fn with_remedy(mut self, remedy: impl Into<Cow<'static, str>>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.severity {
            Severity::Fine => "ok     ",
            Severity::Warning => "warning",
            Severity::Broken => "BROKEN ",
        };
        write!(f, "{mark} {}: {}", self.about, self.message)?;
        match &self.remedy {
            Some(remedy) => write!(f, "\n        {remedy}"),
            None => Ok(()),
        }
    }
}
