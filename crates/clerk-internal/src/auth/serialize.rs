//! An auth object as data, for a page or another process: without tokens.

use clerk_tokens::TokenType;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::{ApiKeyAuth, Auth, M2mAuth, OAuthAuth, SessionAuth, SignedOutAuth};
use crate::token_type::MachineTokenType;

/// Writes the object that Clerk's JavaScript SDKs hand to a page: the same member names, no token, no functions.
impl Serialize for Auth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Session(session) => serialize_session(session, serializer),
            Self::SignedOut(signed_out) => serialize_signed_out(*signed_out, serializer),
            Self::ApiKey(key) => serialize_api_key(key, serializer),
            Self::M2m(machine) => serialize_m2m(machine, serializer),
            Self::OAuth(oauth) => serialize_oauth(oauth, serializer),
            Self::UnauthenticatedMachine(machine) => {
                let members: &[&'static str] = match machine {
                    MachineTokenType::ApiKey => &["name", "claims", "userId", "orgId"],
                    MachineTokenType::M2m => &["claims", "machineId"],
                    MachineTokenType::OAuth => &["userId", "clientId"],
                };
                let mut map = head(serializer, Some(machine.token_type()), false)?;
                for name in ["id", "subject", "scopes"].iter().chain(members) {
                    map.serialize_entry(name, &None::<()>)?;
                }
                map.end()
            }
            Self::Invalid => head(serializer, None, false)?.end(),
        }
    }
}

fn head<S: Serializer>(
    serializer: S,
    token_type: Option<TokenType>,
    is_authenticated: bool,
) -> Result<S::SerializeMap, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("tokenType", &token_type.map(TokenType::as_str))?;
    map.serialize_entry("isAuthenticated", &is_authenticated)?;
    Ok(map)
}

fn serialize_session<S: Serializer>(
    session: &SessionAuth,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let claims = session.claims();
    let mut map = head(serializer, Some(TokenType::Session), true)?;
    map.serialize_entry("sessionClaims", &raw(claims.as_json())?)?;
    optional(&mut map, "sessionId", claims.session_id())?;
    map.serialize_entry(
        "sessionStatus",
        &claims.status().map(clerk_tokens::SessionStatus::as_str),
    )?;
    optional(&mut map, "userId", claims.subject())?;
    if let Some(actor) = claims.actor() {
        map.serialize_entry("actor", &raw(actor.as_json())?)?;
    }
    let org = claims.org();
    optional(
        &mut map,
        "orgId",
        org.as_ref().map(clerk_tokens::OrgClaims::id),
    )?;
    optional(
        &mut map,
        "orgRole",
        org.as_ref().and_then(clerk_tokens::OrgClaims::role),
    )?;
    optional(
        &mut map,
        "orgSlug",
        org.as_ref().and_then(clerk_tokens::OrgClaims::slug),
    )?;
    optional(
        &mut map,
        "orgPermissions",
        org.as_ref()
            .map(clerk_tokens::OrgClaims::permissions)
            .filter(|permissions| !permissions.is_absent())
            .map(|permissions| permissions.to_list()),
    )?;
    map.serialize_entry("factorVerificationAge", &claims.factor_verification_age())?;
    map.end()
}

fn serialize_signed_out<S: Serializer>(
    signed_out: SignedOutAuth,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = head(serializer, Some(TokenType::Session), false)?;
    map.serialize_entry(
        "sessionStatus",
        &signed_out.is_pending().then_some("pending"),
    )?;
    for name in [
        "sessionClaims",
        "sessionId",
        "userId",
        "actor",
        "orgId",
        "orgRole",
        "orgSlug",
        "orgPermissions",
        "factorVerificationAge",
    ] {
        map.serialize_entry(name, &None::<()>)?;
    }
    map.end()
}

fn serialize_api_key<S: Serializer>(key: &ApiKeyAuth, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = head(serializer, Some(TokenType::ApiKey), true)?;
    map.serialize_entry("id", key.id())?;
    map.serialize_entry("subject", key.subject())?;
    map.serialize_entry("name", key.name())?;
    map.serialize_entry("claims", &key.claims())?;
    map.serialize_entry("scopes", key.scopes())?;
    map.serialize_entry("userId", &key.user_id())?;
    map.serialize_entry("orgId", &key.org_id())?;
    map.end()
}

fn serialize_m2m<S: Serializer>(machine: &M2mAuth, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = head(serializer, Some(TokenType::M2m), true)?;
    map.serialize_entry("id", machine.id())?;
    map.serialize_entry("subject", machine.subject())?;
    map.serialize_entry("claims", &machine.claims())?;
    map.serialize_entry("scopes", machine.scopes())?;
    map.serialize_entry("machineId", machine.machine_id())?;
    map.end()
}

fn serialize_oauth<S: Serializer>(oauth: &OAuthAuth, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = head(serializer, Some(TokenType::OAuth), true)?;
    map.serialize_entry("id", oauth.id())?;
    map.serialize_entry("subject", oauth.subject())?;
    map.serialize_entry("scopes", oauth.scopes())?;
    map.serialize_entry("userId", oauth.user_id())?;
    map.serialize_entry("clientId", oauth.client_id())?;
    map.end()
}

/// A member that is left out where there is no value, as JavaScript leaves out what is undefined.
fn optional<M: SerializeMap>(
    map: &mut M,
    name: &'static str,
    value: Option<impl Serialize>,
) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(name, &value),
        None => Ok(()),
    }
}

fn raw<E: serde::ser::Error>(json: &str) -> Result<&RawValue, E> {
    serde_json::from_str(json).map_err(E::custom)
}
