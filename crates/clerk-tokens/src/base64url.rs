//! Base64url as Clerk's JWTs use it (RFC 4648 section 5): unpadded, with stray padding forgiven.

use base64_simd::URL_SAFE_NO_PAD;

/// Decodes a part of a token onto the end of `out`; `out` is unchanged if the part is not base64url.
///
/// Any number of trailing `=` is ignored; other characters outside the alphabet and left-over bits that
/// are not zero are refused.
pub(crate) fn decode_append(part: &str, out: &mut Vec<u8>) -> Option<()> {
    // JWT-2: padding is stripped, however much of it there is.
    let unpadded = part.trim_end_matches('=');
    URL_SAFE_NO_PAD.decode_append(unpadded, out).ok()
}

/// Decodes a part of a token, leaving `spare` bytes of capacity.
pub(crate) fn decode(part: &str, spare: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(part.len() / 4 * 3 + 3 + spare);
    decode_append(part, &mut out)?;
    Some(out)
}

/// Encodes without padding.
#[cfg(any(test, feature = "ring", feature = "aws-lc-rs"))]
pub(crate) fn encode_append(bytes: &[u8], out: &mut String) {
    URL_SAFE_NO_PAD.encode_append(bytes, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: JWT-2, JWT-3
    #[test]
    fn alphabet_padding_and_left_over_bits() {
        let cases: &[(&str, Option<&[u8]>)] = &[
            ("", Some(b"")),
            ("=", Some(b"")),
            ("e30", Some(b"{}")),
            ("e30=", Some(b"{}")),
            ("e30====", Some(b"{}")),
            ("AA", Some(&[0])),
            ("-_8", Some(&[0xfb, 0xff])),
            ("A", None),
            ("AAAAA", None),
            ("e31", None),
            ("AB", None),
            ("AAB", None),
            ("e=30", None),
            ("+/8", None),
            ("e30 ", None),
            ("e30\n", None),
            (" e30", None),
            ("e3\u{ff10}", None),
        ];
        for (part, expected) in cases {
            assert_eq!(decode(part, 0).as_deref(), *expected, "{part:?}");
        }
    }

    // covers: JWT-3
    #[test]
    fn exactly_the_canonical_texts_of_every_length_decode() {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for length in 0..40 {
            for last in ALPHABET {
                let mut text = "A".repeat(length);
                text.push(char::from(*last));
                let value = ALPHABET.iter().position(|c| c == last).unwrap();
                let canonical = match text.len() % 4 {
                    0 => true,
                    1 => false,
                    2 => value & 15 == 0,
                    _ => value & 3 == 0,
                };
                let decoded = decode(&text, 0);
                assert_eq!(decoded.is_some(), canonical, "{text}");
                if let Some(bytes) = decoded {
                    let mut again = String::new();
                    encode_append(&bytes, &mut again);
                    assert_eq!(again, text);
                }
            }
        }
    }
}
