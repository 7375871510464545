//! The published test keys, by fingerprint.
//!
//! `clerk-testing` ships private keys that everybody can read. A verifier that trusted one of them would accept
//! tokens made by anyone, so verifiers refuse them unless they were told to allow test keys.

/// SHA-256 of the modulus (big-endian, without leading zeros) of each published test key.
const FINGERPRINTS: [[u8; 32]; 4] = [
    hex("d2afef82f4cc2016ffb51b9ed796fb7099515eca93ca243bc04d802361a75922"),
    hex("db5f053b5617d5e6682aa9a7cbaeb751b9598bbb28f734a8af5938727dd9a628"),
    hex("85b2125da0cf100dc86a8938f80027071c9b5579b7840080643533d702ad082d"),
    hex("5059b227ac31580dbbd55e6e2ca61a4048b0a12c999231ab3fddb16234fc44bd"),
];

/// Whether the RSA key with this modulus (big-endian; leading zeros do not matter) is one whose private half is published.
///
/// ```
/// assert!(!clerk_core::is_published_test_key(&[0xc0, 0xff, 0xee]));
/// ```
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#[must_use]
pub fn is_published_test_key(modulus: &[u8]) -> bool {
    let start = modulus
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(modulus.len());
    let fingerprint = crate::crypto::sha256(modulus.get(start..).unwrap_or_default());
    FINGERPRINTS.contains(&fingerprint)
}

/// Reads 64 hexadecimal digits at compile time.
const fn hex(text: &str) -> [u8; 32] {
    const fn digit(byte: u8) -> u8 {
        match byte {
            b'0'..=b'9' => byte - b'0',
            _ => byte - b'a' + 10,
        }
    }
    let text = text.as_bytes();
    let mut bytes = [0; 32];
    let mut at = 0;
    while at < 32 {
        bytes[at] = digit(text[2 * at]) << 4 | digit(text[2 * at + 1]);
        at += 1;
    }
    bytes
}
