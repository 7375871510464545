//! Requests: their public address and cookies, what a handshake sets, and the patterns of their paths.

use std::sync::OnceLock;

use clerk_core::url::Url;
use clerk_internal::path::{Match, PathPatterns, RouteMatcher, normalize_path};
use clerk_internal::request::{ForwardedHeaders, RequestView};
use serde_json::{Value, json};

use crate::deviation::Deviations;
use crate::load::parse_vector;
use crate::run::{Judgement, judge_one};
use crate::vector::Context;

/// Read from the key table once.
static LOCAL_KEY: OnceLock<Option<String>> = OnceLock::new();

/// A request as lines: the target, then `name: value` each.
fn view<T>(data: &[u8], read: impl Fn(RequestView<'_>) -> T) -> T {
    let mut lines = data.split(|byte| *byte == b'\n');
    let target = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let headers: Vec<(String, &[u8])> = lines
        .filter_map(|line| {
            let at = line.iter().position(|byte| *byte == b':')?;
            let name = String::from_utf8_lossy(&line[..at]).to_ascii_lowercase();
            Some((name, line[at + 1..].trim_ascii()))
        })
        .collect();
    let headers: Vec<(&str, &[u8])> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    let headers = headers.as_slice();
    read(RequestView::from_pieces(
        "GET",
        "https",
        Some("app.example.com"),
        &target,
        &headers,
    ))
}

/// The public address has a plain origin, and the request's own one where nothing else is believed.
pub(super) fn request_view(data: &[u8]) {
    view(data, |view| {
        for policy in [
            ForwardedHeaders::Trust,
            ForwardedHeaders::Ignore,
            ForwardedHeaders::hosts(["www.example.com"]),
        ] {
            let Some(url) = view.public_url(&policy) else {
                continue;
            };
            assert_eq!(Url::parse(url.as_str()).as_ref(), Ok(&url));
            let origin = url.origin_str();
            match policy {
                ForwardedHeaders::Ignore => assert_eq!(origin, "https://app.example.com"),
                ForwardedHeaders::Hosts(_) => {
                    let (_, authority) = origin.split_once("://").unwrap_or_default();
                    assert!(
                        ["www.example.com", "app.example.com"].contains(&authority),
                        "{origin}"
                    );
                }
                _ => assert!(!origin.contains(['@', '?', '#', '\\', ' ']), "{origin}"),
            }
        }
    });
}

/// Each cookie is named once, by the first of that name, and nothing of the header's own marks is in a name.
pub(super) fn cookies(data: &[u8]) {
    let header = [b"/\ncookie:", data].concat();
    view(&header, |view| {
        let cookies = view.cookies();
        for (at, (name, _)) in cookies.iter().enumerate() {
            assert!(!name.contains([';', '=']), "{name:?}");
            assert!(
                !cookies[..at].iter().any(|(other, _)| other == name),
                "{name:?}"
            );
        }
    });
}

/// A directive on each line, as the answer to a nonce: what is set is what a second implementation sets.
pub(super) fn handshake_directives(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let directives: Vec<&str> = text.split('\n').collect();
    let raw = json!({
        "id": "fuzz", "name": "fuzz", "now": 1_774_000_000_250_i64, "fn": "authenticateRequest",
        "in": {
            "client_options": {
                "secretKey": "sk_live_fuzz", "publishableKey": "pk_live_Y2xlcmsuYWNtZS5leGFtcGxlLmNvbSQ",
                "jwtKey": LOCAL_KEY.get_or_init(|| super::seeds::instance_key("spki_pem")),
            },
            "options": {},
            "request": {
                "method": "GET", "url": "https://acme.example.com/a",
                "headers": [["cookie", "__clerk_handshake_nonce=n"]],
            },
        },
        "http": [{
            "request": {
                "method": "GET", "url": "https://api.clerk.com/v1/clients/handshake_payload?nonce=n",
                "headers": [["authorization", "Bearer sk_live_fuzz"], ["clerk-api-version", "2026-05-12"]],
            },
            "response": {
                "status": 200, "headers": [["content-type", "application/json"]],
                "json": { "directives": directives },
            },
        }],
        "out": { "ok": null },
    });
    let vector = parse_vector("authenticate_request", raw.clone(), &Value::Null);
    assert!(vector.is_ok(), "{raw}");
    let Some(worked) = vector
        .ok()
        .and_then(|vector| crate::model::work_out(&vector))
    else {
        return;
    };
    // The same vector with the model's outcome in place of a recorded one.
    let mut raw = raw;
    raw["out"] = worked.outcome;
    let context = Context {
        keys: Value::Null,
        meta: Value::Null,
    };
    if let Ok(vector) = parse_vector("authenticate_request", raw, &Value::Null) {
        let judged = judge_one(&context, &vector, &Deviations::default());
        assert_eq!(judged, Judgement::Agrees);
    }
}

/// The first line is a pattern, the others are paths: a pattern that compiles says the same of a path each time, and
/// of one that two routers read in two ways that it is malformed.
pub(super) fn path_patterns(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.split('\n');
    let pattern = lines.next().unwrap_or_default();
    let matcher = RouteMatcher::new([pattern]);
    let patterns = PathPatterns::new("patterns", [pattern]);
    for path in lines {
        if let Ok(matcher) = &matcher {
            let found = matcher.matches(path);
            assert_eq!(found, matcher.matches(path));
            if normalize_path(path).is_err() {
                assert_eq!(found, Match::Malformed, "{path:?}");
            }
        }
        if let Ok(patterns) = &patterns {
            assert_eq!(patterns.find(path).is_some(), patterns.is_match(path));
        }
    }
}
