//! A counting source of keys, a clock under control, and two keys.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_core::ManualClock;
use clerk_http::testing::Reply;
use clerk_http::{
    ApiClient, Backoff, Jitter, Runtime as _, SharedRuntime, SharedTransport, TokioRuntime,
    Transport, TransportFuture,
};
use clerk_tokens::jwks::{JwksPolicy, RemoteKeys};
use http::{Request, StatusCode};
use tokio::sync::Semaphore;

pub(crate) const T0: i64 = 1_763_158_400_000;
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// The moduli of two keys made for these tests.
pub(crate) const ONE: &str = "2tEMTHkDMrfuyVtrET8nu33mOJNC9eF7geEEIb2d7vgk9GxeiTfCdCPSdLCAJMDagr6GvFb8MbdDfxF0sf8EB2NMeEF7b08I5CJb\
    6JX5hdeMpjwYW4hwL4HLnxf_oeNmmykdkFD2Vqu4tu-S1VLbXgHO-P3dkkaRJf6BrSS5ZmzD5GSCx0ejuxi1vNhqgZu2_IAZFYCv\
    WavdQ2yEZP6aywNwA2ekuFgIiO30nH6ePkojh6NiKsG7HlB3picfX3crpwchMRJeLuaInKTvw2TKe2S_nr6Uf5t5eolL1etZERnW\
    2OyCizp0RvGvTsPPjMCwhqRcXkiXhbJUBSAavgRtRQ";
pub(crate) const TWO: &str = "oia37hdpgxHWqY-KGyPBhJhkhIDcVAoShGRaFb9GXCKhALoET-FDNqg3UK1---F_2xEzMUS4i3BPizGl8_Q3vh58exHggMNsmPLN\
    LZtHttN1rel6bo0nPHnBAyZWTWRfGCnLLHEyr40VyuI8AjfqAnRYFx1m8Kz13haU6qFJgRsG5jeGwu1PqjSPSmh4f2yi_Md14Ft7\
    D_Fb7Wpeb_D5Xs2ZOozNDGUAtR6sDEvC1p65LQGKZaczjDXKfT3TrRDa3L3wP5RMzAQdt5pm9SxMsD2p1r1i10saKh5OZqj1iSzG\
    87tNBAF3B3rmCkGAIrdbxVH9_1kTfCPrBqstOJBEKw";

pub(crate) fn jwk(kid: &str, n: &str) -> String {
    format!(r#"{{"kty":"RSA","use":"sig","alg":"RS256","kid":"{kid}","n":"{n}","e":"AQAB"}}"#)
}

pub(crate) fn set(jwks: &[String]) -> Reply {
    Reply::json(
        StatusCode::OK,
        format!(r#"{{"keys":[{}]}}"#, jwks.join(",")),
    )
}

pub(crate) fn status(code: u16) -> Reply {
    Reply::status(StatusCode::from_u16(code).unwrap())
}

/// A source that answers with what it was last told to, counts, and may be held back.
#[derive(Clone)]
pub(crate) struct Source {
    inner: Arc<Inner>,
}

struct Inner {
    reply: Mutex<Reply>,
    requests: AtomicUsize,
    answers: AtomicUsize,
    gate: Semaphore,
}

impl Source {
    pub(crate) fn new(reply: Reply) -> Self {
        Self {
            inner: Arc::new(Inner {
                reply: Mutex::new(reply),
                requests: AtomicUsize::new(0),
                answers: AtomicUsize::new(0),
                gate: Semaphore::new(Semaphore::MAX_PERMITS),
            }),
        }
    }

    pub(crate) fn answer_with(&self, reply: Reply) {
        *self.inner.reply.lock().unwrap() = reply;
    }

    /// Requests that have arrived.
    pub(crate) fn requests(&self) -> usize {
        self.inner.requests.load(Ordering::SeqCst)
    }

    /// Requests that have been answered.
    pub(crate) fn answers(&self) -> usize {
        self.inner.answers.load(Ordering::SeqCst)
    }

    /// How many hold this source, its handle here included.
    pub(crate) fn holders(&self) -> usize {
        Arc::strong_count(&self.inner)
    }

    /// Holds all answers back.
    pub(crate) fn hold(&self) {
        let gate = &self.inner.gate;
        gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// Lets the answers go.
    pub(crate) fn release(&self) {
        self.inner.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    pub(crate) fn transport(&self) -> SharedTransport {
        SharedTransport::new(self.clone())
    }

    pub(crate) fn client(&self, secret: &str) -> ApiClient {
        ApiClient::builder(self.transport())
            .secret_key(secret)
            .build()
            .unwrap()
    }
}

impl Transport for Source {
    fn send(&self, request: Request<Bytes>) -> TransportFuture {
        let inner = Arc::clone(&self.inner);
        inner.requests.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            if let Ok(permit) = inner.gate.acquire().await {
                permit.forget();
            }
            inner.answers.fetch_add(1, Ordering::SeqCst);
            let reply = inner.reply.lock().unwrap().clone();
            clerk_http::testing::ScriptedTransport::new([reply])
                .send(request)
                .await
        })
    }
}

/// Production numbers, without waiting between attempts.
pub(crate) fn policy() -> JwksPolicy {
    let at_once = Backoff::new(Duration::ZERO, Duration::ZERO);
    JwksPolicy::default().between_attempts(at_once.jitter(Jitter::None))
}

pub(crate) struct Instance {
    pub(crate) source: Source,
    pub(crate) keys: RemoteKeys,
    pub(crate) clock: ManualClock,
}

/// An instance whose source answers with key `a`.
pub(crate) fn instance() -> Instance {
    instance_with(policy())
}

pub(crate) fn instance_with(policy: JwksPolicy) -> Instance {
    let source = Source::new(set(&[jwk("a", ONE)]));
    let clock = ManualClock::new(T0);
    let keys = RemoteKeys::backend_api(source.client("sk_test_x"))
        .policy(policy)
        .build_on(runtime(), clock.clone().into());
    Instance {
        source,
        keys,
        clock,
    }
}

pub(crate) fn runtime() -> SharedRuntime {
    SharedRuntime::new(TokioRuntime::new())
}

impl Instance {
    /// The reason a lookup ends with; `ok` for a key.
    pub(crate) async fn look(&self, kid: &str) -> &'static str {
        match self.keys.key(Some(kid)).await {
            Ok(_) => "ok",
            Err(error) => error.reason().as_str(),
        }
    }

    /// Lets background tasks run until nothing is under way.
    pub(crate) async fn settle(&self) {
        while self.source.requests() != self.source.answers() {
            tokio::task::yield_now().await;
        }
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        runtime().sleep(Duration::ZERO).await;
    }
}
