//! Development or production.

use std::fmt;

/// What an instance is for, as its keys say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InstanceType {
    /// Keys named `test`: development, also where it runs on a server.
    Development,
    /// Keys named `live`.
    Production,
}

impl InstanceType {
    /// What the beginning of a publishable key says; the key itself is not checked.
    ///
    /// Keys from before the prefixes existed start with `test_` or `live_`.
    #[must_use]
    pub fn from_publishable_key(key: &str) -> Option<Self> {
        Self::from_start(key.strip_prefix("pk_").unwrap_or(key))
    }

    /// What the beginning of a secret key says.
    ///
    /// Keys from before the prefixes existed start with `test_` or `live_`.
    #[must_use]
    pub fn from_secret_key(key: &str) -> Option<Self> {
        Self::from_start(key.strip_prefix("sk_").unwrap_or(key))
    }

    fn from_start(key: &str) -> Option<Self> {
        if key.starts_with("test_") {
            Some(Self::Development)
        } else if key.starts_with("live_") {
            Some(Self::Production)
        } else {
            None
        }
    }

    /// `development` or `production`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }

    /// Whether this is a development instance.
    #[must_use]
    pub const fn is_development(self) -> bool {
        matches!(self, Self::Development)
    }

    /// Whether this is a production instance.
    #[must_use]
    pub const fn is_production(self) -> bool {
        matches!(self, Self::Production)
    }
}

impl fmt::Display for InstanceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
