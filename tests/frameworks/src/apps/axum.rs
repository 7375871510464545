//! The application in axum.

use std::convert::Infallible;
use std::net::TcpListener;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::FromRef;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodRouter, get, options, post};
use axum::{Json, Router};
use clerk_axum::{
    Auth, ClerkLayer, Guard, Machine, OptionalSession, Policy, Protected, RequireAuth, Session,
    Webhook, WebhookReceiver,
};
use clerk_internal::PendingSessions;
use clerk_tokens::TokenType;
use clerk_tokens::authz::{Level, Reverification};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{App, Setup};

/// The application in axum.
pub struct Axum;

impl App for Axum {
    const NAME: &'static str = "axum";

    fn serve(setup: Setup, listener: TcpListener) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            listener.set_nonblocking(true).expect("a socket");
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            axum::serve(listener, router(setup)).await.expect("serves");
        });
    }
}

#[derive(Clone)]
struct AppState {
    webhooks: WebhookReceiver,
}

impl FromRef<AppState> for WebhookReceiver {
    fn from_ref(state: &AppState) -> Self {
        state.webhooks.clone()
    }
}

fn router(setup: Setup) -> Router {
    Router::new()
        .route("/public", get(public).post(public).merge(options(allowed)))
        .route("/me", get(me).post(me))
        .route("/optional", get(optional))
        .route("/claims", get(claims))
        .route("/machine", get(machine))
        .route("/policy", get(policy))
        .nest("/guards", guards())
        .route("/echo", post(echo))
        .route("/stream", get(stream))
        .route("/socket", get(socket))
        .route("/webhooks", post(webhook))
        .route("/orgs/{slug}", get(organization))
        .with_state(AppState {
            webhooks: setup.webhooks,
        })
        .layer(ClerkLayer::new(&setup.clerk))
}

async fn public(auth: Auth) -> ([(HeaderName, &'static str); 1], Json<Value>) {
    let caller = auth.auth_of(TokenType::ALL.to_vec());
    let kind = caller.is_authenticated().then(|| caller.token_type());
    let body = json!({
        "user": caller.user_id(),
        "kind": kind.flatten().map(TokenType::as_str),
    });
    ([(header::SET_COOKIE, "app=1")], Json(body))
}

async fn allowed() -> (StatusCode, [(HeaderName, &'static str); 1]) {
    (StatusCode::NO_CONTENT, [(header::ALLOW, "GET, POST")])
}

async fn me(session: Session) -> String {
    session.user_id().to_owned()
}

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

async fn claims(session: Session<Claims>) -> String {
    session.custom_claims().department.clone()
}

async fn machine(machine: Machine) -> String {
    machine.subject().to_owned()
}

struct Admin;

impl Policy for Admin {
    fn guard() -> Guard {
        Guard::new().role("org:admin")
    }
}

async fn policy(admin: Protected<Admin>) -> String {
    admin.user_id().unwrap_or_default().to_owned()
}

fn guards() -> Router<AppState> {
    fn guarded(guard: RequireAuth) -> MethodRouter<AppState> {
        get(async || "ok").route_layer(guard)
    }
    let admin = || RequireAuth::new().role("org:admin");
    Router::new()
        .route("/role", guarded(admin()))
        .route(
            "/permission",
            guarded(RequireAuth::new().permission("org:invoices:create")),
        )
        .route("/feature", guarded(RequireAuth::new().feature("org:sso")))
        .route("/plan", guarded(RequireAuth::new().plan("user:pro")))
        .route(
            "/fresh",
            guarded(
                RequireAuth::new().reverification(Reverification::custom(Level::FirstFactor, 5)),
            ),
        )
        .route("/scope", guarded(RequireAuth::new().scope("reports:read")))
        .route(
            "/api-key",
            guarded(RequireAuth::new().accepts(TokenType::ApiKey)),
        )
        .route(
            "/either",
            guarded(
                admin().or(Guard::new()
                    .accepts(TokenType::ApiKey)
                    .scope("reports:read")),
            ),
        )
        .route("/any", guarded(admin().accepts(TokenType::ALL.to_vec())))
        .route(
            "/pending",
            guarded(RequireAuth::new().pending_sessions(PendingSessions::SignedIn)),
        )
        .route("/hidden", guarded(admin().hidden()))
        .route(
            "/elsewhere",
            guarded(
                admin()
                    .unauthenticated_url("/welcome")
                    .unauthorized_url("/upgrade"),
            ),
        )
        .route(
            "/predicate",
            guarded(RequireAuth::new().predicate(|caller| {
                let session = caller.as_session();
                session.is_some_and(|session| {
                    session.user_id() != "user_blocked" && session.actor().is_none()
                })
            })),
        )
}

async fn echo(body: Body) -> Body {
    body
}

async fn stream() -> Body {
    let words = futures_util::stream::unfold(0, async |index| {
        let word = *["one ", "two ", "three"].get(index)?;
        tokio::time::sleep(Duration::from_millis(10)).await;
        Some((
            Ok::<_, Infallible>(Bytes::from_static(word.as_bytes())),
            index + 1,
        ))
    });
    Body::from_stream(words)
}

async fn socket(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async |mut socket: WebSocket| {
        if let Some(Ok(message)) = socket.recv().await {
            let _ = socket.send(message).await;
        }
    })
}

async fn webhook(webhook: Webhook) -> Result<StatusCode, StatusCode> {
    match webhook.event_type() {
        "test.fails" => return Err(StatusCode::INTERNAL_SERVER_ERROR),
        "test.slow" => tokio::time::sleep(Duration::from_millis(500)).await,
        _ => {}
    }
    let completed = webhook.complete().await;
    completed.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn organization(session: Session) -> String {
    session
        .org()
        .map_or_else(|| "none".to_owned(), |org| org.id().to_owned())
}
