//! Reads Clerk's error answers.

use bytes::Bytes;
use clerk_core::Clock;
use clerk_errors::api::{ApiError, ApiErrorItem, ApiErrorKind, Sent};
use http::{Response, StatusCode};
use serde_json::Value;

use crate::{is_json, retry_after};

/// More entries than this are not kept.
const MAX_ITEMS: usize = 100;

/// Longer trace ids are cut: they reach log lines.
const MAX_TRACE_ID: usize = 200;

/// The error that an answer stands for, whatever its body is: an unreadable body never hides the status.
///
/// ```
/// use bytes::Bytes;
/// use clerk_core::Clock;
/// use http::{Response, StatusCode};
///
/// let answer = Response::builder()
///     .status(404)
///     .header("content-type", "application/json; charset=utf-8")
///     .body(Bytes::from_static(br#"{"errors":[{"code":"resource_not_found","message":"not found"}]}"#))?;
/// let error = clerk_http::api_error(&answer, &Clock::system());
/// assert!(error.is_not_found() && error.code("resource_not_found"));
/// # Ok::<(), http::Error>(())
/// ```
#[must_use]
pub fn api_error(answer: &Response<Bytes>, clock: &Clock) -> ApiError {
    let status = answer.status();
    // HTTP-21: the media type decides, not the exact text of the header.
    let body: Option<Value> = if is_json(answer.headers()) {
        serde_json::from_slice(answer.body()).ok()
    } else {
        None
    };
    // HTTP-35, HTTP-36: what is not an error list is no list; the status stays.
    let items: Vec<ApiErrorItem> = body
        .as_ref()
        .and_then(|body| body.get("errors")?.as_array())
        .map(|list| list.iter().take(MAX_ITEMS).map(item).collect())
        .unwrap_or_default();
    let mut error = ApiError::new(ApiErrorKind::Status, Sent::Yes, summary(status, &items))
        .with_status(status)
        .with_errors(items)
        .with_body(answer.body().clone());
    if let Some(trace_id) = trace_id(answer, body.as_ref()) {
        error = error.with_trace_id(trace_id);
    }
    if let Some(wait) = retry_after(answer.headers(), clock) {
        error = error.with_retry_after(wait);
    }
    error
}

/// HTTP-33: the body's trace id, else the one of the network in front of Clerk.
pub(crate) fn trace_id(answer: &Response<Bytes>, body: Option<&Value>) -> Option<String> {
    let text = body
        .and_then(|body| body.get("clerk_trace_id")?.as_str())
        .or_else(|| answer.headers().get("cf-ray")?.to_str().ok())?;
    let text: String = text
        .chars()
        .filter(|letter| !letter.is_control())
        .take(MAX_TRACE_ID)
        .collect();
    (!text.is_empty()).then_some(text)
}

fn item(value: &Value) -> ApiErrorItem {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut item = ApiErrorItem::default();
    item.code = text("code").unwrap_or_default();
    item.message = text("message").unwrap_or_default();
    item.long_message = text("long_message");
    // HTTP-32: the whole of it is kept.
    item.meta = value.get("meta").and_then(Value::as_object).cloned();
    item
}

/// What happened, in the words of the first entry, or else in those of the status.
fn summary(status: StatusCode, items: &[ApiErrorItem]) -> String {
    let first = items.first().map(|item| {
        item.long_message
            .as_deref()
            .filter(|text| !text.is_empty())
            .unwrap_or(&item.message)
    });
    match first {
        Some(text) if !text.is_empty() => text.to_owned(),
        _ => status
            .canonical_reason()
            .unwrap_or("Clerk answered with an error")
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> ApiError {
        let mut builder = Response::builder().status(status);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let answer = builder.body(Bytes::from(body.to_owned())).unwrap();
        api_error(&answer, &Clock::fixed(0))
    }

    const JSON: (&str, &str) = ("content-type", "application/json");

    // covers: HTTP-22, HTTP-30, HTTP-31, HTTP-32
    #[test]
    fn entries_are_kept_whole() {
        let error = answer(
            422,
            &[JSON, ("retry-after", "15")],
            r#"{"errors":[{"code":"form_identifier_exists","message":"Taken.","long_message":"Taken. Try another.",
                "meta":{"param_name":"email_address","seats_quantity":3}},{}],"clerk_trace_id":"trace_1"}"#,
        );
        assert_eq!(error.kind(), ApiErrorKind::Status);
        assert_eq!(error.sent(), Sent::Yes);
        assert_eq!(error.status(), Some(StatusCode::UNPROCESSABLE_ENTITY));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(15)));
        assert_eq!(error.trace_id(), Some("trace_1"));
        assert_eq!(error.errors().len(), 2);
        let first = &error.errors()[0];
        assert_eq!(first.code, "form_identifier_exists");
        assert_eq!(first.message, "Taken.");
        assert_eq!(first.long_message.as_deref(), Some("Taken. Try another."));
        assert_eq!(first.param_name(), Some("email_address"));
        assert_eq!(first.meta.as_ref().unwrap()["seats_quantity"], 3);
        assert_eq!(error.message(), "Taken. Try another.");
        assert_eq!(error.errors()[1], ApiErrorItem::default());
    }

    // covers: HTTP-32, CHG-12, HIST-88
    #[test]
    fn chg_12_hist_88_every_member_of_meta_is_kept_with_the_trace() {
        let meta = serde_json::json!({
            "param_name": "p", "session_id": "sess_1", "email_addresses": ["a@b.example"], "identifiers": ["i"],
            "zxcvbn": {"suggestions": []}, "plan": {"name": "pro"}, "is_plan_upgrade_possible": true,
            "seats_quantity_to_add": 1, "seats_quantity": 2, "trace_id": "trace_2", "kind": "k", "title": "t",
            "description": "d", "link_url": "https://clerk.com/docs", "link_text": "l", "data": {"deep": [1]},
        });
        let body = serde_json::json!({
            "errors": [{"code": "c", "message": "m", "long_message": "l", "meta": meta}],
            "clerk_trace_id": "trace_1",
        });
        let error = answer(422, &[JSON], &body.to_string());
        let first = &error.errors()[0];
        assert_eq!(serde_json::to_value(&first.meta).unwrap(), meta);
        assert_eq!(first.param_name(), Some("p"));
        assert_eq!((first.code.as_str(), first.message.as_str()), ("c", "m"));
        assert_eq!(error.trace_id(), Some("trace_1"));
        assert_eq!(error.status(), Some(StatusCode::UNPROCESSABLE_ENTITY));
    }

    // covers: HTTP-21
    #[test]
    fn the_media_type_decides() {
        let body = r#"{"errors":[{"code":"x","message":"y"}]}"#;
        for (content_type, entries) in [
            ("application/json", 1),
            ("application/json; charset=utf-8", 1),
            ("Application/JSON ;charset=UTF-8", 1),
            ("application/problem+json", 1),
            ("text/html", 0),
            ("application/jsonp", 0),
            ("", 0),
        ] {
            let error = answer(400, &[("content-type", content_type)], body);
            assert_eq!(error.errors().len(), entries, "{content_type}");
            assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
        }
        assert!(answer(400, &[], body).errors().is_empty());
    }

    // covers: HTTP-35, HTTP-36
    #[test]
    fn an_unusable_body_never_hides_the_status() {
        for body in [
            "",
            "{oops",
            "null",
            "[]",
            "5",
            "\"text\"",
            r#"{"errors":null}"#,
            r#"{"errors":"oops"}"#,
            r#"{"message":"x"}"#,
            "\u{1}",
        ] {
            let error = answer(502, &[JSON], body);
            assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY), "{body}");
            assert_eq!(error.kind(), ApiErrorKind::Status, "{body}");
            assert!(error.errors().is_empty(), "{body}");
            assert!(error.is_outage(), "{body}");
            assert_eq!(error.message(), "Bad Gateway", "{body}");
        }
        let error = answer(
            422,
            &[JSON],
            r#"{"errors":[null,{"code":null,"message":5}]}"#,
        );
        assert_eq!(
            error.errors(),
            [ApiErrorItem::default(), ApiErrorItem::default()]
        );
    }

    // covers: HTTP-33
    #[test]
    fn the_trace_id_of_the_body_wins() {
        let ray = ("cf-ray", "8d1f-AMS");
        let cases = [
            (r#"{"clerk_trace_id":"trace-body"}"#, Some("trace-body")),
            (r#"{"clerk_trace_id":5}"#, Some("8d1f-AMS")),
            ("{}", Some("8d1f-AMS")),
        ];
        for (body, expected) in cases {
            assert_eq!(
                answer(404, &[JSON, ray], body).trace_id(),
                expected,
                "{body}"
            );
        }
        assert_eq!(answer(404, &[JSON], "{}").trace_id(), None);
        assert_eq!(answer(500, &[ray], "<html>").trace_id(), Some("8d1f-AMS"));
    }

    #[test]
    fn counts_and_lengths_are_bounded() {
        let entries = vec![r#"{"code":"x"}"#; 1000].join(",");
        let body = format!(
            r#"{{"errors":[{entries}],"clerk_trace_id":"{}"}}"#,
            "a".repeat(5000)
        );
        let error = answer(400, &[JSON], &body);
        assert_eq!(error.errors().len(), MAX_ITEMS);
        assert_eq!(error.trace_id().map(str::len), Some(MAX_TRACE_ID));
    }
}
