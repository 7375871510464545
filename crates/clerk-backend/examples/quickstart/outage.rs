//! Keys from a server on loopback, which then goes away.

use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use clerk_backend::tokens::jwks::{RemoteKeys, RemoteTokenVerifier};
use clerk_backend::tokens::{CategoryPolicy, VerifyOptions};
use clerk_core::ManualClock;
use clerk_http::{ApiClient, HyperTransport, SharedRuntime, SharedTransport, TokioRuntime};
use clerk_testing::mint::{SessionTokenBuilder, TestKey};

/// Verifies a fresh token again and again, while hours pass and the keys' server is gone.
pub(super) fn show() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(verify_through_an_outage())
}

async fn verify_through_an_outage() -> Result<(), Box<dyn Error>> {
    let server = KeyServer::start()?;
    let clock = ManualClock::new(1_800_000_000_000);
    let client = ApiClient::builder(SharedTransport::new(HyperTransport::builder().build()?))
        .api_url(format!("http://{}", server.address))
        .secret_key("sk_test_example")
        .build()?;
    let keys = RemoteKeys::backend_api(client).build_on(
        SharedRuntime::new(TokioRuntime::new()),
        clock.clone().into(),
    );
    let options = VerifyOptions::with_clock(clock.clone().into())
        .authorized_parties([super::APP])
        .categories(CategoryPolicy::Session)
        .allow_test_keys();
    let verifier = RemoteTokenVerifier::new(keys, options);

    let show = async |when: &str| {
        let token = SessionTokenBuilder::new("user_ada")
            .authorized_party(super::APP)
            .clock(&clock.clone().into())
            .mint();
        let verdict = match verifier.verify(&token).await {
            Ok(claims) => format!("200 hello {}", claims.user_id()),
            Err(error) if error.is_key_problem() => format!("503 {}", error.reason()),
            Err(error) => format!("401 {}", error.reason()),
        };
        let requests = server.requests.load(Ordering::SeqCst);
        println!("{when:<34} {verdict:<35} requests for keys: {requests:>2}");
    };

    show("the server is there").await;
    show("a moment later").await;
    server.up.store(false, Ordering::SeqCst);
    clock.advance(Duration::from_secs(10 * 60));
    show("gone, ten minutes later").await;
    clock.advance(Duration::from_secs(23 * 3600));
    show("gone, most of a day later").await;
    clock.advance(Duration::from_secs(3600));
    show("gone, more than a day later").await;
    server.up.store(true, Ordering::SeqCst);
    clock.advance(Duration::from_secs(60));
    show("back").await;
    Ok(())
}

/// Serves a published test key until it is taken down.
struct KeyServer {
    address: SocketAddr,
    up: Arc<AtomicBool>,
    requests: Arc<AtomicUsize>,
}

impl KeyServer {
    fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let server = Self {
            address: listener.local_addr()?,
            up: Arc::new(AtomicBool::new(true)),
            requests: Arc::default(),
        };
        let (up, requests) = (Arc::clone(&server.up), Arc::clone(&server.requests));
        std::thread::spawn(move || {
            for mut connection in listener.incoming().flatten() {
                requests.fetch_add(1, Ordering::SeqCst);
                if !up.load(Ordering::SeqCst) {
                    continue; // the connection is closed without a word
                }
                let mut head = [0; 4096];
                let _ = connection.read(&mut head);
                let body = TestKey::jwk_set(&[TestKey::FIRST]).to_string();
                let _ = write!(
                    connection,
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
            }
        });
        Ok(server)
    }
}
