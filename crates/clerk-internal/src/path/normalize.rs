//! A path as the application's router sees it.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// A path whose percent-encoding cannot be decoded: answer 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedPath;

impl MalformedPath {
    /// The HTTP status to answer with.
    pub const STATUS: http::StatusCode = http::StatusCode::BAD_REQUEST;
}

impl fmt::Display for MalformedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the URL's path is not well-formed percent-encoded text")
    }
}

impl Error for MalformedPath {}

/// Decodes a path once and collapses runs of `/`.
///
/// Encoded characters that carry meaning in a URL (`%2F`, `%3F`, `%23` and the like) stay encoded, so that a
/// router and a matcher cannot read two paths out of one. Dot segments are left alone.
///
/// ```
/// use clerk_internal::path::normalize_path;
///
/// assert_eq!(normalize_path("//%61dmin").unwrap(), "/admin");
/// assert_eq!(normalize_path("/admin%2Fx").unwrap(), "/admin%2Fx");
/// assert!(normalize_path("/%zz").is_err());
/// ```
///
/// # Errors
///
/// A percent sign is not followed by two hexadecimal digits, or the bytes are not UTF-8.
pub fn normalize_path(path: &str) -> Result<Cow<'_, str>, MalformedPath> {
    let decoded = if path.contains('%') {
        Cow::Owned(decode(path)?)
    } else {
        Cow::Borrowed(path)
    };
    if !decoded.contains("//") {
        return Ok(decoded);
    }
    let mut collapsed = String::with_capacity(decoded.len());
    for char in decoded.chars() {
        if char != '/' || !collapsed.ends_with('/') {
            collapsed.push(char);
        }
    }
    Ok(Cow::Owned(collapsed))
}

/// The characters that stay encoded: those that structure a URL.
const RESERVED: &[u8] = b";/?:@&=+$,#";

fn decode(path: &str) -> Result<String, MalformedPath> {
    let mut decoded = Vec::with_capacity(path.len());
    let bytes = path.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte != b'%' {
            decoded.push(byte);
            at += 1;
            continue;
        }
        let value = hex_pair(bytes, at + 1).ok_or(MalformedPath)?;
        if RESERVED.contains(&value) {
            decoded.extend_from_slice(bytes.get(at..at + 3).ok_or(MalformedPath)?);
        } else {
            decoded.push(value);
        }
        at += 3;
    }
    String::from_utf8(decoded).map_err(|_| MalformedPath)
}

fn hex_pair(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    u8::try_from(digit(at)? * 16 + digit(at + 1)?).ok()
}
