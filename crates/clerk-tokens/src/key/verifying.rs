//! Keys that verify.

use std::fmt;
use std::sync::{Arc, OnceLock};

use clerk_core::crypto::{Provider, RsaPublicKey};
use clerk_errors::{ConfigError, ConfigErrorKind};

use super::{Jwk, Kid, SETTING, malformed, pem, unusable};
use crate::{Algorithm, Header};

/// An RSA public key that verifies JWTs, checked and prepared when it is made. Cloning shares it.
///
/// ```
/// use clerk_tokens::VerifyingKey;
///
/// let pem = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBg";
/// assert!(VerifyingKey::from_pem(pem).is_err());
/// ```
#[derive(Clone)]
pub struct VerifyingKey {
    inner: Arc<Inner>,
}

struct Inner {
    rsa: RsaPublicKey,
    kid: Option<Kid>,
    algorithm: Option<Algorithm>,
    is_test_key: bool,
    remembered: OnceLock<Remembered>,
}

/// The first header that came with a signature of this key. Nearly every token of the key carries the same one,
/// so comparing its text saves decoding it.
pub(crate) struct Remembered {
    pub(crate) encoded: Box<str>,
    pub(crate) header: Arc<Header>,
}

impl VerifyingKey {
    /// A key from PEM text: `PUBLIC KEY` (SPKI) or `RSA PUBLIC KEY` (PKCS #1), or the bare base64 of either, in
    /// whatever way line breaks survived the trip through a variable.
    ///
    /// # Errors
    ///
    /// If the text is not that, or the key is not RSA of 2048 to 8192 bits.
    pub fn from_pem(pem: &str) -> Result<Self, ConfigError> {
        let pem = pem::read(pem)?;
        if pem.is_private {
            return Err(ConfigError::new(
                ConfigErrorKind::Misplaced,
                SETTING,
                "is a private key where the public key goes",
            )
            .with_fix(
                "use the JWKS public key (PEM) from the API keys page of the Clerk Dashboard",
            ));
        }
        Self::from_der(&pem.der)
    }

    /// A key from `CLERK_JWT_KEY`: [`from_pem`](Self::from_pem), and only RS256, which is what Clerk signs with.
    ///
    /// # Errors
    ///
    /// As [`from_pem`](Self::from_pem).
    pub fn from_jwt_key(pem: &str) -> Result<Self, ConfigError> {
        // JWT-41: the reference gives such keys the algorithm RS256.
        Ok(Self::from_pem(pem)?.with_algorithm(Algorithm::Rs256))
    }

    /// A key from DER: a `SubjectPublicKeyInfo` (RFC 5280) or an `RSAPublicKey` (RFC 8017).
    ///
    /// # Errors
    ///
    /// If the bytes are neither, or the key is not RSA of 2048 to 8192 bits.
    pub fn from_der(der: &[u8]) -> Result<Self, ConfigError> {
        let provider = Provider::default();
        let rsa = RsaPublicKey::from_spki_der(provider, der)
            .or_else(|spki| RsaPublicKey::from_pkcs1_der(provider, der).map_err(|_| spki))
            .map_err(unusable)?;
        Ok(Self::new(rsa, None, None))
    }

    /// A key from a JWK.
    ///
    /// # Errors
    ///
    /// If the key is not for verifying RSA signatures, its `alg` is not an accepted one, or its size is not 2048
    /// to 8192 bits.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, ConfigError> {
        let algorithm = jwk.check()?;
        let (n, e) = jwk.public_components()?;
        let rsa = RsaPublicKey::from_components(Provider::default(), n, e).map_err(unusable)?;
        Ok(Self::new(rsa, jwk.kid().cloned(), algorithm))
    }

    /// A key from the JSON text of a JWK (RFC 7517).
    ///
    /// # Errors
    ///
    /// If the text is not a JWK, or as [`from_jwk`](Self::from_jwk).
    pub fn from_jwk_json(json: &str) -> Result<Self, ConfigError> {
        Self::from_jwk(&Jwk::from_json(json)?)
    }

    /// A key that is prepared already.
    #[must_use]
    pub fn from_rsa(rsa: RsaPublicKey) -> Self {
        Self::new(rsa, None, None)
    }

    fn new(rsa: RsaPublicKey, kid: Option<Kid>, algorithm: Option<Algorithm>) -> Self {
        Self {
            inner: Arc::new(Inner {
                is_test_key: clerk_core::is_published_test_key(rsa.modulus()),
                rsa,
                kid,
                algorithm,
                remembered: OnceLock::new(),
            }),
        }
    }

    /// The same key for one algorithm only.
    #[must_use]
    pub fn with_algorithm(&self, algorithm: Algorithm) -> Self {
        Self::new(
            self.inner.rsa.clone(),
            self.inner.kid.clone(),
            Some(algorithm),
        )
    }

    /// The same key, prepared by another cryptography library.
    ///
    /// # Errors
    ///
    /// If that library refuses the key.
    pub fn with_provider(&self, provider: Provider) -> Result<Self, ConfigError> {
        let rsa = &self.inner.rsa;
        let rsa = RsaPublicKey::from_components(provider, rsa.modulus(), rsa.exponent())
            .map_err(unusable)?;
        Ok(Self::new(rsa, self.inner.kid.clone(), self.inner.algorithm))
    }

    /// The key's id, where it has one.
    #[must_use]
    pub fn kid(&self) -> Option<&Kid> {
        self.inner.kid.as_ref()
    }

    /// The only algorithm the key is for, where it is bound to one.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.inner.algorithm
    }

    /// Whether the private half is published with this project, for tests: anyone can sign with it.
    #[must_use]
    pub fn is_test_key(&self) -> bool {
        self.inner.is_test_key
    }

    /// The prepared key.
    #[must_use]
    pub fn as_rsa(&self) -> &RsaPublicKey {
        &self.inner.rsa
    }

    pub(crate) fn remembered(&self) -> Option<&Remembered> {
        self.inner.remembered.get()
    }

    /// Remembers the header of a token whose signature was found to be this key's.
    pub(crate) fn remember(&self, encoded: &str, header: &Arc<Header>) {
        if self.inner.remembered.get().is_none() {
            // Another thread may have been quicker; either header will do.
            let _ = self.inner.remembered.set(Remembered {
                encoded: encoded.into(),
                header: Arc::clone(header),
            });
        }
    }
}

/// Keys are equal if they verify the same: the same numbers for the same algorithms under the same id.
impl PartialEq for VerifyingKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
            || (self.inner.rsa == other.inner.rsa
                && self.inner.kid == other.inner.kid
                && self.inner.algorithm == other.inner.algorithm)
    }
}

impl Eq for VerifyingKey {}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("kid", &self.inner.kid)
            .field("algorithm", &self.inner.algorithm)
            .field("rsa", &self.inner.rsa)
            .finish_non_exhaustive()
    }
}

impl TryFrom<&Jwk> for VerifyingKey {
    type Error = ConfigError;

    fn try_from(jwk: &Jwk) -> Result<Self, Self::Error> {
        Self::from_jwk(jwk)
    }
}

impl std::str::FromStr for VerifyingKey {
    type Err = ConfigError;

    /// PEM, or a JWK where the text starts like one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim_start() {
            "" => Err(malformed("is empty")),
            json if json.starts_with('{') => Self::from_jwk_json(json),
            pem => Self::from_pem(pem),
        }
    }
}
