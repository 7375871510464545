//! Verification.

use std::sync::LazyLock;

use clerk_core::Clock;
use clerk_tokens::{
    CategoryPolicy, JwkSet, SessionClaims, TokenVerificationError, TokenVerifier, VerifyOptions,
    VerifyingKey, verify_jwt,
};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RsaPublicKeyComponents,
};
use serde_json::Value;

use super::seeds;

static VERIFIERS: LazyLock<Option<Verifiers>> = LazyLock::new(|| {
    let key = VerifyingKey::from_pem(&seeds::instance_key("spki_pem")?).ok()?;
    let set = JwkSet::from_json(&format!("{{\"keys\":[{}]}}", seeds::instance_key("jwk")?)).ok()?;
    let clock = Clock::fixed(1_774_000_000_250);
    let options = || VerifyOptions::with_clock(clock.clone());
    let strict = options()
        .authorized_parties(["https://acme.example.com"])
        .categories(CategoryPolicy::Session);
    Some(Verifiers {
        by_key: TokenVerifier::with_options(key.clone(), options().categories(CategoryPolicy::Any)),
        by_set: TokenVerifier::with_options(set, options().categories(CategoryPolicy::Any)),
        strict: TokenVerifier::with_options(key.clone(), strict),
        key,
    })
});

struct Verifiers {
    by_key: TokenVerifier,
    by_set: TokenVerifier,
    strict: TokenVerifier,
    key: VerifyingKey,
}

/// Only what the key signed is accepted, by every way to ask, and demanding more accepts less.
pub(super) fn verify(data: &[u8]) {
    let token = String::from_utf8_lossy(data);
    let Some(verifiers) = &*VERIFIERS else {
        unreachable!("the committed keys are usable")
    };
    let by_key = verifiers.by_key.verify(&token);
    let again = verifiers.by_key.verify(&token);
    assert_eq!(
        reason(&by_key),
        reason(&again),
        "the outcome does not depend on earlier ones"
    );
    let low_level = verify_jwt(&token, &verifiers.key, verifiers.by_key.options());
    assert_eq!(reason(&by_key), reason(&low_level));
    let by_set = verifiers.by_set.verify(&token);
    let strict = verifiers.strict.verify(&token);
    match &by_key {
        Ok(claims) => {
            assert_eq!(is_signed(&token), Some(true), "only what the key signed");
            assert!(claims.subject().is_some() && claims.expires_at_ms().is_some());
            assert!(by_set.is_err() || by_set.as_ref().ok() == Some(claims));
        }
        Err(_) => assert!(by_set.is_err() && strict.is_err()),
    }
    if let Ok(claims) = strict {
        assert_eq!(claims.authorized_party(), Some("https://acme.example.com"));
    }
}

/// Whether the instance's key signed a token, asked of ring itself.
fn is_signed(token: &str) -> Option<bool> {
    let (signed, signature) = token.rsplit_once('.')?;
    let described = crate::token::describe(token);
    let algorithm = match described["header"]["alg"].as_str()? {
        "RS256" => &RSA_PKCS1_2048_8192_SHA256,
        "RS384" => &RSA_PKCS1_2048_8192_SHA384,
        "RS512" => &RSA_PKCS1_2048_8192_SHA512,
        _ => return None,
    };
    let jwk: Value = serde_json::from_str(&seeds::instance_key("jwk")?).ok()?;
    let number = |name: &str| decode(jwk[name].as_str()?);
    let key = RsaPublicKeyComponents {
        n: number("n")?,
        e: number("e")?,
    };
    let checked = key.verify(algorithm, signed.as_bytes(), &decode(signature)?);
    Some(checked.is_ok())
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text).ok()
}

fn reason(outcome: &Result<SessionClaims, TokenVerificationError>) -> Result<&str, &str> {
    match outcome {
        Ok(claims) => Ok(claims.as_json()),
        Err(error) => Err(error.reason().as_str()),
    }
}
