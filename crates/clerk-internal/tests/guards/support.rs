//! Gates with keys at hand, callers of every kind, and requests.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use clerk_core::{Clock, PublishableKey, Secret, SecretKey};
use clerk_internal::guard::{Gate, Passage, RequestAuth};
use clerk_internal::request::RequestView;
use clerk_internal::{
    AuthenticateOptions, Authenticator, BackendCalls, Call, CallFailure, CallFuture,
    MachineTokenType, RefreshRequest,
};
use clerk_testing::mint::{
    M2mTokenBuilder, OAuthTokenBuilder, SessionTokenBuilder, TestKey, TestOrg,
};
use clerk_tokens::VerifyingKey;
use serde_json::{Value, json};

pub(crate) const NOW: i64 = 1_774_000_000_250;
pub(crate) const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
pub(crate) const TEST: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";

/// What somebody who navigates sends.
pub(crate) const PAGE: (&str, &str) = ("sec-fetch-dest", "document");

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

pub(crate) fn key(key: TestKey) -> VerifyingKey {
    VerifyingKey::from_jwt_key(key.public_pem()).unwrap()
}

pub(crate) fn options(publishable_key: &str) -> AuthenticateOptions {
    let secret = publishable_key.replacen("pk", "sk", 1);
    AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse(publishable_key).unwrap())
        .jwt_key(key(TestKey::FIRST))
        .secret_key(SecretKey::new(secret).unwrap())
        .allow_test_keys(true)
}

pub(crate) fn engine(options: AuthenticateOptions) -> Authenticator {
    Authenticator::builder(options)
        .clock(Clock::fixed(NOW))
        .calls(Arc::new(FakeClerk))
        .build()
        .unwrap()
}

pub(crate) fn gate() -> Gate {
    Gate::new(engine(options(LIVE)))
}

pub(crate) fn request(method: &str, headers: &[(&str, &str)]) -> http::Request<()> {
    let mut request = http::Request::builder()
        .method(method)
        .uri("/reports?year=2030")
        .header("host", "app.example.com")
        .header("x-forwarded-proto", "https");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap()
}

pub(crate) fn enter(gate: &Gate, method: &str, headers: &[(&str, &str)]) -> Passage {
    block_on(gate.enter(RequestView::from(&request(method, headers))))
}

pub(crate) fn proceed(gate: &Gate, method: &str, headers: &[(&str, &str)]) -> RequestAuth {
    match enter(gate, method, headers) {
        Passage::Proceed(auth) => auth,
        Passage::Answer(answer) => panic!("{answer:?}"),
    }
}

/// What a caller with this token (if any) is recorded as, with further headers.
pub(crate) fn caller(token: &str, headers: &[(&str, &str)]) -> RequestAuth {
    let bearer = format!("Bearer {token}");
    let mut all = headers.to_vec();
    if !token.is_empty() {
        all.push(("authorization", &bearer));
    }
    proceed(&gate(), "GET", &all)
}

pub(crate) fn session() -> SessionTokenBuilder {
    SessionTokenBuilder::new("user_1")
        .issuer("https://clerk.example.com")
        .issued_at_ms(NOW)
        .org(
            TestOrg::new("org_1")
                .role("org:admin")
                .permissions(["org:invoices:create"]),
        )
        .feature("o:invoices")
        .plan("u:pro")
        .factor_verification_age(5, -1)
}

pub(crate) fn m2m() -> String {
    M2mTokenBuilder::new("mch_1")
        .claim("iss", "https://clerk.example.com")
        .issued_at_ms(NOW)
        .scopes(["mch_2"])
        .mint()
}

pub(crate) fn oauth() -> String {
    OAuthTokenBuilder::new("user_2")
        .claim("iss", "https://clerk.example.com")
        .issued_at_ms(NOW)
        .scopes(["reports:read"])
        .mint()
}

pub(crate) const API_KEY: &str = "ak_good";
pub(crate) const BAD_API_KEY: &str = "ak_bad";
/// An API key that nobody can be asked about.
pub(crate) const UNKNOWN_API_KEY: &str = "ak_outage";

/// A Clerk that knows one API key.
pub(crate) struct FakeClerk;

impl BackendCalls for FakeClerk {
    fn handshake_payload<'a>(&'a self, _: &'a Call, _: &'a Secret) -> CallFuture<'a, Vec<String>> {
        Box::pin(async { Err(CallFailure::answer(404, "no such handshake")) })
    }

    fn refresh_session<'a>(
        &'a self,
        _: &'a Call,
        _: &'a RefreshRequest,
    ) -> CallFuture<'a, Vec<String>> {
        Box::pin(async { Err(CallFailure::answer(404, "no such session")) })
    }

    fn verify_machine_token<'a>(
        &'a self,
        _: &'a Call,
        _: MachineTokenType,
        token: &'a Secret,
    ) -> CallFuture<'a, Value> {
        Box::pin(async move {
            match token.expose() {
                API_KEY => Ok(json!({
                    "id": "ak_1", "type": "api_key", "name": "reports", "subject": "user_1", "scopes": ["reports:read"],
                    "claims": null, "revoked": false, "revocation_reason": null, "expired": false, "expiration": null,
                    "created_by": null, "description": null, "created_at": 1_774_000_000_000_i64, "updated_at": 1_774_000_000_000_i64,
                })),
                UNKNOWN_API_KEY => Err(CallFailure::outage("connection refused")),
                _ => Err(CallFailure::answer(404, "no such key")),
            }
        })
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
