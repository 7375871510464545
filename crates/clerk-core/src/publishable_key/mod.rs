//! The publishable key.

mod build;
mod error;
mod parse;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

pub use error::{FoundKey, PublishableKeyError};

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
use crate::cookie_names::CookieNames;
use crate::frontend_api::FrontendApi;
use crate::instance::InstanceType;

/// A publishable key that was read: which instance it belongs to, and what follows from that.
///
/// White space around the key, such as the line break at the end of a file, does not count. Cloning is cheap.
///
/// ```
/// use clerk_core::PublishableKey;
///
/// let key = PublishableKey::parse("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")?;
/// assert!(key.instance_type().is_production());
/// assert_eq!(key.frontend_api().as_str(), "clerk.example.com");
/// # Ok::<(), clerk_core::PublishableKeyError>(())
/// ```
#[derive(Clone)]
pub struct PublishableKey {
    inner: Arc<Inner>,
}

struct Inner {
    text: String,
    instance_type: InstanceType,
    frontend_api: FrontendApi,
    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    cookie_names: CookieNames,
}

impl PublishableKey {
    /// Reads a key.
    ///
    /// # Errors
    ///
    /// [`PublishableKeyError`] says which rule the text breaks and, where it is recognised, what it is instead.
    pub fn parse(text: &str) -> Result<Self, PublishableKeyError> {
        parse::parse(text)
    }

    /// Whether a text is a publishable key.
    #[must_use]
    pub fn is_valid(text: &str) -> bool {
        Self::parse(text).is_ok()
    }

    /// The key of the instance with this Frontend API host.
    ///
    /// # Errors
    ///
    /// [`PublishableKeyError::Host`] if the text is not a host name with a dot.
    pub fn for_frontend_api(host: &str) -> Result<Self, PublishableKeyError> {
        build::for_frontend_api(host)
    }

    /// The key for requests to this host, where one application serves several production domains, each with its own
    /// `clerk.` subdomain. A port is ignored. With a development key as fallback, that key is the answer for every host.
    ///
    /// # Errors
    ///
    /// [`PublishableKeyError::Missing`] if the host is empty, [`PublishableKeyError::Host`] if it is not a host name.
    pub fn for_host(host: &str, fallback: Option<&Self>) -> Result<Self, PublishableKeyError> {
        build::for_host(host, fallback)
    }

    /// The key, without white space around it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.inner.text
    }

    /// Development or production.
    #[must_use]
    pub fn instance_type(&self) -> InstanceType {
        self.inner.instance_type
    }

    /// The Frontend API of the instance.
    #[must_use]
    pub fn frontend_api(&self) -> &FrontendApi {
        &self.inner.frontend_api
    }

    /// The names of this instance's cookies.
    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    #[cfg_attr(docsrs, doc(cfg(any(feature = "ring", feature = "aws-lc-rs"))))]
    #[must_use]
    pub fn cookie_names(&self) -> &CookieNames {
        &self.inner.cookie_names
    }
}

impl FromStr for PublishableKey {
    type Err = PublishableKeyError;

    fn from_str(text: &str) -> Result<Self, PublishableKeyError> {
        Self::parse(text)
    }
}

impl AsRef<str> for PublishableKey {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for PublishableKey {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for PublishableKey {}

impl std::hash::Hash for PublishableKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for PublishableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for PublishableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublishableKey({self})")
    }
}
