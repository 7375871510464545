//! Tokens of any content, signed by keys of this test alone.

use std::sync::LazyLock;

use clerk_core::Clock;
use clerk_core::crypto::{Hash, Provider, RsaSigningKey};
use clerk_tokens::{
    SessionClaims, TokenVerificationError, VerifyOptions, VerifyingKey, verify_jwt,
};
use serde_json::{Value, json};

pub(crate) const ONE: &str = include_str!("../keys/one.pem");
pub(crate) const ONE_PUBLIC: &str = include_str!("../keys/one.public.pem");
pub(crate) const TWO_PUBLIC: &str = include_str!("../keys/two.public.pem");

/// A whole second.
pub(crate) const NOW_MS: i64 = 1_774_000_000_000;
pub(crate) const NOW: i64 = NOW_MS / 1000;

pub(crate) fn key() -> VerifyingKey {
    VerifyingKey::from_pem(ONE_PUBLIC).unwrap()
}

pub(crate) fn other_key() -> VerifyingKey {
    VerifyingKey::from_pem(TWO_PUBLIC).unwrap()
}

pub(crate) fn options() -> VerifyOptions {
    VerifyOptions::with_clock(Clock::fixed(NOW_MS))
}

pub(crate) fn header() -> Value {
    json!({"alg": "RS256", "typ": "JWT", "kid": "ins_1", "cat": "cl_B7d4PD111AAA"})
}

pub(crate) fn payload() -> Value {
    json!({
        "sub": "user_1", "sid": "sess_1", "iss": "https://clerk.example.com", "azp": "https://app.example.com",
        "exp": NOW + 60, "nbf": NOW - 10, "iat": NOW - 5,
    })
}

/// `base` with members set, or removed where the value is `"(absent)"`.
pub(crate) fn with(mut base: Value, changes: &[(&str, Value)]) -> Value {
    for (name, value) in changes {
        let members = base.as_object_mut().unwrap();
        if *value == json!("(absent)") {
            members.remove(*name);
        } else {
            members.insert((*name).to_owned(), value.clone());
        }
    }
    base
}

pub(crate) fn encode(text: impl AsRef<[u8]>) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(text)
}

/// Signs two texts as they are, with RS256.
pub(crate) fn sign_texts(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    sign_raw(
        &format!("{}.{}", encode(header), encode(payload)),
        Hash::Sha256,
    )
}

/// Signs the first two parts as they are.
pub(crate) fn sign_raw(signed: &str, hash: Hash) -> String {
    static KEY: LazyLock<RsaSigningKey> = LazyLock::new(|| {
        let body: String = ONE.lines().filter(|line| !line.starts_with('-')).collect();
        let der = base64_simd::STANDARD.decode_to_vec(body).unwrap();
        RsaSigningKey::from_pkcs8_der(Provider::default(), &der).unwrap()
    });
    let signature = KEY.sign(hash, signed.as_bytes()).unwrap();
    format!("{signed}.{}", encode(signature))
}

pub(crate) fn sign(header: &Value, payload: &Value) -> String {
    let hash = match header["alg"].as_str() {
        Some("RS384") => Hash::Sha384,
        Some("RS512") => Hash::Sha512,
        _ => Hash::Sha256,
    };
    let signed = format!(
        "{}.{}",
        encode(header.to_string()),
        encode(payload.to_string())
    );
    sign_raw(&signed, hash)
}

/// A good token with changed claims.
pub(crate) fn token(changes: &[(&str, Value)]) -> String {
    sign(&header(), &with(payload(), changes))
}

/// A good token with a changed header.
pub(crate) fn token_with_header(changes: &[(&str, Value)]) -> String {
    sign(&with(header(), changes), &payload())
}

pub(crate) fn verify(
    token: &str,
    options: &VerifyOptions,
) -> Result<SessionClaims, TokenVerificationError> {
    verify_jwt(token, &key(), options)
}

/// `ok`, or the reason; with the action in parentheses where there is one.
pub(crate) fn outcome(result: Result<SessionClaims, TokenVerificationError>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) if error.action().is_some() => format!("{} (action)", error.reason()),
        Err(error) => error.reason().to_string(),
    }
}

pub(crate) fn judged(token: &str, options: &VerifyOptions) -> String {
    outcome(verify(token, options))
}
