//! The cryptography of Clerk's formats: RSA signatures, HMAC-SHA-256, SHA-1 and SHA-256, by ring or aws-lc-rs.
//!
//! What is here needs one of the features `ring` (default) and `aws-lc-rs`. Where both are on, aws-lc-rs
//! does the work unless a [`Provider`] is passed; a process-wide default is never read and never set.

mod der;
mod digest;
mod error;
mod hmac;
mod provider;
mod public_key;
mod signing_key;

#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
#[cfg(feature = "ring")]
mod ring;

#[cfg(test)]
mod tests;

pub use digest::{sha1, sha256};
pub use error::{KeyError, KeyErrorKind};
pub use hmac::HmacSha256Key;
pub use provider::{Hash, Provider};
pub use public_key::RsaPublicKey;
pub use signing_key::{RsaPrivateComponents, RsaSigningKey};
