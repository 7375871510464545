//! Where the Backend API is.

use clerk_core::Secret;
use clerk_core::url::{Scheme, Url, join_api_url};
use clerk_errors::{ConfigError, ConfigErrorKind};

/// The base URL of the Backend API: `http` or `https`, a host, maybe a path in front of every call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiUrl {
    url: Url,
}

impl ApiUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigError> {
        let malformed = || {
            ConfigError::new(
                ConfigErrorKind::Malformed,
                "CLERK_API_URL",
                "is not a base URL",
            )
            .with_fix("use a URL such as https://api.clerk.com, without user, query and fragment")
        };
        // HTTP-2: what leaves its place is not tidied up but refused.
        if text.split('/').any(|part| matches!(part, "." | "..")) {
            return Err(malformed());
        }
        let url = Url::parse(text).map_err(|error| malformed().with_source(error))?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(malformed());
        }
        Ok(Self { url })
    }

    /// The secret travels over TLS or stays on this machine, unless asked otherwise, and a live one always.
    pub(crate) fn check(
        &self,
        secret: Option<&Secret>,
        allow_plain: bool,
    ) -> Result<(), ConfigError> {
        if self.url.scheme() == Scheme::Https || self.url.is_loopback() {
            return Ok(());
        }
        let live = secret.is_some_and(|secret| {
            let secret = secret.expose();
            secret.starts_with("sk_live_") || secret.starts_with("live_")
        });
        let error = |problem| ConfigError::new(ConfigErrorKind::Unsafe, "CLERK_API_URL", problem);
        if live {
            return Err(error("would send a live secret key over plain HTTP").with_fix("use https"));
        }
        if allow_plain {
            return Ok(());
        }
        Err(error("is plain HTTP to another machine")
            .with_fix("use https, or allow plain HTTP for tests"))
    }

    /// The URL of a path; `None` where it could leave its place.
    pub(crate) fn join(&self, version: &str, path: &str, query: &str) -> Option<String> {
        let mut url = join_api_url(self.url.as_str(), version, path)?;
        if !query.is_empty() {
            url.push('?');
            url.push_str(query);
        }
        Some(url)
    }
}
