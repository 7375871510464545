use clerk_core::Clock;
use clerk_tokens::{
    Algorithm, SignOptions, SigningErrorKind, SigningKey, decode_jwt, sign_jwt, verify_jwt,
};
use serde_json::json;

use crate::support::*;

fn options_for(algorithm: Algorithm) -> SignOptions {
    SignOptions::with_clock(algorithm, Clock::fixed(NOW_MS + 999))
}

// covers: JWT-46
#[test]
fn signing_sets_alg_and_iat_and_keeps_the_rest() {
    let key = SigningKey::from_pem(ONE).unwrap();
    #[derive(serde::Serialize)]
    struct Payload {
        sub: &'static str,
        iat: u8,
        exp: i64,
    }
    let payload = Payload {
        sub: "ü\"",
        iat: 1,
        exp: NOW + 60,
    };
    for algorithm in Algorithm::ALL {
        let token = sign_jwt(&payload, &key, &options_for(*algorithm)).unwrap();
        assert!(!token.contains('='));
        let decoded = decode_jwt(&token).unwrap();
        let header = format!(r#"{{"typ":"JWT","alg":"{algorithm}"}}"#);
        assert_eq!(decoded.header().as_json(), header);
        let claims = format!(r#"{{"sub":"ü\"","iat":{NOW},"exp":{}}}"#, NOW + 60);
        assert_eq!(decoded.unverified_claims().as_json(), claims);
        assert_eq!(
            outcome(verify_jwt(&token, &key.verifying_key(), &options())),
            "ok"
        );
    }
    // A caller's header is not completed, but `alg` is overwritten.
    let header = json!({"kid": "k", "alg": "none"});
    let token = sign_jwt(
        &json!({}),
        &key,
        &options_for(Algorithm::Rs256).header(&header),
    )
    .unwrap();
    let decoded = decode_jwt(&token).unwrap();
    assert_eq!(decoded.header().as_json(), r#"{"alg":"RS256","kid":"k"}"#);
    assert_eq!(
        decoded.unverified_claims().as_json(),
        format!(r#"{{"iat":{NOW}}}"#)
    );
}

// covers: JWT-45, JWT-46
#[test]
fn signing_keys_of_every_form_sign_the_same() {
    let pkcs8 = SigningKey::from_pem(ONE).unwrap();
    let pkcs1 = SigningKey::from_pem(include_str!("../keys/one.pkcs1.pem")).unwrap();
    let flat = SigningKey::from_pem(&ONE.replace('\n', "\\n")).unwrap();
    let tokens: Vec<_> = [pkcs8, pkcs1, flat]
        .iter()
        .map(|key| sign_jwt(&payload(), key, &options_for(Algorithm::Rs256)).unwrap())
        .collect();
    assert!(tokens.iter().all(|token| *token == tokens[0]));
}

// covers: JWT-46
#[test]
fn a_private_jwk_signs() {
    let jwk = include_str!("../keys/two.private.jwk.json");
    let key = SigningKey::from_jwk_json(jwk).unwrap();
    assert_eq!(key.verifying_key(), other_key());
    let token = sign_jwt(&payload(), &key, &options_for(Algorithm::Rs256)).unwrap();
    assert_eq!(
        outcome(verify_jwt(&token, &key.verifying_key(), &options())),
        "ok"
    );
    assert_eq!(outcome(verify_jwt(&token, &other_key(), &options())), "ok");
    let bound = jwk.replacen('{', r#"{"alg":"RS256","#, 1);
    let bound = SigningKey::from_jwk_json(&bound).unwrap();
    assert!(sign_jwt(&payload(), &bound, &options_for(Algorithm::Rs256)).is_ok());
    let error = sign_jwt(&payload(), &bound, &options_for(Algorithm::Rs512)).unwrap_err();
    assert_eq!(error.kind(), SigningErrorKind::InvalidKey);
}

// covers: JWT-46
#[test]
fn what_cannot_be_signed_is_an_error_of_its_kind() {
    for pem in [
        ONE_PUBLIC,
        "",
        "garbage",
        include_str!("../keys/weak.public.pem"),
    ] {
        let error = SigningKey::from_pem(pem).unwrap_err();
        assert_eq!(error.kind(), SigningErrorKind::InvalidKey);
    }
    let public = json!({"kty": "RSA", "n": encode(key().as_rsa().modulus()), "e": "AQAB"});
    assert!(SigningKey::from_jwk_json(&public.to_string()).is_err());
    let key = SigningKey::from_pem(ONE).unwrap();
    for payload in [json!(null), json!([]), json!("x"), json!(1)] {
        let error = sign_jwt(&payload, &key, &options_for(Algorithm::Rs256)).unwrap_err();
        assert_eq!(error.kind(), SigningErrorKind::InvalidInput);
        let bad_header = options_for(Algorithm::Rs256).header(&payload);
        let error = sign_jwt(&json!({}), &key, &bad_header).unwrap_err();
        assert_eq!(error.kind(), SigningErrorKind::InvalidInput);
    }
    for name in ["none", "HS256", "rs256", ""] {
        assert!(name.parse::<Algorithm>().is_err());
    }
}
