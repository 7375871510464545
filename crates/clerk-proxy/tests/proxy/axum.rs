//! The proxy within an axum application.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use clerk_proxy::FrontendProxy;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;

use crate::streaming::IN_FLIGHT;
use crate::support::{
    TWENTY_MB, Upstream, anywhere, connect, drain, exchange, fountain, listen, pattern,
    read_answer, read_head, run, serve, settled, silence, soon, to,
};

fn proxy_to(address: SocketAddr) -> FrontendProxy {
    to(address)
        .peer_address(|extensions| {
            let peer: &ConnectInfo<SocketAddr> = extensions.get()?;
            Some(peer.0.ip())
        })
        .build()
        .unwrap()
}

async fn start(app: Router) -> SocketAddr {
    let listener = listen(anywhere());
    let address = listener.local_addr().unwrap();
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

fn layered(proxy: &FrontendProxy) -> Router {
    Router::new()
        .route("/", get(async || "the application"))
        .fallback(async || "fallback")
        .layer(proxy.layer())
}

fn text(method: &str, target: &str, headers: &str) -> String {
    format!(
        "{method} {target} HTTP/1.1\r\nhost: app.example.com\r\nconnection: close\r\n{headers}\r\n"
    )
}

// covers: PXY-2, PXY-7, PXY-11, PXY-19, HIST-3
#[test]
fn every_way_of_mounting_sends_the_same_request() {
    run(async {
        let upstream = Upstream::ok().await;
        let proxy = proxy_to(upstream.address);
        let layer = layered(&proxy);
        let route = Router::new()
            .route_service("/__clerk", proxy.service())
            .route_service("/__clerk/{*path}", proxy.service());
        let nest = Router::new().nest_service("/__clerk", proxy.nested_service());
        for (app, slashes) in [(layer, "//"), (route, "//"), (nest, "/")] {
            let app = start(app).await;
            for (target, arrives) in [
                ("/__clerk/v1/client?a=b", "/v1/client?a=b"),
                // A router that takes its prefix off may take a slash more.
                (
                    "/__clerk//evil.example/x",
                    &format!("{slashes}evil.example/x"),
                ),
            ] {
                let spoofed = "x-forwarded-for: 198.51.100.1\r\nx-real-ip: 198.51.100.1\r\nclerk-secret-key: x\r\n";
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
                assert_eq!(received.one("x-forwarded-for"), "127.0.0.1");
                assert!(received.all("x-real-ip").is_empty());
            }
            let before = upstream.count();
            let seen = exchange(app, &text("GET", "/__clerk/%2f%2fevil.example", ""), b"").await;
            assert_eq!(seen.status(), 400);
            assert_eq!(upstream.count(), before);
        }
    });
}

// covers: PXY-19
#[test]
fn what_is_not_the_proxys_reaches_the_application() {
    run(async {
        let upstream = Upstream::ok().await;
        let proxy = proxy_to(upstream.address);
        let app = start(layered(&proxy)).await;
        for (target, body) in [
            ("/", "the application"),
            ("/__clerkx", "fallback"),
            ("/a/__clerk", "fallback"),
        ] {
            let seen = exchange(app, &text("GET", target, ""), b"").await;
            assert_eq!(seen.body, body.as_bytes(), "{target}");
        }
        assert_eq!(upstream.count(), 0);
        let elsewhere = proxy
            .layer()
            .enabled_where(|url| url.host() == "app.example.org");
        let app = Router::new().fallback(async || "fallback").layer(elsewhere);
        let app = start(app).await;
        let seen = exchange(app, &text("GET", "/__clerk/v1", ""), b"").await;
        assert_eq!(seen.body, b"fallback");
        let seen = exchange(
            app,
            &text(
                "GET",
                "/__clerk/v1",
                "x-forwarded-host: app.example.org\r\n",
            ),
            b"",
        )
        .await;
        assert_eq!(seen.body, b"ok");
    });
}

// covers: PXY-13, PXY-15, PXY-17, PXY-20, HIST-98, HIST-99
#[test]
fn answers_arrive_as_they_were() {
    run(async {
        let upstream = Upstream::answering(
            "HTTP/1.1 302 Over There\r\nset-cookie: a=1; Path=/\r\nset-cookie: b=2\r\nset-cookie: c=3\r\nlocation: /v1/next\r\n\
             connection: x-private\r\nx-private: 1\r\ncontent-length: 4\r\n\r\nbody",
        )
        .await;
        let app = start(layered(&proxy_to(upstream.address))).await;
        let seen = exchange(app, &text("GET", "/__clerk/v1/x", ""), b"").await;
        assert_eq!(seen.head.line, "HTTP/1.1 302 Over There");
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
        let app = start(layered(&proxy_to(upstream.address))).await;
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let seen = exchange(app, &text(method, "/__clerk/v1", ""), b"").await;
            assert_eq!(seen.status(), 200);
            assert!(upstream.last().all("transfer-encoding").is_empty());
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
        let app = start(layered(&proxy_to(address))).await;
        let mut client = connect(app).await;
        client
            .write_all(text("GET", "/__clerk/v1/x", "").as_bytes())
            .await
            .unwrap();
        let under_way = settled(&sent).await;
        assert!(under_way < IN_FLIGHT, "{under_way}");
        let seen = read_answer(&mut client).await;
        assert!(seen.body == pattern(0, TWENTY_MB));
    });
}

// covers: PXY-12, PXY-14
#[test]
fn twenty_megabytes_up_in_bounded_memory() {
    run(async {
        let may_take = Arc::new(Notify::new());
        let app = start(layered(&proxy_to(drain(Arc::clone(&may_take)).await))).await;
        let client = connect(app).await;
        let (mut read, mut write) = client.into_split();
        let sent = Arc::new(std::sync::atomic::AtomicUsize::new(0));
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
        // Whoever closes even one half before the answer has gone away.
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
        // While it waits for the answer, and within its own body.
        let (address, mut told) = silence().await;
        let app = start(layered(&proxy_to(address))).await;
        for (headers, part) in [
            ("", ""),
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
        let app = start(layered(&proxy_to(address))).await;
        let mut client = connect(app).await;
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
        let short = std::time::Duration::from_millis(50);
        let proxy = to(address).deadlines(clerk_http::Deadlines::new().first_byte(short));
        let app = start(layered(&proxy.build().unwrap())).await;
        let seen = exchange(app, &text("GET", "/__clerk/v1/x", ""), b"").await;
        assert_eq!(seen.status(), 504);
        assert_eq!(seen.head.one("cache-control"), "no-store");
        // An answer that stands still breaks off; the client does not take it for whole.
        let address = serve(|mut stream| async move {
            read_head(&mut stream).await?;
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n")
                .await?;
            std::future::pending::<()>().await;
            Ok(())
        })
        .await;
        let app = start(layered(&to(address).idle_timeout(short).build().unwrap())).await;
        let mut client = connect(app).await;
        client
            .write_all(text("GET", "/__clerk/v1/x", "").as_bytes())
            .await
            .unwrap();
        let mut answer = Vec::new();
        let _ = soon(client.read_to_end(&mut answer)).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(
            answer.contains("part") && !answer.ends_with("0\r\n\r\n"),
            "{answer}"
        );
    });
}
