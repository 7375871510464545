use clerk_tokens::{HeaderValue, TokenVerifier, decode_jwt, has_valid_signature};
use serde_json::{Value, json};

use crate::support::*;

// covers: JWT-10, HIST-72
#[test]
fn hist_72_header_type() {
    let (absent, jwt) = (json!("(absent)"), json!("JWT"));
    let invalid = "token-invalid (action)";
    let cases: &[(&Value, Option<&[&str]>, &str)] = &[
        (&absent, None, "ok"),
        (&jwt, None, "ok"),
        (&json!("jwt"), None, invalid),
        (&json!("at+jwt"), None, invalid),
        (&json!(""), None, invalid),
        (&json!(null), None, invalid),
        (&json!(["JWT"]), None, invalid),
        (&absent, Some(&["JWT"]), invalid),
        (&jwt, Some(&["JWT"]), "ok"),
        (&jwt, Some(&["at+jwt"]), invalid),
        (&json!("at+jwt"), Some(&["JWT", "at+jwt"]), "ok"),
        (&json!("AT+JWT"), Some(&["at+jwt"]), invalid),
        (&json!(null), Some(&["JWT"]), invalid),
        (&jwt, Some(&[]), invalid),
        (&absent, Some(&[]), invalid),
    ];
    for (typ, types, expected) in cases {
        let token = token_with_header(&[("typ", (*typ).clone())]);
        let options = match types {
            Some(types) => options().header_types(types.iter().copied()),
            None => options(),
        };
        assert_eq!(
            judged(&token, &options),
            *expected,
            "{typ} against {types:?}"
        );
    }
}

// covers: JWT-11, JWT-12
#[test]
fn only_three_algorithms_are_accepted() {
    for alg in ["RS256", "RS384", "RS512"] {
        assert_eq!(
            judged(&token_with_header(&[("alg", json!(alg))]), &options()),
            "ok"
        );
    }
    let others = [
        json!("none"),
        json!("HS256"),
        json!("ES256"),
        json!("PS256"),
        json!("EdDSA"),
        json!("rs256"),
        json!("RS256 "),
        json!(""),
        json!(null),
        json!(["RS256"]),
        json!("(absent)"),
    ];
    for alg in others {
        let token = token_with_header(&[("alg", alg.clone())]);
        assert_eq!(
            judged(&token, &options()),
            "token-invalid-algorithm (action)",
            "{alg}"
        );
        let decoded = decode_jwt(&token).unwrap();
        let error = has_valid_signature(&decoded, &key()).unwrap_err();
        assert_eq!(error.reason().as_str(), "token-invalid-signature");
    }
    // The header's algorithm decides the hash.
    let relabelled = sign_raw(
        &format!(
            "{}.{}",
            encode(r#"{"alg":"RS512"}"#),
            encode(payload().to_string())
        ),
        clerk_core::crypto::Hash::Sha256,
    );
    assert_eq!(judged(&relabelled, &options()), "token-invalid-signature");
}

// covers: JWT-12, JWT-47
#[test]
fn every_change_to_a_token_breaks_its_signature() {
    let token = token(&[]);
    assert_eq!(judged(&token, &options()), "ok");
    let decoded = decode_jwt(&token).unwrap();
    assert!(has_valid_signature(&decoded, &key()).unwrap());
    assert!(!has_valid_signature(&decoded, &other_key()).unwrap());
    let other = outcome(clerk_tokens::verify_jwt(&token, &other_key(), &options()));
    assert_eq!(other, "token-invalid-signature");

    let (signed, signature) = token.rsplit_once('.').unwrap();
    let other_payload = encode(with(payload(), &[("sub", json!("user_2"))]).to_string());
    let header = signed.split('.').next().unwrap();
    for forged in [
        format!("{header}.{other_payload}.{signature}"),
        format!("{signed}."),
        format!("{signed}.{}", &signature[4..]),
        format!("{signed}.{}", encode([0_u8; 256])),
        format!("{signed}.{}AAAA", &signature[..340]),
        format!(
            "{}.{}.{signature}",
            encode(r#"{"alg":"RS256"}"#),
            encode(payload().to_string())
        ),
    ] {
        assert_eq!(
            judged(&forged, &options()),
            "token-invalid-signature",
            "{forged}"
        );
    }
}

// covers: JWT-53, JWT-51
#[test]
fn jwt_53_the_header_is_judged_before_any_key_is_looked_up() {
    // A verifier without any key: what names the header is said first.
    let keyless = TokenVerifier::with_options(clerk_tokens::JwkSet::default(), options());
    for (changes, expected) in [
        (("cat", json!("cl_B7d4PD333AAA")), "token-invalid (action)"),
        (("typ", json!("x")), "token-invalid (action)"),
        (("crit", json!([])), "token-invalid (action)"),
        (("alg", json!("none")), "token-invalid-algorithm (action)"),
        (("kid", json!("ins_1")), "jwk-local-missing (action)"),
    ] {
        let token = token_with_header(std::slice::from_ref(&changes));
        assert_eq!(outcome(keyless.verify(&token)), expected, "{changes:?}");
        let decoded = decode_jwt(&token).unwrap();
        assert_eq!(
            outcome(keyless.verify_decoded(&decoded)),
            expected,
            "{changes:?}"
        );
    }
    // Category before type before algorithm.
    let all = token_with_header(&[("cat", json!("cl_B7d4PD333AAA")), ("alg", json!("none"))]);
    assert_eq!(outcome(keyless.verify(&all)), "token-invalid (action)");
}

#[test]
fn header_values_tell_absent_from_odd() {
    let token = token_with_header(&[("kid", json!(1)), ("typ", json!(null))]);
    let decoded = decode_jwt(&token).unwrap();
    assert_eq!(decoded.header().kid(), None);
    assert_eq!(decoded.header().typ(), HeaderValue::Other);
    let token = token_with_header(&[("kid", json!("ké\"y")), ("typ", json!("(absent)"))]);
    let decoded = decode_jwt(&token).unwrap();
    assert_eq!(decoded.header().kid(), Some("ké\"y"));
    assert_eq!(decoded.header().typ(), HeaderValue::Absent);
}
