//! Keys that cannot be used.

use std::fmt;

/// What is wrong with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyErrorKind {
    /// The bytes are not a key in the stated encoding.
    Malformed,
    /// The key is not an RSA key.
    NotRsa,
    /// The modulus is shorter than 2048 or longer than 8192 bits.
    Size,
    /// The public exponent is even, below 3, or longer than 33 bits.
    Exponent,
    /// The provider refuses the key, for instance because its private and public parts do not belong together.
    Refused,
    /// The provider could not compute a signature.
    Failed,
}

/// A key that cannot be used. Says what is wrong with it and never shows the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyError {
    kind: KeyErrorKind,
}

impl KeyError {
    pub(crate) const fn new(kind: KeyErrorKind) -> Self {
        Self { kind }
    }

    /// What is wrong with the key.
    #[must_use]
    pub fn kind(&self) -> KeyErrorKind {
        self.kind
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            KeyErrorKind::Malformed => "the key is malformed",
            KeyErrorKind::NotRsa => "the key is not an RSA key",
            KeyErrorKind::Size => "the RSA key is not of 2048 to 8192 bits",
            KeyErrorKind::Exponent => "the RSA key has an unusable public exponent",
            KeyErrorKind::Refused => "the cryptography library refuses the key",
            KeyErrorKind::Failed => "the cryptography library could not sign",
        })
    }
}

impl std::error::Error for KeyError {}
