//! What this workspace means about the answers of API calls, worked out from the recorded answer alone.

use serde_json::{Map, Value, json};

use super::description::Operation;
use crate::http::{Answer, CannedResponse};
use crate::vector::Vector;

/// The last answer of a call.
fn answer(vector: &Vector) -> Option<&Answer> {
    let last = vector.http.last()?;
    // Keys are fetched for a method, not by it.
    if last.request.url.ends_with("/jwks") && vector.text("/resource") != Some("jwks") {
        return None;
    }
    match &last.response {
        CannedResponse::Answer(answer) => Some(answer),
        CannedResponse::NetworkFailure(_) => None,
    }
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let mut headers = answer.headers.iter();
    headers
        .find(|(have, _)| have.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

fn is_success(answer: &Answer) -> bool {
    (200..300).contains(&answer.status)
}

fn json_of(answer: &Answer) -> Option<Value> {
    serde_json::from_slice(&answer.body).ok()
}

fn media_type(answer: &Answer) -> String {
    let text = header(answer, "content-type").unwrap_or_default();
    text.split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// HTTP-21: what the reference takes for JSON.
fn is_plain_json(answer: &Answer) -> bool {
    header(answer, "content-type") == Some("application/json")
}

fn trace_id(answer: &Answer) -> &str {
    header(answer, "cf-ray").unwrap_or_default()
}

/// HTTP-20: nothing came where something is promised.
pub(super) fn is_without_content(vector: &Vector) -> bool {
    // Of two calls the raw answers count.
    vector.http.len() == 1
        && answer(vector).is_some_and(|answer| answer.status == 204)
        && Operation::of(vector).is_none_or(|operation| operation.has_answer())
}

/// The answer is not what the method returns, and names no other kind either.
pub(super) fn is_of_no_kind(vector: &Vector) -> bool {
    let Some(answer) = answer(vector).filter(|answer| is_success(answer) && answer.status != 204)
    else {
        return false;
    };
    // What is not read as JSON because of its media type has the same shapes.
    let Some(body) = json_of(answer) else {
        return true;
    };
    if !body.is_array() && !body.is_object() {
        return true;
    }
    match own_kind(vector) {
        None => false,
        Some(_) if is_of_another_kind(vector, &body) => false,
        Some(_) => !has_shape(vector, &body),
    }
}

/// The kind of the object that a method returns, of the methods that serve for recording answers.
fn own_kind(vector: &Vector) -> Option<&'static str> {
    match vector.text("/resource")? {
        "m2m" => Some("machine_to_machine_token"),
        "sessions" => Some("session"),
        "users" => Some("user"),
        "apiKeys" => Some("api_key"),
        "idPOAuthAccessToken" => Some("clerk_idp_oauth_access_token"),
        _ => None,
    }
}

/// The items of a list or page.
fn items(body: &Value) -> Option<&Vec<Value>> {
    let members = || {
        ["data", "m2m_tokens"]
            .iter()
            .find_map(|name| body.get(*name)?.as_array())
    };
    body.as_array().or_else(members)
}

/// Whether a body names a kind throughout, and not the method's.
fn is_of_another_kind(vector: &Vector, body: &Value) -> bool {
    let other = |item: &Value| {
        item["object"].is_string()
            && (item["object"].as_str() != own_kind(vector) || item.get("deleted").is_some())
    };
    match items(body) {
        Some(items) => !items.is_empty() && items.iter().all(other),
        None => other(body),
    }
}

/// Whether a body has the shape of the method's result.
fn has_shape(vector: &Vector, body: &Value) -> bool {
    let own = |item: &Value| item["object"].as_str() == own_kind(vector);
    let is_list = vector
        .text("/method")
        .is_some_and(|name| name.ends_with("List"));
    match items(body) {
        Some(items) => is_list && items.iter().all(own),
        None => !is_list && (own(body) || names_no_kind(vector)),
    }
}

/// RES-91: a member that the method's result must have is not there.
pub(super) fn lacks_required(vector: &Vector) -> bool {
    let Some(body) = answer(vector).and_then(json_of) else {
        return false;
    };
    let Some(required) = Operation::of(vector).map(|operation| operation.required_of_answer())
    else {
        return false;
    };
    body["object"]
        .as_str()
        .is_some_and(|object| Some(object) == own_kind(vector))
        && required
            .iter()
            .any(|name| body.get(name).is_none_or(Value::is_null))
}

/// A token that does not say that it is one.
pub(super) fn names_no_kind(vector: &Vector) -> bool {
    let Some(body) = answer(vector)
        .filter(|answer| is_success(answer))
        .and_then(json_of)
    else {
        return false;
    };
    let required = Operation::of(vector).map(|operation| operation.required_of_answer());
    body.is_object()
        && body.get("object").is_none()
        && required.is_some_and(|required| {
            !required.is_empty()
                && required
                    .iter()
                    .filter(|name| *name != "object")
                    .all(|name| body.get(name).is_some())
        })
}

/// HTTP-28, HTTP-36: a typed error that keeps the status and the trace id.
pub(super) fn typed_error(vector: &Vector) -> Option<Value> {
    let answer = answer(vector)?;
    Some(json!({"err": {
        "class": "ClerkAPIResponseError",
        "status": answer.status,
        "clerkTraceId": trace_id(answer),
        "errors": [{"code": "unexpected_error"}],
    }}))
}

/// HTTP-36: a refusal whose body cannot be used.
pub(super) fn loses_its_status(vector: &Vector) -> bool {
    let reference = vector.expected.to_value();
    answer(vector).is_some_and(|answer| !is_success(answer))
        && reference["err"]["class"] == "ClerkAPIResponseError"
        && reference["err"].get("status").is_none()
}

/// The refusal with its status, and the entries that are any.
pub(super) fn refusal(vector: &Vector) -> Option<Value> {
    let answer = answer(vector)?;
    let body = json_of(answer).unwrap_or_default();
    let entries: Vec<Value> = body["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .map(entry)
        .collect();
    let trace = body["clerk_trace_id"]
        .as_str()
        .unwrap_or_else(|| trace_id(answer));
    let mut error = json!({
        "class": "ClerkAPIResponseError",
        "status": answer.status,
        "clerkTraceId": trace,
        "errors": entries,
    });
    let waits = header(answer, "retry-after").and_then(|text| text.trim().parse::<u64>().ok());
    if let Some(seconds) = waits {
        error["retryAfter"] = json!(seconds);
    }
    Some(json!({ "err": error }))
}

/// HTTP-31, HTTP-32: an entry; what is no text is left out.
fn entry(entry: &Value) -> Value {
    let mut out = json!({ "meta": {} });
    for (wire, name) in [
        ("code", "code"),
        ("message", "message"),
        ("long_message", "longMessage"),
    ] {
        if let Some(text) = entry[wire].as_str() {
            out[name] = json!(text);
        }
    }
    if let Some(name) = entry["meta"]["param_name"].as_str() {
        out["meta"]["paramName"] = json!(name);
    }
    out
}

/// HTTP-31: an entry whose code or message is null.
pub(super) fn has_entry_with_null(vector: &Vector) -> bool {
    let reference = vector.expected.to_value();
    let entries = reference["err"]["errors"].as_array();
    entries.into_iter().flatten().any(|entry| {
        let members = entry.as_object().into_iter().flat_map(Map::values);
        members.into_iter().any(Value::is_null)
    })
}

/// HTTP-21: JSON in a media type with parameters or other letters, of a refusal.
pub(super) fn is_refusal_in_unread_json(vector: &Vector) -> bool {
    answer(vector).is_some_and(|answer| {
        !is_success(answer) && !is_plain_json(answer) && media_type(answer) == "application/json"
    })
}

/// HTTP-21: the body that is promised, under another media type.
pub(super) fn is_unread_result(vector: &Vector) -> bool {
    answer(vector).is_some_and(|answer| {
        is_success(answer)
            && !is_plain_json(answer)
            && json_of(answer).is_some_and(|body| has_shape(vector, &body))
            && !lacks_required(vector)
    })
}

/// A body of another kind under another media type.
pub(super) fn is_unread_other_kind(vector: &Vector) -> bool {
    answer(vector).is_some_and(|answer| {
        is_success(answer)
            && !is_plain_json(answer)
            && json_of(answer).is_some_and(|body| is_of_another_kind(vector, &body))
    })
}

/// The result as its body has it.
pub(super) fn result(vector: &Vector) -> Option<Value> {
    let body = json_of(answer(vector)?)?;
    Some(json!({ "ok": listed(&body) }))
}

/// HTTP-23: the reference's page where the answer counts, else its bare list.
fn listed(body: &Value) -> Value {
    let shown = |items: &Vec<Value>| items.iter().map(resource).collect::<Vec<_>>();
    match (items(body), body.get("total_count").and_then(Value::as_u64)) {
        (Some(items), None) => shown(items).into(),
        (Some(items), Some(count)) => json!({ "data": shown(items), "totalCount": count }),
        (None, _) => resource(body),
    }
}

/// A resource in the reference's names, without what is not there.
fn resource(value: &Value) -> Value {
    const OPAQUE: &[&str] = &["actor", "claims", "public_metadata", "private_metadata"];
    match value {
        Value::Object(map) => {
            let members = map
                .iter()
                .filter(|(name, value)| *name != "object" && !value.is_null());
            let members = members.map(|(name, value)| {
                let value = if OPAQUE.contains(&name.as_str()) {
                    value.clone()
                } else {
                    resource(value)
                };
                (camel(name), value)
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => items.iter().map(resource).collect(),
        other => other.clone(),
    }
}

fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for letter in name.chars() {
        if letter == '_' {
            upper = true;
        } else if upper {
            out.push(letter.to_ascii_uppercase());
            upper = false;
        } else {
            out.push(letter);
        }
    }
    out
}

/// HTTP-34: `Retry-After` as a date, or before now.
pub(super) fn has_other_retry_after(vector: &Vector) -> bool {
    answer(vector)
        .and_then(|answer| header(answer, "retry-after"))
        .is_some_and(|text| {
            !text.is_empty() && !text.starts_with(|letter: char| letter.is_ascii_digit())
        })
}

/// The refusal with the wait until the date: none before now or for what is no date, and at most a week.
pub(super) fn with_retry_after(vector: &Vector) -> Option<Value> {
    let text = header(answer(vector)?, "retry-after")?;
    let mut outcome = vector.expected.to_value();
    let error = outcome.get_mut("err")?.as_object_mut()?;
    error.remove("retryAfter");
    if let Ok(date) = httpdate::parse_http_date(text) {
        let date = date.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
        let now = u64::try_from(vector.now_ms).ok()?.div_ceil(1000);
        error.insert(
            "retryAfter".to_owned(),
            json!(date.saturating_sub(now).min(7 * 24 * 3600)),
        );
    }
    Some(outcome)
}

/// A result with a null member.
pub(super) fn has_null_member(vector: &Vector) -> bool {
    let reference = vector.expected.to_value();
    let body = answer(vector).and_then(json_of);
    // What is handed through is as it came.
    let result = reference
        .get("ok")
        .filter(|result| body.as_ref() != Some(result));
    result.is_some_and(|result| without_nulls(result) != *result)
}

/// The reference's result; a member that is null is not there.
pub(super) fn absent_for_null(vector: &Vector) -> Option<Value> {
    let reference = vector.expected.to_value();
    Some(json!({ "ok": without_nulls(reference.get("ok")?) }))
}

fn without_nulls(value: &Value) -> Value {
    const OPAQUE: &[&str] = &[
        "actor",
        "claims",
        "publicMetadata",
        "privateMetadata",
        "unsafeMetadata",
    ];
    match value {
        Value::Object(map) => {
            // A page without a count is a list.
            if map.len() == 2
                && let (Some(data), Some(Value::Null)) = (map.get("data"), map.get("totalCount"))
            {
                return without_nulls(data);
            }
            let members = map.iter().filter(|(_, value)| !value.is_null());
            let members = members.map(|(name, value)| {
                let opaque = OPAQUE.contains(&name.as_str());
                (
                    name.clone(),
                    if opaque {
                        value.clone()
                    } else {
                        without_nulls(value)
                    },
                )
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// What comes back does not depend on the body that was sent.
pub(super) fn with_a_body(vector: &Vector) -> Option<Value> {
    if is_without_content(vector) {
        return typed_error(vector);
    }
    if loses_its_status(vector) {
        return refusal(vector);
    }
    Some(vector.expected.to_value())
}

/// TOK-45: seconds as milliseconds.
pub(super) fn in_milliseconds(vector: &Vector) -> Option<Value> {
    let mut reference = vector.expected.to_value();
    for name in ["createdAt", "updatedAt", "expiration"] {
        let time = &mut reference["ok"][name];
        if let Some(seconds) = time.as_i64().filter(|time| *time < 100_000_000_000) {
            *time = json!(seconds * 1000);
        }
    }
    Some(json!({ "ok": without_nulls(&reference["ok"]) }))
}
