//! What reaches the client of an answer.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};

use crate::support::{SECRET_KEY, Upstream, error_code, get, request, run, serve, to, whole};

// covers: PXY-13, PXY-16, PXY-17, HIST-99
#[test]
fn redirects_go_to_the_browser() {
    run(async {
        for (status, location, expected) in [
            (
                "301 Moved Permanently",
                "/v1/next?a=b#c",
                "http://app.example.com/__clerk/v1/next?a=b#c",
            ),
            (
                "302 Found",
                "https://accounts.example.com/sign-in",
                "https://accounts.example.com/sign-in",
            ),
            ("303 See Other", "//other.example/x", "//other.example/x"),
            (
                "307 Temporary Redirect",
                "myapp://callback?code=1",
                "myapp://callback?code=1",
            ),
            (
                "308 Permanent Redirect",
                "UPSTREAM/v1/a",
                "http://app.example.com/__clerk/v1/a",
            ),
        ] {
            // The upstream's own address is known once it listens.
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            drop(listener);
            let location = location.replace("UPSTREAM", &format!("http://{address}"));
            let answer =
                format!("HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
            let upstream = Upstream::answering_at(address, answer).await;
            let (got, headers, _) =
                whole(upstream.proxy().handle(get("/__clerk/v1/x")).await).await;
            assert_eq!(got.to_string(), status[..3]);
            assert_eq!(headers["location"], expected);
            assert_eq!(upstream.count(), 1);
        }
    });
}

// covers: PXY-16
#[test]
fn the_path_of_the_frontend_api_is_not_repeated() {
    run(async {
        let answer = "HTTP/1.1 302 Found\r\nlocation: /tenant/v1/next\r\ncontent-length: 0\r\n\r\n";
        let upstream = Upstream::answering(answer).await;
        let proxy = to(upstream.address).fapi_url(format!("http://{}/tenant/", upstream.address));
        let answer = proxy.build().unwrap().handle(get("/__clerk/v1/x")).await;
        assert_eq!(upstream.last().target(), "/tenant/v1/x");
        assert_eq!(
            answer.headers()["location"],
            "http://app.example.com/__clerk/v1/next"
        );
    });
}

// covers: PXY-15, HIST-98
#[test]
fn cookies_stay_apart_and_headers_for_the_next_hop_end_here() {
    run(async {
        let upstream = Upstream::answering(
            "HTTP/1.1 200 OK\r\nset-cookie: __client=a; Path=/; HttpOnly\r\nset-cookie: __client_uat=1; Domain=example.com\r\n\
             set-cookie: x=1, y=2\r\nconnection: keep-alive, x-private\r\nx-private: 1\r\nkeep-alive: timeout=5\r\n\
             proxy-authenticate: Basic\r\ntrailer: expires\r\nx-kept: 1\r\nx-kept: 2\r\ncontent-encoding: identity\r\n\
             content-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
        )
        .await;
        let (_, headers, body) =
            whole(upstream.proxy().handle(get("/__clerk/v1/client")).await).await;
        let cookies: Vec<_> = headers.get_all("set-cookie").iter().collect();
        assert_eq!(
            cookies,
            [
                "__client=a; Path=/; HttpOnly",
                "__client_uat=1; Domain=example.com",
                "x=1, y=2"
            ]
        );
        let kept: Vec<_> = headers.get_all("x-kept").iter().collect();
        assert_eq!(kept, ["1", "2"]);
        assert_eq!(headers["content-type"], "application/json");
        for name in [
            "connection",
            "x-private",
            "keep-alive",
            "proxy-authenticate",
            "trailer",
            "content-encoding",
            "content-length",
            "transfer-encoding",
        ] {
            assert!(!headers.contains_key(name), "{name}");
        }
        assert_eq!(body, "{}");
    });
}

// covers: PXY-15, HIST-98
#[test]
fn a_coding_that_nobody_undoes_stays_named() {
    run(async {
        let upstream = Upstream::answering(
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x08ab",
        )
        .await;
        let (_, headers, body) =
            whole(upstream.proxy().handle(get("/__clerk/v1/client")).await).await;
        assert_eq!(headers["content-encoding"], "gzip");
        assert_eq!(&body[..], b"\x1f\x08ab");
    });
}

// covers: PXY-17
#[test]
fn statuses_and_their_texts_pass() {
    run(async {
        for status in [
            "200 OK",
            "204 No Content",
            "304 Not Modified",
            "401 Unauthorized",
            "418 Short And Stout",
            "503 Busy",
        ] {
            let upstream =
                Upstream::answering(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n"))
                    .await;
            let answer = upstream.proxy().handle(get("/__clerk/v1/client")).await;
            let text = answer
                .extensions()
                .get::<hyper::ext::ReasonPhrase>()
                .map_or_else(
                    || answer.status().canonical_reason().unwrap().to_owned(),
                    |reason| String::from_utf8(reason.as_bytes().to_vec()).unwrap(),
                );
            assert_eq!(format!("{} {text}", answer.status().as_u16()), status);
        }
    });
}

// covers: PXY-18
#[test]
fn failures_of_the_frontend_api_say_nothing_about_it() {
    run(async {
        let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let refused = nobody.local_addr().unwrap();
        drop(nobody);
        let hangs_up = serve(|_| async { Ok(()) }).await;
        let not_http = Upstream::answering("SSH-2.0-OpenSSH_9.9\r\n\r\n")
            .await
            .address;
        let switches =
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
        let switches = Upstream::answering(switches).await.address;
        for address in [refused, hangs_up, not_http, switches] {
            let answer = to(address)
                .build()
                .unwrap()
                .handle(get("/__clerk/v1/client"))
                .await;
            let (status, _, body) = whole(answer).await;
            assert_eq!(status, 502);
            let text = String::from_utf8(body.to_vec()).unwrap();
            assert!(text.contains("\"proxy_request_failed\""), "{text}");
            for internal in [
                SECRET_KEY,
                "127.0.0.1",
                &address.port().to_string(),
                "refused",
                "hyper",
                "os error",
            ] {
                assert!(!text.contains(internal), "{text}");
            }
        }
    });
}

// covers: PXY-14
#[test]
fn sizes_are_bounded() {
    run(async {
        let upstream =
            Upstream::answering("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello world").await;
        let proxy = to(upstream.address)
            .max_request_body(10)
            .max_response_body(10)
            .build()
            .unwrap();
        // Announced: nothing is sent.
        let large =
            request("POST", "/__clerk/v1").map(|_| Full::new(Bytes::from_static(b"hello world")));
        assert_eq!(error_code(proxy.handle(large).await).await.0, 413);
        assert_eq!(upstream.count(), 0);
        assert_eq!(
            error_code(proxy.handle(get("/__clerk/v1")).await).await.0,
            502
        );
        // Not announced: noticed on the way.
        let (sender, body) = clerk_proxy::body_channel();
        let pieces = ["hello ", "world"].map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece)));
        tokio::spawn(sender.send_all(futures_util::stream::iter(pieces)));
        let large = request("POST", "/__clerk/v1").map(|_| body);
        assert_eq!(error_code(proxy.handle(large).await).await.0, 413);
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n";
        let upstream = Upstream::answering(chunked).await;
        let proxy = to(upstream.address).max_response_body(10).build().unwrap();
        let answer = proxy.handle(get("/__clerk/v1")).await;
        assert!(answer.into_body().collect().await.is_err());
        let fits = to(upstream.address).max_response_body(11).build().unwrap();
        assert_eq!(
            whole(fits.handle(get("/__clerk/v1")).await).await.2,
            "hello world"
        );
    });
}
