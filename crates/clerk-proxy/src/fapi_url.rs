//! Where the Frontend API is: the one origin that the secret goes to.

use clerk_core::PublishableKey;
use clerk_core::url::Url;
use clerk_errors::{ConfigError, ConfigErrorKind};
use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

/// Where requests for the instance of this key are proxied to, unless a URL is configured.
///
/// ```
/// use clerk_core::PublishableKey;
///
/// let key = PublishableKey::parse("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")?;
/// assert_eq!(clerk_proxy::fapi_url(&key), "https://frontend-api.clerk.dev");
/// # Ok::<(), clerk_core::PublishableKeyError>(())
/// ```
#[doc(alias = "fapiUrlFromPublishableKey")]
#[must_use]
pub fn fapi_url(key: &PublishableKey) -> &'static str {
    key.frontend_api().environment().fapi_url()
}

/// The base of all targets.
#[derive(Clone, Debug)]
pub(crate) struct FapiUrl {
    base: Url,
    scheme: Scheme,
    authority: Authority,
}

impl FapiUrl {
    /// Reads a URL: http or https, without user information, query and fragment. The slashes at its end do not count.
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigError> {
        let malformed = |problem: &'static str| {
            ConfigError::new(ConfigErrorKind::Malformed, "the Frontend API URL", problem)
                .with_fix("expected https:// and a host, perhaps with a path")
        };
        // PXY-6: user information is not within the subset.
        let url = Url::parse(text.trim())
            .map_err(|error| malformed("is not a URL").with_source(error))?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(malformed("has a query or a fragment"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        let base = url
            .origin()
            .url(&path)
            .map_err(|error| malformed("is not a URL").with_source(error))?;
        let scheme = match base.scheme() {
            clerk_core::url::Scheme::Http => Scheme::HTTP,
            clerk_core::url::Scheme::Https => Scheme::HTTPS,
        };
        let authority = base
            .authority()
            .parse()
            .map_err(|_| malformed("has a host that cannot be used"))?;
        Ok(Self {
            base,
            scheme,
            authority,
        })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.base
    }

    /// The host, with a port where it is not the scheme's own.
    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    fn path(&self) -> &str {
        self.base.path().trim_end_matches('/')
    }

    /// The target for what follows the proxy's path: text after text, so that nothing in it can name another host.
    pub(crate) fn target(&self, rest: &str, query: Option<&str>) -> Option<Uri> {
        // PXY-7.
        let rest = if rest.is_empty() { "/" } else { rest };
        let (mark, query) = match query {
            Some(query) => ("?", query),
            None => ("", ""),
        };
        let path: PathAndQuery = format!("{}{rest}{mark}{query}", self.path()).parse().ok()?;
        let uri = Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()
            .ok()?;
        (uri.authority() == Some(&self.authority)).then_some(uri)
    }

    /// A `Location` of the Frontend API as browsers that come through the proxy need it; `None` leaves it alone.
    pub(crate) fn rewrite_location(&self, location: &str, proxy_url: &str) -> Option<String> {
        // PXY-16.
        if location.is_empty() {
            return None;
        }
        let url = self.base.join(location).ok()?;
        if url.authority() != self.authority.as_str() {
            return None;
        }
        // What the proxy puts before each path comes off again.
        let path = url.path().strip_prefix(self.path());
        let Some(path) = path.filter(|path| path.is_empty() || path.starts_with('/')) else {
            // Outside of what the proxy serves: only the whole address leads there.
            return Some(url.into());
        };
        let rest = &url.as_str()[url.origin_str().len() + url.path().len()..];
        Some(format!("{proxy_url}{path}{rest}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: PXY-6
    #[test]
    fn frontend_api_urls() {
        for (text, path) in [
            ("https://frontend-api.clerk.dev", ""),
            ("https://frontend-api.clerk.dev///", ""),
            (" http://127.0.0.1:4400/ ", ""),
            ("https://api.example/tenant/a/", "/tenant/a"),
        ] {
            assert_eq!(FapiUrl::parse(text).unwrap().path(), path, "{text}");
        }
        for text in [
            "",
            "frontend-api.clerk.dev",
            "ftp://a.example",
            "javascript:alert(1)",
            "https://",
            "https://user@a.example",
            "https://user:password@a.example",
            "https://a.example?b=c",
            "https://a.example/#b",
            "//a.example",
        ] {
            assert!(FapiUrl::parse(text).is_err(), "{text}");
        }
    }

    // covers: PXY-7, HIST-3
    #[test]
    fn targets_stay_on_the_host() {
        for base in ["https://fapi.example", "https://fapi.example/tenant"] {
            let fapi = FapiUrl::parse(base).unwrap();
            for (rest, query, expected) in [
                ("", None, "/"),
                ("", Some("a=b"), "/?a=b"),
                ("/v1/client", Some(""), "/v1/client?"),
                ("//evil.example/x", None, "//evil.example/x"),
                (
                    "/@evil.example/x",
                    Some("//evil.example"),
                    "/@evil.example/x?//evil.example",
                ),
                ("/:80@evil.example", None, "/:80@evil.example"),
            ] {
                let uri = fapi.target(rest, query).unwrap();
                assert_eq!(uri.host(), Some("fapi.example"));
                assert_eq!(uri.to_string(), format!("{base}{expected}"));
            }
            // Without its slash the rest would become part of the host.
            for rest in [".evil.example/x", "@evil.example/x", ":80/x"] {
                let uri = fapi.target(rest, None);
                assert!(
                    uri.is_none_or(|uri| uri.host() == Some("fapi.example")),
                    "{rest}"
                );
            }
        }
    }

    // covers: PXY-16
    #[test]
    fn locations() {
        let public = "https://app.example.com/__clerk";
        for (base, location, expected) in [
            (
                "https://fapi.example",
                "https://fapi.example/v1/a?b=c#d",
                Some("https://app.example.com/__clerk/v1/a?b=c#d"),
            ),
            (
                "https://fapi.example",
                "/v1/a",
                Some("https://app.example.com/__clerk/v1/a"),
            ),
            (
                "https://fapi.example",
                "https://fapi.example",
                Some("https://app.example.com/__clerk/"),
            ),
            (
                "https://fapi.example",
                "https://fapi.example:443/a",
                Some("https://app.example.com/__clerk/a"),
            ),
            ("https://fapi.example", "https://accounts.example/a", None),
            ("https://fapi.example", "//accounts.example/a", None),
            (
                "https://fapi.example",
                "https://fapi.example.evil.example/a",
                None,
            ),
            ("https://fapi.example", "https://fapi.example:8443/a", None),
            (
                "https://fapi.example",
                "https://fapi.example@evil.example/",
                None,
            ),
            ("https://fapi.example", "myapp://callback", None),
            ("https://fapi.example", "", None),
            (
                "https://fapi.example/tenant",
                "/tenant/v1/a?b",
                Some("https://app.example.com/__clerk/v1/a?b"),
            ),
            (
                "https://fapi.example/tenant",
                "https://fapi.example/tenant",
                Some("https://app.example.com/__clerk"),
            ),
            (
                "https://fapi.example/tenant",
                "/tenants/a",
                Some("https://fapi.example/tenants/a"),
            ),
        ] {
            let fapi = FapiUrl::parse(base).unwrap();
            assert_eq!(
                fapi.rewrite_location(location, public).as_deref(),
                expected,
                "{base} {location}"
            );
        }
    }

    // covers: PXY-1
    #[test]
    fn the_key_says_where_the_frontend_api_is() {
        for (host, expected) in [
            ("clerk.example.com", "https://frontend-api.clerk.dev"),
            (
                "foo-bar-13.clerk.accountsstage.dev",
                "https://frontend-api.clerkstage.dev",
            ),
        ] {
            assert_eq!(
                fapi_url(&PublishableKey::for_frontend_api(host).unwrap()),
                expected
            );
        }
    }
}
