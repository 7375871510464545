//! A small protected application, together with the offline Clerk it uses.
//!
//! `protected-app [--npm FOLDER] [--live-shaped] [--without-refresh-cookies] [--mutant NAME]` prints one line of JSON
//! and serves until it is stopped. Mutants are deliberate faults that the browser's suite must notice.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "it says where it is")]

mod pages;

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clerk_backend::{Auth, Clerk, RequestState};
use clerk_core::Config;
use clerk_testing::server::OfflineClerk;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;

/// A deliberate fault of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mutant {
    None,
    /// Believes what a token says without looking at its signature.
    SignatureNotChecked,
    /// Drops the cookies that handshakes and refreshes set.
    HandshakeCookiesDropped,
    /// Takes tokens long after their end.
    ExpiryIgnored,
}

struct App {
    clerk: Clerk,
    script: String,
    mutant: Mutant,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let index = arguments.iter().position(|argument| argument == name)?;
        arguments.get(index + 1).cloned()
    };
    let mutant = match value("--mutant").as_deref() {
        None => Mutant::None,
        Some("signature-not-checked") => Mutant::SignatureNotChecked,
        Some("handshake-cookies-dropped") => Mutant::HandshakeCookiesDropped,
        Some("expiry-ignored") => Mutant::ExpiryIgnored,
        Some(other) => return Err(format!("there is no mutant {other}").into()),
    };
    // Below some eighteen seconds the browser library refreshes by polling only.
    let mut builder = OfflineClerk::builder().token_lifetime(Duration::from_secs(25));
    if let Some(folder) = value("--npm") {
        builder = builder.npm_folder(folder);
    }
    let live = arguments.iter().any(|argument| argument == "--live-shaped");
    if live {
        builder = builder.live_shaped();
    }
    if arguments
        .iter()
        .any(|argument| argument == "--without-refresh-cookies")
    {
        builder = builder.without_refresh_cookies();
    }
    let offline = builder.start().await?;
    // The browser's cookies belong to host names: the live-shaped Frontend API must share the application's.
    let proxy_url = offline.frontend_url().replace("127.0.0.1", "localhost");

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let origin = format!("http://localhost:{}", listener.local_addr()?.port());
    let env: Vec<(&str, String)> = offline
        .env()
        .into_iter()
        .map(|(name, value)| {
            (
                name,
                if name == "CLERK_PROXY_URL" {
                    proxy_url.clone()
                } else {
                    value
                },
            )
        })
        .collect();
    let config = Config::from_lookup(|name| {
        env.iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value.clone())
    })?;
    let mut builder = Clerk::builder()
        .config(config)
        .authorized_parties([origin.as_str()])
        .clock(offline.verifier_clock())
        .allow_test_keys();
    if mutant == Mutant::ExpiryIgnored {
        builder = builder.options(|options| options.clock_skew_ms(86_400_000));
    }
    let app = Arc::new(App {
        clerk: builder.build()?,
        script: pages::script(&proxy_url, offline.publishable_key().as_str()),
        mutant,
    });
    println!(
        "{}",
        json!({
            "app": origin,
            "frontend": proxy_url,
            "backend": offline.backend_url(),
            "secret_key": offline.secret_key(),
            "control_token": offline.control_token(),
        })
    );
    loop {
        let (stream, _) = listener.accept().await?;
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(Arc::clone(&app), request));
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    app: Arc<App>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, _) = request.into_parts();
    let mut response = match parts.uri.path() {
        "/" | "/sign-in" => text(
            StatusCode::OK,
            "text/html; charset=utf-8",
            pages::page(&app.script),
        ),
        path @ ("/protected" | "/api/me") => match app.clerk.authenticate_request(&parts).await {
            Ok(state) => guarded(&app, path, &parts, &state),
            Err(error) => text(
                StatusCode::INTERNAL_SERVER_ERROR,
                "text/plain",
                error.to_string(),
            ),
        },
        _ => text(StatusCode::NOT_FOUND, "text/plain", "not here".to_owned()),
    };
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn guarded(
    app: &App,
    path: &str,
    parts: &http::request::Parts,
    state: &RequestState,
) -> Response<Full<Bytes>> {
    let user = match state.to_auth() {
        Auth::Session(session) => Some(session.user_id().to_owned()),
        _ if app.mutant == Mutant::SignatureNotChecked => believed(parts),
        _ => None,
    };
    let mut response = match (&user, state.location()) {
        (None, Some(_)) | (Some(_), Some(_)) => {
            text(StatusCode::TEMPORARY_REDIRECT, "text/plain", String::new())
        }
        (Some(user), None) if path == "/api/me" => text(
            StatusCode::OK,
            "application/json",
            json!({"userId": user}).to_string(),
        ),
        (Some(user), None) => text(
            StatusCode::OK,
            "text/html; charset=utf-8",
            pages::protected(&app.script, user),
        ),
        (None, None) if path == "/api/me" => text(
            StatusCode::UNAUTHORIZED,
            "application/json",
            json!({"error": "signed out"}).to_string(),
        ),
        (None, None) => {
            let mut response = text(StatusCode::SEE_OTHER, "text/plain", String::new());
            response
                .headers_mut()
                .insert(header::LOCATION, HeaderValue::from_static("/sign-in"));
            response
        }
    };
    for (name, value) in state.headers() {
        if name == header::SET_COOKIE && app.mutant == Mutant::HandshakeCookiesDropped {
            continue;
        }
        response.headers_mut().append(name, value.clone());
    }
    response
}

/// What a token says about its user, unverified: the fault of a mutant.
fn believed(parts: &http::request::Parts) -> Option<String> {
    let token = parts
        .headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")?;
    let decoded = clerk_backend::tokens::decode_jwt(token).ok()?;
    Some(decoded.unverified_claims().user_id().to_owned())
}

fn text(status: StatusCode, kind: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
