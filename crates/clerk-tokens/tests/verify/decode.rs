use clerk_tokens::{
    DEFAULT_MAX_TOKEN_LENGTH, TokenVerificationReason, decode_jwt, decode_jwt_within,
};
use serde_json::json;

use crate::support::*;

fn is_invalid(token: &str) -> bool {
    match decode_jwt(token) {
        Ok(_) => false,
        Err(error) => {
            assert_eq!(error.reason(), TokenVerificationReason::TokenInvalid);
            true
        }
    }
}

// covers: JWT-1
#[test]
fn anything_but_three_parts_is_invalid() {
    for token in [
        "",
        "e30",
        "e30.e30",
        "e30.e30.AA.AA",
        "e30.e30.AA.",
        "...",
        "..",
        ".e30.AA",
        "e30..AA",
    ] {
        assert!(is_invalid(token), "{token:?}");
    }
    assert!(!is_invalid("e30.e30.AA"));
}

// covers: JWT-2, JWT-3
#[test]
fn parts_are_base64url_with_loose_padding() {
    for token in ["e30=.e30.AA", "e30.e30=.AA==", "e30.e30.", "e30====.e30.="] {
        assert!(!is_invalid(token), "{token:?}");
    }
    for token in [
        "e30.e30.A",
        "e31.e30.AA",
        "e30.e31.AA",
        "e30.e30.AB",
        "e+0.e30.AA",
        "e30.e/0.AA",
        "e30 .e30.AA",
        "e30.e30.AA\n",
        " e30.e30.AA",
        "e=30.e30.AA",
        "e30.e30.é",
    ] {
        assert!(is_invalid(token), "{token:?}");
    }
}

// covers: JWT-4, HIST-73
#[test]
fn hist_73_undecodable_tokens_are_a_typed_error() {
    for (payload, expected) in [
        (&b"{\"sub\":\"\xff\"}"[..], Some("\u{fffd}")),
        (b"\xef\xbb\xbf{\"sub\":\"u\"}", Some("u")),
        (
            b"{\"sub\":\"\xed\xa0\x80\"}",
            Some("\u{fffd}\u{fffd}\u{fffd}"),
        ),
        (b"\xef\xbb\xbf\xef\xbb\xbf{}", None),
        (b"\xff{}", None),
        (b"{\"sub\":\"u\"", None),
        (b"{\"sub\":\"u\",}", None),
        (b"{'sub':1}", None),
        (b"", None),
        (b"{} {}", None),
    ] {
        let token = format!("e30.{}.AA", encode(payload));
        let decoded = decode_jwt(&token);
        let subject = decoded
            .as_ref()
            .ok()
            .and_then(|jwt| jwt.unverified_claims().subject());
        assert_eq!(subject, expected, "{payload:?}");
        assert!(expected.is_some() || is_invalid(&token));
    }
}

// covers: JWT-5
#[test]
fn the_raw_text_is_what_is_signed() {
    // Unusual white space and padding would be lost by writing the JSON anew.
    let signed = format!(
        "{}.{}==",
        encode(r#"{ "alg" : "RS256" }"#),
        encode(payload().to_string())
    );
    let token = sign_raw(&signed, clerk_core::crypto::Hash::Sha256);
    let decoded = decode_jwt(&token).unwrap();
    assert_eq!(decoded.signed_text(), signed);
    assert_eq!(decoded.token(), token);
    assert_eq!(decoded.raw_header(), encode(r#"{ "alg" : "RS256" }"#));
    assert_eq!(decoded.header().as_json(), r#"{ "alg" : "RS256" }"#);
    assert_eq!(decoded.signature().len(), 256);
    assert_eq!(judged(&token, &options()), "ok");
}

// covers: JWT-6
#[test]
fn jwt_6_header_and_payload_must_be_objects() {
    for json in ["null", "1", "\"x\"", "[]", "[{}]", "true"] {
        let part = encode(json);
        assert!(is_invalid(&format!("{part}.e30.AA")), "header {json}");
        assert!(is_invalid(&format!("e30.{part}.AA")), "payload {json}");
        let signed = sign_texts(header().to_string(), json);
        assert_eq!(judged(&signed, &options()), "token-invalid (action)");
    }
}

// covers: JWT-7
#[test]
fn jwt_7_the_length_is_bounded_before_decoding() {
    let longest = format!("e30.e30.{}", "A".repeat(DEFAULT_MAX_TOKEN_LENGTH - 8));
    assert!(!is_invalid(&longest));
    assert!(is_invalid(&format!("{longest}AAAA")));
    assert!(is_invalid(&"x".repeat(1 << 20)));
    assert!(decode_jwt_within(&format!("{longest}AAAA"), 1 << 20).is_ok());
    assert!(decode_jwt_within("e30.e30.AA", 9).is_err());
    let token = token(&[]);
    let tight = options().max_token_length(token.len() - 1);
    assert_eq!(judged(&token, &tight), "token-invalid (action)");
    assert_eq!(
        judged(&token, &options().max_token_length(token.len())),
        "ok"
    );
}

// covers: JWT-8
#[test]
fn jwt_8_last_duplicate_counts_and_critical_extensions_are_refused() {
    let payload = payload().to_string();
    let twice = sign_texts(
        r#"{"alg":"none","typ":"x","alg":"RS256","typ":"JWT","oiat":1}"#,
        payload.replace("{", r#"{"sub":1,"exp":0,"\u0073ub":2,"#),
    );
    assert_eq!(judged(&twice, &options()), "ok");
    let replaced = sign_texts(r#"{"alg":"RS256","\u0061lg":"none"}"#, &payload);
    assert_eq!(
        judged(&replaced, &options()),
        "token-invalid-algorithm (action)"
    );
    for crit in [json!(["exp"]), json!([]), json!("b64"), json!(null)] {
        let token = token_with_header(&[("crit", crit.clone())]);
        assert_eq!(
            judged(&token, &options()),
            "token-invalid (action)",
            "{crit}"
        );
    }
}

#[test]
fn deep_nesting_is_neither_refused_nor_followed() {
    for depth in [100, 200, 1_000] {
        let deep = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let text = payload()
            .to_string()
            .replace('{', &format!(r#"{{"deep":{deep},"o":{deep},"act":{deep},"#));
        let claims = verify(&sign_texts(header().to_string(), text), &options()).unwrap();
        assert_eq!(claims.claim_json("deep"), Some(deep.as_str()));
        assert!(claims.org().is_none() && claims.actor().is_none());
    }
}

#[test]
fn debug_output_is_no_credential() {
    let token = token(&[]);
    let decoded = decode_jwt(&token).unwrap();
    let shown = format!("{decoded:?}");
    assert!(shown.contains("user_1"));
    assert!(!shown.contains(token.rsplit('.').next().unwrap()));
}
