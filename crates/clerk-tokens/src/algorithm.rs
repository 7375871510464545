//! The signature algorithms that are accepted, and no others.

use std::fmt;
use std::str::FromStr;

/// A JWS algorithm that Clerk uses: RSASSA-PKCS1-v1_5 (RFC 7518 section 3.3).
///
/// Everything else (`none`, HMAC, elliptic curves, PSS) is refused wherever an algorithm is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// With SHA-256; what Clerk signs with.
    #[default]
    Rs256,
    /// With SHA-384.
    Rs384,
    /// With SHA-512.
    Rs512,
}

impl Algorithm {
    /// Every accepted algorithm.
    pub const ALL: &'static [Self] = &[Self::Rs256, Self::Rs384, Self::Rs512];

    /// The name in the header's `alg`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }

    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    pub(crate) const fn hash(self) -> clerk_core::crypto::Hash {
        use clerk_core::crypto::Hash;
        match self {
            Self::Rs256 => Hash::Sha256,
            Self::Rs384 => Hash::Sha384,
            Self::Rs512 => Hash::Sha512,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no accepted algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnsupportedAlgorithm;

impl fmt::Display for UnsupportedAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the algorithm is none of RS256, RS384 and RS512")
    }
}

impl std::error::Error for UnsupportedAlgorithm {}

impl FromStr for Algorithm {
    type Err = UnsupportedAlgorithm;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|algorithm| algorithm.as_str() == name)
            .ok_or(UnsupportedAlgorithm)
    }
}
