//! Key ids.

use std::borrow::Borrow;
use std::fmt;

/// The id of a key (`kid`): text of 1 to 256 bytes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kid(Box<str>);

impl Kid {
    /// The longest id that is accepted, in bytes; Clerk's are about 31.
    pub const MAX_LENGTH: usize = 256;

    /// Takes a text as key id.
    ///
    /// # Errors
    ///
    /// If the text is empty or longer than [`MAX_LENGTH`](Self::MAX_LENGTH).
    pub fn new(kid: &str) -> Result<Self, InvalidKid> {
        if kid.is_empty() || kid.len() > Self::MAX_LENGTH {
            return Err(InvalidKid);
        }
        Ok(Self(kid.into()))
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Kid {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Kid").field(&self.0).finish()
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot be a key id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidKid;

impl fmt::Display for InvalidKid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key id is a text of 1 to 256 bytes")
    }
}

impl std::error::Error for InvalidKid {}
