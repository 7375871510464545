//! The little DER that RSA keys need (RFC 8017 appendix A.1, RFC 5280 section 4.1.2.7).

use zeroize::Zeroizing;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;
/// AlgorithmIdentifier of rsaEncryption (1.2.840.113549.1.1.1) with NULL parameters, without its outer header.
const RSA_ENCRYPTION: &[u8] = &[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/// What a public key in DER turned out to be.
pub(super) enum Spki<'a> {
    Rsa(&'a [u8]),
    OtherAlgorithm,
}

/// Splits a SubjectPublicKeyInfo into its algorithm and, for RSA, the RSAPublicKey within.
pub(super) fn spki(der: &[u8]) -> Option<Spki<'_>> {
    let (algorithm, rest) = tlv(SEQUENCE, only(SEQUENCE, der)?)?;
    let bits = only(BIT_STRING, rest)?;
    let (&0, key) = bits.split_first()? else {
        return None;
    };
    Some(if algorithm == RSA_ENCRYPTION {
        Spki::Rsa(key)
    } else {
        Spki::OtherAlgorithm
    })
}

/// The modulus and exponent of an RSAPublicKey, both without leading zeros.
pub(super) fn rsa_public_key(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (n, rest) = tlv(INTEGER, only(SEQUENCE, der)?)?;
    let e = only(INTEGER, rest)?;
    Some((positive(n)?, positive(e)?))
}

/// Encodes an RSAPublicKey.
#[cfg(feature = "aws-lc-rs")]
pub(super) fn encode_rsa_public_key(n: &[u8], e: &[u8]) -> Vec<u8> {
    encode_integers(&[n, e]).to_vec()
}

/// Encodes a sequence of positive integers, as RSAPublicKey and RSAPrivateKey are.
pub(super) fn encode_integers(integers: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let room: usize = integers.iter().map(|integer| integer.len() + 8).sum();
    let mut content = Zeroizing::new(Vec::with_capacity(room));
    for integer in integers {
        let magnitude = without_leading_zeros(integer);
        let sign = usize::from(magnitude.first().is_none_or(|first| *first >= 0x80));
        header(&mut content, INTEGER, magnitude.len() + sign);
        content.extend_from_slice(&[0][..sign]);
        content.extend_from_slice(magnitude);
    }
    let mut sequence = Zeroizing::new(Vec::with_capacity(content.len() + 8));
    header(&mut sequence, SEQUENCE, content.len());
    sequence.extend_from_slice(&content);
    sequence
}

pub(super) fn without_leading_zeros(integer: &[u8]) -> &[u8] {
    let zeros = integer.iter().take_while(|byte| **byte == 0).count();
    &integer[zeros..]
}

fn header(out: &mut Vec<u8>, tag: u8, length: usize) {
    out.push(tag);
    let bytes = length.to_be_bytes();
    let significant = without_leading_zeros(&bytes);
    match significant {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            // At most eight length bytes: this never truncates.
            out.push(0x80 | (long.len() as u8));
            out.extend_from_slice(long);
        }
    }
}

/// The content of the one element that `der` must be.
fn only(tag: u8, der: &[u8]) -> Option<&[u8]> {
    let (content, rest) = tlv(tag, der)?;
    rest.is_empty().then_some(content)
}

/// The content of the element that `der` starts with, and what follows it.
fn tlv(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    if *found != tag {
        return None;
    }
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match *first {
        short @ 0..=0x7f => (usize::from(short), rest),
        // Two length bytes reach 64 KiB, far beyond any RSA key; DER forbids a longer form than needed.
        0x81 => match rest.split_first()? {
            (long @ 0x80.., rest) => (usize::from(*long), rest),
            _ => return None,
        },
        0x82 => match rest.split_first_chunk::<2>()? {
            (long, rest) if long[0] != 0 => (usize::from(u16::from_be_bytes(*long)), rest),
            _ => return None,
        },
        _ => return None,
    };
    rest.split_at_checked(length)
}

fn positive(integer: &[u8]) -> Option<&[u8]> {
    match integer {
        [] | [0] => None,
        [first, ..] if *first >= 0x80 => None,
        [0, second, ..] if *second < 0x80 => None,
        [0, magnitude @ ..] | magnitude => Some(magnitude),
    }
}
