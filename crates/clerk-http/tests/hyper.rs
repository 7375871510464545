//! The hyper transport against servers on loopback, the hostile ones included.
#![cfg(feature = "hyper")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use clerk_errors::api::Sent;
use clerk_http::{
    BodyLimit, Deadlines, HyperTransport, Transport, TransportError, TransportErrorKind as Kind,
};
use http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Serves every connection by a function, and counts them.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

async fn serve<F, Fut>(handle: F) -> Server
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = std::io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(handle(stream));
        }
    });
    Server {
        address,
        connections,
    }
}

/// Reads a request's head; `None` at the end of the connection.
async fn head(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return Ok(None);
        }
        text.push(byte[0]);
    }
    Ok(Some(String::from_utf8_lossy(&text).into_owned()))
}

/// Answers every request of a connection with the same text.
async fn always(text: &'static str) -> Server {
    serve(move |mut stream| async move {
        while head(&mut stream).await?.is_some() {
            stream.write_all(text.as_bytes()).await?;
        }
        Ok(())
    })
    .await
}

/// Patient, so that a busy machine does not change the outcome.
fn patient() -> HyperTransport {
    HyperTransport::builder()
        .deadlines(
            Deadlines::new()
                .first_byte(Duration::from_secs(60))
                .total(Duration::from_secs(60)),
        )
        .max_body(1024 * 1024)
        .build()
        .unwrap()
}

fn request(server: &Server) -> Request<Bytes> {
    let uri = format!("http://{}/v1/jwks", server.address);
    Request::builder().uri(uri).body(Bytes::new()).unwrap()
}

async fn get(server: &Server) -> Result<Response<Bytes>, TransportError> {
    patient().send(request(server)).await
}

#[tokio::test]
async fn an_answer_arrives_whole_and_its_connection_is_kept() {
    let server = always("HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: 5\r\n\r\nhello").await;
    let transport = patient();
    for _ in 0..3 {
        let answer = transport.clone().send(request(&server)).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["x-a"], "b");
        assert_eq!(answer.body(), "hello");
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let server = always(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/elsewhere\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    let answer = get(&server).await.unwrap();
    assert_eq!(answer.status(), 302);
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

// covers: HTTP-17, JWKS-24
#[tokio::test]
async fn a_server_that_never_answers_meets_the_deadline() {
    let server = serve(|mut stream| async move {
        head(&mut stream).await?;
        std::future::pending().await
    })
    .await;
    let mut request = request(&server);
    let deadlines = Deadlines::new().first_byte(Duration::from_millis(300));
    request.extensions_mut().insert(deadlines);
    let error = patient().send(request).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (Kind::Timeout, Sent::Maybe));
    assert_eq!(error.status(), None);
}

// covers: HTTP-17, JWKS-24
#[tokio::test]
async fn a_body_that_drips_meets_the_deadline() {
    let server = serve(|mut stream| async move {
        head(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
            .await?;
        loop {
            stream.write_all(b"x").await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let mut request = request(&server);
    let deadlines = Deadlines::new().total(Duration::from_secs(2));
    request.extensions_mut().insert(deadlines);
    let error = patient().send(request).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (Kind::Timeout, Sent::Yes));
    assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
}

#[tokio::test]
async fn large_answers_are_cut_off() {
    let announced = serve(|mut stream| async move {
        head(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10485760\r\n\r\n")
            .await?;
        std::future::pending().await
    })
    .await;
    let chunked = serve(|mut stream| async move {
        head(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            .await?;
        let mut chunk = b"10000\r\n".to_vec();
        chunk.extend_from_slice(&[b' '; 0x10000]);
        chunk.extend_from_slice(b"\r\n");
        loop {
            stream.write_all(&chunk).await?;
        }
    })
    .await;
    for server in [announced, chunked] {
        let error = get(&server).await.unwrap_err();
        assert_eq!((error.kind(), error.sent()), (Kind::TooLarge, Sent::Yes));
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
    }
}

#[tokio::test]
async fn the_limit_is_exact_and_a_request_can_lower_it() {
    let server = always("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").await;
    for (limit, fits) in [(6, true), (5, true), (4, false), (0, false)] {
        let mut request = request(&server);
        request.extensions_mut().insert(BodyLimit(limit));
        assert_eq!(patient().send(request).await.is_ok(), fits, "{limit}");
    }
}

#[tokio::test]
async fn broken_connections_are_told_from_refused_ones() {
    let closes = serve(|mut stream| async move {
        head(&mut stream).await?;
        Ok(())
    })
    .await;
    let error = get(&closes).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (Kind::Reset, Sent::Maybe));

    let breaks_off = serve(|mut stream| async move {
        head(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"keys\":")
            .await
    })
    .await;
    let error = get(&breaks_off).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (Kind::Reset, Sent::Yes));
    assert!(error.is_transient());

    let babbles = serve(|mut stream| async move {
        head(&mut stream).await?;
        stream
            .write_all(b"220 mail.example.com ESMTP\r\n\r\n")
            .await
    })
    .await;
    let error = get(&babbles).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (Kind::Protocol, Sent::Maybe));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = Server {
        address: listener.local_addr().unwrap(),
        connections: Arc::default(),
    };
    drop(listener);
    let error = get(&gone).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (Kind::Connect, Sent::No));
}

#[tokio::test]
async fn plain_http_stays_on_this_machine() {
    for uri in [
        "http://192.0.2.1/",
        "http://example.invalid/",
        "ftp://127.0.0.1/",
    ] {
        let request = Request::builder().uri(uri).body(Bytes::new()).unwrap();
        let error = patient().send(request).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.sent()),
            (Kind::Refused, Sent::No),
            "{uri}"
        );
        assert!(!error.is_transient());
    }
}

#[test]
fn without_a_runtime_it_is_an_error() {
    use std::task::{Context, Poll, Waker};

    let request = Request::builder()
        .uri("http://127.0.0.1:1/")
        .body(Bytes::new())
        .unwrap();
    let mut sending = patient().send(request);
    let polled = sending
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Err(error)) = polled else {
        unreachable!("not an error: {polled:?}");
    };
    assert_eq!((error.kind(), error.sent()), (Kind::Other, Sent::No));
}

// A pool outlives the runtime its connections were made on.
#[test]
fn another_runtime_can_take_over() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let servers = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = servers.block_on(always("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
    let transport = patient();
    for _ in 0..3 {
        let answer = runtime().block_on(transport.send(request(&server)));
        assert_eq!(answer.unwrap().status(), 200);
    }
}
