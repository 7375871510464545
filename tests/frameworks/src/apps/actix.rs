//! The application in actix-web.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::http::{Method, header};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse, HttpServer, Resource, guard};
use clerk_actix::{
    Auth, ClerkMiddleware, Guard, Machine, OptionalSession, Policy, Protected, RequireAuth,
    Session, Webhook,
};
use clerk_internal::PendingSessions;
use clerk_tokens::TokenType;
use clerk_tokens::authz::{Level, Reverification};
use futures_util::future::{Either, select};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{App, Setup, websocket};

/// The application in actix-web.
pub struct Actix;

impl App for Actix {
    const NAME: &'static str = "actix";

    fn serve(setup: Setup, listener: TcpListener) {
        let app = move || {
            actix_web::App::new()
                .app_data(web::Data::new(setup.webhooks.clone()))
                .configure(routes)
                .wrap(ClerkMiddleware::new(&setup.clerk))
        };
        let server = HttpServer::new(app).workers(2).disable_signals();
        actix_web::rt::System::new().block_on(async {
            let server = server.listen(listener).expect("a socket");
            server.run().await.expect("serves");
        });
    }
}

fn routes(app: &mut web::ServiceConfig) {
    app.service(
        web::resource("/public")
            .route(read().to(public))
            .route(web::post().to(public))
            .route(web::method(Method::OPTIONS).to(allowed)),
    )
    .service(
        web::resource("/me")
            .route(read().to(me))
            .route(web::post().to(me)),
    )
    .service(web::resource("/optional").route(read().to(optional)))
    .service(web::resource("/claims").route(read().to(claims)))
    .service(web::resource("/machine").route(read().to(machine)))
    .service(web::resource("/policy").route(read().to(policy)))
    .service(web::scope("/guards").configure(guards))
    .service(web::resource("/echo").post(echo))
    .service(web::resource("/stream").route(read().to(words)))
    .service(web::resource("/socket").get(socket))
    .service(web::resource("/webhooks").post(webhook))
    .service(web::resource("/orgs/{slug}").route(read().to(organization)));
}

/// `GET`, and `HEAD` with it, which actix leaves to the application.
fn read() -> actix_web::Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

async fn public(auth: Auth) -> HttpResponse {
    let caller = auth.auth_of(TokenType::ALL.to_vec());
    let kind = caller.is_authenticated().then(|| caller.token_type());
    let body = json!({
        "user": caller.user_id(),
        "kind": kind.flatten().map(TokenType::as_str),
    });
    HttpResponse::Ok()
        .insert_header((header::SET_COOKIE, "app=1"))
        .json(body)
}

async fn allowed() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ALLOW, "GET, POST"))
        .finish()
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

fn guards(scope: &mut web::ServiceConfig) {
    let admin = || RequireAuth::new().role("org:admin");
    let guards = [
        ("/role", admin()),
        (
            "/permission",
            RequireAuth::new().permission("org:invoices:create"),
        ),
        ("/feature", RequireAuth::new().feature("org:sso")),
        ("/plan", RequireAuth::new().plan("user:pro")),
        (
            "/fresh",
            RequireAuth::new().reverification(Reverification::custom(Level::FirstFactor, 5)),
        ),
        ("/scope", RequireAuth::new().scope("reports:read")),
        ("/api-key", RequireAuth::new().accepts(TokenType::ApiKey)),
        (
            "/either",
            admin().or(Guard::new()
                .accepts(TokenType::ApiKey)
                .scope("reports:read")),
        ),
        ("/any", admin().accepts(TokenType::ALL.to_vec())),
        (
            "/pending",
            RequireAuth::new().pending_sessions(PendingSessions::SignedIn),
        ),
        ("/hidden", admin().hidden()),
        (
            "/elsewhere",
            admin()
                .unauthenticated_url("/welcome")
                .unauthorized_url("/upgrade"),
        ),
        (
            "/predicate",
            RequireAuth::new().predicate(|caller| {
                let session = caller.as_session();
                session.is_some_and(|session| {
                    session.user_id() != "user_blocked" && session.actor().is_none()
                })
            }),
        ),
    ];
    for (path, guard) in guards {
        let ok = read().to(async || "ok");
        scope.service(Resource::new(path).wrap(guard).route(ok));
    }
}

async fn echo(body: web::Payload) -> HttpResponse {
    HttpResponse::Ok().streaming(body)
}

async fn words() -> HttpResponse {
    let words = stream::unfold(0, async |index| {
        let word = *["one ", "two ", "three"].get(index)?;
        tokio::time::sleep(Duration::from_millis(10)).await;
        let word = Bytes::from_static(word.as_bytes());
        Some((Ok::<_, actix_web::Error>(word), index + 1))
    });
    HttpResponse::Ok().streaming(Box::pin(words))
}

async fn socket(request: HttpRequest, mut payload: web::Payload) -> HttpResponse {
    let key = request.headers().get("sec-websocket-key");
    let Some(key) = key.and_then(|key| key.to_str().ok()) else {
        return HttpResponse::BadRequest().finish();
    };
    let accept = websocket::accept(key);
    let (near, far) = tokio::io::duplex(256);
    actix_web::rt::spawn(websocket::serve(far));
    let (mut from, mut to) = tokio::io::split(near);
    let answer = stream::once(async move {
        let forward = Box::pin(async {
            while let Some(Ok(bytes)) = payload.next().await {
                let _ = to.write_all(&bytes).await;
            }
            std::future::pending::<()>().await;
        });
        let mut text = Vec::new();
        let back = Box::pin(from.read_to_end(&mut text));
        if let Either::Left((Err(error), _)) = select(back, forward).await {
            return Err(actix_web::Error::from(error));
        }
        Ok(Bytes::from(text))
    });
    HttpResponse::SwitchingProtocols()
        .upgrade("websocket")
        .insert_header(("sec-websocket-accept", accept))
        .streaming(Box::pin(answer))
}

async fn webhook(webhook: Webhook) -> HttpResponse {
    match webhook.event_type() {
        "test.fails" => return HttpResponse::InternalServerError().finish(),
        "test.slow" => tokio::time::sleep(Duration::from_millis(500)).await,
        _ => {}
    }
    match webhook.complete().await {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

async fn organization(session: Session) -> String {
    let org = session.org().map(|org| org.id().to_owned());
    org.unwrap_or_else(|| "none".to_owned())
}
