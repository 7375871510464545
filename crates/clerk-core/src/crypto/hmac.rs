//! HMAC-SHA-256.

use std::fmt;

use super::Provider;

/// A prepared HMAC-SHA-256 key.
///
/// ```
/// use clerk_core::crypto::HmacSha256Key;
///
/// let key = HmacSha256Key::new(b"a shared secret");
/// let tag = key.sign(b"message");
/// assert!(key.verify(b"message", &tag));
/// assert!(!key.verify(b"massage", &tag));
/// ```
#[derive(Clone)]
pub struct HmacSha256Key {
    prepared: Prepared,
}

#[derive(Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "a key is made once and used often: an indirection would cost more than the room it saves"
)]
enum Prepared {
    #[cfg(feature = "ring")]
    Ring(super::ring::HmacKey),
    #[cfg(feature = "aws-lc-rs")]
    AwsLcRs(super::aws_lc::HmacKey),
}

impl HmacSha256Key {
    /// Prepares a key with the default provider.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self::with_provider(Provider::default(), secret)
    }

    /// Prepares a key with a provider.
    #[must_use]
    pub fn with_provider(provider: Provider, secret: &[u8]) -> Self {
        let prepared = match provider {
            #[cfg(feature = "ring")]
            Provider::Ring => Prepared::Ring(super::ring::HmacKey::new(secret)),
            #[cfg(feature = "aws-lc-rs")]
            Provider::AwsLcRs => Prepared::AwsLcRs(super::aws_lc::HmacKey::new(secret)),
        };
        Self { prepared }
    }

    /// The tag of `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        match &self.prepared {
            #[cfg(feature = "ring")]
            Prepared::Ring(key) => key.sign(message),
            #[cfg(feature = "aws-lc-rs")]
            Prepared::AwsLcRs(key) => key.sign(message),
        }
    }

    /// The tag of the message that `parts` make when put one after the other, without putting them together.
    ///
    /// ```
    /// # use clerk_core::crypto::HmacSha256Key;
    /// let key = HmacSha256Key::new(b"a shared secret");
    /// assert_eq!(key.sign_parts(&[b"mess", b"", b"age"]), key.sign(b"message"));
    /// ```
    #[must_use]
    pub fn sign_parts(&self, parts: &[&[u8]]) -> [u8; 32] {
        match &self.prepared {
            #[cfg(feature = "ring")]
            Prepared::Ring(key) => key.sign_parts(parts),
            #[cfg(feature = "aws-lc-rs")]
            Prepared::AwsLcRs(key) => key.sign_parts(parts),
        }
    }

    /// Whether `tag` is the whole tag of `message`; compared in constant time.
    #[must_use]
    pub fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        match &self.prepared {
            #[cfg(feature = "ring")]
            Prepared::Ring(key) => key.verify(message, tag),
            #[cfg(feature = "aws-lc-rs")]
            Prepared::AwsLcRs(key) => key.verify(message, tag),
        }
    }
}

impl fmt::Debug for HmacSha256Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacSha256Key([redacted])")
    }
}
