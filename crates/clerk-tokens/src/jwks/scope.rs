//! Which instance keys belong to.

use std::fmt;

use clerk_core::Secret;
use clerk_core::crypto::sha256;

/// Whose keys these are: address, version and secret key, hashed. Keys of one scope never serve another.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyScope([u8; 32]);

impl KeyScope {
    /// JWKS-3: the secret itself is not kept.
    pub(super) fn of(text: &Secret) -> Self {
        Self(sha256(text.expose().as_bytes()))
    }
}

impl fmt::Debug for KeyScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyScope(")?;
        for byte in &self.0[..4] {
            write!(f, "{byte:02x}")?;
        }
        f.write_str("…)")
    }
}
