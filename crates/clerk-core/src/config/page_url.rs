//! The address of one of the application's pages.

use std::fmt;

use clerk_errors::{ConfigError, ConfigErrorKind};

use crate::url::Url;

/// The address of a page such as the sign-in page: an absolute URL, or a path on the application's own origin.
///
/// ```
/// use clerk_core::{PageUrl, url::Url};
///
/// let current = Url::parse("https://app.example.com/dashboard")?;
/// assert_eq!(PageUrl::parse("/sign-in")?.at(&current).as_str(), "https://app.example.com/sign-in");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PageUrl {
    text: String,
    absolute: Option<Url>,
}

impl PageUrl {
    /// Reads the address: it starts with `http://`, `https://` or one `/`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the text is anything else.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let text = text.trim();
        let is_path = text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\");
        let absolute = match Url::parse(text) {
            Ok(url) => Some(url),
            Err(_) if is_path => None,
            Err(error) => {
                let problem = "is not the address of a page";
                return Err(
                    ConfigError::new(ConfigErrorKind::Malformed, "the page URL", problem)
                        .with_fix("expected https://... or a path such as /sign-in")
                        .with_source(error),
                );
            }
        };
        Ok(Self {
            text: text.to_owned(),
            absolute,
        })
    }

    /// The text, as it was configured.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL, if the address is an absolute one.
    #[must_use]
    pub fn as_absolute(&self) -> Option<&Url> {
        self.absolute.as_ref()
    }

    /// The URL for a request to this public URL.
    #[must_use]
    pub fn at(&self, current: &Url) -> Url {
        match &self.absolute {
            Some(url) => url.clone(),
            None => current.origin().url_at(self.text.trim_start_matches('/')),
        }
    }
}

impl fmt::Debug for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageUrl({})", self.text)
    }
}

impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_or_a_path() {
        let current = Url::parse("https://app.example.com:8443/x?y#z").unwrap();
        for (text, expected) in [
            (
                "https://accounts.example.com/sign-in?x=1",
                "https://accounts.example.com/sign-in?x=1",
            ),
            (" /sign-in ", "https://app.example.com:8443/sign-in"),
            ("/a//b?c#d", "https://app.example.com:8443/a//b?c#d"),
            ("/", "https://app.example.com:8443/"),
        ] {
            assert_eq!(
                PageUrl::parse(text).unwrap().at(&current).as_str(),
                expected
            );
        }
        for text in [
            "",
            "sign-in",
            "app.example.com/sign-in",
            "//evil.example",
            "/\\evil.example",
            "mailto:x@y.example",
            "https://",
        ] {
            assert_eq!(
                PageUrl::parse(text).expect_err(text).kind(),
                ConfigErrorKind::Malformed
            );
        }
    }
}
