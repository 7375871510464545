//! An axum application with a page, an API route, an admin route and a webhook: `cargo run -p clerk-frameworks-tests --example axum`.
//!
//! Starts with an offline Clerk and prints how to try it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use clerk_backend::axum::{
    ClerkLayer, OptionalSession, RequireAuth, Session, Webhook, WebhookReceiver,
};
use clerk_backend::webhooks::EventData;
use clerk_frameworks_tests::demo::Demo;
use serde_json::{Value, json};

#[derive(Clone)]
struct AppState {
    webhooks: WebhookReceiver,
    sign_ups: Arc<AtomicUsize>,
}

// Lets the extractor `Webhook` find the receiver.
impl FromRef<AppState> for WebhookReceiver {
    fn from_ref(state: &AppState) -> Self {
        state.webhooks.clone()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let demo = Demo::start().await;
    let clerk = demo.clerk(); // in your application: Clerk::from_env()?
    let state = AppState {
        webhooks: demo.webhooks(), // in your application: WebhookReceiver::from_env()?.replay_guard(..)
        sign_ups: Arc::default(),
    };

    let app = Router::new()
        .route("/", get(home))
        .route("/dashboard", get(dashboard))
        .route("/api/me", get(me))
        .route(
            "/admin",
            get(admin).route_layer(RequireAuth::new().role("org:admin")),
        )
        .route("/webhooks", post(webhook))
        .with_state(state)
        .layer(ClerkLayer::new(&clerk)); // who it is; the handlers and guards say who may

    let listener = tokio::net::TcpListener::bind(Demo::address()).await?;
    demo.announce(listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

/// A page for everybody.
async fn home(
    OptionalSession(session): OptionalSession,
    State(state): State<AppState>,
) -> Html<String> {
    let greeting = match &session {
        Some(session) => format!("Welcome back, {}.", session.user_id()),
        None => "Welcome. <a href=\"/dashboard\">Sign in</a>".to_owned(),
    };
    let sign_ups = state.sign_ups.load(Ordering::Relaxed);
    Html(format!(
        "<p>{greeting}</p><p>{sign_ups} have signed up since the start.</p>"
    ))
}

/// A page for users: a browser that is not signed in is sent to sign in, and comes back.
async fn dashboard(session: Session) -> Html<String> {
    Html(format!("<h1>The dashboard of {}</h1>", session.user_id()))
}

/// An API route: 401 for whoever is not signed in.
async fn me(session: Session) -> Json<Value> {
    Json(json!({
        "user": session.user_id(),
        "organization": session.org().map(|org| org.id().to_owned()),
    }))
}

/// The guard is on the route.
async fn admin() -> &'static str {
    "You are an admin."
}

/// Verified, and each message once.
async fn webhook(
    State(state): State<AppState>,
    webhook: Webhook,
) -> Result<StatusCode, StatusCode> {
    let event = webhook.event();
    let event = event.map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
    if let EventData::UserCreated(_) = event {
        state.sign_ups.fetch_add(1, Ordering::Relaxed);
    }
    let completed = webhook.complete().await;
    completed.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(StatusCode::NO_CONTENT)
}
