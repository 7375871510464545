use super::*;

const MESSAGE: &[u8] = b"a message";
const PKCS8: &[u8] = include_bytes!("testdata/private.pkcs8.der");
const PKCS1: &[u8] = include_bytes!("testdata/private.pkcs1.der");
const PUBLIC_SPKI: &[u8] = include_bytes!("testdata/public.spki.der");
const PUBLIC_PKCS1: &[u8] = include_bytes!("testdata/public.pkcs1.der");
const SIGNATURES: [(Hash, &[u8]); 3] = [
    (Hash::Sha256, include_bytes!("testdata/sha256.sig")),
    (Hash::Sha384, include_bytes!("testdata/sha384.sig")),
    (Hash::Sha512, include_bytes!("testdata/sha512.sig")),
];

fn kind<T>(result: Result<T, KeyError>) -> KeyErrorKind {
    result.map(drop).unwrap_err().kind()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

// covers: JWT-12
#[test]
fn signatures_by_openssl_verify_with_every_form_of_the_key() {
    for &provider in Provider::ALL {
        let spki = RsaPublicKey::from_spki_der(provider, PUBLIC_SPKI).unwrap();
        let pkcs1 = RsaPublicKey::from_pkcs1_der(provider, PUBLIC_PKCS1).unwrap();
        let padded = [&[0, 0], spki.modulus()].concat();
        let components = RsaPublicKey::from_components(provider, &padded, &[0, 1, 0, 1]).unwrap();
        assert_eq!(spki, pkcs1);
        assert_eq!(spki, components);
        assert_eq!((spki.bits(), spki.provider()), (2048, provider));
        for key in [&spki, &pkcs1, &components] {
            for (hash, signature) in SIGNATURES {
                assert!(key.verify(hash, MESSAGE, signature));
                assert!(!key.verify(hash, b"a massage", signature));
                assert!(!key.verify(hash, MESSAGE, &signature[1..]));
                assert!(!key.verify(hash, MESSAGE, b""));
                for (other, _) in SIGNATURES.iter().filter(|(other, _)| *other != hash) {
                    assert!(!key.verify(*other, MESSAGE, signature));
                }
            }
        }
    }
}

// covers: JWT-46
#[test]
fn signing_is_deterministic_and_equals_openssl() {
    for &provider in Provider::ALL {
        let keys = [
            RsaSigningKey::from_pkcs8_der(provider, PKCS8).unwrap(),
            RsaSigningKey::from_pkcs1_der(provider, PKCS1).unwrap(),
        ];
        for key in keys {
            for (hash, signature) in SIGNATURES {
                assert_eq!(key.sign(hash, MESSAGE).unwrap(), signature);
            }
            assert_eq!(hex(key.public_key().exponent()), "010001");
        }
    }
}

#[test]
fn unusable_public_keys_say_why() {
    let e3 = include_bytes!("testdata/e3.spki.der");
    for &provider in Provider::ALL {
        let weak =
            RsaPublicKey::from_spki_der(provider, include_bytes!("testdata/rsa1024.spki.der"));
        assert_eq!(kind(weak), KeyErrorKind::Size);
        let curve = RsaPublicKey::from_spki_der(provider, include_bytes!("testdata/p256.spki.der"));
        assert_eq!(kind(curve), KeyErrorKind::NotRsa);
        let key = RsaPublicKey::from_spki_der(provider, PUBLIC_SPKI).unwrap();
        for exponent in [&[][..], &[0], &[1], &[1, 0, 0], &[2, 0, 0, 0, 1], &[1; 6]] {
            let result = RsaPublicKey::from_components(provider, key.modulus(), exponent);
            assert_eq!(kind(result), KeyErrorKind::Exponent, "{exponent:?}");
        }
        let mut even = key.modulus().to_vec();
        even[255] ^= 1;
        let even = RsaPublicKey::from_components(provider, &even, &[1, 0, 1]);
        assert_eq!(kind(even), KeyErrorKind::Malformed);
        let huge = RsaPublicKey::from_components(provider, &[0xff; 1025], &[1, 0, 1]);
        assert_eq!(kind(huge), KeyErrorKind::Size);
        let small_exponent = RsaPublicKey::from_spki_der(provider, e3).unwrap();
        assert!(small_exponent.verify(Hash::Sha256, MESSAGE, include_bytes!("testdata/e3.sig")));
    }
}

#[test]
fn every_damage_to_the_encoding_is_an_error_or_another_key() {
    let provider = Provider::default();
    let whole = RsaPublicKey::from_spki_der(provider, PUBLIC_SPKI).unwrap();
    for end in 0..PUBLIC_SPKI.len() {
        assert!(RsaPublicKey::from_spki_der(provider, &PUBLIC_SPKI[..end]).is_err());
    }
    let trailing = [PUBLIC_SPKI, &[0]].concat();
    assert!(RsaPublicKey::from_spki_der(provider, &trailing).is_err());
    for at in 0..PUBLIC_SPKI.len() {
        for bit in 0..8 {
            let mut damaged = PUBLIC_SPKI.to_vec();
            damaged[at] ^= 1 << bit;
            if let Ok(key) = RsaPublicKey::from_spki_der(provider, &damaged) {
                assert_ne!(key, whole, "byte {at} bit {bit}");
            }
        }
    }
}

#[test]
fn private_keys_are_not_shown() {
    let key = RsaSigningKey::from_pkcs8_der(Provider::default(), PKCS8).unwrap();
    let shown = format!("{key:?}");
    assert!(
        shown.starts_with("RsaSigningKey { public: RsaPublicKey { bits: 2048"),
        "{shown}"
    );
    assert_eq!(
        format!("{:?}", HmacSha256Key::new(b"secret")),
        "HmacSha256Key([redacted])"
    );
    assert_eq!(
        kind(RsaSigningKey::from_pkcs8_der(Provider::default(), PKCS1)),
        KeyErrorKind::Refused
    );
    assert_eq!(
        kind(RsaSigningKey::from_pkcs1_der(Provider::default(), b"")),
        KeyErrorKind::Refused
    );
}

#[test]
fn digests_equal_the_published_examples() {
    // FIPS 180 examples.
    assert_eq!(
        hex(&sha1(b"abc")),
        "a9993e364706816aba3e25717850c26c9cd0d89d"
    );
    assert_eq!(
        hex(&sha256(b"abc")),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    // RFC 4231, test case 2.
    for &provider in Provider::ALL {
        let key = HmacSha256Key::with_provider(provider, b"Jefe");
        let parts: [&[u8]; 4] = [b"what do ya ", b"", b"want for nothing", b"?"];
        assert_eq!(
            hex(&key.sign_parts(&parts)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "{provider:?}"
        );
    }
    let key = HmacSha256Key::new(b"Jefe");
    let tag = key.sign(b"what do ya want for nothing?");
    assert_eq!(
        hex(&tag),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    assert!(key.verify(b"what do ya want for nothing?", &tag));
    assert!(!key.verify(b"what do ya want for nothing?", &tag[..31]));
    assert!(!key.verify(b"what do ya want for nothing?", &[]));
    assert!(!key.verify(b"What do ya want for nothing?", &tag));
}
