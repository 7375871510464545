//! Matching request paths against a list of patterns.

use clerk_errors::ConfigError;

use super::compile::PathPatterns;
use super::normalize::normalize_path;

/// Tells which paths a list of patterns means, for moving an application over from another Clerk SDK.
///
/// A list of protected paths and the router that serves them can disagree about crafted paths. Put guards on
/// routes instead where you can. Where you cannot, treat [`Match::Malformed`] as a bad request.
///
/// ```
/// use clerk_internal::path::{Match, RouteMatcher};
///
/// let protected = RouteMatcher::new(["/admin", "/dashboard(.*)"])?;
/// assert_eq!(protected.matches("//%61dmin"), Match::Yes);
/// assert_eq!(protected.matches("/public"), Match::No);
/// assert_eq!(protected.matches("/admin%2Fx"), Match::Malformed);
/// # Ok::<(), clerk_errors::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RouteMatcher {
    patterns: PathPatterns,
}

/// Whether a path is meant. Does not convert to `bool`: a malformed path is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Match {
    /// A pattern matches.
    Yes,
    /// No pattern matches.
    No,
    /// The path can be read in more than one way, or not at all: answer 400.
    Malformed,
}

impl RouteMatcher {
    /// Compiles the patterns. Empty ones are left out.
    ///
    /// # Errors
    ///
    /// A pattern cannot be read.
    pub fn new<P: AsRef<str>>(patterns: impl IntoIterator<Item = P>) -> Result<Self, ConfigError> {
        let patterns = patterns
            .into_iter()
            .filter(|pattern| !pattern.as_ref().is_empty());
        Ok(Self {
            patterns: PathPatterns::new("route patterns", patterns)?,
        })
    }

    /// Whether a URL's path is meant.
    pub fn matches(&self, path: &str) -> Match {
        let Ok(normal) = normalize_path(path) else {
            return Match::Malformed;
        };
        if is_ambiguous(path, &normal) {
            return Match::Malformed;
        }
        if self.patterns.is_match(&normal) {
            Match::Yes
        } else {
            Match::No
        }
    }
}

/// Whether routers differ on what the path means: encoded separators, dot segments, control characters.
fn is_ambiguous(path: &str, normal: &str) -> bool {
    // What is left encoded after the decoding is exactly the reserved characters, and a percent sign's own digits.
    let encoded_slash = path
        .as_bytes()
        .windows(3)
        .any(|window| window.eq_ignore_ascii_case(b"%2f"));
    encoded_slash
        || normal.contains('\\')
        || normal.contains(|char: char| char.is_ascii_control())
        || normal
            .split('/')
            .any(|segment| segment == "." || segment == "..")
}
