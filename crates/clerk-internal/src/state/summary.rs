//! A state to look at.

use std::fmt;

use serde::Serialize;

use super::RequestState;

/// What of a state may be shown to a developer, in a log or on a page: what was decided and why, under which settings. No
/// token, no cookie, no secret key.
///
/// Serialized, the members have the names of Clerk's JavaScript SDK.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StateSummary {
    /// `signed-in`, `signed-out`, `handshake` or `unavailable`.
    pub status: &'static str,
    /// Whether somebody is authenticated.
    pub is_authenticated: bool,
    /// Why nobody is.
    pub reason: Option<String>,
    /// What happened, in words; often empty.
    pub message: String,
    /// The publishable key the request was authenticated with.
    pub publishable_key: Option<String>,
    /// The absolute URL of the Frontend API proxy.
    pub proxy_url: Option<String>,
    /// Whether the application is a satellite.
    pub is_satellite: bool,
    /// The satellite's domain.
    pub domain: Option<String>,
}

impl RequestState {
    /// The state without anything that must not be shown.
    #[must_use]
    pub fn summary(&self) -> StateSummary {
        StateSummary {
            status: self.status(),
            is_authenticated: self.is_authenticated(),
            reason: self.reason().map(ToString::to_string),
            message: self.message().to_owned(),
            publishable_key: self.publishable_key().map(ToString::to_string),
            proxy_url: self.proxy_url().map(str::to_owned),
            is_satellite: self.is_satellite(),
            domain: self.domain().map(str::to_owned),
        }
    }
}

impl fmt::Display for StateSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.status)?;
        if let Some(reason) = &self.reason {
            write!(f, " ({reason})")?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}
