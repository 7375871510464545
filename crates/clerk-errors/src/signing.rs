//! Why a JWT could not be signed.

use std::borrow::Cow;

use thiserror::Error;

/// What kept a token from being signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SigningErrorKind {
    /// The algorithm is none of RS256, RS384, RS512.
    UnsupportedAlgorithm,
    /// The key is not an RSA private key that can be used.
    InvalidKey,
    /// The payload or header is not a JSON object.
    InvalidInput,
    /// The signature could not be computed.
    Failed,
}

/// A JWT could not be signed. The message names the cause and never contains key material.
#[derive(Clone, Debug, Error)]
#[error("{message}")]
pub struct SigningError {
    kind: SigningErrorKind,
    message: Cow<'static, str>,
}

impl SigningError {
    /// An error of a kind, with a message that says what to change.
    pub fn new(kind: SigningErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// What kept the token from being signed.
    #[must_use]
    pub fn kind(&self) -> SigningErrorKind {
        self.kind
    }
}
