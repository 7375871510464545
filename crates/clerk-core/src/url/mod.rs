//! The URLs this SDK works with: `http` and `https`, a plain host, no user information.
//!
//! A stated subset of the [WHATWG URL Standard](https://url.spec.whatwg.org/), which is what browsers apply to the
//! addresses we send them. Whatever is accepted here means the same there; everything else is refused:
//!
//! - other schemes, and user information before the host;
//! - hosts with anything but ASCII letters, digits, `-`, `_` and `.`: write an international name in its `xn--` form
//!   (names in Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic, Japanese, Chinese and Korean letters are
//!   known; labels in other scripts are refused);
//! - texts longer than [`MAX_LEN`] bytes.
//!
//! ```
//! use clerk_core::url::Url;
//!
//! let base = Url::parse("https://app.example.com/dashboard?tab=1")?;
//! let mut sign_in = base.join("/sign-in")?;
//! sign_in.set_query_param("redirect_url", base.as_str());
//! assert_eq!(
//!     sign_in.as_str(),
//!     "https://app.example.com/sign-in?redirect_url=https%3A%2F%2Fapp.example.com%2Fdashboard%3Ftab%3D1",
//! );
//! # Ok::<(), clerk_core::url::UrlError>(())
//! ```

mod api;
mod edit;
mod error;
pub mod form;
mod host;
mod origin;
mod parse;
pub mod percent;
mod punycode;
mod segment;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

pub use api::join_api_url;
pub use error::UrlError;
pub use origin::{Origin, Scheme};
pub use segment::{PathSegment, PathSegmentError};

/// The longest text that is looked at, in bytes.
pub const MAX_LEN: usize = 64 * 1024;

/// An absolute `http` or `https` URL in its normal form.
///
/// Compares and hashes by that form. `Debug` leaves out the values of the query and the fragment, which may be
/// tokens; `Display` and [`as_str`](Self::as_str) have them.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Url {
    text: String,
    /// Length of `scheme://host[:port]`; the path starts here.
    path_start: usize,
    /// Where the `?` is.
    query_start: Option<usize>,
    /// Where the `#` is.
    fragment_start: Option<usize>,
    /// Where the host ends.
    host_end: usize,
    scheme: Scheme,
    port: Option<u16>,
}

impl Url {
    /// Reads an absolute URL.
    ///
    /// # Errors
    ///
    /// [`UrlError`] says what part is not within the subset.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        parse::parse(text, None)
    }

    /// Resolves a reference against this URL, as a browser resolves a link on the page with this address.
    ///
    /// # Errors
    ///
    /// [`UrlError`] if the reference is a URL by itself and not within the subset.
    pub fn join(&self, reference: &str) -> Result<Self, UrlError> {
        parse::parse(reference, Some(self))
    }

    /// The whole URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host in lower case; an IPv6 address has its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.text[self.scheme.prefix().len()..self.host_end]
    }

    /// The port, unless it is the scheme's default.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The port, or the scheme's default.
    #[must_use]
    pub fn port_or_default(&self) -> u16 {
        self.port.unwrap_or(self.scheme.default_port())
    }

    /// The host and, unless it is the default, the port: what a `Host` header holds.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.text[self.scheme.prefix().len()..self.path_start]
    }

    /// `scheme://host[:port]`.
    #[must_use]
    pub fn origin_str(&self) -> &str {
        &self.text[..self.path_start]
    }

    /// The origin as a value of its own.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::of(self)
    }

    /// Whether both have the same scheme, host and port.
    #[must_use]
    pub fn same_origin(&self, other: &Self) -> bool {
        self.origin_str() == other.origin_str()
    }

    /// Whether the host is this machine: `localhost`, a name below it, or a loopback address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        host::is_loopback(self.host())
    }

    /// The path, starting with `/`, percent-encoded.
    #[must_use]
    pub fn path(&self) -> &str {
        let end = self.query_start.or(self.fragment_start);
        &self.text[self.path_start..end.unwrap_or(self.text.len())]
    }

    /// The path and, if there is a query, `?` and the query.
    #[must_use]
    pub fn path_and_query(&self) -> &str {
        &self.text[self.path_start..self.fragment_start.unwrap_or(self.text.len())]
    }

    /// The query without its `?`, percent-encoded.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        let end = self.fragment_start.unwrap_or(self.text.len());
        self.query_start.map(|start| &self.text[start + 1..end])
    }

    /// The fragment without its `#`, percent-encoded.
    #[must_use]
    pub fn fragment(&self) -> Option<&str> {
        self.fragment_start.map(|start| &self.text[start + 1..])
    }

    /// The parameters of the query, decoded, in order.
    pub fn query_pairs(&self) -> form::Pairs<'_> {
        form::pairs(self.query().unwrap_or_default())
    }

    /// The decoded value of the first parameter of that name.
    #[must_use]
    pub fn query_param(&self, name: &str) -> Option<Cow<'_, str>> {
        self.query_pairs()
            .find_map(|(key, value)| (key == name).then_some(value))
    }
}

impl FromStr for Url {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        Self::parse(text)
    }
}

impl AsRef<str> for Url {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl From<Url> for String {
    fn from(url: Url) -> Self {
        url.text
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.query_start.or(self.fragment_start);
        let (shown, rest) = match shown {
            Some(end) => (&self.text[..end], "?[redacted]"),
            None => (self.as_str(), ""),
        };
        write!(f, "Url({shown}{rest})")
    }
}
