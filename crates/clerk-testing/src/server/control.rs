//! The control routes below `/__offline` of the Backend API: for whoever started the process.

use std::time::Duration;

use serde_json::{Value, json};

use super::failure::{Failure, Outcome};
use super::faults::{Fault, LoggedRequest};
use super::http::{Body, Reply, Request};
use super::store::OAuthToken;
use super::webhooks::Endpoint;
use super::world::World;
use crate::mint::OAuthTokenBuilder;

/// Whether a request is for here.
pub(super) fn is_control(request: &Request) -> bool {
    request.path == "/__offline" || request.path.starts_with("/__offline/")
}

/// Answers; there are no CORS headers here, and nothing works without the token printed at the start.
pub(super) fn answer(request: &Request, world: &World) -> Reply {
    let outcome = authorize(request, world).and_then(|()| route(request, world));
    outcome.unwrap_or_else(|failure| {
        let trace_id = world.state().store.ids.next("");
        Reply::with_status(failure.status, &failure.body(&trace_id))
    })
}

fn authorize(request: &Request, world: &World) -> Outcome<()> {
    use clerk_core::crypto::sha256;
    let token = request
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    if sha256(token.as_bytes()) == sha256(world.control_token.as_bytes()) {
        Ok(())
    } else {
        Err(Failure::new(
            401,
            "control_token_invalid",
            "control routes need the token printed at the start",
        ))
    }
}

fn route(request: &Request, world: &World) -> Outcome<Reply> {
    let segments = request.segments();
    let path: Vec<&str> = segments.iter().skip(1).map(String::as_str).collect();
    let done = || Ok(Reply::empty(204));
    match (request.method.as_str(), path.as_slice()) {
        ("GET", ["clock"]) => Ok(Reply::json(&json!({"now_ms": world.clock.now_ms()}))),
        ("POST", ["clock"]) => {
            let body = request.body_params()?;
            if let Some(now) = body.number("now_ms") {
                world.clock.set(now);
            }
            if let Some(shift) = body.number("shift_ms") {
                world.clock.shift(shift);
            }
            match body.value("frozen").and_then(Value::as_bool) {
                Some(true) => world.clock.freeze(),
                Some(false) => world.clock.resume(),
                None => {}
            }
            Ok(Reply::json(&json!({"now_ms": world.clock.now_ms()})))
        }
        ("POST", ["token_lifetime"]) => {
            let seconds = request
                .body_params()?
                .number("seconds")
                .and_then(|seconds| u64::try_from(seconds).ok());
            let seconds = seconds.ok_or_else(|| Failure::missing_parameter("seconds"))?;
            world.state().issuer.lifetime = Duration::from_secs(seconds);
            done()
        }
        ("POST", ["keys", "rotate"]) => {
            world.rotate_keys(!request.body_params()?.flag("replace"));
            done()
        }
        ("POST", ["faults"]) => {
            let body = request.body_params()?;
            let fault = fault(&body)?;
            let times = body
                .number("times")
                .and_then(|times| u32::try_from(times).ok());
            world
                .state()
                .faults
                .plan(body.text("route").unwrap_or("/"), fault, times);
            done()
        }
        ("DELETE", ["faults"]) => {
            world.state().faults.clear();
            done()
        }
        ("GET", ["requests"]) => {
            let requests: Vec<Value> = world
                .state()
                .log
                .entries()
                .iter()
                .map(LoggedRequest::to_json)
                .collect();
            Ok(Reply::json(&requests.into()))
        }
        ("GET", ["warnings"]) => {
            let state = world.state();
            let warnings = state.issuer.warnings.borrow();
            let warnings: Vec<Value> = warnings.iter().map(|text| text.as_str().into()).collect();
            Ok(Reply::json(&warnings.into()))
        }
        ("DELETE", ["requests"]) => {
            world.state().log.clear();
            done()
        }
        ("POST", ["webhook_endpoints"]) => {
            let body = request.body_params()?;
            let endpoint = Endpoint::parse(body.required("url")?).ok_or_else(|| {
                Failure::invalid_parameter("url", "is not an http URL of this machine")
            })?;
            world.state().endpoints.push(endpoint);
            done()
        }
        ("GET", ["webhook_deliveries"]) => {
            let state = world.state();
            let entries = state.deliveries.iter();
            let deliveries: Vec<Value> = entries
                .map(|(event_type, delivered)| json!({"type": event_type, "delivered": delivered}))
                .collect();
            Ok(Reply::json(&deliveries.into()))
        }
        ("POST", ["oauth_access_tokens"]) => oauth_access_token(&request.body_params()?, world),
        ("POST", ["reset"]) => {
            world.reset();
            done()
        }
        ("GET", ["snapshot"]) => Ok(Reply::json(&world.snapshot())),
        ("PUT", ["snapshot"]) => {
            let snapshot: Value = serde_json::from_slice(&request.body).map_err(|error| {
                Failure::new(
                    400,
                    "request_body_invalid",
                    format!("the body is not JSON: {error}"),
                )
            })?;
            world
                .load(&snapshot)
                .map_err(|why| Failure::new(422, "snapshot_invalid", why))?;
            done()
        }
        _ => Err(super::call::unknown_route()),
    }
}

fn fault(body: &Body) -> Outcome<Fault> {
    match body.required("kind")? {
        "status" => {
            let status = body
                .number("status")
                .and_then(|status| u16::try_from(status).ok());
            let status = status.filter(|status| (100..1000).contains(status));
            Ok(Fault::Status(
                status.ok_or_else(|| Failure::missing_parameter("status"))?,
            ))
        }
        "latency" => {
            let latency = body
                .number("latency_ms")
                .and_then(|ms| u64::try_from(ms).ok());
            Ok(Fault::Latency(Duration::from_millis(latency.ok_or_else(
                || Failure::missing_parameter("latency_ms"),
            )?)))
        }
        "reset" => Ok(Fault::Reset),
        "malformed_body" => Ok(Fault::MalformedBody),
        _ => Err(Failure::invalid_parameter(
            "kind",
            "is none of status, latency, reset, malformed_body",
        )),
    }
}

/// Another application's token for a user, opaque or as JWT: what an OAuth flow would have ended with.
fn oauth_access_token(body: &Body, world: &World) -> Outcome<Reply> {
    let now = world.clock.now_ms();
    let mut state = world.state();
    let user = state.store.user(body.required("user_id")?)?.id.clone();
    let scopes: Vec<String> = body
        .texts("scopes")
        .into_iter()
        .map(str::to_owned)
        .collect();
    let seconds = body
        .number("expires_in_seconds")
        .and_then(|seconds| u64::try_from(seconds).ok())
        .unwrap_or(86_400);
    let id = state.store.ids.next("oat_");
    let client_id = body.text("client_id").unwrap_or("oac_offline").to_owned();
    let token = if body.text("token_format") == Some("jwt") {
        OAuthTokenBuilder::new(user.as_str())
            .client_id(client_id.as_str())
            .scopes(scopes.iter().map(String::as_str))
            .claim("iss", state.issuer.issuer.as_str())
            .claim("jti", id.as_str())
            .key(state.issuer.key)
            .issued_at_ms(now)
            .lifetime(Duration::from_secs(seconds))
            .mint()
    } else {
        state.store.ids.next("oat_")
    };
    let entry = OAuthToken {
        id,
        token: token.clone(),
        client_id,
        subject: user,
        scopes,
        revoked: false,
        expiration: i64::try_from(seconds)
            .ok()
            .map(|seconds| now.saturating_add(seconds.saturating_mul(1000))),
        created_at: now,
    };
    let mut value = entry.to_json(now);
    if let Some(members) = value.as_object_mut() {
        members.insert("token".to_owned(), token.into());
    }
    state.store.oauth_tokens.insert(entry.id.clone(), entry);
    Ok(Reply::json(&value))
}
