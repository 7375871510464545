//! The ring backend.

use ::ring::rsa::{KeyPair, PublicKeyComponents};
use ::ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
};
use ::ring::{digest, hmac, rand};

use super::{Hash, KeyError, KeyErrorKind};

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

/// ring has no prepared RSA public key; of what it takes, the bare components are parsed fastest.
pub(super) struct PublicKey(PublicKeyComponents<Box<[u8]>>);

impl PublicKey {
    pub(super) fn new(n: &[u8], e: &[u8]) -> Self {
        Self(PublicKeyComponents {
            n: n.into(),
            e: e.into(),
        })
    }

    pub(super) fn verify(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        let parameters = match hash {
            Hash::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
            Hash::Sha384 => &RSA_PKCS1_2048_8192_SHA384,
            Hash::Sha512 => &RSA_PKCS1_2048_8192_SHA512,
        };
        self.0.verify(parameters, message, signature).is_ok()
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
        self.0.public().as_ref()
    }

    pub(super) fn sign(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let encoding = match hash {
            Hash::Sha256 => &RSA_PKCS1_SHA256,
            Hash::Sha384 => &RSA_PKCS1_SHA384,
            Hash::Sha512 => &RSA_PKCS1_SHA512,
        };
        let mut signature = vec![0; self.0.public().modulus_len()];
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

fn refused(_: ::ring::error::KeyRejected) -> KeyError {
    KeyError::new(KeyErrorKind::Refused)
}
