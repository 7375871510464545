//! The response headers of a state.

use http::header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue, LOCATION};

use super::reason::Reason;

/// Why the request is not signed in.
pub const AUTH_REASON: HeaderName = HeaderName::from_static("x-clerk-auth-reason");
/// The outcome: `signed-out` or `handshake`.
pub const AUTH_STATUS: HeaderName = HeaderName::from_static("x-clerk-auth-status");
/// What happened, in a sentence.
pub const AUTH_MESSAGE: HeaderName = HeaderName::from_static("x-clerk-auth-message");

/// The longest message that is put into a header, in bytes.
const MAX_MESSAGE_LENGTH: usize = 512;

/// Adds the headers that say why a request is not signed in.
pub(crate) fn push_debug(
    headers: &mut HeaderMap,
    status: &'static str,
    reason: &Reason,
    message: &str,
) {
    headers.reserve(3);
    let reason = match reason.as_str() {
        std::borrow::Cow::Borrowed(text) => Some(HeaderValue::from_static(text)),
        std::borrow::Cow::Owned(text) => HeaderValue::try_from(text).ok(),
    };
    if let Some(reason) = reason {
        headers.insert(AUTH_REASON, reason);
    }
    headers.insert(AUTH_STATUS, HeaderValue::from_static(status));
    if let Some(message) = message_value(message) {
        headers.insert(AUTH_MESSAGE, message);
    }
}

/// STA-5: messages can quote a token's header, so only visible ASCII goes out, and not without end.
fn message_value(message: &str) -> Option<HeaderValue> {
    if message.is_empty() {
        return None;
    }
    let safe = |byte: u8| (0x20..0x7f).contains(&byte);
    if message.len() <= MAX_MESSAGE_LENGTH && message.bytes().all(safe) {
        return HeaderValue::from_str(message).ok();
    }
    let text: String = message
        .chars()
        .take(MAX_MESSAGE_LENGTH)
        .map(|char| match u8::try_from(char) {
            Ok(byte) if safe(byte) => char,
            _ => '?',
        })
        .collect();
    HeaderValue::try_from(text).ok()
}

/// Sends the browser on, uncached.
pub(crate) fn push_location(headers: &mut HeaderMap, location: &str) -> bool {
    // A redirect may carry a session token: keep it out of logs that honour the mark.
    let Ok(mut value) = HeaderValue::from_str(location) else {
        return false;
    };
    value.set_sensitive(true);
    headers.insert(LOCATION, value);
    // HIST-18: a cached redirect would be a loop.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    true
}

/// Adds headers to those of a response, whose own values stay.
pub(crate) fn append(headers: &HeaderMap, response: &mut HeaderMap) {
    for (name, value) in headers {
        response.append(name, value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::AuthErrorReason;

    // covers: STA-5, HIST-20
    #[test]
    fn hist_20_messages_in_headers_are_visible_ascii_and_bounded() {
        let value = |message: &str| {
            let mut headers = HeaderMap::new();
            push_debug(
                &mut headers,
                "signed-out",
                &AuthErrorReason::UnexpectedError.into(),
                message,
            );
            assert_eq!(headers[AUTH_STATUS], "signed-out");
            assert_eq!(headers[AUTH_REASON], "unexpected-error");
            headers
                .get(AUTH_MESSAGE)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(value(""), None);
        assert_eq!(value("plain text").as_deref(), Some("plain text"));
        assert_eq!(value("\u{442}ok\u{e9}n").as_deref(), Some("?ok?n"));
        assert_eq!(
            value("a\r\nset-cookie: b=c").as_deref(),
            Some("a??set-cookie: b=c")
        );
        assert_eq!(value(&"m".repeat(2000)).unwrap().len(), 512);
    }
}
