//! The offline Clerk dies and comes back under load while an axum application serves, then its signing key is replaced:
//! `cargo run -p clerk-frameworks-tests --example chaos`.
//!
//! Prints how many valid requests were refused (none) and how long a withdrawn key was still trusted.

#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use clerk_backend::Clerk;
use clerk_backend::axum::{ClerkLayer, Session};
use clerk_frameworks_tests::client::Request;
use clerk_testing::server::OfflineClerk;

/// How many clients ask at the same time.
const CLIENTS: usize = 4;

/// How long tokens live: longer than all of this takes.
const LIFETIME: Duration = Duration::from_secs(3600);

/// How long each phase lasts.
const PHASE: Duration = Duration::from_millis(1500);

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let offline = OfflineClerk::builder()
        .token_lifetime(LIFETIME)
        .start()
        .await?;
    let (backend, frontend) = (
        port(&offline.backend_url())?,
        port(&offline.frontend_url())?,
    );
    let clerk = Clerk::offline(&offline);
    let clock = offline.clock();
    let ada = offline.create_user("ada@example.com").await;
    let token = offline.session(&ada).token();
    let app = serve(&clerk).await?;

    let mut refused = under_load("Clerk is well", app, &token).await?;

    let (state, secret_key) = (offline.snapshot(), offline.secret_key().to_owned());
    drop(offline);
    refused += under_load("Clerk is gone", app, &token).await?;

    let offline = OfflineClerk::builder()
        .token_lifetime(LIFETIME)
        .secret_key(secret_key)
        .backend_port(backend)
        .frontend_port(frontend)
        .start()
        .await?;
    offline.load(&state)?;
    refused += under_load("Clerk is back", app, &token).await?;
    println!("valid requests refused: {refused}");

    offline.replace_keys();
    println!("the signing key is replaced, the old one withdrawn");
    let mut waited = Duration::ZERO;
    let step = Duration::from_secs(5);
    while waited < Duration::from_secs(3600) && status(app, &token).await? == 200 {
        clock.advance(step);
        waited += step;
        // A refresh in the background takes a moment of real time, whatever the clock says.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let distrusted = status(app, &token).await? == 401;
    println!(
        "distrusted after {} s: {distrusted} (the clock was moved on)",
        waited.as_secs()
    );
    Ok(match refused == 0 && distrusted {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// The application: one protected route.
async fn serve(clerk: &Clerk) -> std::io::Result<SocketAddr> {
    let app = Router::new()
        .route(
            "/",
            get(|session: Session| async move { session.user_id().to_owned() }),
        )
        .layer(ClerkLayer::new(clerk));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

/// Asks without a pause, with a good token and a forged one; answers how often the good one was refused.
async fn under_load(
    phase: &str,
    app: SocketAddr,
    token: &str,
) -> Result<u32, Box<dyn std::error::Error>> {
    let stop = Arc::new(AtomicBool::new(false));
    // The same claims under a signature that is not theirs.
    let forged = format!("{}AAAA", token.get(..token.len() - 4).unwrap_or_default());
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let is_valid = client > 0;
            let token = if is_valid {
                token.to_owned()
            } else {
                forged.clone()
            };
            let stop = Arc::clone(&stop);
            thread::spawn(move || {
                let mut answers = BTreeMap::<u16, u32>::new();
                while !stop.load(Ordering::Relaxed) {
                    let answer = Request::get("/").bearer(&token).send(app);
                    *answers.entry(answer.status).or_default() += 1;
                }
                (is_valid, answers)
            })
        })
        .collect();
    tokio::time::sleep(PHASE).await;
    stop.store(true, Ordering::Relaxed);
    let (mut valid, mut forged) = (BTreeMap::new(), BTreeMap::new());
    for client in clients {
        let joined = tokio::task::spawn_blocking(|| client.join()).await?;
        let (is_valid, answers) = joined.map_err(|_| "a client died")?;
        let sum = if is_valid { &mut valid } else { &mut forged };
        for (status, count) in answers {
            *sum.entry(status).or_insert(0) += count;
        }
    }
    println!("{phase:<14} valid {valid:?}  forged {forged:?}");
    if forged.contains_key(&200) {
        return Err("a forged token was let in".into());
    }
    Ok(valid
        .iter()
        .filter(|(status, _)| **status != 200)
        .map(|(_, count)| count)
        .sum())
}

/// The status of one request.
async fn status(app: SocketAddr, token: &str) -> Result<u16, tokio::task::JoinError> {
    let request = Request::get("/").bearer(token);
    tokio::task::spawn_blocking(move || request.send(app).status).await
}

fn port(url: &str) -> Result<u16, Box<dyn std::error::Error>> {
    let (_, port) = url.rsplit_once(':').ok_or("an address without a port")?;
    Ok(port.parse()?)
}
