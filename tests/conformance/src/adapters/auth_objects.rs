//! Authorization and the claims it reads.

use clerk_internal::{Auth, SessionAuth};
use clerk_tokens::authz::{Condition, PermissionMap, Reverification, split_by_scope};
use clerk_tokens::{SessionClaims, TokenVerificationError, decode_jwt};
use serde_json::{Value, json};

use super::auth_states;
use crate::outcome::{Outcome, VectorError};
use crate::vector::{Context, Vector};

/// Claims as they would come out of a token.
pub(super) fn claims(claims: &Value) -> Result<SessionClaims, TokenVerificationError> {
    let payload = base64_simd::URL_SAFE_NO_PAD.encode_to_string(claims.to_string());
    let token = format!("e30.{payload}.AA");
    decode_jwt(&token).map(|decoded| decoded.unverified_claims().clone())
}

/// The vector's claims.
pub(super) fn input_claims(vector: &Vector) -> Result<SessionClaims, Outcome> {
    claims(vector.input_at("/claims").unwrap_or(&Value::Null))
        .map_err(|error| Outcome::Err(VectorError::token(&error)))
}

pub(super) fn has(_: &Context, vector: &Vector) -> Outcome {
    let claims = match input_claims(vector) {
        Ok(claims) => claims,
        Err(outcome) => return outcome,
    };
    let params = vector.input_at("/params").and_then(Value::as_array);
    let answers = params.into_iter().flatten().map(|params| {
        // Asking for nothing cannot be written with conditions; what reads parameters then has none to ask.
        Condition::from_params(params).is_some_and(|condition| claims.has(condition))
    });
    Outcome::Ok(answers.collect())
}

pub(super) fn auth_object(_: &Context, vector: &Vector) -> Outcome {
    let claims = match input_claims(vector) {
        Ok(claims) => claims,
        Err(outcome) => return outcome,
    };
    let auth = Auth::Session(SessionAuth::new(claims, "session.jwt"));
    let pending = auth.as_session().is_some_and(SessionAuth::is_pending);
    let mut as_signed_out = auth_states::data(&auth);
    if pending {
        // AUTH-30
        as_signed_out = auth_states::data(&Auth::signed_out());
        as_signed_out["sessionStatus"] = "pending".into();
    }
    Outcome::Ok(json!({
        "pending_as_signed_out": { "ok": as_signed_out },
        "pending_allowed": { "ok": auth_states::data(&auth) },
    }))
}

pub(super) fn split(_: &Context, vector: &Vector) -> Outcome {
    let Some(claim) = vector.text("/claim") else {
        return Outcome::NotExpressible("the claim is not a text".to_owned());
    };
    Outcome::from_result(match split_by_scope(claim) {
        Ok(scoped) => Ok(json!({ "org": scoped.org, "user": scoped.user })),
        Err(error) => Err(VectorError::plain(&error)),
    })
}

pub(super) fn parse_permissions(_: &Context, vector: &Vector) -> Outcome {
    // An absent claim is an empty one.
    let text = |pointer| match vector.input_at(pointer) {
        None => Some(""),
        Some(value) => value.as_str(),
    };
    let (Some(permissions), Some(map)) = (text("/per"), text("/fpm")) else {
        return Outcome::NotExpressible("the claims are not texts".to_owned());
    };
    let parsed = PermissionMap::parse(permissions, map);
    let bits: Vec<Vec<u8>> = parsed
        .bits
        .iter()
        .map(|bits| bits.iter().copied().map(u8::from).collect())
        .collect();
    Outcome::Ok(json!({ "permissions": parsed.permissions, "featurePermissionMap": bits }))
}

pub(super) fn validate_reverification(_: &Context, vector: &Vector) -> Outcome {
    let config = vector.input_at("/config").unwrap_or(&Value::Null);
    Outcome::Ok(match Reverification::from_config(config) {
        Some(valid) => {
            json!({ "level": valid.level().as_str(), "afterMinutes": valid.after_minutes() })
        }
        None => json!(false),
    })
}
