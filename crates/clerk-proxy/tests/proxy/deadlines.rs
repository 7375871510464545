//! A Frontend API, or a client, that takes its time.

use std::time::Duration;

use bytes::Bytes;
use clerk_http::Deadlines;
use clerk_proxy::{FrontendProxyBuilder, ProxyBodyError, body_channel};
use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;

use crate::support::{
    Upstream, error_code, get, read_request, request, run, serve, silence, soon, to,
};

/// Long enough for a connection on a busy machine.
const SHORT: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(60);

fn limits(
    proxy: FrontendProxyBuilder,
    first_byte: Duration,
    idle: Duration,
    total: Duration,
) -> FrontendProxyBuilder {
    let deadlines = Deadlines::new()
        .connect(LONG)
        .first_byte(first_byte)
        .total(total);
    proxy.deadlines(deadlines).idle_timeout(idle)
}

// covers: PXY-14, PXY-18
#[test]
fn a_frontend_api_that_does_not_answer() {
    run(async {
        for (first_byte, total) in [(SHORT, LONG), (LONG, SHORT)] {
            let (address, mut told) = silence().await;
            let proxy = limits(to(address), first_byte, LONG, total)
                .build()
                .unwrap();
            for sent in [
                get("/__clerk/v1"),
                request("POST", "/__clerk/v1").map(|_| Bytes::from_static(b"ab").into()),
            ] {
                let answer = error_code(soon(proxy.handle(sent)).await).await;
                assert_eq!(answer, (504, "proxy_request_failed".to_owned()));
                assert_eq!(soon(told.recv()).await, Some("begun"));
                assert_eq!(soon(told.recv()).await, Some("ended"));
            }
        }
    });
}

// covers: PXY-14
#[test]
fn a_frontend_api_that_does_not_take_the_body() {
    run(async {
        let address = serve(|stream| async move {
            tokio::time::sleep(LONG).await;
            drop(stream);
            Ok(())
        })
        .await;
        let proxy = limits(to(address), LONG, SHORT, LONG).build().unwrap();
        let body = Bytes::from(vec![0; 16 * 1024 * 1024]);
        let sent = request("POST", "/__clerk/v1").map(|_| Endless(body));
        let answer = error_code(soon(proxy.handle(sent)).await).await;
        assert_eq!(answer, (504, "proxy_request_failed".to_owned()));
    });
}

/// Always has more.
struct Endless(Bytes);

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, std::io::Error>>> {
        let piece = self.0.slice(..1024);
        std::task::Poll::Ready(Some(Ok(http_body::Frame::data(piece))))
    }
}

// covers: PXY-14
#[test]
fn a_client_that_does_not_send_its_body() {
    run(async {
        let upstream = Upstream::ok().await;
        let short = SHORT;
        for (idle, total) in [(short, LONG), (LONG, short)] {
            let proxy = limits(to(upstream.address), LONG, idle, total)
                .build()
                .unwrap();
            // Nothing at all.
            let (sender, body) = body_channel();
            let sent = request("POST", "/__clerk/v1").map(|_| body);
            let answer = error_code(soon(proxy.handle(sent)).await).await;
            assert_eq!(answer, (408, "proxy_request_failed".to_owned()));
            drop(sender);
            // A part.
            assert_eq!(proxy.handle(get("/__clerk/v1")).await.status(), 200);
            let (mut sender, body) = body_channel();
            sender.send(Bytes::from_static(b"a part")).await.unwrap();
            let mut sent = request("POST", "/__clerk/v1").map(|_| body);
            sent.headers_mut().insert("content-length", 10.into());
            let answer = error_code(soon(proxy.handle(sent)).await).await;
            assert_eq!(answer, (408, "proxy_request_failed".to_owned()));
        }
    });
}

// covers: PXY-14
#[test]
fn an_answer_that_does_not_go_on() {
    run(async {
        let address = serve(|mut stream| async move {
            read_request(&mut stream).await?;
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\npart")
                .await?;
            tokio::time::sleep(LONG).await;
            Ok(())
        })
        .await;
        for (idle, total) in [(SHORT, LONG), (LONG, SHORT * 2)] {
            let proxy = limits(to(address), LONG, idle, total).build().unwrap();
            let answer = proxy.handle(get("/__clerk/v1")).await;
            assert_eq!(answer.status(), 200);
            let pieces: Vec<_> = soon(answer.into_body().collect::<Vec<_>>()).await;
            assert_eq!(
                pieces,
                [
                    Ok(Bytes::from_static(b"part")),
                    Err(ProxyBodyError::Timeout)
                ]
            );
        }
        // One that breaks off is not taken for a whole one.
        let address = serve(|mut stream| async move {
            read_request(&mut stream).await?;
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\npart")
                .await
        })
        .await;
        let answer = to(address)
            .build()
            .unwrap()
            .handle(get("/__clerk/v1"))
            .await;
        let last = answer.into_body().collect::<Vec<_>>().await.pop();
        assert_eq!(last, Some(Err(ProxyBodyError::Broken)));
    });
}
