use clerk_tokens::{
    Algorithm, ConfigError, JwkSet, Kid, MAX_KEYS, Provider, SigningKey, TokenVerifier,
    VerifyTokenOptions, VerifyingKey, verify_jwt, verify_token,
};
use serde_json::{Value, json};

use crate::support::*;

const PKCS1: &str = include_str!("../keys/one.pkcs1.public.pem");
const LARGE: &str = include_str!("../keys/large.pem");
const LARGE_PUBLIC: &str = include_str!("../keys/large.public.pem");
const WEAK_PUBLIC: &str = include_str!("../keys/weak.public.pem");
const CURVE_PUBLIC: &str = include_str!("../keys/curve.public.pem");

fn body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

fn jwk(changes: &[(&str, Value)]) -> Value {
    let rsa = key().as_rsa().clone();
    let public = json!({
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "ins_1", "n": encode(rsa.modulus()), "e": "AQAB",
    });
    with(public, changes)
}

// covers: JWT-41, JWT-42, JWT-45
#[test]
fn jwt_42_pem_of_any_sane_form() {
    let lines = ONE_PUBLIC.trim_end();
    let forms = [
        lines.to_owned(),
        format!("{lines}\n"),
        lines.replace('\n', "\r\n"),
        lines.replace('\n', "\r"),
        lines.replace('\n', ""),
        lines.replace('\n', " "),
        lines.replace('\n', "\\n"),
        lines.replace('\n', "\\r\\n"),
        format!("  \n\t{}  ", lines.replace('\n', "\n    ")),
        format!("\"{}\"", lines.replace('\n', "\\n")),
        format!("'{lines}'"),
        body(lines),
        format!("{}\n", body(lines)),
        body(lines).trim_end_matches('=').to_owned(),
        lines.replace("-----END PUBLIC KEY-----", ""),
        lines.replace("-----BEGIN PUBLIC KEY-----\n", ""),
        lines.replace("PUBLIC KEY", "RSA PUBLIC KEY"),
        format!("{lines}\n{lines}"),
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----",
            body(lines).replace('+', "-").replace('/', "_")
        ),
        PKCS1.to_owned(),
        PKCS1.replace('\n', "\\n"),
        body(PKCS1),
    ];
    for form in &forms {
        assert_eq!(
            VerifyingKey::from_pem(form).unwrap().as_rsa(),
            key().as_rsa(),
            "{form:?}"
        );
        assert_eq!(
            outcome(verify_jwt(
                &token(&[]),
                &VerifyingKey::from_pem(form).unwrap(),
                &options()
            )),
            "ok"
        );
    }
    let large = VerifyingKey::from_pem(LARGE_PUBLIC).unwrap();
    assert_eq!(large.as_rsa().bits(), 4096);
    let signed = clerk_tokens::sign_jwt(
        &payload(),
        &SigningKey::from_pem(LARGE).unwrap(),
        &clerk_tokens::SignOptions::with_clock(Algorithm::Rs512, clerk_core::Clock::fixed(NOW_MS)),
    )
    .unwrap();
    assert_eq!(outcome(verify_jwt(&signed, &large, &options())), "ok");
    assert_eq!(judged(&signed, &options()), "token-invalid-signature");
}

// covers: JWT-42, JWT-13
#[test]
fn jwt_42_unusable_keys_are_configuration_errors_that_show_nothing() {
    let truncated = &ONE_PUBLIC.lines().take(4).collect::<String>();
    let cases: &[(&str, &str)] = &[
        ("", "is empty"),
        (" \n ", "is empty"),
        ("garbage", "neither PEM nor base64"),
        ("clé 🔑", "neither PEM nor base64"),
        (
            "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
            "cannot be read",
        ),
        ("-----BEGIN PUBLIC KEY", "broken PEM"),
        (truncated, "cannot be read"),
        (WEAK_PUBLIC, "less than 2048"),
        (CURVE_PUBLIC, "not an RSA key"),
        (ONE, "private key"),
        (include_str!("../keys/one.pkcs1.pem"), "private key"),
    ];
    for (pem, problem) in cases {
        let error = VerifyingKey::from_pem(pem).unwrap_err();
        assert!(error.to_string().contains(problem), "{error} for {pem:?}");
        assert!(!error.to_string().contains("MII"), "{error}");
    }
    assert!(VerifyingKey::from_pem(&"A".repeat(1 << 20)).is_err());
    let text_before = format!("Subject: x\n{ONE_PUBLIC}");
    assert!(VerifyingKey::from_pem(&text_before).is_err());
    let shown = format!("{:?}", SigningKey::from_pem(ONE).unwrap());
    assert!(!shown.contains("MII") && shown.contains("2048"), "{shown}");
}

// covers: JWT-13, JWT-40
#[test]
fn a_jwk_serves_for_what_it_says() {
    let accepted = |jwk: &Value| VerifyingKey::from_jwk_json(&jwk.to_string());
    let n = jwk(&[])["n"].as_str().unwrap().to_owned();
    let padded = base64_simd::STANDARD.encode_to_string(key().as_rsa().modulus());
    let zeros = encode([&[0, 0], key().as_rsa().modulus()].concat());
    for changes in [
        vec![],
        vec![
            ("use", json!("(absent)")),
            ("alg", json!("(absent)")),
            ("kid", json!("(absent)")),
        ],
        vec![("key_ops", json!(["verify"]))],
        vec![("key_ops", json!(["sign", "verify"]))],
        vec![("n", json!(format!("{n}==")))],
        vec![("n", json!(padded))],
        vec![("n", json!(zeros))],
        vec![("e", json!("AAEAAQ"))],
        vec![
            ("x5c", json!(["AAAA"])),
            ("ext", json!(false)),
            ("foo", json!({})),
        ],
        vec![("kid", json!(5))],
    ] {
        let jwk = jwk(&changes);
        let key = accepted(&jwk).unwrap_or_else(|error| panic!("{error}: {jwk}"));
        assert_eq!(
            outcome(verify_jwt(&token(&[]), &key, &options())),
            "ok",
            "{jwk}"
        );
    }
    for changes in [
        ("kty", json!("EC")),
        ("kty", json!("rsa")),
        ("kty", json!("(absent)")),
        ("kty", json!(1)),
        ("use", json!("enc")),
        ("use", json!("")),
        ("use", json!(null)),
        ("alg", json!("PS256")),
        ("alg", json!("rs256")),
        ("alg", json!("ES256")),
        ("alg", json!(null)),
        ("key_ops", json!(["sign"])),
        ("key_ops", json!([])),
        ("key_ops", json!(["verify", "verify"])),
        ("key_ops", json!("verify")),
        ("key_ops", json!(["verify", 1])),
        ("n", json!("(absent)")),
        ("n", json!("")),
        ("n", json!("!")),
        ("n", json!(1)),
        ("n", json!("AQAB")),
        ("e", json!("(absent)")),
        ("e", json!("AQ")),
        ("e", json!("AAAA")),
        ("e", json!("Ag")),
        ("d", json!("AQAB")),
    ] {
        let jwk = jwk(&[changes]);
        assert!(accepted(&jwk).is_err(), "{jwk}");
    }
    for text in ["", "null", "[]", "\"x\"", "{"] {
        assert!(VerifyingKey::from_jwk_json(text).is_err());
    }
    // A key for one algorithm serves for no other.
    let rs384 = accepted(&jwk(&[("alg", json!("RS384"))])).unwrap();
    assert_eq!(rs384.algorithm(), Some(Algorithm::Rs384));
    let failed = "token-verification-failed (action)";
    assert_eq!(outcome(verify_jwt(&token(&[]), &rs384, &options())), failed);
    let token = token_with_header(&[("alg", json!("RS384"))]);
    assert_eq!(outcome(verify_jwt(&token, &rs384, &options())), "ok");
    let decoded = clerk_tokens::decode_jwt(&token).unwrap();
    let rs256 = accepted(&jwk(&[])).unwrap();
    let error = clerk_tokens::has_valid_signature(&decoded, &rs256).unwrap_err();
    assert_eq!(error.reason().as_str(), "token-invalid-signature");
}

// covers: JWT-41, JWT-43, JWT-50, JWT-52
#[test]
fn a_local_key_serves_for_every_kid_and_for_rs256_only() {
    let options = VerifyTokenOptions::from(options())
        .jwt_key(ONE_PUBLIC)
        .unwrap();
    for kid in [
        json!("ins_1"),
        json!("other"),
        json!(""),
        json!(null),
        json!(5),
        json!("(absent)"),
        json!("__proto__"),
    ] {
        let token = token_with_header(&[("kid", kid.clone())]);
        assert_eq!(outcome(verify_token(&token, &options)), "ok", "{kid}");
    }
    for alg in ["RS384", "RS512"] {
        let token = token_with_header(&[("alg", json!(alg))]);
        let failed = "token-verification-failed (action)";
        assert_eq!(outcome(verify_token(&token, &options)), failed);
        assert_eq!(judged(&token, &crate::support::options()), "ok");
    }
    let wrong = VerifyTokenOptions::from(crate::support::options())
        .jwt_key(TWO_PUBLIC)
        .unwrap();
    assert_eq!(
        outcome(verify_token(&token(&[]), &wrong)),
        "token-invalid-signature"
    );
}

// covers: JWT-44, JWT-51
#[test]
fn no_key_is_a_reason_of_its_own() {
    let none = "jwk-failed-to-resolve (action)";
    assert_eq!(
        outcome(verify_token(
            &token(&[]),
            &VerifyTokenOptions::from(options())
        )),
        none
    );
    let empty = VerifyTokenOptions::from(options()).jwt_key("").unwrap();
    assert_eq!(outcome(verify_token(&token(&[]), &empty)), none);
    let empty_set = TokenVerifier::with_options(JwkSet::default(), options());
    let error = empty_set.verify(&token(&[])).unwrap_err();
    assert_eq!(error.reason().as_str(), "jwk-local-missing");
    assert_eq!(
        error.action(),
        Some(clerk_tokens::TokenVerificationAction::SetClerkJwtKey)
    );
    assert_eq!(outcome(empty_set.verify("x")), "token-invalid (action)");
}

#[test]
fn a_set_holds_usable_keys_by_id() {
    let second = json!({
        "kty": "RSA", "kid": "ins_2", "n": encode(other_key().as_rsa().modulus()), "e": "AQAB",
    });
    let set = json!({"keys": [
        {"kty": "EC", "kid": "curve"}, second, null, 5, jwk(&[("kid", json!(""))]), jwk(&[("use", json!("enc"))]),
        jwk(&[("n", second["n"].clone())]), jwk(&[]),
    ]});
    let set = JwkSet::from_json(&set.to_string()).unwrap();
    assert_eq!(set.len(), 2);
    assert_eq!(set.get("ins_1").unwrap().as_rsa(), key().as_rsa());
    assert!(set.get("curve").is_none() && set.get("").is_none() && set.get("__proto__").is_none());
    let verifier = TokenVerifier::with_options(set, options());
    for _ in 0..2 {
        assert_eq!(outcome(verifier.verify(&token(&[]))), "ok");
        let other = token_with_header(&[("kid", json!("ins_2"))]);
        assert_eq!(outcome(verifier.verify(&other)), "token-invalid-signature");
        for kid in [
            json!("ins_3"),
            json!("constructor"),
            json!(1),
            json!("(absent)"),
        ] {
            let unknown = token_with_header(&[("kid", kid)]);
            let error = verifier.verify(&unknown).unwrap_err();
            assert_eq!(error.reason().as_str(), "jwk-kid-mismatch");
            assert!(!error.to_string().contains("ins_"), "{error}");
        }
    }
    for text in ["", "{}", "[]", r#"{"keys":1}"#, r#"{"keys":{}}"#, "null"] {
        assert!(JwkSet::from_json(text).is_err(), "{text:?}");
    }
    let many = json!({"keys": vec![json!({}); MAX_KEYS + 1]}).to_string();
    assert!(JwkSet::from_json(&many).is_err());
    assert!(
        JwkSet::from_json(&json!({"keys": vec![json!({}); MAX_KEYS]}).to_string())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn key_ids_are_bounded_texts() {
    assert!(Kid::new("").is_err());
    assert_eq!(Kid::new("ins_1").unwrap().as_str(), "ins_1");
    assert!(Kid::new(&"k".repeat(Kid::MAX_LENGTH)).is_ok());
    assert!(Kid::new(&"k".repeat(Kid::MAX_LENGTH + 1)).is_err());
}

#[test]
fn published_test_keys_are_refused_unless_allowed() {
    let test_key = clerk_testing::mint::TestKey::FIRST;
    let key = VerifyingKey::from_pem(test_key.public_pem()).unwrap();
    assert!(key.is_test_key() && !crate::support::key().is_test_key());
    let token = test_key.sign(&header(), &payload());
    let refused = "token-verification-failed (action)";
    assert_eq!(outcome(verify_jwt(&token, &key, &options())), refused);
    let verifier = TokenVerifier::with_options(key.clone(), options());
    assert_eq!(outcome(verifier.verify(&token)), refused);
    let set: JwkSet =
        JwkSet::from_json(&clerk_testing::mint::TestKey::jwk_set(&[test_key]).to_string()).unwrap();
    let token_of_set = test_key.sign(
        &with(header(), &[("kid", json!(test_key.kid()))]),
        &payload(),
    );
    let from_set = TokenVerifier::with_options(set, options());
    assert_eq!(outcome(from_set.verify(&token_of_set)), refused);
    assert_eq!(
        outcome(from_set.allow_test_keys().verify(&token_of_set)),
        "ok"
    );
    assert_eq!(outcome(verifier.allow_test_keys().verify(&token)), "ok");
    assert_eq!(
        outcome(verify_jwt(&token, &key, &options().allow_test_keys())),
        "ok"
    );
}

#[test]
fn every_provider_verifies() -> Result<(), ConfigError> {
    for provider in Provider::ALL {
        let key = key().with_provider(*provider)?;
        assert_eq!(key, crate::support::key());
        assert_eq!(outcome(verify_jwt(&token(&[]), &key, &options())), "ok");
    }
    let from_text: VerifyingKey = jwk(&[]).to_string().parse()?;
    assert_eq!(from_text.kid().map(Kid::as_str), Some("ins_1"));
    assert_eq!(ONE_PUBLIC.parse::<VerifyingKey>()?, key());
    Ok(())
}
