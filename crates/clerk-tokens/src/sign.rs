//! Signing JWTs.

use clerk_core::Clock;
use clerk_errors::{SigningError, SigningErrorKind};
use serde::Serialize;

use crate::{Algorithm, SigningKey, base64url, json};

/// How a JWT is signed.
#[derive(Clone, Debug)]
pub struct SignOptions {
    algorithm: Algorithm,
    /// JSON text, judged when signing.
    header: Option<String>,
    clock: Clock,
}

impl SignOptions {
    /// Signs with an algorithm, dated by the system's clock.
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self::with_clock(algorithm, Clock::system())
    }

    /// Signs with an algorithm, dated by another clock than the system's, which some targets do not have.
    #[must_use]
    pub fn with_clock(algorithm: Algorithm, clock: Clock) -> Self {
        Self {
            algorithm,
            header: None,
            clock,
        }
    }

    /// The header, instead of `{"typ":"JWT"}`; `alg` is set in either case.
    #[must_use]
    pub fn header(mut self, header: &impl Serialize) -> Self {
        self.header = Some(serde_json::to_string(header).unwrap_or_default());
        self
    }
}

/// Signs a payload as a JWT; `iat` is set to the current time in whole seconds. Members keep their order.
///
/// # Errors
///
/// [`SigningErrorKind::InvalidInput`] if payload or header are not JSON objects; [`SigningErrorKind::InvalidKey`] if
/// the key is for another algorithm; [`SigningErrorKind::Failed`] if the cryptography library cannot sign.
#[doc(alias = "signJwt")]
pub fn sign_jwt(
    payload: &impl Serialize,
    key: &SigningKey,
    options: &SignOptions,
) -> Result<String, SigningError> {
    // JWT-46.
    let header = options.header.as_deref().unwrap_or(r#"{"typ":"JWT"}"#);
    let alg = format!("\"{}\"", options.algorithm);
    let header = with_member(header, "alg", &alg)
        .ok_or_else(|| invalid("The header is not a JSON object."))?;
    let iat = options.clock.now_ms().div_euclid(1000).to_string();
    let payload = serde_json::to_string(payload)
        .ok()
        .and_then(|payload| with_member(&payload, "iat", &iat))
        .ok_or_else(|| invalid("The payload is not a JSON object."))?;

    let mut token = String::new();
    base64url::encode_append(header.as_bytes(), &mut token);
    token.push('.');
    base64url::encode_append(payload.as_bytes(), &mut token);
    let signature = key.sign(options.algorithm, token.as_bytes())?;
    token.push('.');
    base64url::encode_append(&signature, &mut token);
    Ok(token)
}

/// The JSON object `object` with one member set: in its place if it is there, at the end otherwise.
fn with_member(object: &str, member: &str, json: &str) -> Option<String> {
    let mut text = String::with_capacity(object.len() + member.len() + json.len() + 4);
    let mut is_set = false;
    let mut push = |name: &str, value: &str| {
        text.push(if text.is_empty() { '{' } else { ',' });
        // A text always serialises.
        text.push_str(&serde_json::to_string(name).unwrap_or_default());
        text.push(':');
        text.push_str(value);
    };
    json::members(object, |name, value| {
        let name = String::from_utf8_lossy(name);
        if name != member {
            push(&name, value);
        } else if !is_set {
            push(&name, json);
            is_set = true;
        }
    })?;
    if !is_set {
        push(member, json);
    }
    text.push('}');
    Some(text)
}

fn invalid(message: &'static str) -> SigningError {
    SigningError::new(SigningErrorKind::InvalidInput, message)
}
