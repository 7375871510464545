//! Connections that fail, break and stall.

use std::time::Duration;

use clerk_api::users::CreateUser;
use clerk_errors::api::{ApiError, ApiErrorKind as Kind, Sent};
use clerk_http::Deadlines;
use http::StatusCode;

use crate::server::{Act, Server, USER, json};

const HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n";

/// Creates a user, which must not happen twice.
async fn create(server: &Server) -> Result<String, ApiError> {
    let params = CreateUser::new().email_address(["ada@example.com"]);
    server
        .client()
        .users()
        .create(params)
        .await
        .map(|user| user.id)
}

// covers: HTTP-36
#[tokio::test]
async fn a_refused_connection_sent_nothing() {
    let gone = Server::gone().await;
    let error = create(&gone).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (Kind::Network, Sent::No));
    assert!(!error.may_have_been_sent() && error.is_outage());
    assert_eq!(error.status(), None);
}

// covers: HTTP-36
#[tokio::test]
async fn a_connection_that_breaks_says_how_far_it_came() {
    let reset = |text: &str| Act::Reset(text.to_owned());
    for (act, sent, status) in [
        (Act::AnswerAndClose(String::new()), Sent::Maybe, None),
        (reset(""), Sent::Maybe, None),
        (
            Act::AnswerAndClose("HTTP/1.1 200 OK\r\ncontent-".to_owned()),
            Sent::Maybe,
            None,
        ),
        (
            Act::AnswerAndClose(format!("{HEAD}{{\"id\":")),
            Sent::Yes,
            Some(StatusCode::OK),
        ),
        (
            reset(&format!("{HEAD}{{\"id\":")),
            Sent::Yes,
            Some(StatusCode::OK),
        ),
        (
            Act::AnswerAndClose("220 mail.example.com ESMTP\r\n\r\n".to_owned()),
            Sent::Maybe,
            None,
        ),
    ] {
        let server = Server::start([act]).await;
        let error = create(&server).await.unwrap_err();
        assert_eq!((error.kind(), error.sent()), (Kind::Network, sent));
        assert_eq!(error.status(), status);
        assert_eq!(error.operation(), Some("users.create"));
        assert_eq!(server.requests(), ["POST /v1/users"]);
    }
}

// A connection from the pool that breaks once the request is on its way is no reason to send it again.
#[tokio::test]
async fn a_reused_connection_that_breaks_repeats_nothing() {
    for broken in [
        Act::AnswerAndClose(String::new()),
        Act::Reset(String::new()),
    ] {
        let server = Server::start([json("200 OK", "", USER), broken]).await;
        let client = server.client();
        client.users().get("user_1").await.unwrap();
        let error = client.users().ban("user_1").await.unwrap_err();
        assert_eq!((error.kind(), error.sent()), (Kind::Network, Sent::Maybe));
        assert_eq!(server.requests().len(), 2);
    }
}

// A server may close an idle connection at any time; nothing was sent on it then.
#[tokio::test]
async fn a_connection_that_was_closed_while_idle_is_replaced() {
    let server = Server::start([
        Act::AnswerAndClose(format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{USER}",
            USER.len()
        )),
        json("200 OK", "", USER),
    ])
    .await;
    let client = server.client();
    client.users().get("user_1").await.unwrap();
    client.users().ban("user_1").await.unwrap();
    assert_eq!(
        server.requests(),
        ["GET /v1/users/user_1", "POST /v1/users/user_1/ban"]
    );
}

// covers: HTTP-17
#[tokio::test]
async fn slow_headers_and_slow_bodies_meet_the_deadline_of_the_call() {
    let short = Duration::from_millis(300);
    let hang = |text: &str| Act::AnswerAndHang(text.to_owned());
    for (act, sent, status) in [
        (hang(""), Sent::Maybe, None),
        (hang("HTTP/1.1 200 OK\r\ncontent-"), Sent::Maybe, None),
        (hang(HEAD), Sent::Yes, Some(StatusCode::OK)),
        (
            Act::Drip(HEAD.replace("1000", "60000")),
            Sent::Yes,
            Some(StatusCode::OK),
        ),
    ] {
        let server = Server::start([act.clone()]).await;
        let call = server
            .client()
            .users()
            .get("user_1")
            .deadlines(match status {
                None => Deadlines::new().first_byte(short),
                // Enough for the headers on a busy machine.
                Some(_) => Deadlines::new().total(Duration::from_secs(2)),
            });
        let error = call.await.unwrap_err();
        assert!(error.is_timeout() && error.is_outage(), "{error}");
        assert_eq!((error.sent(), error.status()), (sent, status));
        assert_eq!(server.requests().len(), 1);

        // The total deadline covers the headers, too.
        let server = Server::start([act]).await;
        let call = server.client().users().get("user_1").timeout(short);
        let error = call.await.unwrap_err();
        assert!(error.is_timeout(), "{error}");
    }
}
