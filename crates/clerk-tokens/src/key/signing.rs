//! Keys that sign.

use std::fmt;

use clerk_core::crypto::{Provider, RsaPrivateComponents, RsaSigningKey};
use clerk_errors::{SigningError, SigningErrorKind};

use super::{Jwk, VerifyingKey, pem};
use crate::Algorithm;

/// An RSA private key that signs JWTs. Clerk's own private keys never leave Clerk: this is for other issuers, and
/// for tests.
#[derive(Clone)]
pub struct SigningKey {
    rsa: RsaSigningKey,
    algorithm: Option<Algorithm>,
}

impl SigningKey {
    /// A key from PEM text: `PRIVATE KEY` (PKCS #8) or `RSA PRIVATE KEY` (PKCS #1), or the bare base64 of either.
    ///
    /// # Errors
    ///
    /// [`SigningErrorKind::InvalidKey`] if the text is not that.
    pub fn from_pem(pem: &str) -> Result<Self, SigningError> {
        let pem = pem::read(pem).map_err(|_| invalid())?;
        Self::from_der(&pem.der)
    }

    /// A key from DER: a `PrivateKeyInfo` (RFC 5208) or an `RSAPrivateKey` (RFC 8017).
    ///
    /// # Errors
    ///
    /// [`SigningErrorKind::InvalidKey`] if the bytes are neither.
    pub fn from_der(der: &[u8]) -> Result<Self, SigningError> {
        let provider = Provider::default();
        let rsa = RsaSigningKey::from_pkcs8_der(provider, der)
            .or_else(|_| RsaSigningKey::from_pkcs1_der(provider, der))
            .map_err(|_| invalid())?;
        Ok(Self {
            rsa,
            algorithm: None,
        })
    }

    /// A key from a private JWK with all its numbers (RFC 7518 section 6.3.2).
    ///
    /// # Errors
    ///
    /// [`SigningErrorKind::InvalidKey`] if it is not one for signing.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, SigningError> {
        let algorithm = jwk.check_for_signing().map_err(|_| invalid())?;
        let [n, e, d, p, q, dp, dq, qi] = jwk.private_components().map_err(|_| invalid())?;
        let components = RsaPrivateComponents {
            n,
            e,
            d,
            p,
            q,
            dp,
            dq,
            qi,
        };
        let rsa = RsaSigningKey::from_components(Provider::default(), components)
            .map_err(|_| invalid())?;
        Ok(Self { rsa, algorithm })
    }

    /// A key from the JSON text of a private JWK.
    ///
    /// # Errors
    ///
    /// As [`from_jwk`](Self::from_jwk).
    pub fn from_jwk_json(json: &str) -> Result<Self, SigningError> {
        Self::from_jwk(&Jwk::from_json(json).map_err(|_| invalid())?)
    }

    /// The public half.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        let key = VerifyingKey::from_rsa(self.rsa.public_key().clone());
        match self.algorithm {
            Some(algorithm) => key.with_algorithm(algorithm),
            None => key,
        }
    }

    pub(crate) fn sign(
        &self,
        algorithm: Algorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningError> {
        if self.algorithm.is_some_and(|only| only != algorithm) {
            return Err(SigningError::new(
                SigningErrorKind::InvalidKey,
                "The JWK is for another algorithm than the one asked for.",
            ));
        }
        self.rsa.sign(algorithm.hash(), message).map_err(|_| {
            SigningError::new(
                SigningErrorKind::Failed,
                "The cryptography library could not sign.",
            )
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("rsa", &self.rsa)
            .finish_non_exhaustive()
    }
}

fn invalid() -> SigningError {
    SigningError::new(
        SigningErrorKind::InvalidKey,
        "The key is not a usable RSA private key: expected PKCS #8 or PKCS #1 PEM, or a private JWK.",
    )
}
