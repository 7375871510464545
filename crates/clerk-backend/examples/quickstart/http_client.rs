//! A small HTTP client for loopback: one connection per request.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::AnyError;

/// An answer, with its body as text.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    /// Where the answer redirects to.
    pub(super) fn location(&self) -> Option<&str> {
        self.headers.get("location")?.to_str().ok()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.body.lines().next().unwrap_or_default();
        write!(f, "{} {text}", self.status)
    }
}

/// Sends a request to an `http://` URL of this machine.
pub(super) async fn send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Result<Answer, AnyError> {
    let rest = url
        .strip_prefix("http://")
        .ok_or_else(|| format!("{url} is not of this machine"))?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    // `localhost` may mean ::1 too, where nobody listens.
    let address = authority.replace("localhost", "127.0.0.1");
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/{path}"))
        .header("host", authority);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (parts, body) = sender
        .send_request(request.body(Full::new(body.into()))?)
        .await?
        .into_parts();
    let body = body.collect().await?.to_bytes();
    driver.abort();
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

/// `GET` with a bearer token.
pub(super) async fn get(url: &str, token: &str) -> Result<Answer, AnyError> {
    let bearer = format!("Bearer {token}");
    send("GET", url, &[("authorization", &bearer)], "").await
}
