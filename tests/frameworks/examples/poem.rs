//! A Poem application with a page, an API route, an admin route and a webhook: `cargo run -p clerk-frameworks-tests --example poem`.
//!
//! Starts with an offline Clerk and prints how to try it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clerk_backend::poem::{ClerkMiddleware, OptionalSession, RequireAuth, Session, Webhook};
use clerk_backend::webhooks::EventData;
use clerk_frameworks_tests::demo::Demo;
use poem::error::{ServiceUnavailable, UnprocessableEntity};
use poem::http::StatusCode;
use poem::listener::TcpAcceptor;
use poem::web::{Data, Html, Json};
use poem::{EndpointExt, Result, Route, Server, get, handler, post};
use serde_json::{Value, json};

/// How many have signed up.
type SignUps = Arc<AtomicUsize>;

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let demo = Demo::start().await;
    let clerk = demo.clerk(); // in your application: Clerk::from_env()?
    let webhooks = demo.webhooks(); // in your application: WebhookReceiver::from_env()?.replay_guard(..)

    let app = Route::new()
        .at("/", get(home))
        .at("/dashboard", get(dashboard))
        .at("/api/me", get(me))
        .at(
            "/admin",
            get(admin).with(RequireAuth::new().role("org:admin")),
        )
        .at("/webhooks", post(webhook).data(webhooks))
        .data(SignUps::default())
        .with(ClerkMiddleware::new(&clerk)); // who it is; the handlers and guards say who may

    let listener = tokio::net::TcpListener::bind(Demo::address()).await?;
    demo.announce(listener.local_addr()?);
    let acceptor = TcpAcceptor::from_tokio(listener)?;
    Ok(Server::new_with_acceptor(acceptor).run(app).await?)
}

/// A page for everybody.
#[handler]
async fn home(
    OptionalSession(session): OptionalSession,
    Data(sign_ups): Data<&SignUps>,
) -> Html<String> {
    let greeting = match &session {
        Some(session) => format!("Welcome back, {}.", session.user_id()),
        None => "Welcome. <a href=\"/dashboard\">Sign in</a>".to_owned(),
    };
    let sign_ups = sign_ups.load(Ordering::Relaxed);
    Html(format!(
        "<p>{greeting}</p><p>{sign_ups} have signed up since the start.</p>"
    ))
}

/// A page for users: a browser that is not signed in is sent to sign in, and comes back.
#[handler]
async fn dashboard(session: Session) -> Html<String> {
    Html(format!("<h1>The dashboard of {}</h1>", session.user_id()))
}

/// An API route: 401 for whoever is not signed in.
#[handler]
async fn me(session: Session) -> Json<Value> {
    Json(json!({
        "user": session.user_id(),
        "organization": session.org().map(|org| org.id().to_owned()),
    }))
}

/// The guard is on the route.
#[handler]
async fn admin() -> &'static str {
    "You are an admin."
}

/// Verified, and each message once.
#[handler]
async fn webhook(Data(sign_ups): Data<&SignUps>, webhook: Webhook) -> Result<StatusCode> {
    let event = webhook.event().map_err(UnprocessableEntity)?;
    if let EventData::UserCreated(_) = event {
        sign_ups.fetch_add(1, Ordering::Relaxed);
    }
    webhook.complete().await.map_err(ServiceUnavailable)?;
    Ok(StatusCode::NO_CONTENT)
}
