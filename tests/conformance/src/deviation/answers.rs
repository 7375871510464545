//! Answers to outgoing calls that are looked into, worked out from the recorded ones.

use serde_json::{Value, json};

use super::requests::presented_token;
use crate::vector::Vector;

/// The last answer about signing keys, as `(status, body)`; no status where there was none.
pub(super) fn keys_answer(vector: &Vector) -> Option<(Option<u16>, Value)> {
    use crate::http::CannedResponse;
    let mut exchanges = vector.http.iter().rev();
    let exchange = exchanges.find(|exchange| exchange.request.url.ends_with("/jwks"))?;
    Some(match &exchange.response {
        CannedResponse::NetworkFailure(_) => (None, Value::Null),
        CannedResponse::Answer(answer) => (
            Some(answer.status),
            serde_json::from_slice(&answer.body).unwrap_or_default(),
        ),
    })
}

/// The source of signing keys could not be asked, or its answer was no set of keys.
pub(super) fn keys_were_not_loaded(vector: &Vector) -> bool {
    match keys_answer(vector) {
        None => false,
        Some((None | Some(429 | 300..400 | 500..), _)) => true,
        Some((Some(200..300), body)) => body["keys"]
            .as_array()
            .is_none_or(|keys| keys.is_empty() || !keys.iter().all(Value::is_object)),
        Some(_) => false,
    }
}

/// The answer about signing keys says that the secret key is invalid.
pub(super) fn secret_key_was_rejected(vector: &Vector) -> bool {
    let Some((Some(400..500), body)) = keys_answer(vector) else {
        return false;
    };
    let errors = body["errors"].as_array();
    errors
        .into_iter()
        .flatten()
        .any(|error| error["code"] == "clerk_key_invalid")
}

/// The machine token's answer, where there was a successful one.
pub(super) fn machine_answer(vector: &Vector) -> Option<Value> {
    use crate::http::CannedResponse;
    let exchange = vector
        .http
        .iter()
        .find(|exchange| exchange.request.url.ends_with("/verify"))?;
    match &exchange.response {
        CannedResponse::Answer(answer) if (200..300).contains(&answer.status) => {
            Some(serde_json::from_slice(&answer.body).unwrap_or_default())
        }
        _ => None,
    }
}

pub(super) fn machine_answer_is_no_object(vector: &Vector) -> bool {
    machine_answer(vector).is_some_and(|answer| !answer.is_object())
}

/// TOK-25: a successful answer about a token that is no good, or that says nothing.
pub(super) fn machine_answer_is_no_good(vector: &Vector) -> bool {
    let Some(answer) = machine_answer(vector) else {
        return false;
    };
    let is_set = |name: &str| {
        answer
            .get(name)
            .is_some_and(|value| *value != json!(false) && !value.is_null())
    };
    let is_named = |name: &str| answer[name].as_str().is_some_and(|text| !text.is_empty());
    let unit = if answer["client_id"].is_null() {
        1
    } else {
        1000
    };
    let has_expired = answer["expiration"]
        .as_i64()
        .is_some_and(|at| at * unit <= vector.now_ms);
    answer["active"] == json!(false)
        || is_set("revoked")
        || is_set("expired")
        || has_expired
        || !is_named("id")
        || !is_named("subject")
}

/// The reference's outcome with the machine's object read from the answer, every member of its type or null.
pub(super) fn typed_machine_object(vector: &Vector) -> Option<Value> {
    let answer = machine_answer(vector)?;
    let mut outcome = vector.expected.to_value();
    let token_type = outcome["ok"]["token_type"].as_str()?.to_owned();
    let subject = answer["subject"].as_str()?;
    let object_or_null = |name: &str| answer.get(name).filter(|value| value.is_object()).cloned();
    let scopes: Vec<&Value> = answer["scopes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|scope| scope.is_string())
        .collect();
    let mut object = json!({
        "tokenType": token_type, "isAuthenticated": true, "id": answer["id"], "subject": subject, "scopes": scopes,
    });
    match token_type.as_str() {
        "api_key" => {
            object["name"] = json!(answer["name"].as_str().unwrap_or_default());
            object["claims"] = json!(object_or_null("claims"));
            object["userId"] = json!(Some(subject).filter(|id| id.starts_with("user_")));
            object["orgId"] = json!(Some(subject).filter(|id| id.starts_with("org_")));
        }
        "m2m_token" => {
            object["claims"] = json!(object_or_null("claims"));
            object["machineId"] = json!(subject);
        }
        _ => {
            object["userId"] = json!(subject);
            object["clientId"] = json!(answer["client_id"].as_str().unwrap_or_default());
        }
    }
    outcome["ok"]["to_auth"] = json!({ "ok": object });
    outcome["ok"]["to_auth_pending"] = json!("=");
    Some(outcome)
}

/// JWKS-26: the token names a key that the set does not hold.
pub(super) fn key_is_not_of_the_set(vector: &Vector) -> bool {
    let Some((Some(200..300), body)) = keys_answer(vector) else {
        return false;
    };
    let header =
        presented_token(vector).map(|token| crate::token::describe(&token)["header"].clone());
    let kid = header.unwrap_or_default()["kid"].clone();
    let keys = body["keys"].as_array();
    !keys.into_iter().flatten().any(|key| key["kid"] == kid)
}
