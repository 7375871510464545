//! What is sent again when that was asked for, and what never is.

use std::time::Duration;

use clerk_api::users::{CreateUser, UpdateUser};
use clerk_errors::api::ApiErrorKind as Kind;

use crate::server::{Act, Server, USER, answer, json};

const HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";

/// Every fault that may pass.
fn faults() -> Vec<(&'static str, Act)> {
    vec![
        ("closed", Act::AnswerAndClose(String::new())),
        ("reset", Act::Reset(String::new())),
        ("closed in the body", Act::AnswerAndClose(HEAD.to_owned())),
        ("reset in the body", Act::Reset(HEAD.to_owned())),
        (
            "429, seconds",
            json("429 Too Many Requests", "retry-after: 0\r\n", "{}"),
        ),
        (
            "429, date",
            json(
                "429 Too Many Requests",
                "retry-after: Fri, 14 Nov 2025 22:13:20 GMT\r\n",
                "{}",
            ),
        ),
        (
            "502",
            answer("502 Bad Gateway", "content-type: text/html\r\n", "<html>"),
        ),
        (
            "503",
            json("503 Service Unavailable", "retry-after: 0\r\n", "{}"),
        ),
        ("504", answer("504 Gateway Timeout", "", "")),
    ]
}

// covers: HTTP-17
#[tokio::test]
async fn a_read_is_repeated_until_it_succeeds() {
    for (name, fault) in faults() {
        let server = Server::start([fault.clone(), fault, json("200 OK", "", USER)]).await;
        let user = server.repeating().users().get("user_1").await;
        assert_eq!(user.unwrap().id, "user_1", "{name}");
        assert_eq!(server.requests(), ["GET /v1/users/user_1"; 3], "{name}");
    }
}

// covers: HTTP-17
#[tokio::test]
async fn what_changes_something_is_sent_once() {
    for (name, fault) in faults() {
        let server = Server::start([fault]).await;
        let client = server.repeating();
        let users = client.users();
        assert!(users.create(CreateUser::new()).await.is_err(), "{name}");
        assert!(
            users.update("user_1", UpdateUser::new()).await.is_err(),
            "{name}"
        );
        assert!(users.delete("user_1").await.is_err(), "{name}");
        assert_eq!(
            server.requests(),
            [
                "POST /v1/users",
                "PATCH /v1/users/user_1",
                "DELETE /v1/users/user_1"
            ],
            "{name}"
        );
    }
}

// covers: HTTP-17
#[tokio::test]
async fn what_will_not_pass_is_not_repeated() {
    let cases = [
        ("400", json("400 Bad Request", "", "{}"), Kind::Status),
        ("401", json("401 Unauthorized", "", "{}"), Kind::Status),
        (
            "404",
            json("404 Not Found", "retry-after: 0\r\n", "{}"),
            Kind::Status,
        ),
        (
            "429 alone",
            json("429 Too Many Requests", "", "{}"),
            Kind::Status,
        ),
        (
            "429 for long",
            json("429 Too Many Requests", "retry-after: 3600\r\n", "{}"),
            Kind::Status,
        ),
        (
            "500",
            json("500 Internal Server Error", "", "{}"),
            Kind::Status,
        ),
        (
            "302",
            answer("302 Found", "location: /\r\n", ""),
            Kind::Status,
        ),
        ("another shape", json("200 OK", "", "[]"), Kind::Decode),
        (
            "too large",
            json("200 OK", "", &"x".repeat(70_000)),
            Kind::TooLarge,
        ),
    ];
    for (name, act, kind) in cases {
        let server = Server::start([act]).await;
        let error = server.repeating().users().get("user_1").await.unwrap_err();
        assert_eq!(error.kind(), kind, "{name}");
        assert_eq!(server.requests().len(), 1, "{name}");
    }
}

// covers: HTTP-17
#[tokio::test]
async fn attempts_are_counted_and_the_deadline_covers_them_all() {
    let server = Server::start([answer("503 Service Unavailable", "", "")]).await;
    let error = server.repeating().users().get("user_1").await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 503);
    assert_eq!(server.requests().len(), 5);

    // The second attempt never ends; the call does.
    let hang = Act::AnswerAndHang(String::new());
    let server = Server::start([answer("503 Service Unavailable", "", ""), hang]).await;
    let call = server.repeating().users().get("user_1");
    let error = call.timeout(Duration::from_secs(2)).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(error.may_have_been_sent());
    assert_eq!(server.requests().len(), 2);
}
