//! A rejection as an answer.

use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use serde_json::json;

use super::rejection::{Challenge, Rejection};
use crate::reverification::reverification_error;
use crate::state::Reason;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

pub(super) fn headers(rejection: &Rejection) -> HeaderMap {
    let mut headers = HeaderMap::new();
    // Who asks next may be somebody else.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if rejection.has_body() {
        let content_type = if rejection.is_page() { HTML } else { JSON };
        headers.insert(CONTENT_TYPE, content_type);
    }
    if let Some(location) = rejection.location() {
        headers.insert(LOCATION, location.clone());
    }
    if let Some(challenge) = rejection.challenge_value() {
        headers.insert(WWW_AUTHENTICATE, challenge.clone());
    }
    if let Some(wait) = rejection.retry_after() {
        // Whole seconds, and not fewer than it takes.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    headers
}

pub(super) fn body(rejection: &Rejection) -> String {
    if !rejection.has_body() {
        return String::new();
    }
    if rejection.is_page() {
        let status = rejection.status();
        let title = status.canonical_reason().unwrap_or_default();
        return format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<h1>{title}</h1>\n<p>{}</p>\n</html>\n",
            rejection.message()
        );
    }
    // What Clerk's front-end libraries look for has a form of its own.
    if let Some(missing) = rejection.missing_reverification() {
        return reverification_error(Some(missing)).to_string();
    }
    json!({"errors": [{"code": rejection.code(), "message": rejection.message()}]}).to_string()
}

/// The value of `WWW-Authenticate`.
pub(super) fn challenge(challenge: &Challenge<'_>) -> Option<HeaderValue> {
    let text = match challenge {
        Challenge::Token { presented } if presented.is_some_and(is_verdict) => {
            "Bearer error=\"invalid_token\"".to_owned()
        }
        Challenge::Token { .. } => "Bearer".to_owned(),
        Challenge::Resource(host) => format!(
            "Bearer resource_metadata=\"https://{host}/.well-known/oauth-protected-resource\""
        ),
        Challenge::Scopes(scopes) => {
            let error = "Bearer error=\"insufficient_scope\"";
            // Only what RFC 6750 allows in a scope is repeated.
            let plain = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
            if scopes.is_empty() || !scopes.iter().all(|scope| scope.bytes().all(plain)) {
                error.to_owned()
            } else {
                format!("{error}, scope=\"{}\"", scopes.join(" "))
            }
        }
    };
    HeaderValue::try_from(text).ok()
}

/// Whether a token was looked at and found wanting.
fn is_verdict(reason: &Reason) -> bool {
    matches!(reason, Reason::Token(_) | Reason::Machine(_))
}
