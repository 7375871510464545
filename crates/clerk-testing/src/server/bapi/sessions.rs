//! Sessions and clients.

use std::time::Duration;

use serde_json::{Value, json};

use crate::server::call::{Call, unknown_route};
use crate::server::cookies;
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::Session;
use crate::server::tokens::read_own_token;

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    match (call.method(), path) {
        ("GET", ["sessions"]) => list(call),
        ("POST", ["sessions"]) => {
            let session = call
                .store()
                .start_session(body.required("user_id")?, None, now)?;
            Ok(Reply::json(&session.to_json()))
        }
        ("GET", ["sessions", id]) => Ok(Reply::json(&call.store().session(id)?.to_json())),
        ("POST", ["sessions", id, "revoke"]) => {
            call.store().session(id)?;
            let session = call
                .store()
                .end_session(id, "revoked", now)
                .ok_or_else(|| Failure::not_found("session"))?;
            Ok(Reply::json(&session.to_json()))
        }
        ("POST", ["sessions", id, "verify"]) => {
            let session = call.store().live_session(id, now)?.to_json();
            let claims = read_own_token(&call.state.published_keys, body.required("token")?);
            let names_it =
                claims.is_some_and(|claims| claims.get("sid").and_then(Value::as_str) == Some(id));
            if names_it {
                Ok(Reply::json(&session))
            } else {
                Err(Failure::not_found("session of this token"))
            }
        }
        ("POST", ["sessions", id, "tokens"]) => token(call, id, None, &body),
        ("POST", ["sessions", id, "tokens", template]) => token(call, id, Some(template), &body),
        ("POST", ["sessions", id, "refresh"]) => refresh(call, id, &body),
        ("GET", ["clients"]) => {
            let store = &call.state.store;
            let mut clients: Vec<_> = store.clients.values().collect();
            clients.sort_by_key(|client| std::cmp::Reverse(client.sequence));
            call.listed(clients, |client| store.client_json(client))
        }
        ("GET", ["clients", "handshake_payload"]) => {
            let nonce = call
                .request
                .query
                .get("nonce")
                .unwrap_or_default()
                .to_owned();
            let (directives, expires_at) = call
                .store()
                .nonces
                .remove(&nonce)
                .ok_or_else(|| Failure::not_found("handshake nonce"))?;
            if expires_at <= now {
                return Err(Failure::not_found("handshake nonce"));
            }
            Ok(Reply::json(&json!({"directives": directives})))
        }
        ("GET", ["clients", id]) => {
            let client = call
                .state
                .store
                .clients
                .get(*id)
                .ok_or_else(|| Failure::not_found("client"))?;
            Ok(Reply::json(&call.state.store.client_json(client)))
        }
        ("POST", ["clients", "verify"]) => {
            let claims = read_own_token(&call.state.published_keys, body.required("token")?);
            let session = claims
                .as_ref()
                .and_then(|claims| claims.get("sid"))
                .and_then(Value::as_str);
            let store = &call.state.store;
            let client =
                session.and_then(|id| store.clients.get(&store.sessions.get(id)?.client_id));
            let client = client.ok_or_else(|| Failure::not_found("client of this token"))?;
            Ok(Reply::json(&store.client_json(client)))
        }
        _ => Err(unknown_route()),
    }
}

fn list(call: &mut Call<'_>) -> Outcome<Reply> {
    let query = &call.request.query;
    let fits = |name: &str, value: &str| {
        query
            .get(name)
            .is_none_or(|wanted| wanted.is_empty() || wanted == value)
    };
    let mut sessions: Vec<&Session> = call
        .state
        .store
        .sessions
        .values()
        .filter(|session| {
            fits("user_id", &session.user_id)
                && fits("client_id", &session.client_id)
                && fits("status", &session.status)
        })
        .collect();
    sessions.sort_by_key(|session| std::cmp::Reverse(session.sequence));
    call.listed(sessions, Session::to_json)
}

/// `expires_in_seconds` between 30 seconds and 10 years.
fn lifetime(body: &Body) -> Outcome<Option<Duration>> {
    match body.number("expires_in_seconds") {
        None => Ok(None),
        Some(seconds @ 30..=315_360_000) => Ok(Some(Duration::from_secs(seconds.unsigned_abs()))),
        Some(_) => Err(Failure::invalid_parameter(
            "expires_in_seconds",
            "must be between 30 and 315360000",
        )),
    }
}

fn token(call: &mut Call<'_>, id: &str, template: Option<&str>, body: &Body) -> Outcome<Reply> {
    let lifetime = lifetime(body)?;
    let state = &mut *call.state;
    let session = state.store.live_session(id, call.now)?;
    let jwt = match template {
        None => state
            .issuer
            .session_token(&state.store, session, None, lifetime, call.now),
        Some(name) => {
            let template = state
                .store
                .jwt_templates
                .values()
                .find(|template| template.name == name)
                .ok_or_else(|| Failure::not_found("JWT template"))?;
            state
                .issuer
                .template_token(&state.store, session, template, lifetime, call.now)
        }
    };
    Ok(Reply::json(&json!({"object": "token", "jwt": jwt})))
}

/// Trades an expired session token and a refresh token for new cookies or a new token.
fn refresh(call: &mut Call<'_>, id: &str, body: &Body) -> Outcome<Reply> {
    let expired = body.required("expired_token")?;
    let refresh_token = body.required("refresh_token")?;
    let suffixed = call.request.query.flag("suffixed_cookies") == Some(true);
    let session = call.state.store.live_session(id, call.now)?.clone();
    let known = call
        .store()
        .refresh_tokens
        .get(id)
        .is_some_and(|token| token == refresh_token);
    if !known {
        return Err(Failure::new(
            401,
            "refresh_token_invalid",
            "the refresh token is not the one of the session",
        ));
    }
    let claims = read_own_token(&call.state.published_keys, expired);
    if claims.is_none_or(|claims| claims.get("sid").and_then(Value::as_str) != Some(id)) {
        return Err(Failure::new(
            401,
            "expired_token_invalid",
            "the expired token is not one of the session",
        ));
    }
    let origin = body.text("request_origin");
    if body.text("format") == Some("cookie") {
        let cookies = cookies::refreshed(call, &session, origin, suffixed);
        return Ok(Reply::json(
            &json!({"object": "cookies", "cookies": cookies}),
        ));
    }
    let jwt = call
        .state
        .issuer
        .session_token(&call.state.store, &session, origin, None, call.now);
    Ok(Reply::json(&json!({"object": "token", "jwt": jwt})))
}
