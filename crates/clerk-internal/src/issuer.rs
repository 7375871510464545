//! Whose session tokens are accepted.

use std::sync::Arc;

/// The issuers (`iss`) whose session tokens are accepted.
///
/// The key that verifies a token belongs to one instance, so the issuer adds nothing to that; and behind a proxy of the
/// Frontend API or while a domain moves, tokens name another issuer than the publishable key. Enforce it where neither is so.
///
/// ```
/// use clerk_internal::{AuthenticateOptions, Issuer};
///
/// let derived = AuthenticateOptions::new().issuer(Issuer::FromPublishableKey);
/// let listed = AuthenticateOptions::new().issuer(["https://clerk.example.com", "https://example.com/__clerk"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Issuer {
    /// Any. One that differs from the publishable key's Frontend API is told once, as an event.
    #[default]
    Any,
    /// The Frontend API of the publishable key, or of a satellite's domain; never a proxy.
    FromPublishableKey,
    /// One of these, compared letter by letter; an empty list accepts any.
    OneOf(Arc<[String]>),
}

impl<T: Into<String>> FromIterator<T> for Issuer {
    fn from_iter<I: IntoIterator<Item = T>>(issuers: I) -> Self {
        Self::OneOf(issuers.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<String>, const N: usize> From<[T; N]> for Issuer {
    fn from(issuers: [T; N]) -> Self {
        issuers.into_iter().collect()
    }
}

impl<T: Into<String>> From<Vec<T>> for Issuer {
    fn from(issuers: Vec<T>) -> Self {
        issuers.into_iter().collect()
    }
}

impl From<&str> for Issuer {
    fn from(issuer: &str) -> Self {
        [issuer].into()
    }
}
