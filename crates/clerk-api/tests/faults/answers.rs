//! Answers that arrive whole, and are not what was hoped for.

use std::time::{Duration, SystemTime};

use clerk_api::instance::UpdateInstance;
use clerk_errors::api::{ApiError, ApiErrorKind as Kind, Sent};

use crate::server::{Act, Server, USER, answer, json};

const HTML: &str = "<!DOCTYPE html><title>Bad gateway</title>";
const ERRORS: &str = r#"{"errors":[{"code":"resource_not_found","message":"not found","long_message":"No user."}],
    "clerk_trace_id":"trace_1"}"#;

/// Gets a user from a server that does this.
async fn get(act: Act) -> (Result<String, ApiError>, Server) {
    let server = Server::start([act]).await;
    let result = server.client().users().get("user_1").await;
    (result.map(|user| user.id), server)
}

// covers: HTTP-21
#[tokio::test]
async fn json_is_taken_whatever_it_is_called() {
    for content_type in [
        "content-type: application/json\r\n",
        "content-type: application/json; charset=utf-8\r\n",
        "content-type: Application/JSON;charset=UTF-8\r\n",
        "content-type: text/plain\r\n",
        "",
    ] {
        let (result, _) = get(answer("200 OK", content_type, USER)).await;
        assert_eq!(result.unwrap(), "user_1", "{content_type:?}");
    }
}

// covers: HTTP-28, HTTP-36, RES-91
#[tokio::test]
async fn a_success_that_cannot_be_read_is_a_decode_error_with_its_status() {
    let truncated = &USER[..USER.len() - 20];
    let cases = [
        (
            answer("200 OK", "content-type: text/html\r\n", HTML),
            "the answer is not JSON",
        ),
        (json("200 OK", "", truncated), "cut off"),
        (
            json("200 OK", "", r#"{"id":5}"#),
            "id: another type than expected",
        ),
        (
            json("200 OK", "", r#"{"id":"user_1","object":"user"}"#),
            "a required member is missing",
        ),
        (json("200 OK", "", "[]"), "another type than expected"),
        (json("200 OK", "", "null"), "another type than expected"),
        (json("200 OK", "", ""), "the answer has no body"),
        (
            Act::Answer("HTTP/1.1 204 No Content\r\n\r\n".to_owned()),
            "the answer has no body",
        ),
    ];
    for (act, expected) in cases {
        let (result, server) = get(act).await;
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.sent()),
            (Kind::Decode, Sent::Yes),
            "{expected}"
        );
        assert!(error.status().unwrap().is_success(), "{expected}");
        assert!(error.message().contains(expected), "{error}");
        assert_eq!(error.operation(), Some("users.get"));
        assert_eq!(server.requests(), ["GET /v1/users/user_1"]);
    }
}

// covers: HTTP-20
#[tokio::test]
async fn a_call_that_answers_nothing_takes_204_and_an_empty_body() {
    for act in [
        Act::Answer("HTTP/1.1 204 No Content\r\n\r\n".to_owned()),
        answer("200 OK", "", ""),
    ] {
        let server = Server::start([act]).await;
        let client = server.client();
        let params = UpdateInstance::new().test_mode(true);
        client.instance().update(params).await.unwrap();
        assert_eq!(server.requests(), ["PATCH /v1/instance"]);
    }
}

// covers: HTTP-22, HTTP-31, HTTP-33, HTTP-35, HTTP-36
#[tokio::test]
async fn an_error_status_is_told_whatever_the_body_is() {
    let charset = "content-type: application/json; charset=utf-8\r\n";
    let ray = "cf-ray: 8d1f-AMS\r\n";
    let cases = [
        (
            json("404 Not Found", ray, ERRORS),
            404,
            Some("resource_not_found"),
            Some("trace_1"),
        ),
        (
            answer("404 Not Found", charset, ERRORS),
            404,
            Some("resource_not_found"),
            Some("trace_1"),
        ),
        (
            json("500 Internal Server Error", "", "{\"errors\":"),
            500,
            None,
            None,
        ),
        (
            json("500 Internal Server Error", "", "null"),
            500,
            None,
            None,
        ),
        (
            json(
                "422 Unprocessable Entity",
                "",
                r#"{"error":{"message":"x"}}"#,
            ),
            422,
            None,
            None,
        ),
        (
            answer(
                "502 Bad Gateway",
                &format!("content-type: text/html\r\n{ray}"),
                HTML,
            ),
            502,
            None,
            Some("8d1f-AMS"),
        ),
        (json("502 Bad Gateway", "", HTML), 502, None, None),
        (answer("503 Service Unavailable", "", ""), 503, None, None),
        (answer("418 I'm a teapot", "", "teapot"), 418, None, None),
    ];
    for (act, status, code, trace_id) in cases {
        let (result, server) = get(act).await;
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.sent()),
            (Kind::Status, Sent::Yes),
            "{status}"
        );
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(
            error.errors().first().map(|item| item.code.as_str()),
            code,
            "{status}"
        );
        assert_eq!(error.trace_id(), trace_id, "{status}");
        assert_eq!(error.is_outage(), status >= 500, "{status}");
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

// covers: HTTP-34
#[tokio::test]
async fn a_429_says_when_to_come_back_in_each_form() {
    let soon = httpdate_in(Duration::from_secs(3000));
    for (header, expected) in [
        ("retry-after: 17\r\n".to_owned(), Some(17..=17)),
        (format!("retry-after: {soon}\r\n"), Some(2000..=3000)),
        (
            "retry-after: Fri, 14 Nov 2025 22:13:20 GMT\r\n".to_owned(),
            Some(0..=0),
        ),
        ("retry-after: soon\r\n".to_owned(), None),
        (String::new(), None),
    ] {
        let (result, server) = get(json("429 Too Many Requests", &header, "{}")).await;
        let error = result.unwrap_err();
        assert!(error.is_rate_limited());
        match (error.retry_after(), expected) {
            (Some(wait), Some(range)) => assert!(range.contains(&wait.as_secs()), "{header}"),
            (wait, expected) => assert!(wait.is_none() && expected.is_none(), "{header}"),
        }
        assert_eq!(server.requests().len(), 1);
    }
}

/// A date as headers have it (RFC 9110, section 5.6.7).
fn httpdate_in(ahead: Duration) -> String {
    httpdate::fmt_http_date(SystemTime::now() + ahead)
}

// covers: HTTP-22
#[tokio::test]
async fn redirects_are_errors_and_the_secret_stays() {
    let elsewhere = Server::start([json("200 OK", "", USER)]).await;
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let location = format!("location: http://{}/v1/users/user_1\r\n", elsewhere.address);
        let (result, server) = get(answer(status, &location, "")).await;
        let error = result.unwrap_err();
        assert_eq!(error.kind(), Kind::Status);
        assert!(error.status().unwrap().is_redirection());
        assert_eq!(server.requests().len(), 1);
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn oversized_bodies_are_not_read() {
    let large = format!(r#"{{"id":"user_1","filler":"{}"}}"#, "x".repeat(70_000));
    let endless = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n100000\r\n";
    for act in [
        json("200 OK", "", &large),
        json("400 Bad Request", "", &large),
        Act::Answer("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{".to_owned()),
        Act::Answer(format!("{endless}{}", " ".repeat(100_000))),
    ] {
        let (result, server) = get(act).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.sent()), (Kind::TooLarge, Sent::Yes));
        assert!(error.status().is_some());
        assert_eq!(server.requests().len(), 1);
    }
}
