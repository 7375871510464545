//! The application in Rocket.

#![allow(clippy::needless_pass_by_value, reason = "Rocket hands guards over")]

use std::io;
use std::net::TcpListener;
use std::pin::Pin;
use std::time::Duration;

use clerk_internal::PendingSessions;
use clerk_rocket::{
    Auth, ClerkFairing, Guard, Machine, OptionalSession, Policy, Protected, Session, Webhook,
};
use clerk_tokens::TokenType;
use clerk_tokens::authz::{Level, Reverification};
use rocket::config::{Config, LogLevel};
use rocket::data::{DataStream, IoHandler, IoStream, ToByteUnit};
use rocket::http::{ContentType, Header, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::response::stream::{ReaderStream, TextStream};
use rocket::response::{self, Responder, Response};
use rocket::{Build, Data, Request, Route};
use serde::Deserialize;
use serde_json::json;

use crate::{App, Setup, websocket};

/// The application in Rocket.
pub struct Rocket;

impl App for Rocket {
    const NAME: &'static str = "rocket";

    // Rocket 0.5 looks for a route of the method, and finds none.
    const UNKNOWN_METHOD: u16 = 404;

    // Rocket drops them, so that cookies in such a header count for nobody.
    const SEES_BYTES: bool = false;

    fn serve(setup: Setup, listener: TcpListener) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let address = listener.local_addr().expect("an address");
        // Rocket 0.5 makes a socket of its own.
        drop(listener);
        let config = Config {
            address: address.ip(),
            port: address.port(),
            log_level: LogLevel::Off,
            ..Config::debug_default()
        };
        let app = app(setup, config);
        runtime.block_on(app.launch()).expect("serves");
    }
}

fn app(setup: Setup, config: Config) -> rocket::Rocket<Build> {
    rocket::custom(config)
        .manage(setup.webhooks)
        .attach(ClerkFairing::new(&setup.clerk))
        .mount("/guards", guards())
        .mount(
            "/",
            rocket::routes![
                public,
                posted,
                allowed,
                me,
                posted_by_me,
                optional,
                claims,
                machine,
                policy,
                echo,
                stream,
                socket,
                webhook,
                organization,
            ],
        )
}

#[derive(rocket::Responder)]
struct Public {
    body: (ContentType, String),
    cookie: Header<'static>,
}

#[rocket::get("/public")]
fn public(auth: Auth) -> Public {
    let caller = auth.auth_of(TokenType::ALL.to_vec());
    let kind = caller.is_authenticated().then(|| caller.token_type());
    let body = json!({
        "user": caller.user_id(),
        "kind": kind.flatten().map(TokenType::as_str),
    });
    Public {
        body: (ContentType::JSON, body.to_string()),
        cookie: Header::new("set-cookie", "app=1"),
    }
}

#[rocket::post("/public")]
fn posted(auth: Auth) -> Public {
    public(auth)
}

#[derive(rocket::Responder)]
#[response(status = 204)]
struct Allowed {
    body: (),
    allow: Header<'static>,
}

#[rocket::options("/public")]
fn allowed() -> Allowed {
    Allowed {
        body: (),
        allow: Header::new("allow", "GET, POST"),
    }
}

#[rocket::get("/me")]
fn me(session: Session) -> String {
    session.user_id().to_owned()
}

#[rocket::post("/me")]
fn posted_by_me(session: Session) -> String {
    session.user_id().to_owned()
}

#[rocket::get("/optional")]
fn optional(session: OptionalSession) -> String {
    session.0.map_or_else(
        || "nobody".to_owned(),
        |session| session.user_id().to_owned(),
    )
}

#[derive(Deserialize)]
struct Claims {
    department: String,
}

#[rocket::get("/claims")]
fn claims(session: Session<Claims>) -> String {
    session.custom_claims().department.clone()
}

#[rocket::get("/machine")]
fn machine(machine: Machine) -> String {
    machine.subject().to_owned()
}

#[rocket::get("/policy")]
fn policy(admin: Protected<Role>) -> String {
    admin.user_id().unwrap_or_default().to_owned()
}

/// Routes that each ask for something of their callers, and the policies that say what.
macro_rules! guards {
    ($($path:tt $handler:ident $policy:ident: $guard:expr;)+) => {
        $(
            struct $policy;

            impl Policy for $policy {
                fn guard() -> Guard {
                    $guard
                }
            }

            #[rocket::get($path)]
            fn $handler(_caller: Protected<$policy>) -> &'static str {
                "ok"
            }
        )+

        fn guards() -> Vec<Route> {
            rocket::routes![$($handler),+]
        }
    };
}

guards! {
    "/role" role Role: admin();
    "/permission" permission Permission: Guard::new().permission("org:invoices:create");
    "/feature" feature Feature: Guard::new().feature("org:sso");
    "/plan" plan Plan: Guard::new().plan("user:pro");
    "/fresh" fresh Fresh: Guard::new().reverification(Reverification::custom(Level::FirstFactor, 5));
    "/scope" scope Scope: Guard::new().scope("reports:read");
    "/api-key" api_key ApiKey: Guard::new().accepts(TokenType::ApiKey);
    "/either" either Either: admin().or(Guard::new().accepts(TokenType::ApiKey).scope("reports:read"));
    "/any" any Any: admin().accepts(TokenType::ALL.to_vec());
    "/pending" pending Pending: Guard::new().pending_sessions(PendingSessions::SignedIn);
    "/hidden" hidden Hidden: admin().hidden();
    "/elsewhere" elsewhere Elsewhere: admin().unauthenticated_url("/welcome").unauthorized_url("/upgrade");
    "/predicate" predicate Predicate: Guard::new().predicate(|caller| {
        let session = caller.as_session();
        session.is_some_and(|session| session.user_id() != "user_blocked" && session.actor().is_none())
    });
}

fn admin() -> Guard {
    Guard::new().role("org:admin")
}

#[rocket::post("/echo", data = "<body>")]
fn echo(body: Data<'_>) -> ReaderStream![DataStream<'_>] {
    ReaderStream::one(body.open(1.mebibytes()))
}

#[rocket::get("/stream")]
fn stream() -> TextStream![&'static str] {
    TextStream! {
        for word in ["one ", "two ", "three"] {
            tokio::time::sleep(Duration::from_millis(10)).await;
            yield word;
        }
    }
}

/// What proves to the client that its upgrade was understood.
struct Upgrade(String);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Upgrade {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match request.headers().get_one("sec-websocket-key") {
            Some(key) => Outcome::Success(Self(websocket::accept(key))),
            None => Outcome::Error((Status::BadRequest, ())),
        }
    }
}

impl<'r> Responder<'r, 'static> for Upgrade {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .raw_header("sec-websocket-accept", self.0)
            .upgrade("websocket", Echo)
            .ok()
    }
}

struct Echo;

#[rocket::async_trait]
impl IoHandler for Echo {
    async fn io(self: Pin<Box<Self>>, io: IoStream) -> io::Result<()> {
        websocket::serve(io).await
    }
}

#[rocket::get("/socket")]
fn socket(upgrade: Upgrade) -> Upgrade {
    upgrade
}

#[rocket::post("/webhooks", data = "<webhook>")]
async fn webhook(webhook: Webhook) -> Status {
    match webhook.event_type() {
        "test.fails" => return Status::InternalServerError,
        "test.slow" => tokio::time::sleep(Duration::from_millis(500)).await,
        _ => {}
    }
    match webhook.complete().await {
        Ok(()) => Status::NoContent,
        Err(_) => Status::ServiceUnavailable,
    }
}

#[rocket::get("/orgs/<_>")]
fn organization(session: Session) -> String {
    let org = session.org().map(|org| org.id().to_owned());
    org.unwrap_or_else(|| "none".to_owned())
}
