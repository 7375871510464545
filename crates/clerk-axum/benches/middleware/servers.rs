//! The servers: the same route, with nothing, a check by hand, and the layer around it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use clerk_axum::{Auth, ClerkLayer};
use clerk_core::PublishableKey;
use clerk_internal::{AuthenticateOptions, Authenticator};
use clerk_testing::mint::TestKey;
use clerk_tokens::{TokenCache, VerifyingKey};
use cpu_time::ThreadTime;
use http::StatusCode;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use tokio::sync::{mpsc as channel, oneshot};

/// A server on a thread of its own.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    ask: channel::UnboundedSender<oneshot::Sender<Duration>>,
}

impl Server {
    pub(crate) fn plain() -> Self {
        Self::start(hello())
    }

    /// The signature of the bearer token checked with ring, and nothing else, in a middleware written by hand.
    pub(crate) fn ring_check(token: &str) -> Self {
        let key = VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap();
        let components = Arc::new(RsaPublicKeyComponents {
            n: key.as_rsa().modulus().to_vec(),
            e: key.as_rsa().exponent().to_vec(),
        });
        assert!(check(&components, token).is_some());
        assert!(check(&components, &token.replace("ey", "ez")).is_none());
        let middleware = move |request: Request, next: Next| {
            let components = Arc::clone(&components);
            async move {
                let header = request.headers().get("authorization");
                let token = header.and_then(|header| header.to_str().ok()?.strip_prefix("Bearer "));
                match token.and_then(|token| check(&components, token)) {
                    Some(()) => Ok::<Response, StatusCode>(next.run(request).await),
                    None => Err(StatusCode::UNAUTHORIZED),
                }
            }
        };
        Self::start(hello().layer(from_fn(middleware)))
    }

    pub(crate) fn layer() -> Self {
        Self::verified(Authenticator::builder(options()).build().unwrap())
    }

    pub(crate) fn layer_cached() -> Self {
        let cache = TokenCache::new(1 << 20);
        let engine = Authenticator::builder(options()).token_cache(cache);
        Self::verified(engine.build().unwrap())
    }

    /// Looks whether the layer finds the user before it is measured.
    fn verified(engine: Authenticator) -> Self {
        let who = async |auth: Auth| auth.user_id().unwrap_or("nobody").to_owned();
        let server = Self::start(
            hello()
                .route("/who", get(who))
                .layer(ClerkLayer::new(engine)),
        );
        let mut stream = std::net::TcpStream::connect(server.address).unwrap();
        let token = crate::token();
        let request =
            format!("GET /who HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n");
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        let user = crate::client::read(&mut stream);
        assert!(user.starts_with("user_"), "{user}");
        server
    }

    fn start(app: Router) -> Self {
        let (started, address) = mpsc::channel();
        let (ask, mut asked) = channel::unbounded_channel::<oneshot::Sender<Duration>>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                started.send(listener.local_addr().unwrap()).unwrap();
                // On the server's own thread, whose time it tells.
                tokio::spawn(async move {
                    while let Some(answer) = asked.recv().await {
                        let _ = answer.send(ThreadTime::now().as_duration());
                    }
                });
                axum::serve(listener, app).await.unwrap();
            });
        });
        Self {
            address: address.recv().unwrap(),
            ask,
        }
    }

    /// The CPU time that the server has used so far.
    pub(crate) fn cpu(&self) -> Duration {
        let (answer, time) = oneshot::channel();
        self.ask.send(answer).unwrap();
        time.blocking_recv().unwrap()
    }
}

fn hello() -> Router {
    Router::new().route("/hello", get(async || "hello"))
}

fn check(key: &RsaPublicKeyComponents<Vec<u8>>, token: &str) -> Option<()> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(signature).ok()?;
    key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .ok()
}

fn options() -> AuthenticateOptions {
    AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse(crate::express::PUBLISHABLE_KEY).unwrap())
        .jwt_key(VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap())
        .authorized_parties(["https://app.example.com"])
        .allow_test_keys(true)
}
