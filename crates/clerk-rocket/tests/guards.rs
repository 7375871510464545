//! Guards in handlers' signatures, and who answers for them. What callers get in full is the behaviour suite's business.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::needless_pass_by_value, reason = "Rocket hands guards over")]

use clerk_core::{Clock, PublishableKey};
use clerk_internal::{AuthenticateOptions, Authenticator};
use clerk_rocket::{
    Auth, AuthRejection, ClerkFairing, Guard, Machine, OptionalSession, Policy, Protected,
    RejectionKind, Session, Webhook, WebhookReceiver,
};
use clerk_testing::mint::{SessionTokenBuilder, TestKey};
use clerk_tokens::VerifyingKey;
use clerk_webhooks::{SigningSecret, WebhookVerifier};
use rocket::config::{Config, LogLevel};
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::http::uri::Origin;
use rocket::http::{ContentType, Header, Status};
use rocket::local::blocking::{Client, LocalResponse};
use rocket::request::{FromRequest, Outcome};
use rocket::{Build, Request, Rocket, catch, catchers, get, post, routes};
use serde::Deserialize;

const NOW: i64 = 1_774_000_000_250;

#[derive(Deserialize)]
struct Claims {
    department: String,
}

struct Nobody;

impl Policy for Nobody {
    fn guard() -> Guard {
        Guard::new().predicate(|_| false)
    }
}

#[get("/auth")]
fn auth(auth: Auth) -> String {
    auth.user_id().is_some().to_string()
}

#[get("/me")]
fn me(session: Session) -> String {
    session.user_id().to_owned()
}

#[get("/optional")]
fn optional(session: OptionalSession) -> String {
    let name = session.0.map(|session| session.user_id().to_owned());
    name.unwrap_or_default()
}

#[get("/claims")]
fn claims(session: Session<Claims>) -> String {
    session.into_parts().1.department
}

#[get("/optional-claims")]
fn optional_claims(session: OptionalSession<Claims>) -> String {
    session.0.map_or_else(String::new, |session| {
        session.custom_claims().department.clone()
    })
}

#[get("/machine")]
fn machine(machine: Machine) -> String {
    machine.subject().to_owned()
}

#[get("/policy")]
fn policy(caller: Protected<Nobody>) -> String {
    format!("{caller:?}")
}

/// Answers by itself, with the status that the guard has too.
#[get("/own")]
fn own(session: Result<Session, AuthRejection>) -> (Status, String) {
    match session {
        Ok(session) => (Status::Ok, session.user_id().to_owned()),
        Err(rejection) if rejection.kind() == RejectionKind::Unauthenticated => {
            (Status::Unauthorized, "please sign in".to_owned())
        }
        Err(rejection) => (Status::InternalServerError, rejection.to_string()),
    }
}

#[get("/handed-on")]
fn handed_on(session: Result<Session, AuthRejection>) -> Result<String, AuthRejection> {
    session.map(|session| session.user_id().to_owned())
}

#[get("/anything")]
fn anything(session: Option<Session>) -> &'static str {
    session.map_or("nobody", |_| "somebody")
}

#[post("/form")]
fn form() -> &'static str {
    "posted"
}

#[get("/form")]
fn read_form() -> &'static str {
    "read"
}

#[get("/<_..>", rank = 100)]
fn everything_else() -> &'static str {
    "everything else"
}

fn config() -> Config {
    Config {
        log_level: LogLevel::Off,
        ..Config::debug_default()
    }
}

fn fairing(key: &str) -> ClerkFairing {
    let jwt_key = VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap();
    let options = AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse(key).unwrap())
        .jwt_key(jwt_key)
        .allow_test_keys(true);
    let engine = Authenticator::builder(options).clock(Clock::fixed(NOW));
    ClerkFairing::new(engine.build().unwrap())
}

const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
const TEST: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";

fn app() -> Rocket<Build> {
    rocket::custom(config()).attach(fairing(LIVE)).mount(
        "/",
        routes![
            auth,
            me,
            optional,
            claims,
            optional_claims,
            machine,
            policy,
            own,
            handed_on,
            anything
        ],
    )
}

fn call<'c>(client: &'c Client, path: &'c str, token: &str, page: bool) -> LocalResponse<'c> {
    let mut request = client
        .get(path)
        .header(Header::new("host", "app.example.com"));
    if !token.is_empty() {
        request = request.header(Header::new("authorization", format!("Bearer {token}")));
    }
    if page {
        request = request.header(Header::new("sec-fetch-dest", "document"));
    }
    request.dispatch()
}

fn header(response: &LocalResponse<'_>, name: &str) -> String {
    let value = response.headers().get_one(name);
    value.unwrap_or_default().to_owned()
}

// covers: MW-4
#[test]
fn each_guard_says_who_or_turns_away() {
    let token = SessionTokenBuilder::new("user_1").issued_at_ms(NOW);
    let plain = token.mint();
    let with_claims = token.claim("department", "tea").mint();
    let client = Client::untracked(app()).unwrap();
    for (path, token, status, body) in [
        ("/auth", "", 200, "false"),
        ("/auth", &*plain, 200, "true"),
        ("/me", "", 401, "unauthenticated"),
        ("/me", &plain, 200, "user_1"),
        ("/optional", "", 200, ""),
        ("/optional", &plain, 200, "user_1"),
        ("/claims", "", 401, "unauthenticated"),
        ("/claims", &plain, 500, "internal_error"),
        ("/claims", &with_claims, 200, "tea"),
        ("/optional-claims", "", 200, ""),
        ("/optional-claims", &plain, 500, "internal_error"),
        ("/optional-claims", &with_claims, 200, "tea"),
        ("/machine", &plain, 401, ""),
        ("/policy", "", 401, "unauthenticated"),
        ("/policy", &plain, 403, "unauthorized"),
        ("/own", "", 401, "please sign in"),
        ("/own", &plain, 200, "user_1"),
        ("/handed-on", "", 401, "unauthenticated"),
        ("/handed-on", &plain, 200, "user_1"),
        ("/anything", "", 200, "nobody"),
        ("/anything", &plain, 200, "somebody"),
        // The guard's status is not the answer's.
        ("/nowhere", "", 404, "<small>Rocket</small>"),
    ] {
        let response = call(&client, path, token, false);
        let found = response.status().code;
        let text = response.into_string().unwrap_or_default();
        assert_eq!(found, status, "{path} {text}");
        assert!(text.contains(body), "{path} {text}");
    }
}

// covers: MW-4
#[test]
fn without_the_fairing_nothing_starts() {
    for routes in [
        routes![auth],
        routes![me],
        routes![optional],
        routes![claims],
        routes![machine],
        routes![policy],
        routes![own],
        routes![anything],
        routes![webhook],
    ] {
        let error = Client::untracked(rocket::custom(config()).mount("/", routes)).unwrap_err();
        let is_refused = matches!(error.kind(), ErrorKind::SentinelAborts(_));
        assert!(is_refused, "{error}");
    }
}

/// A guard that hides one of Clerk's.
struct Hiding;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Hiding {
    type Error = AuthRejection;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthRejection> {
        request.guard::<Auth>().await.map(|_| Self)
    }
}

#[get("/hiding")]
fn hiding(_caller: Hiding) -> &'static str {
    "let through"
}

// covers: MW-4
#[test]
fn a_hidden_guard_without_the_fairing_fails() {
    let client = Client::untracked(rocket::custom(config()).mount("/", routes![hiding])).unwrap();
    let status = client.get("/hiding").dispatch().status();
    assert_eq!(status, Status::InternalServerError);
}

#[catch(401)]
fn unauthorized() -> &'static str {
    "my own page"
}

#[catch(default)]
fn whatever() -> &'static str {
    "oh dear"
}

#[test]
fn catchers_come_first_but_redirects_lead_on() {
    let app = app().register("/", catchers![unauthorized, whatever]);
    let client = Client::untracked(app).unwrap();
    let response = call(&client, "/me", "", false);
    assert_eq!(response.status(), Status::Unauthorized);
    assert_eq!(header(&response, "www-authenticate"), "Bearer");
    assert_eq!(header(&response, "cache-control"), "no-store");
    assert_eq!(response.into_string().unwrap(), "my own page");

    let response = call(&client, "/me", "", true);
    assert_eq!(response.status(), Status::TemporaryRedirect);
    let location = header(&response, "location");
    assert!(
        location.starts_with("https://accounts.example.com/sign-in?"),
        "{location}"
    );
    assert_eq!(response.into_string().unwrap_or_default(), "");
}

fn handshakes(rocket: Rocket<Build>) -> Client {
    let routes = routes![form, read_form, everything_else];
    Client::untracked(rocket.mount("/", routes)).unwrap()
}

// covers: MW-2
#[test]
fn a_redirect_is_answered_in_place_of_any_route() {
    let client = handshakes(rocket::custom(config()).attach(fairing(TEST)));
    for path in ["/form", "/whatever/else"] {
        let response = call(&client, path, "", true);
        assert_eq!(response.status(), Status::TemporaryRedirect, "{path}");
        assert!(header(&response, "location").contains("/v1/client/handshake?"));
        assert_eq!(header(&response, "x-clerk-auth-status"), "handshake");
        assert_eq!(response.into_string().unwrap_or_default(), "");
    }
    // Nobody finds the fairing's route by asking for it.
    let response = call(&client, "/.clerk/answer", "", false);
    assert_eq!(response.into_string().unwrap(), "everything else");
    // What another fairing makes of the request changes nothing.
    let moved = AdHoc::on_request("elsewhere", |request, _| {
        Box::pin(async { request.set_uri(Origin::path_only("/form")) })
    });
    let client = handshakes(rocket::custom(config()).attach(fairing(TEST)).attach(moved));
    let response = call(&client, "/other", "", true);
    assert_eq!(response.status(), Status::TemporaryRedirect);
    assert_eq!(response.into_string().unwrap_or_default(), "");
}

// covers: MW-2
#[test]
fn a_form_that_names_another_method_was_posted() {
    let client = handshakes(rocket::custom(config()).attach(fairing(TEST)));
    let response = client
        .post("/form")
        .header(Header::new("host", "localhost:3000"))
        .header(Header::new("sec-fetch-dest", "document"))
        .header(ContentType::Form)
        .body("_method=get&secret=1")
        .dispatch();
    assert_eq!(response.status(), Status::Ok);
    assert_eq!(response.into_string().unwrap(), "read");
}

#[post("/webhooks", data = "<webhook>")]
async fn webhook(webhook: Webhook) -> Status {
    match webhook.complete().await {
        Ok(()) => Status::NoContent,
        Err(_) => Status::ServiceUnavailable,
    }
}

// covers: MW-4
#[test]
fn webhooks_are_read_no_further_than_they_may_be() {
    let secret: SigningSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
    let body = r#"{"type":"user.deleted","object":"event","data":{"id":"user_1","deleted":true}}"#;
    for (limit, status) in [(body.len() - 1, 413), (body.len(), 204)] {
        let verifier = WebhookVerifier::with_clock(secret.clone(), Clock::fixed(NOW));
        let receiver = WebhookReceiver::new(verifier.max_body_bytes(limit));
        let app = rocket::custom(config())
            .manage(receiver)
            .mount("/", routes![webhook]);
        let client = Client::untracked(app).unwrap();
        let mut request = client.post("/webhooks").body(body);
        for (name, value) in
            clerk_webhooks::sign(&secret, "msg_1", NOW / 1000, body.as_bytes()).pairs()
        {
            request = request.header(Header::new(name.to_owned(), value.to_owned()));
        }
        assert_eq!(request.dispatch().status().code, status, "{limit}");
    }
}
