//! RSA private keys.

use std::fmt;
use std::sync::Arc;

use super::{Hash, KeyError, Provider, RsaPublicKey, der};

/// An RSA private key that makes PKCS #1 v1.5 signatures (RFC 8017 section 8.2).
///
/// Cloning shares the key.
#[derive(Clone)]
pub struct RsaSigningKey {
    inner: Arc<Inner>,
}

struct Inner {
    prepared: Prepared,
    public: RsaPublicKey,
}

#[allow(
    clippy::large_enum_variant,
    reason = "a key is made once and used often: an indirection would cost more than the room it saves"
)]
enum Prepared {
    #[cfg(feature = "ring")]
    Ring(super::ring::SigningKey),
    #[cfg(feature = "aws-lc-rs")]
    AwsLcRs(super::aws_lc::SigningKey),
}

/// The numbers of an RSA private key, big-endian, named as in a JWK (RFC 7518 section 6.3).
#[derive(Clone, Copy)]
pub struct RsaPrivateComponents<'a> {
    /// The modulus.
    pub n: &'a [u8],
    /// The public exponent.
    pub e: &'a [u8],
    /// The private exponent.
    pub d: &'a [u8],
    /// The first prime.
    pub p: &'a [u8],
    /// The second prime.
    pub q: &'a [u8],
    /// `d` modulo `p - 1`.
    pub dp: &'a [u8],
    /// `d` modulo `q - 1`.
    pub dq: &'a [u8],
    /// The inverse of `q` modulo `p`.
    pub qi: &'a [u8],
}

impl fmt::Debug for RsaPrivateComponents<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaPrivateComponents([redacted])")
    }
}

impl RsaSigningKey {
    /// A key from a DER `PrivateKeyInfo` (PKCS #8, RFC 5208), the content of a `PRIVATE KEY` PEM.
    ///
    /// # Errors
    ///
    /// If the provider refuses the key.
    pub fn from_pkcs8_der(provider: Provider, der: &[u8]) -> Result<Self, KeyError> {
        Self::new(match provider {
            #[cfg(feature = "ring")]
            Provider::Ring => Prepared::Ring(super::ring::SigningKey::from_pkcs8_der(der)?),
            #[cfg(feature = "aws-lc-rs")]
            Provider::AwsLcRs => Prepared::AwsLcRs(super::aws_lc::SigningKey::from_pkcs8_der(der)?),
        })
    }

    /// A key from a DER `RSAPrivateKey` (RFC 8017), the content of an `RSA PRIVATE KEY` PEM.
    ///
    /// # Errors
    ///
    /// If the provider refuses the key.
    pub fn from_pkcs1_der(provider: Provider, der: &[u8]) -> Result<Self, KeyError> {
        Self::new(match provider {
            #[cfg(feature = "ring")]
            Provider::Ring => Prepared::Ring(super::ring::SigningKey::from_pkcs1_der(der)?),
            #[cfg(feature = "aws-lc-rs")]
            Provider::AwsLcRs => Prepared::AwsLcRs(super::aws_lc::SigningKey::from_pkcs1_der(der)?),
        })
    }

    /// A key from its numbers, such as those of a private JWK.
    ///
    /// # Errors
    ///
    /// If the provider refuses the key.
    pub fn from_components(
        provider: Provider,
        key: RsaPrivateComponents<'_>,
    ) -> Result<Self, KeyError> {
        // Version 0: two primes.
        let der = der::encode_integers(&[
            &[],
            key.n,
            key.e,
            key.d,
            key.p,
            key.q,
            key.dp,
            key.dq,
            key.qi,
        ]);
        Self::from_pkcs1_der(provider, &der)
    }

    fn new(prepared: Prepared) -> Result<Self, KeyError> {
        let public = match &prepared {
            #[cfg(feature = "ring")]
            Prepared::Ring(key) => {
                RsaPublicKey::from_pkcs1_der(Provider::Ring, key.public_pkcs1_der())
            }
            #[cfg(feature = "aws-lc-rs")]
            Prepared::AwsLcRs(key) => {
                RsaPublicKey::from_pkcs1_der(Provider::AwsLcRs, key.public_pkcs1_der())
            }
        }?;
        Ok(Self {
            inner: Arc::new(Inner { prepared, public }),
        })
    }

    /// The signature over `message`.
    ///
    /// # Errors
    ///
    /// If the provider cannot sign, for instance for want of random numbers.
    pub fn sign(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.inner.prepared {
            #[cfg(feature = "ring")]
            Prepared::Ring(key) => key.sign(hash, message),
            #[cfg(feature = "aws-lc-rs")]
            Prepared::AwsLcRs(key) => key.sign(hash, message),
        }
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> &RsaPublicKey {
        &self.inner.public
    }
}

impl fmt::Debug for RsaSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RsaSigningKey")
            .field("public", &self.inner.public)
            .finish_non_exhaustive()
    }
}
