//! Authorization and the claims it reads.

use clerk_tokens::authz::{PermissionMap, Reverification, split_by_scope};
use serde_json::{Value, json};

use crate::outcome::{Outcome, VectorError};
use crate::vector::{Context, Vector};

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
