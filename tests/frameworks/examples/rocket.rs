//! A Rocket application with a page, an API route, an admin route and a webhook: `cargo run -p clerk-frameworks-tests --example rocket`.
//!
//! Starts with an offline Clerk and prints how to try it.

#![allow(clippy::needless_pass_by_value, reason = "Rocket hands guards over")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clerk_backend::rocket::{
    ClerkFairing, Guard, OptionalSession, Policy, Protected, Session, Webhook,
};
use clerk_backend::webhooks::EventData;
use clerk_frameworks_tests::demo::Demo;
use rocket::config::{Config, LogLevel};
use rocket::fairing::AdHoc;
use rocket::http::{ContentType, Status};
use rocket::response::content::RawHtml;
use rocket::{State, get, post, routes};
use serde_json::json;

/// How many have signed up.
#[derive(Default)]
struct SignUps(AtomicUsize);

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let demo = Arc::new(Demo::start().await);
    let clerk = demo.clerk(); // in your application: Clerk::from_env()?
    let webhooks = demo.webhooks(); // in your application: WebhookReceiver::from_env()?.replay_guard(..)

    let (address, announced) = (Demo::address(), Arc::clone(&demo));
    let config = Config {
        address: address.ip(),
        port: address.port(),
        log_level: LogLevel::Off,
        ..Config::default()
    };
    let launched = rocket::custom(config)
        .manage(webhooks)
        .manage(SignUps::default())
        .attach(ClerkFairing::new(&clerk)) // who it is; the handlers say who may
        .attach(AdHoc::on_liftoff("announcement", move |rocket| {
            let config = rocket.config();
            let address = SocketAddr::new(config.address, config.port);
            Box::pin(async move { announced.announce(address) })
        }))
        .mount("/", routes![home, dashboard, me, admin, webhook])
        .launch()
        .await;
    launched.map(drop).map_err(Into::into)
}

/// A page for everybody.
#[get("/")]
fn home(session: OptionalSession, sign_ups: &State<SignUps>) -> RawHtml<String> {
    let greeting = match &session.0 {
        Some(session) => format!("Welcome back, {}.", session.user_id()),
        None => "Welcome. <a href=\"/dashboard\">Sign in</a>".to_owned(),
    };
    let sign_ups = sign_ups.0.load(Ordering::Relaxed);
    RawHtml(format!(
        "<p>{greeting}</p><p>{sign_ups} have signed up since the start.</p>"
    ))
}

/// A page for users: a browser that is not signed in is sent to sign in, and comes back.
#[get("/dashboard")]
fn dashboard(session: Session) -> RawHtml<String> {
    RawHtml(format!("<h1>The dashboard of {}</h1>", session.user_id()))
}

/// An API route: 401 for whoever is not signed in.
#[get("/api/me")]
fn me(session: Session) -> (ContentType, String) {
    let body = json!({
        "user": session.user_id(),
        "organization": session.org().map(|org| org.id().to_owned()),
    });
    (ContentType::JSON, body.to_string())
}

/// What is asked of admins.
struct Admin;

impl Policy for Admin {
    fn guard() -> Guard {
        Guard::new().role("org:admin")
    }
}

/// The guard is in the signature.
#[get("/admin")]
fn admin(_admin: Protected<Admin>) -> &'static str {
    "You are an admin."
}

/// Verified, and each message once.
#[post("/webhooks", data = "<webhook>")]
async fn webhook(webhook: Webhook, sign_ups: &State<SignUps>) -> Status {
    match webhook.event() {
        Ok(EventData::UserCreated(_)) => {
            sign_ups.0.fetch_add(1, Ordering::Relaxed);
        }
        Ok(_) => {}
        Err(_) => return Status::UnprocessableEntity,
    }
    match webhook.complete().await {
        Ok(()) => Status::NoContent,
        Err(_) => Status::ServiceUnavailable,
    }
}
