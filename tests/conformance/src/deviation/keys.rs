//! Publishable keys as the reference reads them, for the entries about keys.

use regex_lite::Regex;
use serde_json::{Value, json};

use crate::vector::Vector;

/// The key is one for the reference, but what it names is no host name.
pub(super) fn names_no_host(vector: &Vector) -> bool {
    vector
        .text("/key")
        .and_then(|key| Reading::of(key.trim()))
        .is_some_and(|reading| !is_host(&reading.host))
}

/// The key is one of a host once the white space around it is gone.
pub(super) fn has_outer_white_space(vector: &Vector) -> bool {
    vector.text("/key").is_some_and(|key| {
        key != key.trim() && Reading::of(key.trim()).is_some_and(|reading| is_host(&reading.host))
    })
}

/// There is white space in the middle of a key.
pub(super) fn has_inner_white_space(vector: &Vector) -> bool {
    vector.text("/key").is_some_and(|key| {
        let key = key.trim();
        key.contains(char::is_whitespace) && Reading::of(key).is_some()
    })
}

/// There is no host name to make a key for.
pub(super) fn is_for_no_host(vector: &Vector) -> bool {
    let frontend_api = match (vector.text("/frontend_api"), vector.text("/host")) {
        (Some(frontend_api), _) => frontend_api.to_owned(),
        (None, Some(host)) => {
            let port = Regex::new(r":\d+$");
            let host = port.map(|port| port.replace(host, "").into_owned());
            format!("clerk.{}", host.unwrap_or_default())
        }
        (None, None) => return false,
    };
    let fallback = vector.text("/fallback_key").unwrap_or_default();
    !is_host(&frontend_api) && !fallback.starts_with("pk_test_")
}

/// The key to fall back to is a text, but not a key.
pub(super) fn falls_back_to_no_key(vector: &Vector) -> bool {
    vector
        .text("/fallback_key")
        .is_some_and(|key| !key.is_empty() && Reading::of(key).is_none())
}

/// No key: an error if one was asked for, nothing, or no.
pub(super) fn no_key(vector: &Vector) -> Option<Value> {
    if vector.function == "isPublishableKey" {
        return Some(json!({ "ok": false }));
    }
    let fatal = vector.input_at("/options/fatal").and_then(Value::as_bool);
    Some(match fatal {
        Some(true) => json!({ "err": { "class": "Error" } }),
        _ => json!({ "ok": null }),
    })
}

/// What the reference gives for the key without the white space around it.
pub(super) fn trimmed_key(vector: &Vector) -> Option<Value> {
    if vector.function == "isPublishableKey" {
        return Some(json!({ "ok": true }));
    }
    let reading = Reading::of(vector.text("/key")?.trim())?;
    let flag = |pointer| vector.input_at(pointer).and_then(Value::as_bool) == Some(true);
    let domain = vector
        .text("/options/domain")
        .filter(|domain| !domain.is_empty())
        .filter(|_| reading.instance_type == "production" && flag("/options/isSatellite"));
    let frontend_api = match (vector.text("/options/proxyUrl"), domain) {
        (Some(proxy), _) => proxy.to_owned(),
        (None, Some(domain)) => format!("clerk.{domain}"),
        (None, None) => reading.host,
    };
    Some(json!({ "ok": { "instanceType": reading.instance_type, "frontendApi": frontend_api } }))
}

/// The suffix for the key without the white space around it. The hash is not what these vectors test.
pub(super) fn trimmed_suffix(vector: &Vector) -> Option<Value> {
    let digest = clerk_core::crypto::sha1(vector.text("/key")?.trim().as_bytes());
    let encoded = base64_simd::STANDARD.encode_to_string(digest);
    let suffix: String = encoded.chars().take(8).collect();
    let suffix = suffix.replace('+', "-").replace('/', "_");
    Some(json!({ "ok": { "suffix": suffix, "session": format!("__session_{suffix}") } }))
}

struct Reading {
    instance_type: &'static str,
    host: String,
}

impl Reading {
    fn of(key: &str) -> Option<Self> {
        let (instance_type, payload) = match key.strip_prefix("pk_live_") {
            Some(payload) => ("production", payload),
            None => ("development", key.strip_prefix("pk_test_")?),
        };
        if payload.contains('_') {
            return None;
        }
        let decoded = base64_simd::forgiving_decode_to_vec(payload.as_bytes()).ok()?;
        let decoded: String = decoded.into_iter().map(char::from).collect();
        let host = decoded.strip_suffix('$')?;
        (host.contains('.') && !host.contains('$')).then(|| Self {
            instance_type,
            host: host.to_owned(),
        })
    }
}

fn is_host(text: &str) -> bool {
    const LABEL: &str = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    let host = Regex::new(&format!(r"^{LABEL}(?:\.{LABEL})+(?::\d{{1,5}})?$"));
    host.is_ok_and(|host| host.is_match(text))
}
