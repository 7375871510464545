//! The signature of a message: what is signed, how it is written, and how a list of them is searched.

use std::hint::black_box;
use std::io::Write;

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
    // A dot, at most twenty characters of an i64, a dot.
    let mut between = [0; 22];
    let unused = {
        let mut rest = between.as_mut_slice();
        // Cannot fail: the buffer fits every i64.
        let _ = write!(rest, ".{timestamp}.");
        rest.len()
    };
    let between = &between[..between.len() - unused];
    let mac = key.sign_parts(&[id.as_bytes(), between, body]);
    let mut encoded = [0; SIGNATURE_BYTES];
    let _ = STANDARD.encode(&mac, encoded.as_mut_slice().as_out());
    encoded
}

/// Whether one of the blank-separated `<version>,<signature>` entries is version 1 with this signature. What follows a second
/// comma is ignored, as the reference does.
///
/// Signatures are compared as text, whole and in constant time: so another spelling of the same bytes does not pass either.
pub(crate) fn list_contains(list: &[u8], expected: &[u8; SIGNATURE_BYTES]) -> bool {
    let mut found = false;
    for entry in list.split(|byte| *byte == b' ') {
        let mut fields = entry.split(|byte| *byte == b',');
        let (Some(b"v1"), Some(signature)) = (fields.next(), fields.next()) else {
            continue;
        };
        if let Ok(signature) = <&[u8; SIGNATURE_BYTES]>::try_from(signature) {
            found |= equal(signature, expected);
        }
    }
    found
}

/// Equality that takes the same time wherever the first difference is.
fn equal(a: &[u8; SIGNATURE_BYTES], b: &[u8; SIGNATURE_BYTES]) -> bool {
    let difference = a
        .iter()
        .zip(b)
        .fold(0, |difference, (a, b)| black_box(difference | (a ^ b)));
    black_box(difference) == 0
}
