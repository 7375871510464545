//! Authorization and the claims it reads.

use clerk_tokens::authz::{Condition, PermissionMap, Reverification, split_by_scope};
use clerk_tokens::{SessionClaims, SessionStatus, decode_jwt};
use serde_json::{Value, json};

use crate::outcome::{Outcome, VectorError};
use crate::vector::{Context, Vector};

/// Claims as they would come out of a token.
fn claims(vector: &Vector) -> Result<SessionClaims, Outcome> {
    let claims = vector.input_at("/claims").unwrap_or(&Value::Null);
    let payload = base64_simd::URL_SAFE_NO_PAD.encode_to_string(claims.to_string());
    let token = format!("e30.{payload}.AA");
    match decode_jwt(&token) {
        Ok(decoded) => Ok(decoded.unverified_claims().clone()),
        Err(error) => Err(Outcome::Err(VectorError::token(&error))),
    }
}

pub(super) fn has(_: &Context, vector: &Vector) -> Outcome {
    let claims = match claims(vector) {
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
    let claims = match claims(vector) {
        Ok(claims) => claims,
        Err(outcome) => return outcome,
    };
    let signed_in = signed_in(&claims);
    let pending = claims.status() == Some(SessionStatus::Pending);
    let as_signed_out = if pending {
        signed_out_pending()
    } else {
        signed_in.clone()
    };
    Outcome::Ok(json!({
        "pending_as_signed_out": { "ok": as_signed_out },
        "pending_allowed": { "ok": signed_in },
    }))
}

/// AUTH-1: what a session's object says, by the accessors of its claims.
fn signed_in(claims: &SessionClaims) -> Value {
    let mut object = json!({
        "tokenType": "session_token",
        "sessionClaims": serde_json::from_str::<Value>(claims.as_json()).unwrap_or_default(),
        "sessionStatus": claims.status().map(SessionStatus::as_str),
        "factorVerificationAge": claims.factor_verification_age(),
        "isAuthenticated": true,
    });
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            object[name] = value;
        }
    };
    set("sessionId", claims.session_id().map(Value::from));
    set("userId", claims.subject().map(Value::from));
    let actor = claims.actor();
    set(
        "actor",
        actor.and_then(|actor| serde_json::from_str(actor.as_json()).ok()),
    );
    if let Some(org) = claims.org() {
        set("orgId", Some(org.id().into()));
        set("orgRole", org.role().map(Value::from));
        set("orgSlug", org.slug().map(Value::from));
        let permissions = org.permissions();
        set(
            "orgPermissions",
            (!permissions.is_absent()).then(|| permissions.to_list().into()),
        );
    }
    object
}

/// AUTH-30: what stands for a pending session.
fn signed_out_pending() -> Value {
    json!({
        "tokenType": "session_token",
        "sessionClaims": null,
        "sessionId": null,
        "sessionStatus": "pending",
        "userId": null,
        "actor": null,
        "orgId": null,
        "orgRole": null,
        "orgSlug": null,
        "orgPermissions": null,
        "factorVerificationAge": null,
        "isAuthenticated": false,
    })
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
