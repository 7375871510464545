//! Why a text is not a URL of the subset.

use std::fmt;

/// Why a text is not accepted as a URL. Never holds the text, which may come from outside or contain tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlError {
    /// The text is longer than [`MAX_LEN`](super::MAX_LEN) bytes.
    TooLong,
    /// The text has no scheme, and there is nothing to resolve it against.
    NotAbsolute,
    /// The scheme is neither `http` nor `https`.
    Scheme,
    /// The host is missing, or not a plain ASCII host name or address.
    Host,
    /// The port is not a number up to 65535.
    Port,
    /// There is a user name or password before the host.
    UserInfo,
    /// Where only an origin goes there is more than scheme, host and port.
    NotAnOrigin,
    /// A request target does not start with `/` or `?`.
    Target,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the URL is too long",
            Self::NotAbsolute => "the URL has no scheme: it must start with http:// or https://",
            Self::Scheme => "the URL's scheme is neither http nor https",
            Self::Host => {
                "the URL's host is missing or not a plain host name or address (write international names as xn--...)"
            }
            Self::Port => "the URL's port is not a number up to 65535",
            Self::UserInfo => "the URL has a user name or password before the host",
            Self::NotAnOrigin => "the URL has more than a scheme, host and port",
            Self::Target => "the request target does not start with a slash",
        })
    }
}

impl std::error::Error for UrlError {}
