//! Where the Backend API is.

use clerk_core::Secret;
use clerk_errors::{ConfigError, ConfigErrorKind};
use http::Uri;
use http::uri::Scheme;

/// The base URL of the Backend API: `http` or `https`, a host, maybe a path in front of every call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiUrl {
    text: String,
    plain_remote: bool,
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
        let text = text.trim();
        let uri: Uri = text.parse().map_err(|_| malformed())?;
        let authority = uri.authority().ok_or_else(malformed)?;
        let secure = uri.scheme() == Some(&Scheme::HTTPS);
        if !(secure || uri.scheme() == Some(&Scheme::HTTP))
            || authority.as_str().contains('@')
            || text.contains(['?', '#', '\\'])
            || authority.host().is_empty()
        {
            return Err(malformed());
        }
        Ok(Self {
            plain_remote: !secure && !is_loopback(authority.host()),
            text: text.trim_end_matches('/').to_owned(),
        })
    }

    /// The secret travels over TLS or stays on this machine, unless asked otherwise, and a live one always.
    pub(crate) fn check(
        &self,
        secret: Option<&Secret>,
        allow_plain: bool,
    ) -> Result<(), ConfigError> {
        if !self.plain_remote {
            return Ok(());
        }
        let live = secret.is_some_and(|secret| {
            let secret = secret.expose();
            secret.starts_with("sk_live_") || secret.starts_with("live_")
        });
        if live {
            return Err(ConfigError::new(
                ConfigErrorKind::Unsafe,
                "CLERK_API_URL",
                "would send a live secret key over plain HTTP",
            )
            .with_fix("use https"));
        }
        if allow_plain {
            return Ok(());
        }
        Err(ConfigError::new(
            ConfigErrorKind::Unsafe,
            "CLERK_API_URL",
            "is plain HTTP to another machine",
        )
        .with_fix("use https, or allow plain HTTP for tests"))
    }

    /// HTTP-1: parts joined by one `/` each.
    pub(crate) fn join(&self, version: Option<&str>, path: &str, query: &str) -> String {
        let mut url = self.text.clone();
        for part in version.into_iter().chain([path]) {
            for segment in part.split('/').filter(|segment| !segment.is_empty()) {
                url.push('/');
                url.push_str(segment);
            }
        }
        if !query.is_empty() {
            url.push('?');
            url.push_str(query);
        }
        url
    }
}

/// Whether a host can only be this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    use std::net::{Ipv4Addr, Ipv6Addr};

    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || bare.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback())
}
