//! An engine with keys at hand, a Clerk that answers from a script, and requests.

use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use clerk_core::{Clock, PublishableKey, Secret, SecretKey};
use clerk_errors::TokenVerificationError;
use clerk_internal::request::RequestView;
use clerk_internal::{
    AuthenticateOptions, Authenticator, AuthenticatorBuilder, BackendCalls, Call, CallFailure,
    CallFuture, MachineTokenType, RefreshRequest, RequestState, SigningKeys,
};
use clerk_testing::mint::{SessionTokenBuilder, TestKey};
use clerk_tokens::VerifyingKey;
use serde_json::Value;

pub(crate) const NOW: i64 = 1_774_000_000_250;
pub(crate) const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
pub(crate) const TEST: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";
pub(crate) const SECRET: &str = "sk_test_s3cr3tk3y";
pub(crate) const PARTY: &str = "https://app.example.com";
pub(crate) const ISSUER: &str = "https://clerk.example.com";

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

pub(crate) fn key() -> VerifyingKey {
    VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap()
}

/// Options without a way to verify.
pub(crate) fn bare(publishable_key: &str) -> AuthenticateOptions {
    AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse(publishable_key).unwrap())
        .secret_key(SecretKey::new(SECRET).unwrap())
        .allow_test_keys(true)
}

/// Options with the instance's key at hand.
pub(crate) fn keyed(publishable_key: &str) -> AuthenticateOptions {
    bare(publishable_key).jwt_key(key())
}

pub(crate) fn builder(options: AuthenticateOptions) -> AuthenticatorBuilder {
    Authenticator::builder(options).clock(Clock::fixed(NOW))
}

pub(crate) fn engine(options: AuthenticateOptions) -> Authenticator {
    builder(options).build().unwrap()
}

pub(crate) fn session() -> SessionTokenBuilder {
    SessionTokenBuilder::new("user_1")
        .session_id("sess_1")
        .issuer(ISSUER)
        .authorized_party(PARTY)
        .issued_at_ms(NOW)
}

/// A navigation to `target` on the application, with these headers.
pub(crate) fn document(
    engine: &Authenticator,
    target: &str,
    headers: &[(&str, &str)],
    options: AuthenticateOptions,
) -> RequestState {
    let mut pairs: Vec<(&str, &[u8])> = vec![
        ("host", b"app.example.com"),
        ("sec-fetch-dest", b"document"),
    ];
    pairs.extend(
        headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes())),
    );
    let pairs = pairs.as_slice();
    let view = RequestView::from_pieces("GET", "https", None, target, &pairs);
    block_on(engine.authenticate_with(view, options)).unwrap()
}

pub(crate) fn bearer_with(
    engine: &Authenticator,
    token: &str,
    options: AuthenticateOptions,
) -> RequestState {
    let bearer = format!("Bearer {token}");
    document(engine, "/", &[("authorization", &bearer)], options)
}

pub(crate) fn bearer(engine: &Authenticator, token: &str) -> RequestState {
    bearer_with(engine, token, AuthenticateOptions::new())
}

pub(crate) fn reason(state: &RequestState) -> String {
    state.reason().map(ToString::to_string).unwrap_or_default()
}

/// A Clerk that gives one answer to each question, and counts.
pub(crate) struct FakeClerk {
    pub(crate) machine: Result<Value, CallFailure>,
    pub(crate) cookies: Vec<String>,
    pub(crate) asked: Mutex<Vec<MachineTokenType>>,
}

impl FakeClerk {
    pub(crate) fn machine(answer: Result<Value, CallFailure>) -> Self {
        Self {
            machine: answer,
            cookies: Vec::new(),
            asked: Mutex::default(),
        }
    }

    pub(crate) fn cookies(cookies: Vec<String>) -> Self {
        Self {
            cookies,
            ..Self::machine(Ok(Value::Null))
        }
    }
}

impl BackendCalls for FakeClerk {
    fn handshake_payload<'a>(&'a self, _: &'a Call, _: &'a Secret) -> CallFuture<'a, Vec<String>> {
        Box::pin(async { Ok(self.cookies.clone()) })
    }

    fn refresh_session<'a>(
        &'a self,
        _: &'a Call,
        _: &'a RefreshRequest,
    ) -> CallFuture<'a, Vec<String>> {
        Box::pin(async { Ok(self.cookies.clone()) })
    }

    fn verify_machine_token<'a>(
        &'a self,
        _: &'a Call,
        token_type: MachineTokenType,
        _: &'a Secret,
    ) -> CallFuture<'a, Value> {
        self.asked.lock().unwrap().push(token_type);
        Box::pin(async { self.machine.clone() })
    }

    fn session_token<'a>(
        &'a self,
        _: &'a Call,
        _: &'a str,
        _: Option<&'a str>,
        _: Option<u64>,
    ) -> CallFuture<'a, String> {
        Box::pin(async { Err(CallFailure::answer(404, "no such session")) })
    }
}

/// Signing keys that have to be fetched; counts how often.
#[derive(Default)]
pub(crate) struct CountingKeys {
    loads: AtomicUsize,
}

impl CountingKeys {
    pub(crate) fn loads(&self) -> usize {
        self.loads.load(Ordering::Relaxed)
    }
}

impl SigningKeys for CountingKeys {
    fn now(
        &self,
        _: &Call,
        _: Option<&str>,
    ) -> Option<Result<VerifyingKey, TokenVerificationError>> {
        None
    }

    fn load<'a>(
        &'a self,
        _: &'a Call,
        _: Option<&'a str>,
        _: bool,
    ) -> CallFuture<'a, VerifyingKey, TokenVerificationError> {
        self.loads.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(key()) })
    }
}
