//! The proxy within an actix application, whose requests are of another version of the `http` crate and whose bodies
//! cannot cross threads.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use clerk_http::Deadlines;
use clerk_proxy::{FrontendProxy, RequestPieces, body_channel};
use http_body::Body;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;

use crate::streaming::IN_FLIGHT;
use crate::support::{
    TWENTY_MB, Upstream, anywhere, connect, drain, exchange, fountain, listen, pattern,
    read_answer, read_head, run, settled, silence, soon, to,
};

async fn proxy(
    request: HttpRequest,
    payload: web::Payload,
    proxy: web::Data<FrontendProxy>,
) -> HttpResponse {
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let mut pieces = RequestPieces::new(request.method().as_str(), target);
    for (name, value) in request.headers() {
        pieces = pieces.header(name.as_str(), value.as_bytes());
    }
    if let Some(peer) = request.peer_addr() {
        pieces = pieces.peer(peer.ip());
    }
    let (sender, body) = body_channel();
    actix_web::rt::spawn(sender.send_all(payload));
    let (parts, body) = proxy.handle_pieces(pieces, body).await.into_parts();
    let mut response = HttpResponse::build(StatusCode::from_u16(parts.status.as_u16()).unwrap());
    for (name, value) in &parts.headers {
        response.append_header((name.as_str(), value.as_bytes()));
    }
    match body.size_hint().exact() {
        Some(0) => response.finish(),
        Some(length) => response.no_chunking(length).streaming(body),
        None => response.streaming(body),
    }
}

/// Runs an application until the process ends.
fn start(shared: FrontendProxy) -> SocketAddr {
    let listener = listen(anywhere()).into_std().unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = move || {
                App::new()
                    .app_data(web::Data::new(shared.clone()))
                    .service(web::resource(["/__clerk", "/__clerk/{path:.*}"]).to(proxy))
            };
            let server = HttpServer::new(app).workers(1).disable_signals();
            server.listen(listener).unwrap().run().await.unwrap();
        });
    });
    address
}

fn text(method: &str, target: &str, headers: &str) -> String {
    format!(
        "{method} {target} HTTP/1.1\r\nhost: app.example.com\r\nconnection: close\r\n{headers}\r\n"
    )
}

// covers: PXY-7, PXY-8, PXY-9, PXY-11, HIST-3
#[test]
fn requests() {
    run(async {
        let upstream = Upstream::ok().await;
        let app = start(upstream.proxy());
        let spoofed = "x-forwarded-for: 198.51.100.1\r\nx-real-ip: 198.51.100.1\r\nclerk-secret-key: x\r\n\
                       connection: x-private\r\nx-private: 1\r\ncookie: a=b\r\n";
        for (target, arrives) in [
            ("/__clerk", "/"),
            ("/__clerk/v1/client?a=b", "/v1/client?a=b"),
            ("/__clerk//evil.example/x", "//evil.example/x"),
        ] {
            let seen = exchange(app, &text("GET", target, spoofed), b"").await;
            assert_eq!(
                (seen.status(), &seen.body[..]),
                (200, &b"ok"[..]),
                "{target}"
            );
            let received = upstream.last();
            assert_eq!(received.target(), arrives);
            assert_eq!(received.one("host"), upstream.address.to_string());
            assert_eq!(
                received.one("clerk-proxy-url"),
                "http://app.example.com/__clerk"
            );
            assert_eq!(received.one("clerk-secret-key"), "sk_test_s3cr3t");
            assert_eq!(received.one("x-forwarded-for"), "127.0.0.1");
            assert_eq!(received.one("cookie"), "a=b");
            assert!(received.all("x-real-ip").is_empty() && received.all("x-private").is_empty());
        }
        let before = upstream.count();
        let seen = exchange(app, &text("GET", "/__clerk/%2f%2fevil.example", ""), b"").await;
        assert_eq!(seen.status(), 400);
        assert_eq!(upstream.count(), before);
    });
}

// covers: PXY-13, PXY-15, PXY-17, PXY-20, HIST-98, HIST-99
#[test]
fn answers() {
    run(async {
        let upstream = Upstream::answering(
            "HTTP/1.1 302 Found\r\nset-cookie: a=1; Path=/\r\nset-cookie: b=2\r\nset-cookie: c=3\r\nlocation: /v1/next\r\n\
             connection: x-private\r\nx-private: 1\r\ncontent-length: 4\r\n\r\nbody",
        )
        .await;
        let app = start(upstream.proxy());
        let seen = exchange(app, &text("GET", "/__clerk/v1/x", ""), b"").await;
        assert_eq!(seen.status(), 302);
        assert_eq!(seen.head.all("set-cookie"), ["a=1; Path=/", "b=2", "c=3"]);
        assert_eq!(
            seen.head.one("location"),
            "http://app.example.com/__clerk/v1/next"
        );
        assert!(seen.head.all("x-private").is_empty());
        assert_eq!(seen.body, b"body");
        assert_eq!(upstream.count(), 1);
    });
}

// covers: PXY-20
#[test]
fn every_method_carries_its_body() {
    run(async {
        let upstream = Upstream::ok().await;
        let app = start(upstream.proxy());
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            assert_eq!(
                exchange(app, &text(method, "/__clerk/v1", ""), b"")
                    .await
                    .status(),
                200
            );
            assert!(
                upstream.last().all("transfer-encoding").is_empty(),
                "{method}"
            );
            exchange(
                app,
                &text(method, "/__clerk/v1", "content-length: 3\r\n"),
                b"a=b",
            )
            .await;
            assert_eq!(upstream.last().body, b"a=b", "{method}");
            let chunked = text(method, "/__clerk/v1", "transfer-encoding: chunked\r\n");
            exchange(app, &chunked, b"2\r\na=\r\n1\r\nb\r\n0\r\n\r\n").await;
            assert_eq!(upstream.last().body, b"a=b", "{method}");
        }
    });
}

// covers: PXY-12, PXY-14
#[test]
fn twenty_megabytes_down_in_bounded_memory() {
    run(async {
        let (address, sent, _) = fountain().await;
        let mut client = connect(start(to(address).build().unwrap())).await;
        client
            .write_all(text("GET", "/__clerk/v1/x", "").as_bytes())
            .await
            .unwrap();
        let under_way = settled(&sent).await;
        assert!(under_way < IN_FLIGHT, "{under_way}");
        assert!(read_answer(&mut client).await.body == pattern(0, TWENTY_MB));
    });
}

// covers: PXY-12, PXY-14
#[test]
fn twenty_megabytes_up_in_bounded_memory() {
    run(async {
        let may_take = Arc::new(Notify::new());
        let app = start(to(drain(Arc::clone(&may_take)).await).build().unwrap());
        let (mut read, mut write) = connect(app).await.into_split();
        let sent = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&sent);
        let writing = tokio::spawn(async move {
            let head = text(
                "POST",
                "/__clerk/v1/x",
                &format!("content-length: {TWENTY_MB}\r\n"),
            );
            write.write_all(head.as_bytes()).await.unwrap();
            for from in (0..TWENTY_MB).step_by(16 * 1024) {
                write.write_all(&pattern(from, 16 * 1024)).await.unwrap();
                counter.fetch_add(16 * 1024, Ordering::SeqCst);
            }
            write
        });
        let under_way = settled(&sent).await;
        assert!(under_way < IN_FLIGHT, "{under_way}");
        may_take.notify_one();
        let _write = soon(writing).await.unwrap();
        let mut answer = String::new();
        soon(read.read_to_string(&mut answer)).await.unwrap();
        assert!(answer.ends_with(&format!("{TWENTY_MB} true")), "{answer}");
    });
}

// covers: PXY-14, HIST-101
#[test]
fn a_client_that_disconnects_ends_the_exchange() {
    run(async {
        // Within its own body.
        let (address, mut told) = silence().await;
        let app = start(to(address).build().unwrap());
        for (headers, part) in [
            ("content-length: 10\r\n", "part"),
            ("transfer-encoding: chunked\r\n", "4\r\npart\r\n"),
        ] {
            let mut client = connect(app).await;
            client
                .write_all(text("POST", "/__clerk/v1/x", headers).as_bytes())
                .await
                .unwrap();
            client.write_all(part.as_bytes()).await.unwrap();
            assert_eq!(soon(told.recv()).await, Some("begun"));
            drop(client);
            assert_eq!(soon(told.recv()).await, Some("ended"));
        }
        // Within the answer.
        let (address, sent, broken) = fountain().await;
        let mut client = connect(start(to(address).build().unwrap())).await;
        client
            .write_all(text("GET", "/__clerk/v1/x", "").as_bytes())
            .await
            .unwrap();
        read_head(&mut client).await.unwrap();
        drop(client);
        settled(&sent).await;
        assert_eq!(broken.load(Ordering::SeqCst), 1);
    });
}

// covers: PXY-14, PXY-18
#[test]
fn a_slow_frontend_api_is_a_deadline_for_the_client() {
    run(async {
        let (address, _told) = silence().await;
        let short = Deadlines::new().first_byte(Duration::from_millis(50));
        let app = start(to(address).deadlines(short).build().unwrap());
        let seen = exchange(app, &text("GET", "/__clerk/v1/x", ""), b"").await;
        assert_eq!(seen.status(), 504);
        assert_eq!(seen.head.one("cache-control"), "no-store");
    });
}
