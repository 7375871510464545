use std::time::Duration;

use clerk_core::ManualClock;
use clerk_tokens::{TokenCache, TokenVerifier, decode_jwt};
use serde_json::json;

use crate::support::*;

#[test]
fn a_verifier_judges_every_token_by_its_options() {
    let verifier = TokenVerifier::with_options(key(), options())
        .authorized_parties(["https://app.example.com"])
        .audience(["a"])
        .issuer(["https://clerk.example.com"])
        .clock_skew(Duration::from_secs(1));
    assert_eq!(outcome(verifier.verify(&token(&[]))), "ok");
    for (change, expected) in [
        (("azp", json!("x")), "token-invalid-authorized-parties"),
        (("aud", json!("b")), "token-verification-failed (action)"),
        (("iss", json!("x")), "token-invalid-issuer (action)"),
        (("exp", json!(NOW - 1)), "token-expired"),
        (("nbf", json!(NOW + 2)), "token-not-active-yet"),
    ] {
        let token = token(&[change]);
        assert_eq!(outcome(verifier.verify(&token)), expected);
        let decoded = decode_jwt(&token).unwrap();
        assert_eq!(outcome(verifier.verify_decoded(&decoded)), expected);
    }
}

#[test]
fn a_remembered_header_changes_nothing() {
    let verifier = TokenVerifier::with_options(key(), options());
    let first = token(&[]);
    assert_eq!(outcome(verifier.verify(&first)), "ok");
    // The same header again, with every kind of failure after it.
    assert_eq!(
        outcome(verifier.verify(&token(&[("exp", json!(0))]))),
        "token-expired"
    );
    let header = first.split('.').next().unwrap();
    for (rest, expected) in [
        (".e30.AA", "token-invalid-signature"),
        (".bnVsbA.AA", "token-invalid (action)"),
        (".!.AA", "token-invalid (action)"),
        (".e30.!", "token-invalid (action)"),
        (".e30", "token-invalid (action)"),
    ] {
        assert_eq!(
            outcome(verifier.verify(&format!("{header}{rest}"))),
            expected,
            "{rest}"
        );
    }
    // Another header, and a forged token's, are not taken for the remembered one.
    let other = token_with_header(&[("cat", json!("cl_B7d4PD333AAA"))]);
    assert_eq!(outcome(verifier.verify(&other)), "token-invalid (action)");
    let stricter = TokenVerifier::with_options(key(), options()).header_types(["at+jwt"]);
    for _ in 0..2 {
        assert_eq!(outcome(stricter.verify(&first)), "token-invalid (action)");
    }
}

#[test]
fn a_remembered_header_does_not_choose_another_key_than_its_kid() {
    use clerk_tokens::{JwkSet, SigningKey, VerifyingKey, verify_jwt};

    let jwk = |kid: &str, key: &VerifyingKey| {
        let n = encode(key.as_rsa().modulus());
        json!({"kty": "RSA", "kid": kid, "n": n, "e": "AQAB"})
    };
    let set = json!({"keys": [jwk("one", &key()), jwk("two", &other_key())]});
    let set = JwkSet::from_json(&set.to_string()).unwrap();
    // The first key sees a header that names the second one.
    let header = json!({"typ": "JWT", "kid": "two"});
    let by_two = SigningKey::from_jwk_json(include_str!("../keys/two.private.jwk.json")).unwrap();
    let by_one = SigningKey::from_pem(ONE).unwrap();
    let signed = |key: &SigningKey| {
        let clock = clerk_core::Clock::fixed(NOW_MS);
        let options = clerk_tokens::SignOptions::with_clock(clerk_tokens::Algorithm::Rs256, clock);
        clerk_tokens::sign_jwt(&payload(), key, &options.header(&header)).unwrap()
    };
    let misnamed = verify_jwt(&signed(&by_one), set.get("one").unwrap(), &options());
    assert_eq!(outcome(misnamed), "ok");
    let verifier = TokenVerifier::with_options(set, options());
    for _ in 0..2 {
        assert_eq!(outcome(verifier.verify(&signed(&by_two))), "ok");
        assert_eq!(
            outcome(verifier.verify(&signed(&by_one))),
            "token-invalid-signature"
        );
    }
}

#[test]
fn a_cached_token_is_judged_again() {
    let clock = ManualClock::new(NOW_MS);
    let cache = TokenCache::new(1 << 20);
    let verifier = TokenVerifier::with_options(key(), options())
        .clock(clock.clone())
        .token_cache(cache.clone());
    let token = token(&[]);
    for _ in 0..3 {
        let claims = verifier.verify(&token).unwrap();
        assert_eq!(claims.user_id(), "user_1");
        assert_eq!(cache.len(), 1);
    }
    // The same cache, other demands.
    for (other, expected) in [
        (
            verifier.clone().authorized_parties(["x"]),
            "token-invalid-authorized-parties",
        ),
        (
            verifier.clone().issuer(["x"]),
            "token-invalid-issuer (action)",
        ),
        (
            verifier.clone().header_types(["x"]),
            "token-invalid (action)",
        ),
        (
            verifier.clone().max_token_length(100),
            "token-invalid (action)",
        ),
        (
            verifier
                .clone()
                .categories(clerk_tokens::CategoryPolicy::M2m),
            "token-invalid (action)",
        ),
        (verifier.clone(), "ok"),
    ] {
        assert_eq!(outcome(other.verify(&token)), expected);
    }
    clock.advance(Duration::from_secs(60 + 5));
    let error = verifier.verify(&token).unwrap_err();
    assert!(error.is_expired() && error.measured_skew().is_some());
    clock.set(NOW_MS - 60_000);
    assert_eq!(outcome(verifier.verify(&token)), "token-not-active-yet");
}

#[test]
fn a_cached_token_counts_only_while_its_key_is_trusted() {
    let cache = TokenCache::new(1 << 20);
    let token = token(&[]);
    let trusting = TokenVerifier::with_options(key(), options()).token_cache(cache.clone());
    assert_eq!(outcome(trusting.verify(&token)), "ok");
    let rotated = TokenVerifier::with_options(other_key(), options()).token_cache(cache.clone());
    assert_eq!(outcome(rotated.verify(&token)), "token-invalid-signature");
    let reloaded = TokenVerifier::with_options(key(), options()).token_cache(cache.clone());
    assert_eq!(outcome(reloaded.verify(&token)), "ok");
    assert_eq!(cache.len(), 1);
}

#[test]
fn nothing_unverified_is_remembered() {
    let cache = TokenCache::new(1 << 20);
    let verifier = TokenVerifier::with_options(key(), options())
        .authorized_parties(["https://app.example.com"])
        .token_cache(cache.clone());
    let good = token(&[]);
    let (signed, _) = good.rsplit_once('.').unwrap();
    let tokens = [
        format!("{signed}.{}", encode([1_u8; 256])),
        "e30.e30.AA".to_owned(),
        "x".to_owned(),
        token(&[("exp", json!(NOW - 60))]),
        token(&[("azp", json!("x"))]),
        token(&[("sub", json!(1))]),
    ];
    for token in &tokens {
        assert!(verifier.verify(token).is_err());
        assert!(cache.is_empty(), "{token}");
    }
    // One genuine token in many spellings must not fill the memory.
    for padding in 1..20 {
        assert_eq!(
            outcome(verifier.verify(&format!("{good}{}", "=".repeat(padding)))),
            "ok"
        );
    }
    assert!(cache.is_empty());
    assert!(!format!("{cache:?}").contains("user_"));
}
