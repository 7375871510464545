//! The Frontend API's proxy and keyless mode in an axum application.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::routing::get;
use axum::{Extension, Router};
use bytes::Bytes;
use clerk_backend::axum::{ClerkLayer, OptionalSession, RequestAuth, RequireAuth, Session};
use clerk_backend::keyless::{Keyless, KeylessErrorKind as Kind};
use clerk_backend::testing::server::OfflineClerk;
use clerk_backend::{Authenticator, Clerk};
use clerk_http::SharedTransport;
use clerk_http::testing::{Reply, ScriptedTransport};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

/// An application with a page for everybody and two routes for users.
fn app(authenticator: impl Into<Authenticator>) -> Router {
    let home = async |OptionalSession(session): OptionalSession| {
        session.map_or("hello nobody".to_owned(), |session| {
            format!("hello {}", session.user_id())
        })
    };
    let me = async |session: Session| session.user_id().to_owned();
    Router::new()
        .route("/", get(home))
        .route("/me", get(me))
        .route("/guarded", get(me).route_layer(RequireAuth::new()))
        .route(
            "/verified",
            get(
                async |Extension(auth): Extension<RequestAuth>, token: String| {
                    let verified = auth.authenticator().verify(&token).await;
                    format!("{}", verified.is_verified())
                },
            ),
        )
        .layer(ClerkLayer::new(authenticator))
}

async fn serve(app: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

async fn send(
    address: SocketAddr,
    method: Method,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response<String> {
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header("host", address.to_string());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Full::new(Bytes::from(body.to_owned())))
        .unwrap();
    let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    Response::from_parts(parts, text)
}

async fn ask(address: SocketAddr, target: &str, headers: &[(&str, &str)]) -> Response<String> {
    send(address, Method::GET, target, headers, "").await
}

const DOCUMENT: &[(&str, &str)] = &[("accept", "text/html"), ("sec-fetch-dest", "document")];

// covers: PXY-19, PXY-2, PXY-12
#[test]
fn the_proxy_beside_the_layer_serves_a_sign_in() {
    run(async {
        let offline = OfflineClerk::start().await;
        let ada = offline.create_user("ada@example.com").await;
        let builder = Clerk::builder().offline(&offline).proxy_url("/__clerk");
        let clerk = builder.build().unwrap();
        let proxy = clerk
            .frontend_proxy()
            .unwrap()
            .fapi_url(offline.frontend_url())
            .peer_address(|extensions| {
                let peer: &ConnectInfo<SocketAddr> = extensions.get()?;
                Some(peer.0.ip())
            })
            .build()
            .unwrap();
        let address = serve(app(&clerk).layer(proxy.layer())).await;
        let origin = format!("http://{address}");

        // The proxy comes before authentication: what is no token to the application passes all the same.
        let odd = [("authorization", "Bearer nonsense")];
        let answer = ask(address, "/__clerk/v1/environment", &odd).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(!answer.headers().contains_key("x-clerk-auth-status"));
        assert_eq!(ask(address, "/me", &odd).await.status(), 401);
        // What only begins like it is the application's.
        assert_eq!(ask(address, "/__clerkx", &[]).await.status(), 404);

        // What the sign-in page does, by way of the application's own origin.
        let call = async |target: &str, form: &str| -> Value {
            let target = format!("/__clerk/v1/{target}");
            let headers = [
                ("content-type", "application/x-www-form-urlencoded"),
                ("origin", &*origin),
            ];
            let answer = send(address, Method::POST, &target, &headers, form).await;
            assert_eq!(answer.status(), StatusCode::OK, "{target}: {answer:?}");
            serde_json::from_str(answer.body()).unwrap()
        };
        let browser = call("dev_browser", "").await;
        let browser = format!("__clerk_db_jwt={}", browser["id"].as_str().unwrap());
        let form = "identifier=ada%40example.com";
        let begun = call(&format!("client/sign_ins?{browser}"), form).await;
        let id = begun["response"]["id"].as_str().unwrap();
        let target = format!("client/sign_ins/{id}/attempt_first_factor?{browser}");
        let done = call(&target, "strategy=email_code&code=424242").await;
        assert_eq!(done["response"]["status"], "complete");

        // With the token from there, the route beside it opens.
        let token = &done["client"]["sessions"][0]["last_active_token"]["jwt"];
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        for target in ["/me", "/guarded"] {
            assert_eq!(ask(address, target, &[]).await.status(), 401, "{target}");
            let answer = ask(address, target, &[("authorization", &bearer)]).await;
            assert_eq!(
                (answer.status(), &**answer.body()),
                (StatusCode::OK, &*ada.id)
            );
        }
    });
}

// covers: PXY-19, KEY-41
#[test]
fn a_relative_proxy_url_leads_from_the_layer_to_the_proxy() {
    run(async {
        let offline = OfflineClerk::start().await;
        let builder = Clerk::builder().offline(&offline).proxy_url("/__clerk");
        let clerk = builder.build().unwrap();
        let proxy = clerk.frontend_proxy().unwrap();
        let proxy = proxy.fapi_url(offline.frontend_url()).build().unwrap();
        let address = serve(app(&clerk).layer(proxy.layer())).await;
        let origin = format!("http://{address}");

        let answer = ask(address, "/?page=1", DOCUMENT).await;
        assert_eq!(answer.status(), StatusCode::TEMPORARY_REDIRECT);
        let handshake = answer.headers()["location"].to_str().unwrap();
        let target = handshake.strip_prefix(&origin).unwrap();
        assert!(
            target.starts_with("/__clerk/v1/client/handshake?"),
            "{target}"
        );

        // The same server answers there, and leads back to the page, where the handshake ends.
        let answer = ask(address, target, DOCUMENT).await;
        assert_eq!(answer.status(), StatusCode::TEMPORARY_REDIRECT);
        let back = answer.headers()["location"].to_str().unwrap();
        let page = back.strip_prefix(&origin).unwrap();
        assert!(page.starts_with("/?page=1&"), "{page}");
        let sent = offline.requests();
        assert_eq!(sent.last().unwrap().path, "/v1/client/handshake");
    });
}

/// Keyless mode with a Clerk that cannot be asked: nothing is stored.
fn keyless(variables: &[(&str, &str)]) -> Keyless {
    let lookup = |name: &str| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let outage = [Reply::json(StatusCode::BAD_GATEWAY, "{}")];
    Keyless::from_lookup(lookup)
        .unwrap()
        .folder(env!("CARGO_TARGET_TMPDIR"))
        .transport(SharedTransport::new(ScriptedTransport::new(outage)))
}

// covers: MW-38
#[test]
fn without_keys_in_development_everybody_is_signed_out() {
    run(async {
        let keyless = keyless(&[]);
        let error = keyless.client().await.unwrap_err();
        assert_eq!(error.kind(), Kind::Api);
        let address = serve(app(keyless.signed_out(error).unwrap())).await;

        // What would sign somebody in with keys, or send a browser to a handshake.
        let offline = OfflineClerk::start().await;
        let ada = offline.create_user("ada@example.com").await;
        let session = offline.session(&ada);
        let bearer = format!("Bearer {}", session.token());
        let cookies = session.cookies(&format!("http://{address}"));
        let callers: [&[(&str, &str)]; 6] = [
            &[],
            DOCUMENT,
            &[("authorization", &bearer)],
            &[("cookie", &cookies)],
            &[("cookie", &cookies), DOCUMENT[0], DOCUMENT[1]],
            &[("authorization", "Bearer ak_0123456789")],
        ];
        for headers in callers {
            for target in ["/", "/?__clerk_handshake=a.b.c", "/?__clerk_db_jwt=dvb_x"] {
                let answer = ask(address, target, headers).await;
                assert_eq!(answer.status(), StatusCode::OK, "{target} {headers:?}");
                assert_eq!(answer.body(), "hello nobody");
                assert_eq!(answer.headers()["x-clerk-auth-status"], "signed-out");
                // The same for all: nothing that was presented is looked at.
                let reason = &answer.headers()["x-clerk-auth-reason"];
                assert_eq!(reason, "session-token-and-uat-missing");
                let message = answer.headers()["x-clerk-auth-message"].to_str().unwrap();
                assert!(message.contains("no keys"), "{message}");
                assert!(!answer.headers().contains_key("set-cookie"));
            }
            for target in ["/me", "/guarded"] {
                let answer = ask(address, target, headers).await;
                assert_eq!(answer.status(), 401, "{target} {headers:?}");
            }
        }
        let verified = send(address, Method::GET, "/verified", &[], &session.token()).await;
        assert_eq!(verified.body(), "false");
    });
}

// covers: MW-38
#[test]
fn options_bring_nobody_in_where_there_are_no_keys() {
    run(async {
        let keyless = keyless(&[]);
        let error = keyless.client().await.unwrap_err();
        let engine = keyless.signed_out(error).unwrap();
        let offline = OfflineClerk::start().await;
        let ada = offline.create_user("ada@example.com").await;
        let token = offline.session(&ada).token();
        let clerk = Clerk::offline(&offline);
        let request = Request::get("http://localhost:3000/")
            .header("authorization", format!("Bearer {token}"))
            .body(())
            .unwrap();
        assert!(
            clerk
                .authenticate_request(&request)
                .await
                .unwrap()
                .is_authenticated()
        );

        let pem = clerk_testing::mint::TestKey::FIRST.public_pem();
        let key = clerk_backend::tokens::VerifyingKey::from_jwt_key(pem).unwrap();
        let options = clerk_backend::AuthenticateOptions::new()
            .publishable_key(offline.publishable_key().clone())
            .jwt_key(key)
            .allow_test_keys(true);
        let state = engine
            .authenticate_with((&request).into(), options.clone())
            .await;
        assert_eq!(state.unwrap().status(), "signed-out");
        let state = engine.with_options(options).unwrap();
        assert_eq!(
            state.authenticate((&request).into()).await.status(),
            "signed-out"
        );
    });
}

// covers: MW-38, MW-71
#[test]
fn an_application_without_keys_does_not_start_elsewhere() {
    run(async {
        for variables in [
            &[("CI", "true")][..],
            &[("NODE_ENV", "production")],
            &[("CLERK_KEYLESS_DISABLED", "1")],
            &[("CLERK_SECRET_KEY", "sk_live_x")],
            &[("CLERK_PUBLISHABLE_KEY", "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")],
        ] {
            // An outage, as it was elsewhere.
            let outage = keyless(&[]).client().await.unwrap_err();
            let refused = keyless(variables).signed_out(outage).unwrap_err();
            assert_eq!(refused.kind(), Kind::Refused, "{variables:?}");
        }
        // A refusal stays one.
        let refused = keyless(&[("CI", "true")]).client().await.unwrap_err();
        let again = keyless(&[]).signed_out(refused).unwrap_err();
        assert_eq!(again.kind(), Kind::Refused);
    });
}
