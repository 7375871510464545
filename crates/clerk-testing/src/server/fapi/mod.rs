//! The Frontend API: what browsers talk to.

mod browser;
mod environment;
mod handshake;
mod me;
mod sessions;
mod shapes;
mod sign_in;
mod sign_up;
mod tickets;

use serde_json::json;

use super::call::{Call, unknown_route};
use super::failure::Outcome;
use super::http::Reply;
use crate::mint::TestKey;

/// The code that every verification accepts.
pub(crate) const VERIFICATION_CODE: &str = "424242";

pub(crate) fn route(call: &mut Call<'_>) -> Outcome<Reply> {
    let segments = call.request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    // Browsers send every other method as POST with `_method`, so that no preflight is needed.
    let method = match (call.method(), call.request.query.get("_method")) {
        ("POST", Some(method)) => method.to_ascii_uppercase(),
        (method, _) => method.to_owned(),
    };
    let method = method.as_str();
    let path = match segments.as_slice() {
        [".well-known", "jwks.json"] if method == "GET" => {
            return Ok(Reply::json(&TestKey::jwk_set(&call.state.published_keys)));
        }
        ["v1", path @ ..] => path,
        _ => return Err(unknown_route()),
    };
    match (method, path) {
        ("GET" | "PATCH", ["environment"]) => Ok(environment::environment(call)),
        ("POST", ["dev_browser"]) => browser::create(call),
        ("GET", ["health" | "proxy-health"]) => Ok(Reply::json(&json!({"status": "ok"}))),
        ("GET", ["client", "handshake"]) => handshake::handshake(call),
        ("GET", ["client", "sync"]) => handshake::sync(call),
        ("GET", ["client", "link"]) => handshake::link(call),
        ("GET", ["tickets", "accept"]) => tickets::accept(call),
        (_, ["client"]) => browser::client(call, method),
        (_, ["client", "sign_ups", ..]) => sign_up::route(call, method, path),
        (_, ["client", "sign_ins", ..]) => sign_in::route(call, method, path),
        (_, ["client", "sessions", ..]) => sessions::route(call, method, path),
        (_, ["me", ..] | ["organizations", ..]) => me::route(call, method, path),
        _ => Err(unknown_route()),
    }
}
