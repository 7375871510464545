//! What reaches the Frontend API of a request.

use bytes::Bytes;
use clerk_internal::request::{ForwardedHeaders, RequestView};
use clerk_proxy::{ClientAddress, IpNetwork, PeerAddress, RequestPieces, body_channel};
use futures_util::stream;
use http::Request;
use http_body_util::Full;

use crate::support::{SECRET_KEY, Upstream, error_code, get, request, run, to, whole};

// covers: PXY-7, HIST-3
#[test]
fn no_path_leads_the_secret_elsewhere() {
    run(async {
        let upstream = Upstream::ok().await;
        let proxy = upstream.proxy();
        for (target, arrives) in [
            ("/__clerk", "/"),
            ("/__clerk/", "/"),
            ("/__clerk?a=b", "/?a=b"),
            ("/__clerk/v1/client?a=%2F&b=//c", "/v1/client?a=%2F&b=//c"),
            ("/__clerk//evil.example/x", "//evil.example/x"),
            ("/__clerk///evil.example", "///evil.example"),
            ("/__clerk/@evil.example/x", "/@evil.example/x"),
            ("/__clerk/:80@evil.example", "/:80@evil.example"),
            ("/__clerk/https://evil.example/x", "/https://evil.example/x"),
        ] {
            let (status, _, _) = whole(proxy.handle(get(target)).await).await;
            assert_eq!(status, 200, "{target}");
            let received = upstream.last();
            assert_eq!(received.target(), arrives);
            assert_eq!(received.one("host"), upstream.address.to_string());
        }
        let passed = upstream.count();
        for target in [
            "/__clerk/../admin",
            "/__clerk/%2e%2e/admin",
            "/__clerk/%2f%2fevil.example",
            "/__clerk/\\evil.example",
            "/__clerk/%5C%5Cevil.example",
            "/__clerk/a%0d%0aHost:%20evil.example",
            "/__clerk/%zz",
        ] {
            let answer = error_code(proxy.handle(get(target)).await).await;
            assert_eq!(answer, (400, "proxy_request_failed".to_owned()), "{target}");
        }
        assert_eq!(upstream.count(), passed);
    });
}

// covers: PXY-2, PXY-5
#[test]
fn other_paths_are_not_proxied() {
    run(async {
        let upstream = Upstream::ok().await;
        let proxy = upstream.proxy();
        for target in ["/", "/__clerkx", "/a/__clerk", "//__clerk/x"] {
            let answer = error_code(proxy.handle(get(target)).await).await;
            assert_eq!(answer, (400, "proxy_path_mismatch".to_owned()), "{target}");
        }
        assert_eq!(upstream.count(), 0);
        let proxy = to(upstream.address).path("/auth/clerk/").build().unwrap();
        assert_eq!(proxy.handle(get("/auth/clerk/v1")).await.status(), 200);
        assert_eq!(
            upstream.last().one("clerk-proxy-url"),
            "http://app.example.com/auth/clerk"
        );
    });
}

// covers: PXY-8
#[test]
fn headers_for_the_next_hop_end_here() {
    run(async {
        let upstream = Upstream::ok().await;
        let dropped = [
            ("connection", "close, X-Private ,cookie2"),
            ("connection", "x-other"),
            ("x-private", "1"),
            ("x-other", "1"),
            ("cookie2", "1"),
            ("keep-alive", "timeout=5"),
            ("proxy-authenticate", "Basic"),
            ("proxy-authorization", "Basic abc"),
            ("proxy-connection", "keep-alive"),
            ("te", "trailers"),
            ("trailer", "expires"),
            ("upgrade", "websocket"),
            ("expect", "100-continue"),
        ];
        let mut request = get("/__clerk/v1/client");
        for (name, value) in dropped {
            request.headers_mut().append(name, value.parse().unwrap());
        }
        for (name, value) in [
            ("cookie", "__client=abc; b=c"),
            ("authorization", "Bearer abc"),
            ("x-kept", "1"),
            ("x-kept", "2"),
        ] {
            request.headers_mut().append(name, value.parse().unwrap());
        }
        assert_eq!(upstream.proxy().handle(request).await.status(), 200);
        let received = upstream.last();
        for (name, _) in dropped {
            assert!(received.all(name).is_empty(), "{name}");
        }
        assert_eq!(received.one("cookie"), "__client=abc; b=c");
        assert_eq!(received.one("authorization"), "Bearer abc");
        assert_eq!(received.all("x-kept"), ["1", "2"]);
    });
}

// covers: PXY-9
#[test]
fn what_the_proxy_sets_goes_over_what_clients_say() {
    run(async {
        let upstream = Upstream::ok().await;
        let mut request = get("/__clerk/v1/client");
        for (name, value) in [
            ("clerk-proxy-url", "https://evil.example/__clerk"),
            ("clerk-secret-key", "sk_test_other"),
            ("clerk-secret-key", "sk_test_another"),
            ("accept-encoding", "gzip, br"),
            // Naming them as meant for the next hop does not drop them either.
            (
                "connection",
                "clerk-proxy-url, clerk-secret-key, host, x-forwarded-for, accept-encoding",
            ),
        ] {
            request.headers_mut().append(name, value.parse().unwrap());
        }
        assert_eq!(upstream.proxy().handle(request).await.status(), 200);
        let received = upstream.last();
        assert_eq!(
            received.one("clerk-proxy-url"),
            "http://app.example.com/__clerk"
        );
        assert_eq!(received.one("clerk-secret-key"), SECRET_KEY);
        assert_eq!(received.one("host"), upstream.address.to_string());
        assert_eq!(received.one("accept-encoding"), "identity");
    });
}

// covers: PXY-10, HIST-97
#[test]
fn the_public_origin_is_the_one_that_authentication_sees() {
    run(async {
        let upstream = Upstream::ok().await;
        let forwarded = [
            ("x-forwarded-host", "app.example.org, b"),
            ("x-forwarded-proto", "https,http"),
        ];
        let listed = ForwardedHeaders::hosts(["app.example.org"]);
        let other = ForwardedHeaders::hosts(["other.example"]);
        for (policy, headers, expected) in [
            (
                ForwardedHeaders::Trust,
                &forwarded[..],
                "https://app.example.org",
            ),
            (
                ForwardedHeaders::Ignore,
                &forwarded,
                "http://app.example.com",
            ),
            (listed, &forwarded, "https://app.example.org"),
            (other, &forwarded, "http://app.example.com"),
            (ForwardedHeaders::Trust, &[], "http://app.example.com"),
            (
                ForwardedHeaders::Trust,
                &[("x-forwarded-host", "evil.example/path")],
                "http://app.example.com",
            ),
            (
                ForwardedHeaders::Trust,
                &[("x-forwarded-host", "user@evil.example")],
                "http://app.example.com",
            ),
            (
                ForwardedHeaders::Trust,
                &[
                    ("x-forwarded-host", "evil.example"),
                    ("x-forwarded-proto", "javascript"),
                ],
                "http://app.example.com",
            ),
        ] {
            let proxy = to(upstream.address)
                .forwarded_headers(policy.clone())
                .build()
                .unwrap();
            let mut request = get("/__clerk/v1/client");
            for (name, value) in headers {
                request.headers_mut().append(*name, value.parse().unwrap());
            }
            // PXY-19: the relative proxy URL of authentication leads to the same place.
            let url = RequestView::from(&request).public_url(&policy).unwrap();
            assert_eq!(url.origin().as_str(), expected);
            assert_eq!(proxy.handle(request).await.status(), 200);
            let received = upstream.last();
            assert_eq!(
                received.one("clerk-proxy-url"),
                format!("{expected}/__clerk")
            );
            let (scheme, host) = expected.split_once("://").unwrap();
            assert_eq!(received.one("x-forwarded-proto"), scheme);
            assert_eq!(received.one("x-forwarded-host"), host);
        }
        let fixed = to(upstream.address).public_origin("https://fixed.example".parse().unwrap());
        let mut request = get("/__clerk");
        for (name, value) in forwarded {
            request.headers_mut().append(name, value.parse().unwrap());
        }
        fixed.build().unwrap().handle(request).await;
        assert_eq!(
            upstream.last().one("clerk-proxy-url"),
            "https://fixed.example/__clerk"
        );
    });
}

// covers: PXY-10
#[test]
fn without_a_usable_host_nothing_is_sent() {
    run(async {
        let upstream = Upstream::ok().await;
        for host in [None, Some("a b"), Some("user@host"), Some("")] {
            let mut request = Request::get("/__clerk/v1")
                .body(Full::<Bytes>::default())
                .unwrap();
            if let Some(host) = host {
                request.headers_mut().append("host", host.parse().unwrap());
            }
            let answer = error_code(upstream.proxy().handle(request).await).await;
            assert_eq!(answer, (400, "proxy_request_failed".to_owned()), "{host:?}");
        }
        assert_eq!(upstream.count(), 0);
    });
}

// covers: PXY-11
#[test]
fn claims_of_clients_about_themselves_are_replaced() {
    run(async {
        let upstream = Upstream::ok().await;
        let claims = [
            ("x-forwarded-for", "198.51.100.1"),
            ("x-forwarded-for", "198.51.100.2, 198.51.100.3"),
            ("x-real-ip", "198.51.100.4"),
            ("cf-connecting-ip", "198.51.100.5"),
            ("true-client-ip", "198.51.100.6"),
            ("forwarded", "for=198.51.100.7;host=evil.example"),
            ("x-forwarded-port", "1"),
            ("x-forwarded-prefix", "/evil"),
        ];
        let peer = PeerAddress("203.0.113.9".parse().unwrap());
        let network: IpNetwork = "203.0.113.0/24".parse().unwrap();
        for (policy, peer, expected) in [
            (ClientAddress::Peer, Some(peer), &["203.0.113.9"][..]),
            (ClientAddress::Peer, None, &[]),
            (
                ClientAddress::behind_proxies([network]),
                Some(peer),
                &["198.51.100.3"],
            ),
            (ClientAddress::Reported, None, &["198.51.100.5"]),
            (
                ClientAddress::Header("x-real-ip".parse().unwrap()),
                None,
                &["198.51.100.4"],
            ),
        ] {
            let proxy = to(upstream.address).client_address(policy).build().unwrap();
            let mut request = get("/__clerk/v1/client");
            for (name, value) in claims {
                request.headers_mut().append(name, value.parse().unwrap());
            }
            if let Some(peer) = peer {
                request.extensions_mut().insert(peer);
            }
            assert_eq!(proxy.handle(request).await.status(), 200);
            let received = upstream.last();
            assert_eq!(received.all("x-forwarded-for"), expected);
            assert_eq!(received.one("x-forwarded-host"), "app.example.com");
            assert_eq!(received.one("x-forwarded-proto"), "http");
            for (name, _) in claims.iter().filter(|(name, _)| *name != "x-forwarded-for") {
                assert!(received.all(name).is_empty(), "{name}");
            }
        }
    });
}

// covers: PXY-2, PXY-12, PXY-20
#[test]
fn every_method_carries_its_body() {
    run(async {
        let upstream = Upstream::ok().await;
        let proxy = upstream.proxy();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"] {
            // Without a body.
            assert_eq!(
                proxy.handle(request(method, "/__clerk/v1")).await.status(),
                200
            );
            assert!(upstream.last().body.is_empty());
            // Of a length that was announced.
            let mut sent =
                request(method, "/__clerk/v1").map(|_| Full::new(Bytes::from_static(b"a=b")));
            sent.headers_mut().insert("content-length", 3.into());
            assert_eq!(proxy.handle(sent).await.status(), 200);
            let received = upstream.last();
            assert!(received.line.starts_with(method));
            assert_eq!(received.one("content-length"), "3");
            assert_eq!(received.body, b"a=b");
            // Of a length that nobody knows yet.
            let (sender, body) = body_channel();
            let pieces = ["a=", "b"].map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece)));
            tokio::spawn(sender.send_all(stream::iter(pieces)));
            let mut sent = request(method, "/__clerk/v1").map(|_| body);
            sent.headers_mut()
                .insert("transfer-encoding", "chunked".parse().unwrap());
            assert_eq!(proxy.handle(sent).await.status(), 200);
            assert_eq!(upstream.last().body, b"a=b", "{method}");
        }
    });
}

// covers: PXY-9
#[test]
fn methods_that_would_show_the_secret_are_refused() {
    run(async {
        let upstream = Upstream::ok().await;
        for method in ["TRACE", "TRACK", "CONNECT"] {
            let answer = error_code(
                upstream
                    .proxy()
                    .handle(request(method, "/__clerk/v1"))
                    .await,
            )
            .await;
            assert_eq!(answer, (400, "proxy_request_failed".to_owned()));
        }
        assert_eq!(upstream.count(), 0);
    });
}

// covers: PXY-12
#[test]
fn lengths_that_contradict_each_other_are_refused() {
    run(async {
        let upstream = Upstream::ok().await;
        for lengths in [
            &["3", "4"][..],
            &["-1"],
            &["x"],
            &["3, 3"],
            &["99999999999999999999"],
        ] {
            let mut sent = request("POST", "/__clerk/v1");
            for length in lengths {
                sent.headers_mut()
                    .append("content-length", length.parse().unwrap());
            }
            assert_eq!(
                upstream.proxy().handle(sent).await.status(),
                400,
                "{lengths:?}"
            );
        }
        assert_eq!(upstream.count(), 0);
    });
}

// covers: PXY-8, PXY-12
#[test]
fn a_length_beside_chunks_does_not_count() {
    run(async {
        let upstream = Upstream::ok().await;
        let body = Full::new(Bytes::from_static(b"a=b"));
        let mut sent = request("POST", "/__clerk/v1").map(|_| body);
        for (name, value) in [("content-length", "1"), ("transfer-encoding", "chunked")] {
            sent.headers_mut().append(name, value.parse().unwrap());
        }
        assert_eq!(upstream.proxy().handle(sent).await.status(), 200);
        let received = upstream.last();
        assert!(received.all("content-length").is_empty());
        assert_eq!(received.body, b"a=b");
    });
}

// covers: PXY-20
#[test]
fn raw_pieces_make_the_same_request() {
    run(async {
        let upstream = Upstream::ok().await;
        let proxy = upstream.proxy();
        let pieces = RequestPieces::new("POST", "/__clerk/v1/client?a=b")
            .header("Host", b"app.example.com")
            .header("Cookie", b"a=b")
            .header("content-length", b"2")
            .peer("203.0.113.9".parse().unwrap())
            .secure();
        let answer = proxy
            .handle_pieces(pieces, Full::new(Bytes::from_static(b"xy")))
            .await;
        assert_eq!(whole(answer).await.2, "ok");
        let received = upstream.last();
        assert_eq!(received.line, "POST /v1/client?a=b HTTP/1.1");
        assert_eq!(
            received.one("clerk-proxy-url"),
            "https://app.example.com/__clerk"
        );
        assert_eq!(received.one("x-forwarded-for"), "203.0.113.9");
        assert_eq!(received.body, b"xy");
        for pieces in [
            RequestPieces::new("GET", "/__clerk/a b"),
            RequestPieces::new("G ET", "/__clerk"),
            RequestPieces::new("GET", "/__clerk").header("a b", b""),
            RequestPieces::new("GET", "/__clerk").header("a", b"x\r\ny"),
        ] {
            let answer = proxy.handle_pieces(pieces, Full::<Bytes>::default()).await;
            assert_eq!(error_code(answer).await.0, 400);
        }
        assert_eq!(upstream.count(), 1);
    });
}
