//! Percent-encoding, as the WHATWG URL Standard has it.

use std::borrow::Cow;

/// What is encoded where.
#[derive(Clone, Copy)]
pub(super) enum Set {
    Path,
    Query,
    Fragment,
    /// One path segment: all but the characters RFC 3986, section 3.3 allows in one.
    Segment,
}

impl Set {
    /// For ASCII; characters beyond it are always encoded.
    const fn encodes(self, byte: u8) -> bool {
        if byte <= b' ' || byte == 0x7f {
            return true;
        }
        match self {
            Self::Path => matches!(byte, b'"' | b'#' | b'<' | b'>' | b'?' | b'`' | b'{' | b'}'),
            Self::Query => matches!(byte, b'"' | b'#' | b'<' | b'>' | b'\''),
            Self::Fragment => matches!(byte, b'"' | b'<' | b'>' | b'`'),
            Self::Segment => !(byte.is_ascii_alphanumeric() || is_segment_mark(byte)),
        }
    }
}

const fn is_segment_mark(byte: u8) -> bool {
    matches!(byte, b'-' | b'.' | b'_' | b'~' | b':' | b'@')
        || matches!(
            byte,
            b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'='
        )
}

/// Appends a text, percent-encoding what the set names.
pub(super) fn push_encoded(out: &mut String, text: &str, set: Set) {
    let mut plain = 0;
    for (index, c) in text.char_indices() {
        let end = index + c.len_utf8();
        if !c.is_ascii() || set.encodes(text.as_bytes()[index]) {
            out.push_str(&text[plain..index]);
            text[index..end]
                .bytes()
                .for_each(|byte| push_byte(out, byte));
            plain = end;
        }
    }
    out.push_str(&text[plain..]);
}

/// Appends `%XX`.
pub(super) fn push_byte(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}

/// Decodes every `%XX`; a percent sign that is not followed by two hexadecimal digits stays.
#[must_use]
pub fn decode(text: &str) -> Cow<'_, [u8]> {
    let bytes = text.as_bytes();
    if !bytes.contains(&b'%') {
        return Cow::Borrowed(bytes);
    }
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        match escaped(rest) {
            Some(byte) => {
                decoded.push(byte);
                rest = &rest[3..];
            }
            None => {
                decoded.push(*first);
                rest = after;
            }
        }
    }
    Cow::Owned(decoded)
}

/// Decodes a text in which every percent sign must start an escape and the result must be UTF-8, as JavaScript's
/// `decodeURIComponent` does; `None` otherwise.
///
/// ```
/// use clerk_core::url::percent;
///
/// assert_eq!(percent::decode_component("a%20b").as_deref(), Some("a b"));
/// assert_eq!(percent::decode_component("100%"), None);
/// ```
#[must_use]
pub fn decode_component(text: &str) -> Option<Cow<'_, str>> {
    let bytes = text.as_bytes();
    let stray = |index: usize| bytes[index] == b'%' && escaped(&bytes[index..]).is_none();
    if (0..bytes.len()).any(stray) {
        return None;
    }
    match decode(text) {
        Cow::Borrowed(_) => Some(Cow::Borrowed(text)),
        Cow::Owned(decoded) => String::from_utf8(decoded).ok().map(Cow::Owned),
    }
}

/// The byte of the escape that a text starts with.
fn escaped(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()
}
