//! Satellite domains and proxies: which Frontend API an application talks to.

use std::borrow::Cow;
use std::fmt;

use clerk_errors::{ConfigError, ConfigErrorKind};

use crate::frontend_api::FrontendApi;
use crate::publishable_key::PublishableKey;
use crate::url::{Origin, Scheme, Url};

/// The domain of a satellite application: a host, perhaps with a port.
///
/// ```
/// use clerk_core::Domain;
///
/// assert_eq!(Domain::parse("satellite.example.net")?.as_str(), "satellite.example.net");
/// assert!(Domain::parse("https://satellite.example.net").is_err());
/// # Ok::<(), clerk_errors::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    text: String,
    frontend_api: FrontendApi,
}

impl Domain {
    /// Reads a domain.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the text is not a plain host name with an optional port.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let text = text.trim();
        match FrontendApi::parse(&format!("clerk.{text}")) {
            Some(frontend_api) => Ok(Self {
                text: text.to_owned(),
                frontend_api,
            }),
            None => Err(ConfigError::new(
                ConfigErrorKind::Malformed,
                "the domain",
                "is not a host name",
            )
            .with_fix("expected a host such as satellite.example.net, without https:// and path")),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The Frontend API of a production satellite: `clerk.` and the domain.
    #[must_use]
    pub fn frontend_api(&self) -> &FrontendApi {
        &self.frontend_api
    }
}

/// Where a proxy for the Frontend API is: an absolute URL, or a path on the application's own origin.
///
/// ```
/// use clerk_core::ProxyUrl;
///
/// let proxy = ProxyUrl::parse("/__clerk")?;
/// assert_eq!(proxy.at("https://app.example.com"), "https://app.example.com/__clerk");
/// assert!(ProxyUrl::parse("app.example.com/__clerk").is_err());
/// # Ok::<(), clerk_errors::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyUrl {
    text: String,
    relative: bool,
}

impl ProxyUrl {
    /// Reads a proxy URL: it starts with `http://`, `https://` or `/`, and has no query and no fragment.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the text is anything else.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let text = text.trim();
        let relative = text.starts_with('/');
        let valid = if relative {
            is_plain_path(text)
        } else {
            is_plain_url(text)
        };
        if !valid {
            let problem = "is not a proxy URL";
            return Err(ConfigError::new(ConfigErrorKind::Malformed, "the proxy URL", problem)
                .with_fix("expected https://..., http://... or a path such as /__clerk, without query and fragment"));
        }
        Ok(Self {
            text: text.to_owned(),
            relative,
        })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this is a path on the application's own origin.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        self.relative
    }

    /// The absolute URL for a request to this public origin (`scheme://host[:port]`).
    #[must_use]
    pub fn at(&self, public_origin: &str) -> Cow<'_, str> {
        if self.relative {
            Cow::Owned(format!("{public_origin}{}", self.text))
        } else {
            Cow::Borrowed(&self.text)
        }
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether a path stays as it is when a browser resolves it, so that appending it to an origin is safe.
fn is_plain_path(text: &str) -> bool {
    let resolved = Origin::from_authority(Scheme::Https, "host.invalid").and_then(|o| o.url(text));
    resolved.is_ok_and(|url| url.path() == text && url.fragment().is_none())
}

fn is_plain_url(text: &str) -> bool {
    let prefixed = text.starts_with("http://") || text.starts_with("https://");
    prefixed && Url::parse(text).is_ok_and(|url| url.query().is_none() && url.fragment().is_none())
}

/// The two Frontend APIs of an application: the one browsers are sent to, which may be a proxy, and the instance's own,
/// which its tokens name.
#[derive(Clone, Debug)]
pub struct FrontendApis {
    original: FrontendApi,
    proxy: Option<ProxyUrl>,
}

impl FrontendApis {
    /// Works both out from the settings.
    ///
    /// A domain counts for satellites in production only.
    #[must_use]
    pub fn new(
        key: &PublishableKey,
        proxy: Option<ProxyUrl>,
        domain: Option<&Domain>,
        is_satellite: bool,
    ) -> Self {
        let satellite = domain.filter(|_| is_satellite && key.instance_type().is_production());
        let original = satellite.map_or(key.frontend_api(), Domain::frontend_api);
        Self {
            original: original.clone(),
            proxy,
        }
    }

    /// The instance's own; never the proxy. Tokens of the instance have its origin as issuer.
    #[must_use]
    pub fn original(&self) -> &FrontendApi {
        &self.original
    }

    /// The proxy.
    #[must_use]
    pub fn proxy(&self) -> Option<&ProxyUrl> {
        self.proxy.as_ref()
    }

    /// The one browsers are sent to, as configured: a proxy URL, which may be relative, or a host.
    #[must_use]
    pub fn effective(&self) -> &str {
        match &self.proxy {
            Some(proxy) => proxy.as_str(),
            None => self.original.as_str(),
        }
    }

    /// The one browsers are sent to from a request to this public origin (`scheme://host[:port]`): an absolute proxy URL
    /// or a host.
    #[must_use]
    pub fn effective_at(&self, public_origin: &str) -> Cow<'_, str> {
        match &self.proxy {
            Some(proxy) => proxy.at(public_origin),
            None => Cow::Borrowed(self.original.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
    const TEST: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";

    // covers: KEY-6, HIST-28, HIST-33
    #[test]
    fn hist_28_33_proxies_replace_the_host_and_domains_only_for_production_satellites() {
        let domain = Domain::parse("d.example").unwrap();
        for (key, proxy, domain, is_satellite, expected) in [
            (LIVE, None, None, false, "clerk.example.com"),
            (LIVE, None, Some(&domain), false, "clerk.example.com"),
            (LIVE, None, None, true, "clerk.example.com"),
            (LIVE, None, Some(&domain), true, "clerk.d.example"),
            (
                TEST,
                None,
                Some(&domain),
                true,
                "foo-bar-13.clerk.accounts.dev",
            ),
            (
                TEST,
                Some("https://p.example/x"),
                None,
                false,
                "https://p.example/x",
            ),
            (LIVE, Some("/x"), Some(&domain), true, "/x"),
        ] {
            let key = PublishableKey::parse(key).unwrap();
            let proxy = proxy.map(|text| ProxyUrl::parse(text).unwrap());
            let apis = FrontendApis::new(&key, proxy, domain, is_satellite);
            assert_eq!(apis.effective(), expected);
        }
    }

    // covers: KEY-42
    #[test]
    fn the_original_is_never_the_proxy() {
        let key = PublishableKey::parse(LIVE).unwrap();
        let domain = Domain::parse("d.example:8443").unwrap();
        let proxy = || Some(ProxyUrl::parse("/__clerk").unwrap());
        let plain = FrontendApis::new(&key, proxy(), None, false);
        assert_eq!(plain.original().as_str(), "clerk.example.com");
        let satellite = FrontendApis::new(&key, proxy(), Some(&domain), true);
        assert_eq!(satellite.original().as_str(), "clerk.d.example:8443");
        assert_eq!(satellite.effective(), "/__clerk");
    }

    // covers: KEY-41
    #[test]
    fn relative_proxies_are_appended_to_the_public_origin() {
        let key = PublishableKey::parse(LIVE).unwrap();
        for (proxy, expected) in [
            (Some("/__clerk"), "https://app.example.com/__clerk"),
            (Some("/"), "https://app.example.com/"),
            (Some("https://p.example/x"), "https://p.example/x"),
            (None, "clerk.example.com"),
        ] {
            let proxy = proxy.map(|text| ProxyUrl::parse(text).unwrap());
            let apis = FrontendApis::new(&key, proxy, None, false);
            assert_eq!(apis.effective_at("https://app.example.com"), expected);
        }
    }

    // covers: KEY-40
    #[test]
    fn proxy_urls_are_checked_when_they_are_configured() {
        for text in [
            "https://proxy.example.com/__clerk/",
            "http://proxy.example.com",
            "/",
            "/__clerk///",
            "//proxy.example.com",
            "/caf%C3%A9",
        ] {
            assert_eq!(ProxyUrl::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "proxy.example.com/__clerk",
            "not a url",
            "HTTPS://proxy.example.com",
            "ftp://proxy.example.com",
            "https://",
            "https://u:p@proxy.example.com",
            "https://proxy.example.com/__clerk?x=1",
            "https://proxy.example.com/#x",
            "/__clerk?x=1",
            "/__clerk#x",
            "/a/../b",
            "/\\evil.example",
            "/a b",
            "/a\tb",
        ] {
            let error = ProxyUrl::parse(text).expect_err(text);
            assert_eq!(error.kind(), ConfigErrorKind::Malformed);
        }
    }

    #[test]
    fn domains_are_hosts() {
        for text in ["d.example", "localhost:4000", "D.Example"] {
            assert_eq!(Domain::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "https://d.example",
            "d.example/x",
            "d example",
            "u@d.example",
            "d.example:x",
        ] {
            assert!(Domain::parse(text).is_err(), "{text:?}");
        }
    }
}
