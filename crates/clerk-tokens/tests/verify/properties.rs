use clerk_tokens::{
    JwkSet, PresentedToken, SigningKey, TokenVerifier, VerifyingKey, decode_jwt, is_machine_token,
    verify_jwt,
};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::support::*;

/// Texts that are nearly tokens, or parts of them.
fn nearly_a_token() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        any::<Vec<u8>>().prop_map(encode),
        "[A-Za-z0-9_=.-]{0,40}",
        json_text().prop_map(encode),
        Just(encode(header().to_string())),
        Just(encode(payload().to_string())),
    ];
    proptest::collection::vec(part, 0..5).prop_map(|parts| parts.join("."))
}

/// JSON, and texts that are nearly JSON.
fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<f64>().prop_map(|number| format!("{number:e}")),
        any::<i32>().prop_map(|number| number.to_string()),
        "\\PC{0,8}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        r#""(\\u[0-9a-fd][0-9a-f]{3}|\\n|a){0,3}""#,
        "[{}\\[\\],:\"0-9eE.+ -]{0,6}",
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let name = prop_oneof![
            "(sub|sid|exp|nbf|iat|aud|azp|iss|v|o|id|rol|per|fpm|act|fva|alg|typ|kid|cat|crit)"
                .boxed(),
            "[a-z\\\\\"]{0,3}".boxed(),
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|list| format!("[{}]", list.join(","))),
            proptest::collection::vec((name, inner), 0..6).prop_map(|members| {
                let members = members.into_iter().map(|(name, value)| {
                    format!("{}:{value}", serde_json::to_string(&name).unwrap())
                });
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_makes_anything_panic(token in prop_oneof![any::<String>(), nearly_a_token()]) {
        let verifier = TokenVerifier::with_options(key(), options()).audience(["a"]).issuer(["b"]);
        let result = verifier.verify(&token);
        if let Ok(decoded) = decode_jwt(&token) {
            let claims = decoded.unverified_claims();
            let _ = (claims.org(), claims.actor(), claims.status(), claims.factor_verification_age());
            let _ = (claims.audience(), claims.custom::<Value>(), claims.claim_json("sub"));
            let _ = format!("{decoded:?} {:?}", PresentedToken::read(&token));
        } else {
            prop_assert!(!is_machine_token(&token) || token.starts_with(['m', 'o', 'a']));
        }
        prop_assert!(result.is_err(), "only signed tokens verify");
    }

    #[test]
    fn no_text_makes_a_key_panic(text in prop_oneof![any::<String>(), json_text()]) {
        let _ = (VerifyingKey::from_pem(&text), SigningKey::from_pem(&text));
        let _ = (VerifyingKey::from_jwk_json(&text), SigningKey::from_jwk_json(&text), JwkSet::from_json(&text));
    }

    /// What decodes, and what the claims say, is what serde_json reads from the same text.
    #[test]
    fn decoding_agrees_with_a_plain_reading(text in json_text()) {
        let token = format!("e30.{}.AA", encode(&text));
        let decoded = decode_jwt(&token);
        match serde_json::from_str::<Map<String, Value>>(&text) {
            Ok(map) => {
                let decoded = decoded.expect("an object decodes");
                let claims = decoded.unverified_claims();
                prop_assert_eq!(claims.as_json(), &text);
                let text_of = |name: &str| map.get(name).and_then(Value::as_str);
                prop_assert_eq!(claims.subject(), text_of("sub"));
                prop_assert_eq!(claims.session_id(), text_of("sid"));
                prop_assert_eq!(claims.actor().is_some(), map.get("act").is_some_and(Value::is_object));
                let is_v2 = map.get("v").and_then(Value::as_f64) == Some(2.0);
                prop_assert_eq!(claims.version(), if is_v2 { 2 } else { 1 });
                let id = if is_v2 { map.get("o").and_then(|o| o.get("id")) } else { map.get("org_id") };
                let id = id.and_then(Value::as_str).filter(|id| !id.is_empty());
                prop_assert_eq!(claims.org().map(|org| org.id()), id);
            }
            // Lone surrogates and numbers beyond all bounds: JSON all the same, only not for Rust.
            Err(error) => {
                let message = error.to_string();
                let is_json = message.contains("surrogate") || message.contains("hex escape") || message.contains("out of range");
                prop_assert!(decoded.is_err() || is_json, "{text}: {message}");
            }
        }
    }

    #[test]
    fn a_damaged_token_never_verifies(at in 0_usize..900, bit in 0_u8..7) {
        let good = token(&[]);
        let mut bytes = good.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(damaged) = String::from_utf8(bytes) {
            prop_assert!(verify_jwt(&damaged, &key(), &options()).is_err());
        }
    }
}
