//! Which paths belong to the proxy, and what is left of them.

use std::fmt;

use clerk_core::ProxyUrl;
use clerk_errors::{ConfigError, ConfigErrorKind};

/// Where the proxy is unless told otherwise.
pub const DEFAULT_PROXY_PATH: &str = "/__clerk";

/// The path that a proxy answers, with everything below it.
///
/// ```
/// use clerk_proxy::ProxyPath;
///
/// let path = ProxyPath::parse("/__clerk/")?;
/// assert_eq!(path.as_str(), "/__clerk");
/// assert!(path.matches("/__clerk") && path.matches("/__clerk/v1/client"));
/// assert!(!path.matches("/__clerkx"));
/// # Ok::<(), clerk_errors::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyPath {
    text: String,
}

impl ProxyPath {
    /// Reads a path. Slashes at its end do not count; nothing, or a slash alone, is [`DEFAULT_PROXY_PATH`], because a
    /// proxy at the root would answer every request.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the text is not a plain absolute path.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        // HIST-65, PXY-19.
        let text = text.trim().trim_end_matches('/');
        if text.is_empty() {
            return Ok(Self::default());
        }
        let is_plain = text.starts_with('/')
            && !text.contains("//")
            && check(text).is_ok()
            && ProxyUrl::parse(text).is_ok();
        if !is_plain {
            return Err(ConfigError::new(
                ConfigErrorKind::Malformed,
                "the proxy path",
                "is not a plain path",
            )
            .with_fix("expected a path such as /__clerk"));
        }
        Ok(Self {
            text: text.to_owned(),
        })
    }

    /// The path, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a request with this path is the proxy's.
    #[doc(alias = "matchProxyPath")]
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.rest(path).is_some()
    }

    /// What follows the proxy's path, as it came: empty, or starting with a slash.
    pub(crate) fn rest<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(self.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }
}

impl Default for ProxyPath {
    fn default() -> Self {
        Self {
            text: DEFAULT_PROXY_PATH.to_owned(),
        }
    }
}

impl fmt::Display for ProxyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether a path belongs to a proxy at [`DEFAULT_PROXY_PATH`].
///
/// ```
/// assert!(clerk_proxy::matches_proxy_path("/__clerk/v1/environment"));
/// ```
#[must_use]
pub fn matches_proxy_path(path: &str) -> bool {
    ProxyPath::default().matches(path)
}

/// A path that means different things to different readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ambiguous;

/// Refuses what a server on the way could read as another path: dot segments, backslashes, control characters and
/// encoded slashes, plain or after one decoding.
pub(crate) fn check(path: &str) -> Result<(), Ambiguous> {
    for segment in path.split('/') {
        let mut decoded = Vec::with_capacity(segment.len());
        let mut bytes = segment.bytes();
        while let Some(byte) = bytes.next() {
            let byte = if byte == b'%' {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                let value = digit().zip(digit()).map(|(high, low)| high * 16 + low);
                let value = value.and_then(|value| u8::try_from(value).ok());
                value.ok_or(Ambiguous)?
            } else {
                byte
            };
            if matches!(byte, b'/' | b'\\') || byte.is_ascii_control() {
                return Err(Ambiguous);
            }
            decoded.push(byte);
        }
        if matches!(decoded.as_slice(), b"." | b"..") {
            return Err(Ambiguous);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: PXY-2
    #[test]
    fn the_path_itself_and_what_is_below_it_match() {
        let path = ProxyPath::default();
        for (tested, rest) in [
            ("/__clerk", Some("")),
            ("/__clerk/", Some("/")),
            ("/__clerk/v1/client", Some("/v1/client")),
            ("/__clerk//evil.example/x", Some("//evil.example/x")),
            ("/__clerkx", None),
            ("/__clerk-js", None),
            ("/__cler", None),
            ("/", None),
            ("", None),
            ("/a/__clerk", None),
            ("/__CLERK", None),
        ] {
            assert_eq!(path.rest(tested), rest, "{tested}");
            assert_eq!(path.matches(tested), rest.is_some(), "{tested}");
            assert_eq!(matches_proxy_path(tested), rest.is_some(), "{tested}");
        }
    }

    // covers: PXY-1, PXY-19, HIST-65
    #[test]
    fn slashes_at_the_end_do_not_count_and_nothing_is_the_default() {
        for (text, expected) in [
            ("/__clerk", "/__clerk"),
            ("/__clerk//", "/__clerk"),
            ("/a/b/", "/a/b"),
            ("", "/__clerk"),
            ("/", "/__clerk"),
            (" // ", "/__clerk"),
        ] {
            assert_eq!(
                ProxyPath::parse(text).unwrap().as_str(),
                expected,
                "{text:?}"
            );
        }
        for text in [
            "clerk",
            "https://a.example/x",
            "//evil.example",
            "/a?b",
            "/a#b",
            "/a/../b",
            "/a b",
            "/a%2fb",
        ] {
            assert!(ProxyPath::parse(text).is_err(), "{text}");
        }
    }

    // covers: HIST-3
    #[test]
    fn paths_with_two_meanings_are_refused() {
        for path in [
            "",
            "/",
            "/v1/client",
            "//evil.example/x",
            "/npm/@clerk/clerk-js@5/a.js",
            "/a.b/..c/...",
            "/%40clerk",
            "/%c3%a9",
            "/a%252fb",
        ] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
        for path in [
            "/..",
            "/../admin",
            "/a/./b",
            "/%2e%2e/admin",
            "/.%2E",
            "/a%2fb",
            "/%2F%2Fevil.example",
            "/\\evil.example",
            "/%5cevil.example",
            "/a%00",
            "/a%0d%0ab",
            "/%zz",
            "/%",
            "/%4",
            "/\u{7f}",
        ] {
            assert_eq!(check(path), Err(Ambiguous), "{path}");
        }
    }
}
