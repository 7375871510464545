//! The signature of a message: what is signed, how it is written, and how a list of them is searched.

use std::hint::black_box;

use base64_simd::{AsOut, STANDARD};
use clerk_core::crypto::HmacSha256Key;

/// The length of an HMAC-SHA-256 in padded base64.
pub(crate) const SIGNATURE_BYTES: usize = 44;

/// The MAC over `<id>.<timestamp>.<body>` in base64. The body is not copied.
pub(crate) fn encoded_mac(
    key: &HmacSha256Key,
    id: &str,
    timestamp: i64,
    body: &[u8],
) -> [u8; SIGNATURE_BYTES] {
    let mut buffer = [0; DOTTED_BYTES];
    let between = dotted(timestamp, &mut buffer);
    let mac = key.sign_parts(&[id.as_bytes(), between, body]);
    let mut encoded = [0; SIGNATURE_BYTES];
    let _ = STANDARD.encode(&mac, encoded.as_mut_slice().as_out());
    encoded
}

const VERSION: &[u8] = b"v1,";

/// Whether one of the blank-separated `<version>,<signature>` entries is version 1 with this signature. What follows a second
/// comma is ignored, as the reference does.
///
/// Signatures are compared as text, whole and in constant time: so another spelling of the same bytes does not pass either.
pub(crate) fn list_contains(list: &[u8], expected: &[u8; SIGNATURE_BYTES]) -> bool {
    let mut found = false;
    let mut rest = list;
    loop {
        let mut looked_at = 0;
        if let Some(signature) = first_signature(rest) {
            found |= equal(signature, expected);
            looked_at = VERSION.len() + SIGNATURE_BYTES;
        }
        match rest[looked_at..].iter().position(|byte| *byte == b' ') {
            Some(blank) => rest = &rest[looked_at + blank + 1..],
            None => return found,
        }
    }
}

/// The signature of the first entry of a list, if it is of version 1 and of the right length.
fn first_signature(list: &[u8]) -> Option<&[u8; SIGNATURE_BYTES]> {
    let (signature, rest) = list.strip_prefix(VERSION)?.split_first_chunk()?;
    matches!(rest.first(), None | Some(b' ' | b',')).then_some(signature)
}

/// Equality that takes the same time wherever the first difference is.
fn equal(a: &[u8; SIGNATURE_BYTES], b: &[u8; SIGNATURE_BYTES]) -> bool {
    let difference = black_box(a)
        .iter()
        .zip(black_box(b))
        .fold(0, |difference, (a, b)| difference | (a ^ b));
    black_box(difference) == 0
}

/// A dot, at most twenty characters of an `i64`, a dot.
const DOTTED_BYTES: usize = 22;

/// The number between dots, as it stands between id and body.
fn dotted(number: i64, buffer: &mut [u8; DOTTED_BYTES]) -> &[u8] {
    let mut start = DOTTED_BYTES - 1;
    buffer[start] = b'.';
    let mut rest = number.unsigned_abs();
    loop {
        start -= 1;
        // A remainder of ten fits.
        buffer[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        start -= 1;
        buffer[start] = b'-';
    }
    start -= 1;
    buffer[start] = b'.';
    &buffer[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_between_dots() {
        for number in [0, 7, 10, -1, 1_774_000_000, i64::MAX, i64::MIN] {
            let mut buffer = [0; DOTTED_BYTES];
            assert_eq!(
                dotted(number, &mut buffer),
                format!(".{number}.").as_bytes()
            );
        }
    }
}
