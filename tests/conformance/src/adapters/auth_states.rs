//! The objects that say who makes a request.

use clerk_internal::machine::read_answer;
use clerk_internal::{
    Auth, MachineTokenType, SessionAuth, reverification_error, reverification_response,
    strip_private_metadata,
};
use clerk_tokens::authz::{Reverification, Role};
use clerk_tokens::{AcceptsToken, TokenType};
use serde_json::{Value, json};

use super::auth_objects::claims;
use crate::outcome::{Outcome, VectorError};
use crate::vector::{Context, Vector};

pub(super) fn authenticated_machine(_: &Context, vector: &Vector) -> Outcome {
    let token = vector.text("/token").unwrap_or_default();
    let data = vector.input_at("/data").unwrap_or(&Value::Null);
    let auth = machine_type(vector).and_then(|token_type| machine(token_type, token, data));
    Outcome::from_result(auth.map(|auth| with_functions(&auth)))
}

pub(super) fn unauthenticated_machine(_: &Context, vector: &Vector) -> Outcome {
    Outcome::from_result(
        machine_type(vector)
            .map(|token_type| with_functions(&Auth::UnauthenticatedMachine(token_type))),
    )
}

pub(super) fn signed_out(_: &Context, _: &Vector) -> Outcome {
    Outcome::Ok(with_functions(&Auth::signed_out()))
}

pub(super) fn invalid_token(_: &Context, _: &Vector) -> Outcome {
    Outcome::Ok(with_functions(&Auth::Invalid))
}

pub(super) fn for_accepted(context: &Context, vector: &Vector) -> Outcome {
    let name = vector.text("/object").unwrap_or_default();
    let Some(object) = context
        .note("accepted_token_objects")
        .and_then(|all| all.get(name))
    else {
        return Outcome::Broken(format!("the notes have no object {name}"));
    };
    let auth = match (name, object["isAuthenticated"].as_bool()) {
        ("invalid", _) => Ok(Auth::Invalid),
        ("session", _) => claims(&object["sessionClaims"])
            .map(|claims| Auth::Session(SessionAuth::new(claims, "session.jwt")))
            .map_err(|error| VectorError::token(&error)),
        ("out", _) => Ok(Auth::signed_out()),
        (_, authenticated) => object["tokenType"]
            .as_str()
            .ok_or_else(|| VectorError::plain(&"no token type"))
            .and_then(parse_machine_type)
            .and_then(|token_type| match authenticated {
                Some(true) => machine(token_type, "tok", object),
                _ => Ok(Auth::UnauthenticatedMachine(token_type)),
            }),
    };
    let accepts = match vector.input_at("/accepts") {
        None => Some(AcceptsToken::default()),
        Some(Value::String(text)) if text == "any" => Some(AcceptsToken::Any),
        Some(Value::String(text)) => text.parse::<TokenType>().ok().map(AcceptsToken::One),
        Some(Value::Array(list)) => {
            let types = list
                .iter()
                .map(|name| name.as_str()?.parse::<TokenType>().ok());
            types.collect::<Option<_>>().map(AcceptsToken::AnyOf)
        }
        Some(_) => None,
    };
    match (auth, accepts) {
        (Ok(auth), Some(accepts)) => Outcome::Ok(data(&auth.for_accepted(&accepts))),
        (Err(error), _) => Outcome::Err(error),
        (_, None) => Outcome::NotExpressible("a token type that does not exist".to_owned()),
    }
}

pub(super) fn reverification(_: &Context, vector: &Vector) -> Outcome {
    let missing = match vector.input_at("/config") {
        None => None,
        Some(config) => match Reverification::from_config(config) {
            Some(missing) => Some(missing),
            None => return Outcome::NotExpressible("not a reverification".to_owned()),
        },
    };
    let response = reverification_response(missing);
    Outcome::Ok(json!({
        "status": response.status().as_u16(),
        "body": serde_json::from_str::<Value>(response.body()).unwrap_or_default(),
        "error": reverification_error(missing),
    }))
}

pub(super) fn strip_private_data(_: &Context, vector: &Vector) -> Outcome {
    let mut object = vector.input_at("/object").cloned().unwrap_or_default();
    for name in ["user", "organization"] {
        if let Some(resource) = object.get_mut(name) {
            strip_private_metadata(resource);
        }
    }
    Outcome::Ok(object)
}

/// STA-7.
pub(super) fn bootstrap(_: &Context, _: &Vector) -> Outcome {
    Outcome::NotExpressible("a state without a key".to_owned())
}

/// A helper of templates.
pub(super) fn decorate(_: &Context, _: &Vector) -> Outcome {
    Outcome::NotExpressible("an object of any shape, with resources put into it".to_owned())
}

/// The object's data.
pub(super) fn data(auth: &Auth) -> Value {
    serde_json::to_value(auth).unwrap_or_default()
}

/// The object's data, and what its functions answer.
fn with_functions(auth: &Auth) -> Value {
    json!({
        "object": data(auth),
        "get_token": auth.token(),
        "has": auth.has(Role::new("admin")),
    })
}

fn machine_type(vector: &Vector) -> Result<MachineTokenType, VectorError> {
    parse_machine_type(vector.text("/token_type").unwrap_or_default())
}

fn parse_machine_type(name: &str) -> Result<MachineTokenType, VectorError> {
    let all = [
        MachineTokenType::ApiKey,
        MachineTokenType::M2m,
        MachineTokenType::OAuth,
    ];
    let found = all
        .into_iter()
        .find(|token_type| token_type.as_str() == name);
    found.ok_or_else(|| VectorError::plain(&"not a machine token type"))
}

/// The object of a verified machine token, from the resource that the API answers.
fn machine(token_type: MachineTokenType, token: &str, data: &Value) -> Result<Auth, VectorError> {
    let mut answer = data.clone();
    if let Some(client) = data.get("clientId") {
        answer["client_id"] = client.clone();
    }
    read_answer(token_type, &answer, 0)
        .map(|verified| Auth::machine(token, verified))
        .map_err(|error| VectorError::machine(&error))
}
