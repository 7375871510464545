//! Recognising machine tokens, and verifying those that are JWTs.

use clerk_internal::machine::MachineToken;
use clerk_tokens::{
    AcceptsToken, LocalKeys, M2mClaims, MachineClaims, OAuthActor, OAuthClaims, PresentedToken,
    TokenType, VerifyingKey, is_machine_token, is_machine_token_by_prefix, is_token_type_accepted,
    verify_machine_jwt,
};
use serde_json::{Value, json};

use super::jwt::token;
use super::remote_keys;
use super::token_options::{checks, optional_text};
use crate::outcome::{Outcome, VectorError};
use crate::token::describe;
use crate::vector::{Context, Vector};

pub(super) fn is_machine(_: &Context, vector: &Vector) -> Outcome {
    match token(vector) {
        Ok(token) => Outcome::Ok(is_machine_token(token).into()),
        Err(outcome) => outcome,
    }
}

pub(super) fn is_machine_by_prefix(_: &Context, vector: &Vector) -> Outcome {
    match token(vector) {
        Ok(token) => Outcome::Ok(is_machine_token_by_prefix(token).into()),
        Err(outcome) => outcome,
    }
}

pub(super) fn is_accepted(_: &Context, vector: &Vector) -> Outcome {
    let token_type = vector
        .text("/token_type")
        .and_then(|name| name.parse::<TokenType>().ok());
    let accepts = match vector.input_at("/accepts").unwrap_or(&Value::Null) {
        Value::String(name) if name == "any" => AcceptsToken::Any,
        Value::String(name) => match name.parse::<TokenType>() {
            Ok(one) => AcceptsToken::One(one),
            Err(error) => return Outcome::NotExpressible(error.to_string()),
        },
        // A list of types cannot hold `any`, nor anything else that is no type.
        Value::Array(list) => {
            let types = list.iter().filter_map(Value::as_str);
            AcceptsToken::AnyOf(types.filter_map(|name| name.parse().ok()).collect())
        }
        _ => return Outcome::NotExpressible("accepts is neither text nor list".to_owned()),
    };
    Outcome::Ok(is_token_type_accepted(token_type, &accepts).into())
}

pub(super) fn verify(_: &Context, vector: &Vector) -> Outcome {
    if remote_keys::is_remote(vector) || token(vector).is_ok_and(is_opaque) {
        return remote_keys::verify_machine(vector);
    }
    verify_with(vector).unwrap_or_else(|outcome| outcome)
}

fn is_opaque(token: &str) -> bool {
    PresentedToken::read(token).opaque().is_some()
}

/// A call of the API client that is a verification in this workspace: of an M2M JWT, or of the audience of an OAuth
/// access token.
pub(super) fn as_verification(vector: &Vector) -> Option<Vector> {
    let mut options = vector.input_at("/client_options")?.clone();
    let token = match vector.text("/resource")? {
        "m2m" if vector.text("/method") == Some("verify") => {
            let token = vector.text("/args/0/token")?;
            let subject = describe(token)["payload"]["sub"].clone();
            subject.as_str()?.strip_prefix("mch_")?;
            token
        }
        "idPOAuthAccessToken" => {
            options["audience"] = vector.input_at("/args/1/audience")?.clone();
            vector.text("/args/0")?
        }
        _ => return None,
    };
    let mut verification = vector.clone();
    verification.function = "verifyMachineAuthToken".to_owned();
    verification.input = json!({ "token": token, "options": options });
    Some(verification)
}

/// What a verification comes to for a caller of the API client: the token, or its first error.
pub(super) fn as_call(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Ok(value) => match value.pointer("/errors/0") {
            Some(error) => Outcome::Err(VectorError::of(error)),
            None => {
                let mut data = value["data"].clone();
                if let Some(members) = data.as_object_mut() {
                    members.retain(|_, member| !member.is_null());
                }
                Outcome::Ok(data)
            }
        },
        Outcome::OtherCalls { made, outcome } => Outcome::OtherCalls {
            made,
            outcome: Box::new(as_call(*outcome)),
        },
        other => other,
    }
}

/// With a key that is at hand.
fn verify_with(vector: &Vector) -> Result<Outcome, Outcome> {
    let presented = PresentedToken::read(token(vector)?);
    let jwt_key = optional_text(vector, "/options/jwtKey")?.unwrap_or_default();
    let keys = match jwt_key {
        "" => None,
        pem => {
            let key = VerifyingKey::from_jwt_key(pem)
                .map_err(|error| Outcome::Err(VectorError::plain(&error)))?;
            Some(LocalKeys::from(key))
        }
    };
    let mut answer = json!({ "tokenType": presented.machine_token_type().as_str() });
    match verify_machine_jwt(&presented, keys.as_ref(), &checks(vector)?) {
        Ok(MachineClaims::M2m(claims)) => answer["data"] = m2m(&claims)?,
        Ok(MachineClaims::OAuth(claims)) => answer["data"] = oauth(&claims),
        Ok(_) => return Err(Outcome::Broken("an unknown kind of claims".to_owned())),
        Err(error) => answer["errors"] = json!([VectorError::machine(&error).to_value()]),
    }
    Ok(Outcome::Ok(answer))
}

/// A verified token as the reference shows it (TOK-40 to TOK-44).
pub(super) fn data(verified: &MachineToken) -> Value {
    let facts = verified.common();
    let mut data = json!({
        "id": facts.id,
        "subject": facts.subject,
        "scopes": facts.scopes,
        "revoked": false,
        "revocationReason": null,
        "expired": false,
        "expiration": facts.expires_at_ms,
        "createdAt": facts.created_at_ms,
        "updatedAt": facts.updated_at_ms,
    });
    match verified {
        MachineToken::ApiKey(key) => {
            data["type"] = json!(key.kind);
            data["name"] = json!(key.name);
            data["claims"] = json!(key.claims);
            data["createdBy"] = json!(key.created_by);
            data["description"] = json!(key.description);
            data["lastUsedAt"] = json!(key.last_used_at_ms);
        }
        MachineToken::M2m(token) => data["claims"] = json!(token.claims()),
        MachineToken::OAuth(token) => {
            data["type"] = json!(token.kind);
            data["clientId"] = json!(token.client_id);
            if let Some(audience) = &token.audience {
                data["aud"] = json!(audience);
            }
            if let Some(act) = &token.actor {
                data["act"] = acting(act);
            }
        }
        _ => {}
    }
    data
}

fn acting(act: &clerk_internal::machine::OAuthActor) -> Value {
    let mut value = json!({ "sub": act.subject });
    if let Some(issuer) = &act.issuer {
        value["iss"] = issuer.as_str().into();
    }
    if let Some(nested) = &act.actor {
        value["act"] = acting(nested);
    }
    value
}

/// TOK-40.
fn m2m(claims: &M2mClaims) -> Result<Value, Outcome> {
    let custom = claims
        .custom_claims()
        .map_err(|error| Outcome::Broken(error.to_string()))?;
    Ok(json!({
        "id": claims.id(),
        "subject": claims.subject(),
        "scopes": claims.scopes(),
        "claims": custom,
        "revoked": false,
        "revocationReason": null,
        "expired": false,
        "expiration": claims.expires_at_ms(),
        "createdAt": claims.issued_at_ms(),
        "updatedAt": claims.issued_at_ms(),
    }))
}

/// TOK-41.
fn oauth(claims: &OAuthClaims) -> Value {
    let mut token = json!({
        "id": claims.id(),
        "clientId": claims.client_id(),
        "type": "oauth_token",
        "subject": claims.subject(),
        "scopes": claims.scopes(),
        "revoked": false,
        "revocationReason": null,
        "expired": false,
        "expiration": claims.expires_at_ms(),
        "createdAt": claims.issued_at_ms(),
        "updatedAt": claims.issued_at_ms(),
    });
    if claims.claims().claim_json("aud").is_some() {
        token["aud"] = claims.audience().into();
    }
    if let Some(act) = claims.actor() {
        token["act"] = actor(&act);
    }
    token
}

fn actor(act: &OAuthActor) -> Value {
    let mut value = json!({ "sub": act.subject });
    if let Some(issuer) = &act.issuer {
        value["iss"] = issuer.as_str().into();
    }
    if let Some(nested) = &act.actor {
        value["act"] = actor(nested);
    }
    value
}
