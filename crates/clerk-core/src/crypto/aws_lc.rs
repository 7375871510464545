//! The aws-lc-rs backend.

use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
};
use aws_lc_rs::{digest, hmac, rand};

use super::{Hash, KeyError, KeyErrorKind, der};

pub(super) fn sha1(data: &[u8]) -> [u8; 20] {
    copied(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, data).as_ref())
}

pub(super) fn sha256(data: &[u8]) -> [u8; 32] {
    copied(digest::digest(&digest::SHA256, data).as_ref())
}

/// Copies an output whose length the algorithm fixes.
fn copied<const N: usize>(output: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(output);
    array
}

#[derive(Clone)]
pub(super) struct HmacKey(hmac::Key);

impl HmacKey {
    pub(super) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 32] {
        copied(hmac::sign(&self.0, message).as_ref())
    }

    pub(super) fn sign_parts(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(part);
        }
        copied(context.sign().as_ref())
    }

    pub(super) fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.0, message, tag).is_ok()
    }
}

/// A parsed key is bound to one hash, so there is one for each.
pub(super) struct PublicKey {
    sha256: ParsedPublicKey,
    sha384: ParsedPublicKey,
    sha512: ParsedPublicKey,
}

impl PublicKey {
    pub(super) fn new(n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        let der = der::encode_rsa_public_key(n, e);
        let parsed = |algorithm| {
            ParsedPublicKey::new(algorithm, &der).map_err(|_| KeyError::new(KeyErrorKind::Refused))
        };
        Ok(Self {
            sha256: parsed(&RSA_PKCS1_2048_8192_SHA256)?,
            sha384: parsed(&RSA_PKCS1_2048_8192_SHA384)?,
            sha512: parsed(&RSA_PKCS1_2048_8192_SHA512)?,
        })
    }

    pub(super) fn verify(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        let key = match hash {
            Hash::Sha256 => &self.sha256,
            Hash::Sha384 => &self.sha384,
            Hash::Sha512 => &self.sha512,
        };
        key.verify_sig(message, signature).is_ok()
    }
}

pub(super) struct SigningKey(KeyPair);

impl SigningKey {
    pub(super) fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        KeyPair::from_pkcs8(der).map(Self).map_err(refused)
    }

    pub(super) fn from_pkcs1_der(der: &[u8]) -> Result<Self, KeyError> {
        KeyPair::from_der(der).map(Self).map_err(refused)
    }

    pub(super) fn public_pkcs1_der(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    pub(super) fn sign(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let encoding = match hash {
            Hash::Sha256 => &RSA_PKCS1_SHA256,
            Hash::Sha384 => &RSA_PKCS1_SHA384,
            Hash::Sha512 => &RSA_PKCS1_SHA512,
        };
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                encoding,
                &rand::SystemRandom::new(),
                message,
                &mut signature,
            )
            .map_err(|_| KeyError::new(KeyErrorKind::Failed))?;
        Ok(signature)
    }
}

fn refused(_: aws_lc_rs::error::KeyRejected) -> KeyError {
    KeyError::new(KeyErrorKind::Refused)
}
