//! An actix-web application with a page, an API route, an admin route and a webhook:
//! `cargo run -p clerk-frameworks-tests --example actix`.
//!
//! Starts with an offline Clerk and prints how to try it.

use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::web::{self, Data, Html};
use actix_web::{App, HttpResponse, HttpServer, error};
use clerk_backend::actix::{ClerkMiddleware, OptionalSession, RequireAuth, Session, Webhook};
use clerk_backend::webhooks::EventData;
use clerk_frameworks_tests::demo::Demo;
use serde_json::{Value, json};

/// How many have signed up.
type SignUps = AtomicUsize;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let demo = Demo::start().await;
    let clerk = demo.clerk(); // in your application: Clerk::from_env()?
    let webhooks = Data::new(demo.webhooks()); // in your application: WebhookReceiver::from_env()?.replay_guard(..)
    let sign_ups = Data::new(SignUps::default());

    // Each worker calls this; what is made above is shared by all of them.
    let app = move || {
        App::new()
            .app_data(webhooks.clone())
            .app_data(sign_ups.clone())
            .route("/", web::get().to(home))
            .route("/dashboard", web::get().to(dashboard))
            .route("/api/me", web::get().to(me))
            .service(
                web::resource("/admin")
                    .wrap(RequireAuth::new().role("org:admin"))
                    .get(admin),
            )
            .route("/webhooks", web::post().to(webhook))
            .wrap(ClerkMiddleware::new(&clerk)) // who it is; the handlers and guards say who may
    };
    let server = HttpServer::new(app).workers(2).bind(Demo::address())?;
    if let Some(address) = server.addrs().first() {
        demo.announce(*address);
    }
    Ok(server.run().await?)
}

/// A page for everybody.
async fn home(OptionalSession(session): OptionalSession, sign_ups: Data<SignUps>) -> Html {
    let greeting = match &session {
        Some(session) => format!("Welcome back, {}.", session.user_id()),
        None => "Welcome. <a href=\"/dashboard\">Sign in</a>".to_owned(),
    };
    let sign_ups = sign_ups.load(Ordering::Relaxed);
    Html::new(format!(
        "<p>{greeting}</p><p>{sign_ups} have signed up since the start.</p>"
    ))
}

/// A page for users: a browser that is not signed in is sent to sign in, and comes back.
async fn dashboard(session: Session) -> Html {
    Html::new(format!("<h1>The dashboard of {}</h1>", session.user_id()))
}

/// An API route: 401 for whoever is not signed in.
async fn me(session: Session) -> web::Json<Value> {
    web::Json(json!({
        "user": session.user_id(),
        "organization": session.org().map(|org| org.id().to_owned()),
    }))
}

/// The guard is on the route.
async fn admin() -> &'static str {
    "You are an admin."
}

/// Verified, and each message once.
async fn webhook(webhook: Webhook, sign_ups: Data<SignUps>) -> actix_web::Result<HttpResponse> {
    let event = webhook.event();
    let event = event.map_err(error::ErrorUnprocessableEntity)?;
    if let EventData::UserCreated(_) = event {
        sign_ups.fetch_add(1, Ordering::Relaxed);
    }
    let completed = webhook.complete().await;
    completed.map_err(error::ErrorServiceUnavailable)?;
    Ok(HttpResponse::NoContent().finish())
}
