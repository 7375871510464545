//! The host of the Frontend API, and what follows from it.

use std::fmt;

use crate::hosts::{self, ClerkEnvironment};
use crate::url::{Origin, Scheme, Url};

/// The host of an instance's Frontend API: a host name with at least one dot, perhaps with a port.
///
/// Nothing else gets into this type, because browsers are sent there.
///
/// ```
/// use clerk_core::FrontendApi;
///
/// let api = FrontendApi::parse("clerk.example.com").unwrap();
/// assert_eq!(api.origin().as_str(), "https://clerk.example.com");
/// assert_eq!(api.accounts_url().as_str(), "https://accounts.example.com/");
/// assert_eq!(FrontendApi::parse("clerk.example.com/path"), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FrontendApi {
    text: String,
    origin: Origin,
    accounts_base_url: String,
    accounts_url: Url,
}

impl FrontendApi {
    /// Reads a host, perhaps with a port; `None` if it is not a host name with a dot.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.split_once(':').unwrap_or((text, "1"));
        if !is_host_name(host) || port.is_empty() {
            return None;
        }
        let origin = Origin::from_authority(Scheme::Https, text).ok()?;
        // A name that ends in a number would be read as an address.
        if !origin.host().eq_ignore_ascii_case(host) {
            return None;
        }
        let accounts_base_url = hosts::accounts_base_url(text);
        Some(Self {
            text: text.to_owned(),
            origin,
            accounts_url: Url::parse(&accounts_base_url).ok()?,
            accounts_base_url,
        })
    }

    /// The text, as it stands in the key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host in lower case, without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.origin.host()
    }

    /// `https://` and the host: also the issuer of session tokens.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Where the accounts portal is.
    #[must_use]
    pub fn accounts_url(&self) -> &Url {
        &self.accounts_url
    }

    /// The text in front of `/sign-in` in addresses of the accounts portal.
    #[must_use]
    pub fn accounts_base_url(&self) -> &str {
        &self.accounts_base_url
    }

    /// Which of Clerk's environments serves the instance.
    #[must_use]
    pub fn environment(&self) -> ClerkEnvironment {
        ClerkEnvironment::of_frontend_api(&self.text)
    }
}

impl AsRef<str> for FrontendApi {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for FrontendApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for FrontendApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FrontendApi({})", self.text)
    }
}

/// RFC 1123, section 2.1: labels of letters, digits and inner hyphens, at most 63 bytes each and 253 together.
fn is_host_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.contains('.') && host.len() <= 253 && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: KEY-19
    #[test]
    fn accounts_portals() {
        for (host, expected) in [
            (
                "one-two-three.clerk.accounts.dev",
                "https://one-two-three.accounts.dev",
            ),
            ("clerk.example.com", "https://accounts.example.com"),
            ("clerk.accounts.example.com", "https://accounts.example.com"),
            (
                "foo.clerk.accountsstage.dev",
                "https://foo.accountsstage.dev",
            ),
            (
                "clerk.clerk.example.com",
                "https://accounts.clerk.example.com",
            ),
            ("a.clerk.b.clerk.c", "https://a.accounts.b.clerk.c"),
            ("myclerk.example.com", "https://myaccounts.example.com"),
            ("clerkx.example.com", "https://clerkx.example.com"),
            (
                "clerk.example.com:8443",
                "https://accounts.example.com:8443",
            ),
        ] {
            let api = FrontendApi::parse(host).unwrap();
            assert_eq!(api.accounts_base_url(), expected, "{host}");
        }
    }

    #[test]
    fn parts() {
        let api = FrontendApi::parse("Clerk.Example.com:8443").unwrap();
        assert_eq!(api.as_str(), "Clerk.Example.com:8443");
        assert_eq!(api.host(), "clerk.example.com");
        assert_eq!(api.origin().as_str(), "https://clerk.example.com:8443");
    }
}
