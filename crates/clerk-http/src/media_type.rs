//! What a body is said to be.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// Whether the headers say that the body is JSON: `application/json` or `application/…+json`, in any case, with any
/// parameters.
#[must_use]
pub fn is_json(headers: &HeaderMap) -> bool {
    let Some(text) = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    let Some((kind, subtype)) = essence.split_once('/') else {
        return false;
    };
    let subtype = subtype.to_ascii_lowercase();
    kind.eq_ignore_ascii_case("application") && (subtype == "json" || subtype.ends_with("+json"))
}
