//! Where raw bytes, both header families and a strict envelope make a difference.

use clerk_core::crypto::HmacSha256Key;
use serde_json::{Value, json};

use crate::adapters::webhooks::{body, headers};
use crate::vector::{Expected, Vector};

/// The reference read a body that is not UTF-8, or begins with a byte order mark, as another text (WH-10).
pub(super) fn was_read_as_another_text(vector: &Vector) -> bool {
    passed(vector)
        && body(vector)
            .is_some_and(|body| str::from_utf8(&body).is_err() || body.starts_with(b"\xef\xbb\xbf"))
}

/// A header that has one value by its nature came twice.
pub(super) fn has_repeated_header(vector: &Vector) -> bool {
    passed(vector)
        && ["svix-id", "svix-timestamp"]
            .iter()
            .any(|name| values(vector, name).len() > 1)
}

/// The message id is not ASCII text.
pub(super) fn has_unusual_id(vector: &Vector) -> bool {
    passed(vector) && values(vector, "svix-id").iter().any(|id| !id.is_ascii())
}

/// The body is signed, and not an object with a text as `type`.
pub(super) fn has_no_event_type(vector: &Vector) -> bool {
    passed(vector) && read(vector).is_some_and(|body| !body["type"].is_string())
}

/// The body is an event without data.
pub(super) fn has_no_data(vector: &Vector) -> bool {
    passed(vector)
        && read(vector).is_some_and(|body| body["type"].is_string() && body.get("data").is_none())
}

/// The headers have the names of the Standard Webhooks specification only.
pub(super) fn has_standard_names(vector: &Vector) -> bool {
    let has = |prefix: &str| {
        ["id", "timestamp", "signature"]
            .iter()
            .filter(|name| !values(vector, &format!("{prefix}-{name}")).is_empty())
            .count()
    };
    has("svix") == 0 && has("webhook") == 3
}

/// What such a message is worth: worked out from the MAC alone, since the reference did not look at it.
pub(super) fn judged_by_its_signature(vector: &Vector) -> Option<Value> {
    let secret = vector.text("/signing_secret")?;
    let secret = secret.strip_prefix("whsec_").unwrap_or(secret);
    let key = HmacSha256Key::new(&base64_simd::STANDARD.decode_to_vec(secret).ok()?);
    let one = |name: &str| values(vector, name).into_iter().next();
    let (id, timestamp) = (one("webhook-id")?, one("webhook-timestamp")?);
    let mac = key.sign(&[id.as_slice(), b".", &timestamp, b".", &body(vector)?].concat());
    let expected = format!("v1,{}", base64_simd::STANDARD.encode_to_string(mac));
    if one("webhook-signature")? != expected.as_bytes() {
        return Some(json!({ "err": { "class": "Error" } }));
    }
    let mut event = read(vector)?;
    event.as_object_mut()?.retain(|name, _| {
        [
            "type",
            "data",
            "event_attributes",
            "timestamp",
            "instance_id",
        ]
        .contains(&name.as_str())
    });
    event["object"] = "event".into();
    Some(json!({ "ok": event }))
}

fn passed(vector: &Vector) -> bool {
    matches!(vector.expected, Expected::Ok(_))
}

fn read(vector: &Vector) -> Option<Value> {
    serde_json::from_slice(&body(vector)?).ok()
}

/// The values of a header that are not blank.
fn values(vector: &Vector, name: &str) -> Vec<Vec<u8>> {
    headers(vector)
        .into_iter()
        .filter(|(have, value)| have.eq_ignore_ascii_case(name) && !value.trim_ascii().is_empty())
        .map(|(_, value)| value)
        .collect()
}
