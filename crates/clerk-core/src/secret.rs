//! Text that must not be seen.

use std::fmt;

/// A secret text: redacted in `Debug`, without `Display`, zeroed when dropped.
///
/// ```
/// use clerk_core::Secret;
///
/// let secret = Secret::new("sk_test_abc");
/// assert_eq!(format!("{secret:?}"), "Secret([redacted])");
/// assert_eq!(secret.expose(), "sk_test_abc");
/// ```
#[derive(Clone)]
pub struct Secret {
    text: String,
}

impl Secret {
    /// Takes a text as secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// The text itself; named so that every use can be found.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        // One fill, where `Zeroizing` stores byte by byte: tokens are dropped with every request.
        bytes.resize(bytes.capacity(), 0);
        bytes.fill(0);
        zeroize::optimization_barrier(bytes.as_slice());
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}
