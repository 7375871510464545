//! Defects that Clerk's own SDK once had, in tokens and keys; those not here are named in the file of their matter.

use clerk_tokens::{JwkSet, TokenVerifier, VerifyTokenOptions, verify_token};
use serde_json::{Value, json};

use crate::support::*;

// covers: HIST-69
#[test]
fn hist_69_claims_of_forged_tokens_are_no_oracle() {
    let options = options()
        .audience(["a"])
        .authorized_parties(["https://app.example.com"])
        .issuer(["https://clerk.example.com"]);
    let bad: [(&str, Value); 9] = [
        ("sub", json!(1)),
        ("aud", json!("x")),
        ("azp", json!("https://x.example")),
        ("iss", json!("https://x.example")),
        ("exp", json!(NOW - 60)),
        ("exp", json!("x")),
        ("nbf", json!(NOW + 60)),
        ("iat", json!(NOW + 60)),
        ("sid", json!("sess_1")),
    ];
    for change in bad {
        let token = token(std::slice::from_ref(&change));
        let forged = clerk_tokens::verify_jwt(&token, &other_key(), &options);
        assert_eq!(outcome(forged), "token-invalid-signature", "{change:?}");
    }
}

// covers: HIST-40, HIST-75, JWT-43
#[test]
fn hist_40_hist_75_instances_do_not_share_keys() {
    let one = VerifyTokenOptions::from(options())
        .jwt_key(ONE_PUBLIC)
        .unwrap();
    let two = VerifyTokenOptions::from(options())
        .jwt_key(TWO_PUBLIC)
        .unwrap();
    for kid in ["ins_1", "ins_2"] {
        let token = token_with_header(&[("kid", json!(kid))]);
        for _ in 0..2 {
            assert_eq!(outcome(verify_token(&token, &one)), "ok");
            assert_eq!(
                outcome(verify_token(&token, &two)),
                "token-invalid-signature"
            );
        }
    }
}

// covers: HIST-76
#[test]
fn hist_76_errors_list_no_key_ids() {
    let n = encode(key().as_rsa().modulus());
    let set = json!({"keys": [{"kty": "RSA", "kid": "ins_known", "n": n, "e": "AQAB"}]});
    let set = JwkSet::from_json(&set.to_string()).unwrap();
    let verifier = TokenVerifier::with_options(set, options());
    let unknown = token_with_header(&[("kid", json!("ins_evil\r\nx: y"))]);
    let error = verifier.verify(&unknown).unwrap_err().to_string();
    assert!(!error.contains("ins_") && !error.contains('\n'), "{error}");
}
