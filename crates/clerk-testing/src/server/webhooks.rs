//! Webhooks: events wait in an outbox and are delivered, signed, with retries.

use std::time::Duration;

use bytes::Bytes;
use clerk_webhooks::{SigningSecret, sign};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// How often a delivery is tried, with growing pauses in between.
const ATTEMPTS: u32 = 4;

/// An event that waits for its delivery.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) event_type: &'static str,
    pub(crate) data: Value,
    pub(crate) timestamp_ms: i64,
}

impl Event {
    /// The body that is signed and sent.
    pub(crate) fn body(&self) -> Value {
        json!({
            "object": "event",
            "type": self.event_type,
            "data": self.data,
            "timestamp": self.timestamp_ms,
            "instance_id": "ins_offline",
            "event_attributes": {"http_request": {"client_ip": "127.0.0.1", "user_agent": "offline-clerk"}},
        })
    }
}

/// Events in order. Bounded: the oldest go when nobody takes them.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    events: Vec<Event>,
}

const MOST_EVENTS: usize = 10_000;

impl Outbox {
    pub(crate) fn emit(&mut self, event_type: &'static str, data: Value, now: i64) {
        if self.events.len() >= MOST_EVENTS {
            self.events.remove(0);
        }
        self.events.push(Event {
            event_type,
            data,
            timestamp_ms: now,
        });
    }

    pub(crate) fn take(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}

/// A place that webhooks are sent to.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) path: String,
}

impl Endpoint {
    /// Takes apart an `http://` URL of this machine; webhooks go nowhere else.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("http://")?;
        let (authority, path) = rest
            .split_once('/')
            .map_or((rest, ""), |(authority, path)| (authority, path));
        let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
        if !matches!(host, "127.0.0.1" | "localhost" | "[::1]") {
            return None;
        }
        Some(Self {
            host: host.to_owned(),
            port: port.parse().ok()?,
            path: format!("/{path}"),
        })
    }
}

/// Delivers an event to an endpoint; tries again on anything but a 2xx answer.
pub(crate) async fn deliver(
    endpoint: Endpoint,
    secret: &SigningSecret,
    id: &str,
    event: Event,
) -> bool {
    let body = Bytes::from(event.body().to_string());
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
        }
        let signed = sign(secret, id, event.timestamp_ms.div_euclid(1000), &body);
        let sent = tokio::time::timeout(
            Duration::from_secs(5),
            post(&endpoint, &signed.pairs(), body.clone()),
        )
        .await;
        if matches!(sent, Ok(Ok(status)) if (200..300).contains(&status)) {
            return true;
        }
    }
    false
}

async fn post(
    endpoint: &Endpoint,
    headers: &[(&'static str, &str)],
    body: Bytes,
) -> std::io::Result<u16> {
    let stream =
        TcpStream::connect((endpoint.host.trim_matches(['[', ']']), endpoint.port)).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(std::io::Error::other)?;
    let driver = tokio::spawn(connection);
    let mut request = http::Request::post(&endpoint.path)
        .header("host", format!("{}:{}", endpoint.host, endpoint.port))
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Full::new(body))
        .map_err(std::io::Error::other)?;
    let answer = sender
        .send_request(request)
        .await
        .map_err(std::io::Error::other);
    driver.abort();
    Ok(answer?.status().as_u16())
}
