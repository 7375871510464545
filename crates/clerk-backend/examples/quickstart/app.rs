//! The application: one route for people, one for machines, one for webhooks. On plain hyper, so that nothing is hidden.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use clerk_backend::authz::Permission;
use clerk_backend::testing::server::OfflineClerk;
use clerk_backend::tokens::{AcceptsToken, TokenType};
use clerk_backend::webhooks::{SigningSecret, WebhookVerifier};
use clerk_backend::{Auth, Clerk, RequestState};
use http::request::Parts;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::{AnyError, page};

type Reply = Response<Full<Bytes>>;

/// The running application.
pub(super) struct App {
    /// Such as `http://localhost:3000`.
    pub(super) origin: String,
    /// What webhooks told it.
    pub(super) events: Arc<Mutex<Vec<String>>>,
}

struct Shared {
    clerk: Clerk,
    webhooks: WebhookVerifier,
    events: Arc<Mutex<Vec<String>>>,
    sign_in_page: String,
}

impl App {
    /// Starts it on a free port; it runs until the runtime ends.
    pub(super) async fn start(offline: &OfflineClerk) -> Result<Self, AnyError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://localhost:{}", listener.local_addr()?.port());
        let events = Arc::default();
        let shared = Arc::new(Shared {
            // In production: `Clerk::from_env()?`.
            clerk: Clerk::builder()
                .offline(offline)
                .authorized_parties([origin.as_str()])
                .build()?,
            webhooks: WebhookVerifier::with_clock(
                SigningSecret::parse(offline.webhook_secret())?,
                offline.verifier_clock(),
            ),
            events: Arc::clone(&events),
            sign_in_page: page::sign_in(offline),
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    let service = service_fn(move |request| answer(Arc::clone(&shared), request));
                    // A client that goes away is not the server's trouble.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Ok(Self { origin, events })
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Reply, Infallible> {
    let (parts, body) = request.into_parts();
    Ok(match parts.uri.path() {
        "/me" => guarded(&shared, &parts, TokenType::Session.into()).await,
        "/jobs" => guarded(&shared, &parts, [TokenType::ApiKey, TokenType::M2m].into()).await,
        "/webhooks" => webhook(&shared, &parts, body).await,
        "/sign-in" => html(shared.sign_in_page.clone()),
        _ => text(StatusCode::NOT_FOUND, "nothing here"),
    })
}

/// A protected route: Clerk decides, the application answers.
async fn guarded(shared: &Shared, parts: &Parts, accepts: AcceptsToken) -> Reply {
    let state = match shared
        .clerk
        .authenticate_request(parts)
        .accepts(accepts)
        .await
    {
        Ok(state) => state,
        Err(error) => return text(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    };
    let mut reply = match &state {
        // Cookies were brought up to date: the same page again, without the handshake in its address.
        _ if state.location().is_some() => text(StatusCode::TEMPORARY_REDIRECT, ""),
        RequestState::SignedIn(state) => text(StatusCode::OK, &greeting(state.auth())),
        RequestState::SignedOut(_) if wants_a_page(parts) => {
            let mut reply = text(StatusCode::SEE_OTHER, "");
            let sign_in = header::HeaderValue::from_static("/sign-in");
            reply.headers_mut().insert(header::LOCATION, sign_in);
            reply
        }
        RequestState::SignedOut(state) => {
            text(StatusCode::UNAUTHORIZED, &state.reason().to_string())
        }
        // An outage is not a sign-out.
        RequestState::Unavailable(state) => {
            text(StatusCode::SERVICE_UNAVAILABLE, &state.reason().to_string())
        }
        RequestState::Handshake(_) => text(StatusCode::TEMPORARY_REDIRECT, ""),
    };
    for (name, value) in state.headers() {
        reply.headers_mut().append(name, value.clone());
    }
    reply
}

fn greeting(auth: &Auth) -> String {
    match auth {
        Auth::Session(session) if session.has(Permission::new("org:reports:read")) => {
            format!("hello {}, who may read reports", session.user_id())
        }
        Auth::Session(session) => format!("hello {}", session.user_id()),
        Auth::ApiKey(key) => format!("key of {} for {:?}", key.subject(), key.scopes()),
        Auth::M2m(machine) => format!("machine {}", machine.machine_id()),
        other => format!("{:?}", other.token_type()),
    }
}

/// Whether a browser asks for a page, rather than a script for data.
fn wants_a_page(parts: &Parts) -> bool {
    parts
        .headers
        .get("sec-fetch-dest")
        .is_some_and(|dest| dest == "document")
}

/// Webhooks: raw bytes in, a verified event out.
async fn webhook(shared: &Shared, parts: &Parts, body: Incoming) -> Reply {
    let Ok(body) = Limited::new(body, 1 << 20).collect().await else {
        return text(StatusCode::PAYLOAD_TOO_LARGE, "too large");
    };
    let headers: Vec<(&str, &str)> = parts
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    match shared.webhooks.verify(&headers, &body.to_bytes()) {
        Ok(delivery) => {
            let mut events = shared.events.lock().unwrap_or_else(PoisonError::into_inner);
            events.push(delivery.event_type().to_owned());
            text(StatusCode::OK, "thank you")
        }
        Err(error) => text(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

fn text(status: StatusCode, text: &str) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(text.to_owned())));
    *reply.status_mut() = status;
    reply
}

fn html(page: String) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(page)));
    let kind = header::HeaderValue::from_static("text/html; charset=utf-8");
    reply.headers_mut().insert(header::CONTENT_TYPE, kind);
    reply
}
