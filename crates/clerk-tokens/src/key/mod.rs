//! Keys: from PEM, DER, JWK or a key set, prepared once.

mod jwk;
mod jwk_set;
mod kid;
mod pem;
mod signing;
mod verifying;

pub use jwk::Jwk;
pub use jwk_set::{JwkSet, MAX_KEYS};
pub use kid::{InvalidKid, Kid};
pub use signing::SigningKey;
pub use verifying::VerifyingKey;

use clerk_core::crypto::{KeyError, KeyErrorKind};
use clerk_errors::{ConfigError, ConfigErrorKind};

/// What the setting is called where nobody names it better.
const SETTING: &str = "the JWT key";

fn malformed(problem: &'static str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Malformed, SETTING, problem)
        .with_fix("copy the JWKS public key (PEM) from the API keys page of the Clerk Dashboard")
}

fn unusable(error: KeyError) -> ConfigError {
    let (kind, problem) = match error.kind() {
        KeyErrorKind::NotRsa => (
            ConfigErrorKind::Misplaced,
            "is not an RSA key, and Clerk signs with RSA",
        ),
        KeyErrorKind::Size => (
            ConfigErrorKind::Unsafe,
            "is an RSA key of less than 2048 or more than 8192 bits",
        ),
        KeyErrorKind::Exponent => (
            ConfigErrorKind::Unsafe,
            "is an RSA key with an unusable public exponent",
        ),
        _ => (ConfigErrorKind::Malformed, "cannot be read as an RSA key"),
    };
    ConfigError::new(kind, SETTING, problem)
        .with_fix("copy the JWKS public key (PEM) from the API keys page of the Clerk Dashboard")
        .with_source(error)
}
