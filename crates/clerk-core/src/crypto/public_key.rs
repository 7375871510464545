//! RSA public keys, prepared once.

use std::fmt;
use std::sync::Arc;

use super::{Hash, KeyError, KeyErrorKind, Provider, der};

const MIN_BITS: usize = 2048;
const MAX_BITS: usize = 8192;
/// Both providers stop there.
const MAX_EXPONENT_BITS: usize = 33;

/// An RSA public key of 2048 to 8192 bits that verifies PKCS #1 v1.5 signatures (RFC 8017 section 8.2).
///
/// The key is checked and prepared when it is made. Cloning shares it.
#[derive(Clone)]
pub struct RsaPublicKey {
    inner: Arc<Inner>,
}

struct Inner {
    n: Box<[u8]>,
    e: Box<[u8]>,
    prepared: Prepared,
}

enum Prepared {
    #[cfg(feature = "ring")]
    Ring(super::ring::PublicKey),
    #[cfg(feature = "aws-lc-rs")]
    AwsLcRs(super::aws_lc::PublicKey),
}

impl RsaPublicKey {
    /// A key from its modulus and public exponent, both big-endian; leading zeros are ignored.
    ///
    /// # Errors
    ///
    /// If the size or the exponent is out of range, or the provider refuses the key.
    pub fn from_components(provider: Provider, n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        let n = der::without_leading_zeros(n);
        let e = der::without_leading_zeros(e);
        if !(MIN_BITS..=MAX_BITS).contains(&bits(n)) {
            return Err(KeyError::new(KeyErrorKind::Size));
        }
        if !is_odd(e) || e == [1] || bits(e) > MAX_EXPONENT_BITS {
            return Err(KeyError::new(KeyErrorKind::Exponent));
        }
        if !is_odd(n) {
            return Err(KeyError::new(KeyErrorKind::Malformed));
        }
        let prepared = match provider {
            #[cfg(feature = "ring")]
            Provider::Ring => Prepared::Ring(super::ring::PublicKey::new(n, e)),
            #[cfg(feature = "aws-lc-rs")]
            Provider::AwsLcRs => Prepared::AwsLcRs(super::aws_lc::PublicKey::new(n, e)?),
        };
        let inner = Inner {
            n: n.into(),
            e: e.into(),
            prepared,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// A key from a DER `SubjectPublicKeyInfo` (RFC 5280), the content of a `PUBLIC KEY` PEM.
    ///
    /// # Errors
    ///
    /// If the bytes are not that, or not an RSA key, or as [`from_components`](Self::from_components).
    pub fn from_spki_der(provider: Provider, der: &[u8]) -> Result<Self, KeyError> {
        match der::spki(der) {
            Some(der::Spki::Rsa(key)) => Self::from_pkcs1_der(provider, key),
            Some(der::Spki::OtherAlgorithm) => Err(KeyError::new(KeyErrorKind::NotRsa)),
            None => Err(KeyError::new(KeyErrorKind::Malformed)),
        }
    }

    /// A key from a DER `RSAPublicKey` (RFC 8017), the content of an `RSA PUBLIC KEY` PEM.
    ///
    /// # Errors
    ///
    /// If the bytes are not that, or as [`from_components`](Self::from_components).
    pub fn from_pkcs1_der(provider: Provider, der: &[u8]) -> Result<Self, KeyError> {
        let (n, e) = der::rsa_public_key(der).ok_or(KeyError::new(KeyErrorKind::Malformed))?;
        Self::from_components(provider, n, e)
    }

    /// Whether `signature` is this key's over `message`.
    #[must_use]
    pub fn verify(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        match &self.inner.prepared {
            #[cfg(feature = "ring")]
            Prepared::Ring(key) => key.verify(hash, message, signature),
            #[cfg(feature = "aws-lc-rs")]
            Prepared::AwsLcRs(key) => key.verify(hash, message, signature),
        }
    }

    /// The modulus, big-endian, without leading zeros.
    #[must_use]
    pub fn modulus(&self) -> &[u8] {
        &self.inner.n
    }

    /// The public exponent, big-endian, without leading zeros.
    #[must_use]
    pub fn exponent(&self) -> &[u8] {
        &self.inner.e
    }

    /// The length of the modulus in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        bits(&self.inner.n)
    }

    /// The library that verifies with this key.
    #[must_use]
    pub fn provider(&self) -> Provider {
        match &self.inner.prepared {
            #[cfg(feature = "ring")]
            Prepared::Ring(_) => Provider::Ring,
            #[cfg(feature = "aws-lc-rs")]
            Prepared::AwsLcRs(_) => Provider::AwsLcRs,
        }
    }
}

/// Two keys are equal if their numbers are, whichever library prepared them.
impl PartialEq for RsaPublicKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
            || (self.inner.n == other.inner.n && self.inner.e == other.inner.e)
    }
}

impl Eq for RsaPublicKey {}

impl fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RsaPublicKey")
            .field("bits", &self.bits())
            .field("provider", &self.provider())
            .finish_non_exhaustive()
    }
}

fn bits(integer: &[u8]) -> usize {
    match integer.first() {
        Some(first) => integer.len() * 8 - first.leading_zeros() as usize,
        None => 0,
    }
}

fn is_odd(integer: &[u8]) -> bool {
    integer.last().is_some_and(|last| last & 1 == 1)
}
