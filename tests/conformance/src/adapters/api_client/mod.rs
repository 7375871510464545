//! The API client: which request each method makes, and what becomes of errors.
//!
//! Answers are compared where the reference hands them through; its resource objects have no counterpart yet, so
//! that part is counted as not replayed.

mod arguments;
#[rustfmt::skip]
#[allow(deprecated, reason = "the reference has deprecated methods too")]
mod generated;

use std::sync::Arc;

use clerk_api::Client;
use clerk_errors::api::{ApiError, ApiErrorKind};
use clerk_http::{ApiClient, ApiRequest, ApiResponse, BoxFuture, SharedTransport};
use serde_json::{Map, Value, json};

pub(crate) use arguments::{Arguments, NotReplayed};

use super::authenticate::{Canned, block_on};
use crate::{
    http::{CannedBody, CannedResponse, Script},
    outcome::{Outcome, VectorError},
    special,
    vector::{Context, Vector},
};

/// A call with its type forgotten.
pub(crate) struct Replay {
    request: Result<ApiRequest, ApiError>,
    send: BoxFuture<Result<ApiResponse, ApiError>>,
}

pub(super) fn client(_: &Context, vector: &Vector) -> Outcome {
    match perform(vector) {
        Ok(outcome) => outcome,
        Err(NotReplayed(why)) => Outcome::NotReplayed(why),
    }
}

fn perform(vector: &Vector) -> Result<Outcome, NotReplayed> {
    differs(vector)?;
    let script = Arc::new(Script::of(vector));
    let mut builder = ApiClient::builder(SharedTransport::new(Canned(Arc::clone(&script))));
    let option = |name: &str| {
        vector
            .text(&format!("/client_options/{name}"))
            .filter(|text| !text.is_empty())
    };
    if let Some(url) = option("apiUrl") {
        builder = builder.api_url(url).allow_plain_http();
    }
    if let Some(version) = option("apiVersion") {
        builder = builder.api_version(version);
    }
    if let Some(key) = option("secretKey") {
        builder = builder.secret_key(key);
    }
    if let Some(key) = option("machineSecretKey") {
        builder = builder.machine_secret_key(key);
    }
    let http = match builder.build() {
        Ok(http) => http,
        Err(error) => return Ok(Outcome::Err(VectorError::plain(&error))),
    };
    if vector.http.len() > 1 {
        return Err(NotReplayed("a method that makes several calls".to_owned()));
    }
    let mut arguments = Arguments::of(vector)?;
    let (resource, name) = (
        vector.text("/resource").unwrap_or_default(),
        vector.text("/method").unwrap_or_default(),
    );
    let template = if name == "getToken" && arguments.strings() > 1 {
        "/template"
    } else {
        ""
    };
    let name = if name == "deleteDomain" {
        "delete"
    } else {
        name
    };
    let client = Client::new(http.clone());
    let replay = generated::call(
        &client,
        &format!("{resource}.{name}{template}"),
        &mut arguments,
    )
    .ok_or_else(|| NotReplayed(format!("{resource}.{name} has no counterpart")))??;
    if let (Ok(request), Some(exchange)) = (&replay.request, vector.http.first()) {
        let body = http
            .prepare(request.clone())
            .map(|request| request.body().clone());
        if exchange.request.body == CannedBody::Empty && body.is_ok_and(|body| !body.is_empty()) {
            return Err(NotReplayed(
                "a described body is always sent, the reference omits an empty one".to_owned(),
            ));
        }
    }
    let outcome = match block_on(replay.send) {
        Ok(answer) => success(&answer)?,
        Err(error) => Outcome::Err(failure(&error)),
    };
    Ok(script.close(outcome))
}

/// What is meant to differ, or is not the client's concern; nothing is claimed about it here.
fn differs(vector: &Vector) -> Result<(), NotReplayed> {
    let not = |why: &str| Err(NotReplayed(why.to_owned()));
    let option = |name: &str| vector.input_at(&format!("/client_options/{name}"));
    if let Some(url) = option("apiUrl") {
        let text = url.as_str().unwrap_or_default();
        if text.is_empty() || text.contains('?') || text.contains("/.") {
            return not("an API address that is refused or tidied");
        }
    }
    if option("apiVersion").is_some_and(|version| {
        version
            .as_str()
            .is_none_or(|text| text.is_empty() || text.contains('.'))
    }) {
        return not("an API version that is none");
    }
    if option("secretKey").is_some_and(|key| {
        key.as_str().is_none_or(|text| {
            !text.is_ascii() || text.contains(char::is_control) || text.trim() != text
        })
    }) {
        return not("a secret key that is none");
    }
    let resource = vector.text("/resource").unwrap_or_default();
    if resource == "emails" && vector.http.is_empty() && vector.text("/method") != Some("get") {
        return not("e-mails are checked by the server");
    }
    let entries = vector.expected.to_value()["err"]["errors"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    if entries.iter().any(|entry| !entry["code"].is_string()) {
        return not("an error entry without a code");
    }
    let Some(exchange) = vector.http.first() else {
        return Ok(());
    };
    let CannedResponse::Answer(answer) = &exchange.response else {
        return Ok(());
    };
    let header = |name: &str| {
        let found = answer
            .headers
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    if answer.status == 204 && vector.text("/method") == Some("createBatch") {
        return not("the reference fails where there is no content");
    }
    if header("content-type").is_some_and(|kind| kind != "application/json" && clerk_json(kind)) {
        return not("a JSON media type with parameters or in other letters (HTTP-21)");
    }
    if header("retry-after")
        .is_some_and(|wait| wait.is_empty() || !wait.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return not("a Retry-After that is no number (HTTP-34)");
    }
    let expected = vector.expected.to_value();
    let lost = expected["err"]["class"] == "ClerkAPIResponseError"
        && expected["err"].get("status").is_none();
    if lost {
        return not("the reference loses the status (HTTP-36)");
    }
    Ok(())
}

fn clerk_json(kind: &str) -> bool {
    kind.to_ascii_lowercase().starts_with("application/json")
}

/// What the reference hands through: no content, and JSON that is no resource.
fn success(answer: &ApiResponse) -> Result<Outcome, NotReplayed> {
    if answer.is_empty() {
        return Ok(Outcome::Ok(special::undefined()));
    }
    match serde_json::from_slice::<Value>(answer.body()) {
        Ok(value) if value["object"] == "conformance_placeholder" => Ok(Outcome::Ok(value)),
        _ => Err(NotReplayed(
            "an answer that the reference turns into its own classes".to_owned(),
        )),
    }
}

fn failure(error: &ApiError) -> VectorError {
    if error.kind() == ApiErrorKind::Invalid {
        return VectorError::plain(error);
    }
    let this = VectorError::new("ClerkAPIResponseError", error);
    let Some(status) = error.status() else {
        let entry = json!([{"code": "unexpected_error", "message": error.to_string()}]);
        return this.with("clerkTraceId", "").with("errors", entry);
    };
    let entries: Vec<Value> = error
        .errors()
        .iter()
        .map(|entry| {
            let mut out = json!({});
            let texts = [
                ("code", Some(&entry.code)),
                ("message", Some(&entry.message)),
                ("longMessage", entry.long_message.as_ref()),
            ];
            for (name, text) in texts {
                if let Some(text) = text.filter(|text| !text.is_empty()) {
                    out[name] = text.as_str().into();
                }
            }
            out["meta"] = camel_members(entry.meta.as_ref());
            out
        })
        .collect();
    let this = this
        .with("status", status.as_u16())
        .with("clerkTraceId", error.trace_id().unwrap_or_default())
        .with("errors", entries);
    match error.retry_after() {
        Some(wait) => this.with("retryAfter", wait.as_secs()),
        None => this,
    }
}

/// HTTP-32: the members the reference takes over, under its own names.
fn camel_members(meta: Option<&Map<String, Value>>) -> Value {
    const TAKEN: &[(&str, &str)] = &[
        ("param_name", "paramName"),
        ("session_id", "sessionId"),
        ("email_addresses", "emailAddresses"),
        ("identifiers", "identifiers"),
        ("zxcvbn", "zxcvbn"),
        ("plan", "plan"),
        ("is_plan_upgrade_possible", "isPlanUpgradePossible"),
        ("seats_quantity_to_add", "seatsQuantityToAdd"),
        ("seats_quantity", "seatsQuantity"),
        ("trace_id", "traceId"),
        ("kind", "kind"),
        ("title", "title"),
        ("description", "description"),
        ("link_url", "linkUrl"),
        ("link_text", "linkText"),
        ("data", "data"),
    ];
    let taken = TAKEN
        .iter()
        .filter_map(|(wire, name)| Some(((*name).to_owned(), meta?.get(*wire)?.clone())));
    Value::Object(taken.collect())
}
