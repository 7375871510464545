//! Servers that misbehave, over real sockets.

use std::net::SocketAddr;
use std::time::Duration;

use clerk_core::ManualClock;
use clerk_http::{ApiClient, HyperTransport, SharedTransport};
use clerk_tokens::jwks::{JwksPolicy, RemoteKeys};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::*;

async fn serve<F, Fut>(handle: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = std::io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            if stream.read(&mut head).await.is_ok() {
                tokio::spawn(handle(stream));
            }
        }
    });
    address
}

async fn body(text: String) -> SocketAddr {
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{text}",
        text.len()
    );
    serve(move |mut stream| {
        let answer = answer.clone();
        async move { stream.write_all(answer.as_bytes()).await }
    })
    .await
}

/// The reason a cold lookup of `a` ends with, and whether that is an outage.
async fn look(address: SocketAddr) -> (&'static str, bool) {
    look_for(address, Duration::from_secs(60)).await
}

async fn look_for(address: SocketAddr, limit: Duration) -> (&'static str, bool) {
    let transport = HyperTransport::builder().build().unwrap();
    let client = ApiClient::builder(SharedTransport::new(transport))
        .api_url(format!("http://{address}"))
        .secret_key("sk_test_x")
        .build()
        .unwrap();
    let keys = RemoteKeys::backend_api(client)
        .policy(policy().refresh_within(limit))
        .build_on(runtime(), ManualClock::new(T0).into());
    match keys.key(Some("a")).await {
        Ok(_) => ("ok", false),
        Err(error) => (error.reason().as_str(), error.is_outage()),
    }
}

/// For servers that would take for ever.
const SHORT: Duration = Duration::from_millis(300);

const OUTAGE: (&str, bool) = ("jwk-remote-failed-to-load", true);

#[tokio::test]
async fn a_server_that_answers_is_the_measure() {
    let keys = format!(r#"{{"keys":[{}]}}"#, jwk("a", ONE));
    assert_eq!(look(body(keys).await).await, ("ok", false));
}

// covers: JWKS-24
#[tokio::test]
async fn time_is_bounded() {
    let silent = serve(|_stream| async { std::future::pending().await }).await;
    assert_eq!(look_for(silent, SHORT).await, OUTAGE);
    let drip = serve(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
        stream.write_all(head).await?;
        loop {
            stream.write_all(b" ").await?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    assert_eq!(look_for(drip, SHORT).await, OUTAGE);
}

#[tokio::test]
async fn size_is_bounded() {
    let large = format!(
        r#"{{"keys":[{}],"x":"{}"}}"#,
        jwk("a", ONE),
        "x".repeat(10 << 20)
    );
    assert_eq!(look(body(large).await).await, OUTAGE);
    let endless = serve(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head).await?;
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        loop {
            stream.write_all(chunk.as_bytes()).await?;
        }
    })
    .await;
    assert_eq!(look(endless).await, OUTAGE);
    let many = vec![r#"{"kid":"a"}"#; 10_000].join(",");
    assert_eq!(
        look(body(format!(r#"{{"keys":[{many}]}}"#)).await).await,
        OUTAGE
    );
}

#[tokio::test]
async fn broken_answers_are_outages() {
    let reset = serve(|stream| async move {
        stream.set_zero_linger()?;
        Ok(())
    })
    .await;
    assert_eq!(look(reset).await, OUTAGE);
    let cut = serve(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"keys\":[";
        stream.write_all(head).await
    })
    .await;
    assert_eq!(look(cut).await, OUTAGE);
    for text in ["<html></html>", r#"{"keys":["#, "null", r#"{"keys":7}"#, ""] {
        assert_eq!(look(body(text.to_owned()).await).await, OUTAGE, "{text}");
    }
    let gone = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    assert_eq!(look(gone).await, OUTAGE);
}

#[tokio::test]
async fn foreign_keys_refuse_their_tokens_only() {
    let ec = r#"{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"AA"}"#;
    let oct = r#"{"kty":"oct","kid":"a","k":"AAAA","alg":"HS256"}"#;
    for key in [ec, oct] {
        let keys = format!(r#"{{"keys":[{key},{}]}}"#, jwk("b", ONE));
        assert_eq!(
            look(body(keys).await).await,
            ("token-verification-failed", false)
        );
        // Of equal ones the last counts.
        let keys = format!(r#"{{"keys":[{key},{}]}}"#, jwk("a", ONE));
        assert_eq!(look(body(keys).await).await, ("ok", false));
    }
    let other = format!(r#"{{"keys":[{}]}}"#, jwk("b", ONE));
    assert_eq!(look(body(other).await).await, ("jwk-kid-mismatch", false));
    assert_ne!(policy(), JwksPolicy::reference());
}

#[tokio::test]
async fn statuses_are_outages_or_answers() {
    for (line, expected) in [
        ("401 Unauthorized", ("jwk-remote-failed-to-load", false)),
        ("403 Forbidden", ("jwk-remote-failed-to-load", false)),
        ("404 Not Found", ("jwk-remote-failed-to-load", false)),
        ("429 Too Many Requests", OUTAGE),
        ("500 Internal Server Error", OUTAGE),
        ("302 Found", OUTAGE),
    ] {
        let answer = format!("HTTP/1.1 {line}\r\nlocation: /v1/jwks\r\ncontent-length: 0\r\n\r\n");
        let address = serve(move |mut stream| {
            let answer = answer.clone();
            async move { stream.write_all(answer.as_bytes()).await }
        })
        .await;
        assert_eq!(look(address).await, expected, "{line}");
    }
}
