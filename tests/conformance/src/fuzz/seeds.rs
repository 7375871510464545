//! Inputs to start from, out of the committed vectors.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::http::{CannedResponse, Exchange};
use crate::load::{load_family, load_keys};
use crate::vector::Vector;

pub(super) fn tokens() -> Vec<Vec<u8>> {
    inputs(&["jwt", "verify_token", "machine_tokens"], |vector| {
        vector.text("/token").map(str::to_owned)
    })
}

/// What sources of keys answered, the same keys in several sets too.
pub(super) fn key_sets() -> Vec<Vec<u8>> {
    let folder = folder();
    let keys = load_keys(&folder).unwrap_or_default();
    let mut found = BTreeSet::new();
    for family in ["verify_token", "jwks_cache"] {
        if let Ok(family) = load_family(&folder, family, &keys) {
            let steps = family.vectors.iter().flat_map(|vector| &vector.steps);
            found.extend(family.vectors.iter().chain(steps).flat_map(answers));
        }
    }
    let forms = ["a", "b", "rsa4096", "rsa1024", "p256", "ed25519"];
    for (one, other) in forms.iter().flat_map(|one| forms.map(|other| (one, other))) {
        let (one, other) = (&keys[one]["jwk"], &keys[other]["jwk"]);
        found.insert(format!("{{\"keys\":[{one},{other}]}}").into_bytes());
    }
    found.into_iter().collect()
}

fn answers(vector: &Vector) -> Vec<Vec<u8>> {
    let answer = |exchange: &Exchange| match &exchange.response {
        CannedResponse::Answer(answer) => Some(answer.body.clone()),
        CannedResponse::NetworkFailure(_) => None,
    };
    vector.http.iter().filter_map(answer).collect()
}

/// A form of the key of the instance that the vectors are about.
pub(super) fn instance_key(form: &str) -> Option<String> {
    let keys = load_keys(&folder()).ok()?;
    match keys["a"].get(form)? {
        Value::String(text) => Some(text.clone()),
        value => Some(value.to_string()),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

pub(super) fn claims() -> Vec<Vec<u8>> {
    let mut all = inputs(&["auth_objects"], |vector| {
        vector.input_at("/claims").map(Value::to_string)
    });
    all.extend(inputs(&["jwt", "machine_tokens"], |vector| {
        let described = crate::token::describe(vector.text("/token")?);
        described["payload_text"].as_str().map(str::to_owned)
    }));
    all
}

pub(super) fn publishable_keys() -> Vec<Vec<u8>> {
    inputs(&["urls_and_keys"], |vector| {
        let text = vector.text("/key").or_else(|| vector.text("/frontend_api"));
        text.map(str::to_owned)
    })
}

pub(super) fn urls() -> Vec<Vec<u8>> {
    inputs(&["urls_and_keys", "authenticate_request"], |vector| {
        let places = [
            "/url",
            "/path",
            "/request/url",
            "/options/baseUrl",
            "/args/returnBackUrl",
        ];
        places
            .iter()
            .find_map(|place| vector.text(place))
            .map(str::to_owned)
    })
}

/// The target of a request and its headers, each on a line.
pub(super) fn requests() -> Vec<Vec<u8>> {
    inputs(&["urls_and_keys", "authenticate_request"], |vector| {
        let request = vector.input_at("/request").unwrap_or(&vector.input);
        let url = request["url"].as_str()?;
        let (_, rest) = url.split_once("://")?;
        let mut text = rest.get(rest.find('/')?..)?.to_owned();
        for header in request["headers"].as_array()? {
            let (name, value) = (header[0].as_str()?, header[1].as_str()?);
            text.push_str(&format!("\n{name}: {value}"));
        }
        Some(text)
    })
}

pub(super) fn cookie_headers() -> Vec<Vec<u8>> {
    inputs(&["urls_and_keys", "authenticate_request"], |vector| {
        let request = vector.input_at("/request").unwrap_or(&vector.input);
        let headers = request["headers"].as_array()?;
        let cookie = headers.iter().find(|header| header[0] == "cookie")?;
        cookie[1].as_str().map(str::to_owned)
    })
}

/// What handshakes and refreshes set, one on each line.
pub(super) fn directives() -> Vec<Vec<u8>> {
    inputs(&["authenticate_request"], |vector| {
        let answer: Value = serde_json::from_slice(answers(vector).first()?).ok()?;
        let list = answer["directives"].as_array();
        let list = list.or_else(|| answer["cookies"].as_array())?;
        let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
        Some(texts.join("\n"))
    })
}

/// A pattern and paths, each on a line.
pub(super) fn patterns() -> Vec<Vec<u8>> {
    const PATHS: &str = "/\n/a\n/a/b\n/a/b/c.d\n/orgs/acme\n/A%2Fb\n//a/../b";
    inputs(&["urls_and_keys"], |vector| {
        let patterns = ["/pattern", "/patterns", "/patterns/0"];
        let pattern = patterns.iter().find_map(|at| vector.text(at))?;
        Some(format!("{pattern}\n{PATHS}"))
    })
}

pub(super) fn webhook_messages() -> Vec<Vec<u8>> {
    inputs(&["webhooks"], super::webhooks::message_of)
}

pub(super) fn webhook_bodies() -> Vec<Vec<u8>> {
    inputs(&["webhooks"], crate::adapters::webhooks::body)
}

/// What `pick` finds in the vectors of some families, each once.
fn inputs<T: Into<Vec<u8>> + Ord>(
    families: &[&str],
    pick: fn(&Vector) -> Option<T>,
) -> Vec<Vec<u8>> {
    let folder = folder();
    let keys = load_keys(&folder).unwrap_or_default();
    let mut found = BTreeSet::new();
    for family in families {
        if let Ok(family) = load_family(&folder, family, &keys) {
            found.extend(family.vectors.iter().filter_map(pick));
        }
    }
    found.into_iter().map(Into::into).collect()
}
