//! Decoding, verifying and signing JWTs.

use clerk_tokens::{
    CategoryPolicy, ConfigError, SessionClaims, SignOptions, SigningKey, TokenVerificationError,
    TokenVerificationReason, VerifyOptions, VerifyTokenOptions, VerifyingKey, decode_jwt,
    has_valid_signature, sign_jwt, verify_jwt, verify_token,
};
use serde::Deserialize as _;
use serde_json::Value;

use super::remote_keys;
use super::token_options::{checks, optional_text};
use crate::outcome::{Outcome, VectorError};
use crate::special;
use crate::vector::{Context, Vector};

/// JSON of any depth.
fn parsed(json: &str) -> Result<Value, Outcome> {
    let mut json = serde_json::Deserializer::from_str(json);
    json.disable_recursion_limit();
    // The text itself is kept; a value of Rust's cannot hold half a surrogate pair.
    Value::deserialize(&mut json)
        .map_err(|_| Outcome::NotExpressible("the claims are not well-formed Unicode".to_owned()))
}

/// The token a vector is about.
pub(super) fn token(vector: &Vector) -> Result<&str, Outcome> {
    vector
        .text("/token")
        .ok_or_else(|| Outcome::NotExpressible("the token is not a text".to_owned()))
}

pub(super) fn refused(error: &TokenVerificationError) -> Outcome {
    Outcome::Err(VectorError::token(error))
}

/// A key as the low-level functions take it: PEM text or a JWK object.
fn key(value: Option<&Value>) -> Result<VerifyingKey, ConfigError> {
    match value.unwrap_or(&Value::Null) {
        Value::String(pem) => VerifyingKey::from_pem(pem),
        jwk => VerifyingKey::from_jwk_json(&jwk.to_string()),
    }
}

/// What the reference reports where a key cannot be used at all, and this workspace before any token is seen.
fn unusable(reason: TokenVerificationReason, error: &ConfigError) -> Outcome {
    refused(&TokenVerificationError::new(reason, error.to_string()))
}

pub(super) fn decode(_: &Context, vector: &Vector) -> Outcome {
    decode_with(vector).unwrap_or_else(|outcome| outcome)
}

fn decode_with(vector: &Vector) -> Result<Outcome, Outcome> {
    let decoded = decode_jwt(token(vector)?).map_err(|error| refused(&error))?;
    Ok(Outcome::Ok(serde_json::json!({
        "header": parsed(decoded.header().as_json())?,
        "payload": parsed(decoded.unverified_claims().as_json())?,
        "signature": special::from_bytes(decoded.signature()),
    })))
}

pub(super) fn verify(_: &Context, vector: &Vector) -> Outcome {
    verify_with(vector).unwrap_or_else(|outcome| outcome)
}

fn verify_with(vector: &Vector) -> Result<Outcome, Outcome> {
    let token = token(vector)?;
    let options = checks(vector)?.categories(CategoryPolicy::Any);
    // Keys are made before tokens are seen; here the token's own faults come first, as they do in the reference.
    let decoded = decode_jwt(token).map_err(|error| refused(&error))?;
    options
        .check_header(decoded.header())
        .map_err(|error| refused(&error))?;
    let key = key(vector.input_at("/options/key"))
        .map_err(|error| unusable(TokenVerificationReason::TokenVerificationFailed, &error))?;
    let claims = verify_jwt(token, &key, &options).map_err(|error| refused(&error))?;
    parsed(claims.as_json()).map(Outcome::Ok)
}

pub(super) fn has_signature(_: &Context, vector: &Vector) -> Outcome {
    has_signature_with(vector).unwrap_or_else(|outcome| outcome)
}

fn has_signature_with(vector: &Vector) -> Result<Outcome, Outcome> {
    let decoded = decode_jwt(token(vector)?).map_err(|error| refused(&error))?;
    let key = key(vector.input_at("/key"))
        .map_err(|error| unusable(TokenVerificationReason::TokenInvalidSignature, &error))?;
    let valid = has_valid_signature(&decoded, &key).map_err(|error| refused(&error))?;
    Ok(Outcome::Ok(valid.into()))
}

pub(super) fn sign(_: &Context, vector: &Vector) -> Outcome {
    sign_with(vector).unwrap_or_else(|outcome| outcome)
}

fn sign_with(vector: &Vector) -> Result<Outcome, Outcome> {
    let failed = |error: &dyn std::fmt::Display| Outcome::Err(VectorError::plain(error));
    let algorithm = optional_text(vector, "/options/algorithm")?
        .unwrap_or_default()
        .parse()
        .map_err(|error| failed(&error))?;
    let key = match vector.input_at("/key").unwrap_or(&Value::Null) {
        Value::String(pem) => SigningKey::from_pem(pem),
        jwk => SigningKey::from_jwk_json(&jwk.to_string()),
    }
    .map_err(|error| failed(&error))?;
    let clock = clerk_core::Clock::fixed(vector.now_ms);
    let mut options = SignOptions::with_clock(algorithm, clock);
    if let Some(header) = vector.input_at("/options/header") {
        options = options.header(header);
    }
    let payload = vector.input_at("/payload").unwrap_or(&Value::Null);
    let token = sign_jwt(payload, &key, &options).map_err(|error| failed(&error))?;
    let decoded = decode_jwt(&token).map_err(|error| refused(&error))?;
    match has_valid_signature(&decoded, &key.verifying_key()) {
        Ok(true) => Ok(Outcome::Ok(token.into())),
        _ => Err(Outcome::Broken("the signature is not the key's".to_owned())),
    }
}

/// The order of members is lost when a vector is read, and with it the signature: compared are the signed values.
pub(super) fn signed_values(outcome: &mut Value) {
    if let Some(token) = outcome.get("ok").and_then(Value::as_str) {
        let token = crate::token::describe(token);
        *outcome = serde_json::json!({ "ok": [token["header"], token["payload"], token["parts"]] });
    }
}

pub(super) fn verify_session_token(_: &Context, vector: &Vector) -> Outcome {
    if remote_keys::is_remote(vector) {
        return remote_keys::verify(vector);
    }
    verify_session_token_with(vector).unwrap_or_else(|outcome| outcome)
}

fn verify_session_token_with(vector: &Vector) -> Result<Outcome, Outcome> {
    let token = token(vector)?;
    let options = verify_token_options(vector, checks(vector)?)?;
    let claims = verify_token(token, &options).map_err(|error| refused(&error))?;
    claims_of(&claims)
}

/// Claims as a vector's value.
pub(super) fn claims_of(claims: &SessionClaims) -> Result<Outcome, Outcome> {
    parsed(claims.as_json()).map(Outcome::Ok)
}

/// The local key of a vector, if it has one.
fn verify_token_options(
    vector: &Vector,
    checks: VerifyOptions,
) -> Result<VerifyTokenOptions, Outcome> {
    let jwt_key = optional_text(vector, "/options/jwtKey")?.unwrap_or_default();
    VerifyTokenOptions::from(checks)
        .jwt_key(jwt_key)
        .map_err(|error| Outcome::Err(VectorError::plain(&error)))
}
