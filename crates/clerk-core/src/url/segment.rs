//! One segment of a path.

use std::fmt;

use super::parse;
use super::percent::{self, Set};

/// An id, encoded as exactly one segment of a path.
///
/// Whatever the id holds stays in that segment: `/`, `?`, `#` and `%` are encoded. What could never be an id, or would
/// change the path it is put into, is refused.
///
/// ```
/// use clerk_core::url::PathSegment;
///
/// assert_eq!(PathSegment::encode("user_2abc")?.as_str(), "user_2abc");
/// assert_eq!(PathSegment::encode("a/b?c")?.as_str(), "a%2Fb%3Fc");
/// assert!(PathSegment::encode("..").is_err());
/// # Ok::<(), clerk_core::url::PathSegmentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PathSegment {
    encoded: String,
}

impl PathSegment {
    /// Encodes an id.
    ///
    /// # Errors
    ///
    /// [`PathSegmentError`] if the id is empty, blank, `.` or `..` (also percent-encoded), or has control characters.
    pub fn encode(id: &str) -> Result<Self, PathSegmentError> {
        if id.is_empty() {
            return Err(PathSegmentError::Empty);
        }
        if id.trim().is_empty() {
            return Err(PathSegmentError::Blank);
        }
        if id.contains(char::is_control) {
            return Err(PathSegmentError::Control);
        }
        if parse::dots(id) != 0 {
            return Err(PathSegmentError::Dots);
        }
        let mut encoded = String::with_capacity(id.len());
        percent::push_encoded(&mut encoded, id, Set::Segment);
        Ok(Self { encoded })
    }

    /// The encoded segment, without slashes around it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.encoded
    }
}

impl fmt::Display for PathSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.encoded)
    }
}

impl AsRef<str> for PathSegment {
    fn as_ref(&self) -> &str {
        &self.encoded
    }
}

/// Why a text cannot be an id in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathSegmentError {
    /// The text is empty.
    Empty,
    /// The text is only white space.
    Blank,
    /// The text has control characters.
    Control,
    /// The text is `.` or `..`, perhaps percent-encoded.
    Dots,
}

impl fmt::Display for PathSegmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the id is empty",
            Self::Blank => "the id is only white space",
            Self::Control => "the id has control characters",
            Self::Dots => "the id is a dot segment",
        })
    }
}

impl std::error::Error for PathSegmentError {}
