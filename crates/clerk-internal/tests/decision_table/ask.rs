//! One request with what is set, and a Clerk that answers.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use clerk_core::{Clock, PublishableKey, Secret, SecretKey};
use clerk_errors::TokenVerificationError;
use clerk_internal::request::RequestView;
use clerk_internal::{
    AuthenticateOptions, Authenticator, BackendCalls, Call, CallFailure, CallFuture,
    MachineTokenType, RefreshRequest, RequestState, SigningKeys,
};
use clerk_testing::mint::TestKey;
use clerk_tokens::{AcceptsToken, VerifyingKey};
use serde_json::Value;

pub(crate) const NOW: i64 = 1_774_000_000_250;
pub(crate) const APP: &str = "https://app.example.com";
pub(crate) const SIGN_IN: &str = "https://primary.example/sign-in";
pub(crate) const SATELLITE: &str = "http://localhost:4000/";

#[derive(Clone)]
pub(crate) struct Ask {
    options: AuthenticateOptions,
    method: &'static str,
    target: String,
    headers: Vec<(&'static str, String)>,
    answers: Option<Answers>,
    keys: Option<TokenVerificationError>,
}

/// What Clerk answers to each kind of call.
#[derive(Clone)]
struct Answers {
    payload: Result<Vec<String>, CallFailure>,
    refresh: Result<Vec<String>, CallFailure>,
    machine: Result<Value, CallFailure>,
}

/// A page of a live instance's application.
pub(crate) fn live() -> Ask {
    with_key("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")
}

/// A page of a development instance's application, in a browser that has its token.
pub(crate) fn development() -> Ask {
    with_key("pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk")
}

fn with_key(key: &str) -> Ask {
    Ask {
        options: AuthenticateOptions::new()
            .publishable_key(PublishableKey::parse(key).unwrap())
            .secret_key(SecretKey::new("sk_test_x").unwrap())
            .jwt_key(VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap())
            .authorized_parties([APP])
            .allow_test_keys(true),
        method: "GET",
        target: "/page".to_owned(),
        headers: vec![
            ("host", "app.example.com".to_owned()),
            ("sec-fetch-dest", "document".to_owned()),
        ],
        answers: None,
        keys: None,
    }
}

impl Ask {
    pub(crate) fn options(
        mut self,
        change: impl FnOnce(AuthenticateOptions) -> AuthenticateOptions,
    ) -> Self {
        self.options = change(self.options);
        self
    }

    pub(crate) fn accepts(self, accepts: impl Into<AcceptsToken>) -> Self {
        self.options(|options| options.accepts(accepts))
    }

    pub(crate) fn to(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    pub(crate) fn post(mut self) -> Self {
        self.method = "POST";
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(set, _)| *set != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    /// A script's request, which a browser does not send on to another site.
    pub(crate) fn script(self) -> Self {
        self.header("sec-fetch-dest", "empty")
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn cookies(self, cookies: &str) -> Self {
        self.header("cookie", cookies)
    }

    /// A session cookie of a client that was last changed before the token was made.
    pub(crate) fn session(self, token: &str) -> Self {
        self.cookies(&format!("__session={token}; __client_uat=1773990000"))
    }

    fn answers(mut self, change: impl FnOnce(&mut Answers)) -> Self {
        let mut answers = self.answers.unwrap_or_else(|| Answers {
            payload: Err(CallFailure::answer(404, "")),
            refresh: Err(CallFailure::answer(404, "")),
            machine: Err(CallFailure::answer(404, "")),
        });
        change(&mut answers);
        self.answers = Some(answers);
        self
    }

    pub(crate) fn payload(self, payload: Result<Vec<String>, CallFailure>) -> Self {
        self.answers(|answers| answers.payload = payload)
    }

    pub(crate) fn refresh(self, refresh: Result<Vec<String>, CallFailure>) -> Self {
        self.answers(|answers| answers.refresh = refresh)
    }

    pub(crate) fn machine(self, machine: Result<Value, CallFailure>) -> Self {
        self.answers(|answers| answers.machine = machine)
    }

    /// The signing keys have to be fetched, and that fails so.
    pub(crate) fn keys(mut self, failure: TokenVerificationError) -> Self {
        self.keys = Some(failure);
        self.options(|options| options.jwt_key(None))
    }

    pub(crate) fn decide(&self) -> RequestState {
        let mut builder = Authenticator::builder(self.options.clone()).clock(Clock::fixed(NOW));
        if let Some(answers) = &self.answers {
            builder = builder.calls(Arc::new(answers.clone()));
        }
        if let Some(failure) = &self.keys {
            builder = builder.signing_keys(Arc::new(NoKeys(failure.clone())));
        }
        let engine = builder.build().unwrap();
        let pairs: Vec<(&str, &[u8])> = self
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        let pairs = pairs.as_slice();
        let view = RequestView::from_pieces(self.method, "https", None, &self.target, &pairs);
        let future = pin!(engine.authenticate(view));
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(state) => state,
            Poll::Pending => panic!("nothing here waits"),
        }
    }
}

/// Where a state sends the browser, in the table's words.
pub(crate) fn sent_to(state: &RequestState) -> &'static str {
    let location = state.location().map(|location| location.to_str().unwrap());
    match location {
        None => "",
        Some(url) if url.contains("/v1/client/handshake?") => "the Frontend API",
        Some(url) if url.starts_with(SIGN_IN) => "the sign-in page",
        Some(url) if url.starts_with(SATELLITE) => "the satellite",
        Some(url) if url.starts_with(APP) => "the page, without the parameters",
        Some(url) => panic!("sent to {url}"),
    }
}

struct NoKeys(TokenVerificationError);

impl SigningKeys for NoKeys {
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
        Box::pin(async { Err(self.0.clone()) })
    }
}

impl BackendCalls for Answers {
    fn handshake_payload<'a>(&'a self, _: &'a Call, _: &'a Secret) -> CallFuture<'a, Vec<String>> {
        Box::pin(async { self.payload.clone() })
    }

    fn refresh_session<'a>(
        &'a self,
        _: &'a Call,
        _: &'a RefreshRequest,
    ) -> CallFuture<'a, Vec<String>> {
        Box::pin(async { self.refresh.clone() })
    }

    fn verify_machine_token<'a>(
        &'a self,
        _: &'a Call,
        _: MachineTokenType,
        _: &'a Secret,
    ) -> CallFuture<'a, Value> {
        Box::pin(async { self.machine.clone() })
    }

    fn session_token<'a>(
        &'a self,
        _: &'a Call,
        _: &'a str,
        _: Option<&'a str>,
        _: Option<u64>,
    ) -> CallFuture<'a, String> {
        Box::pin(async { Err(CallFailure::answer(404, "")) })
    }
}
