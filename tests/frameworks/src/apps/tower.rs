//! The application on hyper and tower alone.

use std::convert::Infallible;
use std::net::TcpListener;
use std::time::Duration;

use bytes::Bytes;
use clerk_internal::guard::{Guard, Policy, Rejection};
use clerk_internal::{PendingSessions, SessionAuth};
use clerk_tokens::TokenType;
use clerk_tokens::authz::{Level, Reverification};
use clerk_tower::{ClerkLayer, RequestAuth, RequireAuth};
use clerk_webhooks::{WebhookReceiver, WebhookRejection};
use http::header::{ALLOW, CONNECTION, SET_COOKIE, UPGRADE};
use http::{Method, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited, StreamBody};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::json;
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceExt, service_fn};

use crate::{App, Setup, websocket};

/// The application on hyper and tower alone.
pub struct Tower;

/// A body of either kind; what middleware has to say, it says as text.
#[derive(Default)]
struct Body(Option<UnsyncBoxBody<Bytes, hyper::Error>>);

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self(Some(
            Full::from(text)
                .map_err(|never| match never {})
                .boxed_unsync(),
        ))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut self.0 {
            Some(body) => std::pin::Pin::new(body).poll_frame(cx),
            None => std::task::Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> http_body::SizeHint {
        match &self.0 {
            Some(body) => body.size_hint(),
            None => http_body::SizeHint::with_exact(0),
        }
    }
}

type Answer = Result<Response<Body>, Infallible>;
type Handler = BoxCloneSyncService<Request<Incoming>, Response<Body>, Infallible>;

impl App for Tower {
    const NAME: &'static str = "tower";

    fn serve(setup: Setup, listener: TcpListener) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            listener.set_nonblocking(true).expect("a socket");
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            let webhooks = setup.webhooks;
            let routes = service_fn(move |request| route(webhooks.clone(), request));
            let app = BoxCloneSyncService::new(ClerkLayer::new(&setup.clerk).layer(routes));
            loop {
                let Ok((stream, _)) = listener.accept().await else {
                    continue;
                };
                let app = hyper_util::service::TowerToHyperService::new(app.clone());
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), app)
                        .with_upgrades(),
                );
            }
        });
    }
}

async fn route(webhooks: WebhookReceiver, request: Request<Incoming>) -> Answer {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let is_get = method == Method::GET || method == Method::HEAD;
    if let Some(name) = path.strip_prefix("/guards/") {
        return match guard(name) {
            Some(guard) if is_get => {
                let ok: Handler =
                    BoxCloneSyncService::new(service_fn(async |_| Ok(text("ok".to_owned()))));
                guard.layer(ok).oneshot(request).await
            }
            _ => Ok(empty(StatusCode::NOT_FOUND)),
        };
    }
    if path.starts_with("/orgs/") && is_get {
        return Ok(answer(recorded(&request).require_session().map(
            |session| {
                session
                    .org()
                    .map_or_else(|| "none".to_owned(), |org| org.id().to_owned())
            },
        )));
    }
    let is_post = method == Method::POST;
    let auth = recorded(&request).clone();
    Ok(match path.as_str() {
        "/public" if method == Method::OPTIONS => {
            let mut response = empty(StatusCode::NO_CONTENT);
            response
                .headers_mut()
                .insert(ALLOW, http::HeaderValue::from_static("GET, POST"));
            response
        }
        "/public" if is_get || is_post => public(&auth),
        "/me" if is_get || is_post => {
            answer(auth.require_session().map(|session| user_id(&session)))
        }
        "/optional" if is_get => answer(auth.optional_session().map(|session| {
            session.map_or_else(|| "nobody".to_owned(), |session| user_id(&session))
        })),
        "/claims" if is_get => answer(
            auth.require_session_with::<Claims>()
                .map(|(_, claims)| claims.department),
        ),
        "/machine" if is_get => answer(
            auth.require_machine()
                .map(|machine| machine.subject().to_owned()),
        ),
        "/policy" if is_get => answer(
            auth.require::<Admin>()
                .map(|caller| caller.user_id().unwrap_or_default().to_owned()),
        ),
        "/echo" if is_post => Response::new(Body(Some(request.into_body().boxed_unsync()))),
        "/stream" if is_get => stream(),
        "/socket" if is_get => socket(request),
        "/webhooks" if is_post => webhook(&webhooks, request).await,
        "/public" | "/me" | "/optional" | "/claims" | "/machine" | "/policy" | "/echo"
        | "/stream" | "/socket" | "/webhooks" => empty(StatusCode::METHOD_NOT_ALLOWED),
        _ => empty(StatusCode::NOT_FOUND),
    })
}

#[derive(Deserialize)]
struct Claims {
    department: String,
}

struct Admin;

impl Policy for Admin {
    fn guard() -> Guard {
        Guard::new().role("org:admin")
    }
}

fn guard(name: &str) -> Option<RequireAuth> {
    let admin = || RequireAuth::new().role("org:admin");
    Some(match name {
        "role" => admin(),
        "permission" => RequireAuth::new().permission("org:invoices:create"),
        "feature" => RequireAuth::new().feature("org:sso"),
        "plan" => RequireAuth::new().plan("user:pro"),
        "fresh" => RequireAuth::new().reverification(Reverification::custom(Level::FirstFactor, 5)),
        "scope" => RequireAuth::new().scope("reports:read"),
        "api-key" => RequireAuth::new().accepts(TokenType::ApiKey),
        "either" => admin().or(Guard::new()
            .accepts(TokenType::ApiKey)
            .scope("reports:read")),
        "any" => admin().accepts(TokenType::ALL.to_vec()),
        "pending" => RequireAuth::new().pending_sessions(PendingSessions::SignedIn),
        "hidden" => admin().hidden(),
        "elsewhere" => admin()
            .unauthenticated_url("/welcome")
            .unauthorized_url("/upgrade"),
        "predicate" => RequireAuth::new().predicate(|caller| {
            caller.as_session().is_some_and(|session| {
                session.user_id() != "user_blocked" && session.actor().is_none()
            })
        }),
        _ => return None,
    })
}

fn recorded(request: &Request<Incoming>) -> &RequestAuth {
    request
        .extensions()
        .get()
        .expect("the layer is around everything")
}

fn user_id(session: &SessionAuth) -> String {
    session.user_id().to_owned()
}

fn public(auth: &RequestAuth) -> Response<Body> {
    let caller = auth.auth_of(TokenType::ALL.to_vec());
    let kind = caller.is_authenticated().then(|| caller.token_type());
    let body = json!({
        "user": caller.user_id(),
        "kind": kind.flatten().map(TokenType::as_str),
    });
    let mut response = text(body.to_string());
    response
        .headers_mut()
        .insert(SET_COOKIE, http::HeaderValue::from_static("app=1"));
    response
}

fn stream() -> Response<Body> {
    let words = futures_util::stream::unfold(0, async |index| {
        let word = *["one ", "two ", "three"].get(index)?;
        tokio::time::sleep(Duration::from_millis(10)).await;
        Some((
            Ok(Frame::data(Bytes::from_static(word.as_bytes()))),
            index + 1,
        ))
    });
    Response::new(Body(Some(StreamBody::new(words).boxed_unsync())))
}

fn socket(request: Request<Incoming>) -> Response<Body> {
    let key = request.headers().get("sec-websocket-key");
    let Some(key) = key.and_then(|key| key.to_str().ok()) else {
        return empty(StatusCode::BAD_REQUEST);
    };
    let mut response = empty(StatusCode::SWITCHING_PROTOCOLS);
    let headers = response.headers_mut();
    headers.insert(CONNECTION, http::HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, http::HeaderValue::from_static("websocket"));
    headers.insert(
        "sec-websocket-accept",
        websocket::accept(key).parse().expect("base64"),
    );
    tokio::spawn(async {
        if let Ok(upgraded) = hyper::upgrade::on(request).await {
            let _ = websocket::serve(TokioIo::new(upgraded)).await;
        }
    });
    response
}

async fn webhook(receiver: &WebhookReceiver, request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let received = match Limited::new(body, receiver.max_body_bytes())
        .collect()
        .await
    {
        Ok(body) => match receiver.verify(&parts.headers, &body.to_bytes()) {
            Ok(delivery) => receiver.claim(delivery).await,
            Err(rejection) => Err(rejection),
        },
        Err(error) if error.is::<LengthLimitError>() => Err(WebhookRejection::too_large()),
        Err(_) => Err(WebhookRejection::Unreadable),
    };
    let webhook = match received {
        Ok(webhook) => webhook,
        Err(rejection) => {
            let mut response = text(rejection.message().to_owned());
            *response.status_mut() = StatusCode::from_u16(rejection.status()).expect("a status");
            return response;
        }
    };
    match webhook.event_type() {
        "test.fails" => return empty(StatusCode::INTERNAL_SERVER_ERROR),
        "test.slow" => tokio::time::sleep(Duration::from_millis(500)).await,
        _ => {}
    }
    match webhook.complete().await {
        Ok(()) => empty(StatusCode::NO_CONTENT),
        Err(_) => empty(StatusCode::SERVICE_UNAVAILABLE),
    }
}

fn answer(outcome: Result<String, Rejection>) -> Response<Body> {
    match outcome {
        Ok(body) => text(body),
        Err(rejection) => rejection.to_response().map(Body::from),
    }
}

fn text(body: String) -> Response<Body> {
    Response::new(Body::from(body))
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::default());
    *response.status_mut() = status;
    response
}
