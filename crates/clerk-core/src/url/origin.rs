//! Scheme, host and port.

use std::fmt;
use std::str::FromStr;

use super::{MAX_LEN, Url, UrlError, host, parse};

/// The two schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
}

impl Scheme {
    /// The scheme of that name, in any letter case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("https") {
            Some(Self::Https)
        } else if name.eq_ignore_ascii_case("http") {
            Some(Self::Http)
        } else {
            None
        }
    }

    /// The name in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that goes without saying.
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    pub(super) const fn prefix(self) -> &'static str {
        match self {
            Self::Http => "http://",
            Self::Https => "https://",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Scheme, host and port, as browsers send them in the `Origin` header.
///
/// ```
/// use clerk_core::url::Origin;
///
/// let origin: Origin = "https://App.Example.com:443".parse()?;
/// assert_eq!(origin.as_str(), "https://app.example.com");
/// assert_eq!(origin.url("//a/b?c=1")?.as_str(), "https://app.example.com//a/b?c=1");
/// # Ok::<(), clerk_core::url::UrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// A URL without a path.
    head: Url,
}

impl Origin {
    /// Reads an origin; one slash after it is forgiven.
    ///
    /// # Errors
    ///
    /// [`UrlError`] if the text is not a URL of the subset or has more than an origin.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let url = Url::parse(text)?;
        if url.as_str().len() > url.path_start + 1 {
            return Err(UrlError::NotAnOrigin);
        }
        Ok(url.origin())
    }

    /// Puts an origin together from a scheme and the content of a `Host` header: a host and perhaps a port, with
    /// nothing before, between or after them.
    ///
    /// # Errors
    ///
    /// [`UrlError`] if the text is anything but a plain host with an optional port.
    pub fn from_authority(scheme: Scheme, authority: &str) -> Result<Self, UrlError> {
        if authority.len() > MAX_LEN {
            return Err(UrlError::TooLong);
        }
        parse::origin(scheme, authority).map(|head| Self { head })
    }

    pub(super) fn of(url: &Url) -> Self {
        let mut head = url.clone();
        head.cut_path();
        Self { head }
    }

    /// The URL of a request target (path and query) at this origin.
    ///
    /// The target is never resolved as a reference: `//other.example/` is a path here, not another host.
    ///
    /// # Errors
    ///
    /// [`UrlError::Target`] if the target is not empty and starts with neither `/` nor `?`.
    pub fn url(&self, target: &str) -> Result<Url, UrlError> {
        if target.len() > MAX_LEN {
            return Err(UrlError::TooLong);
        }
        let path = match target.as_bytes().first() {
            Some(b'/') => &target[1..],
            Some(b'?') | None => target,
            Some(_) => return Err(UrlError::Target),
        };
        Ok(self.url_at(path))
    }

    /// The URL of a path, given without its first slash, and what follows it.
    pub(crate) fn url_at(&self, path: &str) -> Url {
        let mut url = self.head.clone();
        url.text.reserve(path.len() + 1);
        url.push_path_and_rest(&parse::without_breaks(path));
        url
    }

    /// `scheme://host[:port]`, the port only if it is not the default.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.head.as_str()
    }

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.head.scheme()
    }

    /// The host in lower case; an IPv6 address has its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.head.host()
    }

    /// The port, unless it is the scheme's default.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.head.port()
    }

    /// The host and, unless it is the default, the port.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.head.authority()
    }

    /// Whether the host is this machine: `localhost`, a name below it, or a loopback address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        host::is_loopback(self.host())
    }
}

impl FromStr for Origin {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        Self::parse(text)
    }
}

impl AsRef<str> for Origin {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Origin {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({})", self.as_str())
    }
}
