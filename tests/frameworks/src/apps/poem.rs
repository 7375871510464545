//! The application in Poem.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use bytes::Bytes;
use clerk_internal::PendingSessions;
use clerk_poem::{
    Auth, ClerkMiddleware, Guard, Machine, OptionalSession, Policy, Protected, RequireAuth,
    Session, Webhook,
};
use clerk_tokens::TokenType;
use clerk_tokens::authz::{Level, Reverification};
use futures_util::stream;
use http::{StatusCode, header};
use poem::endpoint::BoxEndpoint;
use poem::listener::TcpAcceptor;
use poem::web::Json;
use poem::{Body, Endpoint, EndpointExt, IntoResponse, Request, Response, Route, Server};
use poem::{get, handler, post};
use serde::Deserialize;
use serde_json::json;

use crate::{App, Setup, websocket};

/// The application in Poem.
pub struct Poem;

impl App for Poem {
    const NAME: &'static str = "poem";

    fn serve(setup: Setup, listener: TcpListener) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            listener.set_nonblocking(true).expect("a socket");
            let acceptor = TcpAcceptor::from_std(listener).expect("a socket");
            let server = Server::new_with_acceptor(acceptor);
            server.run(routes(setup)).await.expect("serves");
        });
    }
}

fn routes(setup: Setup) -> impl Endpoint {
    Route::new()
        .at("/public", get(public).post(public).options(allowed))
        .at("/me", get(me).post(me))
        .at("/optional", get(optional))
        .at("/claims", get(claims))
        .at("/machine", get(machine))
        .at("/policy", get(policy))
        .nest("/guards", guards())
        .at("/echo", post(echo))
        .at("/stream", get(words))
        .at("/socket", get(socket))
        .at("/webhooks", post(webhook).data(setup.webhooks))
        .at("/orgs/:slug", get(organization))
        .with(ClerkMiddleware::new(&setup.clerk))
}

#[handler]
async fn public(auth: Auth) -> Response {
    let caller = auth.auth_of(TokenType::ALL.to_vec());
    let kind = caller.is_authenticated().then(|| caller.token_type());
    let body = json!({
        "user": caller.user_id(),
        "kind": kind.flatten().map(TokenType::as_str),
    });
    let body = Json(body).with_header(header::SET_COOKIE, "app=1");
    body.into_response()
}

#[handler]
async fn allowed() -> Response {
    let empty = StatusCode::NO_CONTENT.with_header(header::ALLOW, "GET, POST");
    empty.into_response()
}

#[handler]
async fn me(session: Session) -> String {
    session.user_id().to_owned()
}

#[handler]
async fn optional(OptionalSession(session): OptionalSession) -> String {
    session.map_or_else(
        || "nobody".to_owned(),
        |session| session.user_id().to_owned(),
    )
}

#[derive(Deserialize)]
struct Claims {
    department: String,
}

#[handler]
async fn claims(session: Session<Claims>) -> String {
    session.custom_claims().department.clone()
}

#[handler]
async fn machine(machine: Machine) -> String {
    machine.subject().to_owned()
}

struct Admin;

impl Policy for Admin {
    fn guard() -> Guard {
        Guard::new().role("org:admin")
    }
}

#[handler]
async fn policy(admin: Protected<Admin>) -> String {
    admin.user_id().unwrap_or_default().to_owned()
}

#[handler]
async fn ok() -> &'static str {
    "ok"
}

fn guards() -> Route {
    fn guarded(guard: RequireAuth) -> BoxEndpoint<'static, Response> {
        get(ok).with(guard).map_to_response().boxed()
    }
    let admin = || RequireAuth::new().role("org:admin");
    Route::new()
        .at("/role", guarded(admin()))
        .at(
            "/permission",
            guarded(RequireAuth::new().permission("org:invoices:create")),
        )
        .at("/feature", guarded(RequireAuth::new().feature("org:sso")))
        .at("/plan", guarded(RequireAuth::new().plan("user:pro")))
        .at(
            "/fresh",
            guarded(
                RequireAuth::new().reverification(Reverification::custom(Level::FirstFactor, 5)),
            ),
        )
        .at("/scope", guarded(RequireAuth::new().scope("reports:read")))
        .at(
            "/api-key",
            guarded(RequireAuth::new().accepts(TokenType::ApiKey)),
        )
        .at(
            "/either",
            guarded(
                admin().or(Guard::new()
                    .accepts(TokenType::ApiKey)
                    .scope("reports:read")),
            ),
        )
        .at("/any", guarded(admin().accepts(TokenType::ALL.to_vec())))
        .at(
            "/pending",
            guarded(RequireAuth::new().pending_sessions(PendingSessions::SignedIn)),
        )
        .at("/hidden", guarded(admin().hidden()))
        .at(
            "/elsewhere",
            guarded(
                admin()
                    .unauthenticated_url("/welcome")
                    .unauthorized_url("/upgrade"),
            ),
        )
        .at(
            "/predicate",
            guarded(RequireAuth::new().predicate(|caller| {
                let session = caller.as_session();
                session.is_some_and(|session| {
                    session.user_id() != "user_blocked" && session.actor().is_none()
                })
            })),
        )
}

#[handler]
async fn echo(body: Body) -> Body {
    body
}

#[handler]
async fn words() -> Body {
    let words = stream::unfold(0, async |index| {
        let word = *["one ", "two ", "three"].get(index)?;
        tokio::time::sleep(Duration::from_millis(10)).await;
        Some((
            Ok::<_, io::Error>(Bytes::from_static(word.as_bytes())),
            index + 1,
        ))
    });
    Body::from_bytes_stream(words)
}

#[handler]
async fn socket(request: &Request) -> Response {
    let key = request.header("sec-websocket-key");
    let (Some(key), Ok(upgrade)) = (key, request.take_upgrade()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    tokio::spawn(async move {
        if let Ok(upgraded) = upgrade.await {
            let _ = websocket::serve(upgraded).await;
        }
    });
    Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_ACCEPT, websocket::accept(key))
        .finish()
}

#[handler]
async fn webhook(webhook: Webhook) -> StatusCode {
    match webhook.event_type() {
        "test.fails" => return StatusCode::INTERNAL_SERVER_ERROR,
        "test.slow" => tokio::time::sleep(Duration::from_millis(500)).await,
        _ => {}
    }
    match webhook.complete().await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[handler]
async fn organization(session: Session) -> String {
    let org = session.org().map(|org| org.id().to_owned());
    org.unwrap_or_else(|| "none".to_owned())
}
