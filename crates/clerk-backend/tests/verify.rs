//! Tokens outside a request, through the facade: each outcome, and how many calls it costs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::time::Duration;

use clerk_backend::testing::mint::{
    M2mTokenBuilder, OAuthTokenBuilder, SessionTokenBuilder, TestKey,
};
use clerk_backend::tokens::{AcceptsToken, TokenType};
use clerk_backend::{Auth, AuthenticateOptions, Clerk, Clock, Verification};
use clerk_http::SharedTransport;
use clerk_http::testing::{Reply, ScriptedTransport};
use http::StatusCode;

const KEY: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";
const NOW: i64 = 1_774_000_000_250;
const GOOD: &str = r#"{"id":"x_1","subject":"user_1","scopes":["read"]}"#;

fn clerk(reply: impl Fn() -> Reply + Send + Sync + 'static) -> (Clerk, ScriptedTransport) {
    let transport = ScriptedTransport::from_fn(move |_| reply());
    let clerk = Clerk::builder()
        .publishable_key(KEY)
        .secret_key("sk_test_x")
        .jwt_key(TestKey::FIRST.public_pem())
        .clock(Clock::fixed(NOW))
        .transport(SharedTransport::new(transport.clone()))
        .allow_test_keys()
        .build()
        .unwrap();
    (clerk, transport)
}

fn answering(status: u16) -> (Clerk, ScriptedTransport) {
    clerk(move || {
        let body = if status == 200 {
            GOOD
        } else {
            r#"{"errors":[]}"#
        };
        Reply::json(StatusCode::from_u16(status).unwrap(), body)
    })
}

fn session() -> SessionTokenBuilder {
    SessionTokenBuilder::new("user_1")
        .session_id("sess_1")
        .authorized_party("https://app.example.com")
        .issued_at_ms(NOW)
}

fn m2m() -> String {
    M2mTokenBuilder::new("mch_1").issued_at_ms(NOW).mint()
}

fn oauth() -> String {
    OAuthTokenBuilder::new("user_1").issued_at_ms(NOW).mint()
}

fn block_on<F: IntoFuture>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future.into_future());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("nothing here waits"),
    }
}

fn verify(clerk: &Clerk, token: &str, accepts: impl Into<AcceptsToken>) -> Verification {
    block_on(clerk.verify(token).accepts(accepts)).unwrap()
}

fn refusal(verification: &Verification) -> String {
    let Verification::Refused(refusal) = verification else {
        panic!("{verification:?}");
    };
    refusal.reason().to_string()
}

// covers: TOK-11, TOK-12, TOK-14, TOK-20, TOK-21, TOK-22
#[test]
fn every_kind_of_token_is_verified_and_only_opaque_ones_cost_a_call() {
    let tokens = [
        (session().mint(), TokenType::Session, None),
        (m2m(), TokenType::M2m, None),
        (oauth(), TokenType::OAuth, None),
        (
            "mt_1".to_owned(),
            TokenType::M2m,
            Some("/m2m_tokens/verify"),
        ),
        (
            "oat_1".to_owned(),
            TokenType::OAuth,
            Some("/oauth_applications/access_tokens/verify"),
        ),
        (
            "ak_1".to_owned(),
            TokenType::ApiKey,
            Some("/api_keys/verify"),
        ),
    ];
    for (token, token_type, path) in tokens {
        for accepts in [
            AcceptsToken::Any,
            token_type.into(),
            [TokenType::Session, token_type].into(),
        ] {
            let (clerk, transport) = answering(200);
            let verification = verify(&clerk, &token, accepts);
            assert!(verification.is_verified(), "{verification:?}");
            assert_eq!(verification.auth().token_type(), Some(token_type));
            assert_eq!(verification.auth().token(), Some(token.as_str()));
            let sent = transport.take_requests();
            let paths: Vec<_> = sent.iter().map(|request| request.uri().path()).collect();
            assert_eq!(paths, Vec::from_iter(path));
        }
    }
}

#[test]
fn what_is_not_accepted_is_refused_unseen() {
    let tokens = [
        session().mint(),
        m2m(),
        oauth(),
        "ak_1".to_owned(),
        "mt_1".to_owned(),
    ];
    let types = [
        TokenType::Session,
        TokenType::M2m,
        TokenType::OAuth,
        TokenType::ApiKey,
        TokenType::M2m,
    ];
    let (clerk, transport) = answering(200);
    for (token, token_type) in tokens.iter().zip(types) {
        for accepted in TokenType::ALL
            .iter()
            .filter(|accepted| **accepted != token_type)
        {
            let verification = verify(&clerk, token, *accepted);
            assert_eq!(refusal(&verification), "token-type-mismatch", "{accepted}");
            assert!(matches!(verification.auth(), Auth::Invalid));
        }
    }
    // Unless told otherwise, what requests may carry is accepted: session tokens.
    assert!(block_on(clerk.verify(&tokens[0])).unwrap().is_verified());
    assert_eq!(
        refusal(&block_on(clerk.verify("ak_1")).unwrap()),
        "token-type-mismatch"
    );
    assert_eq!(transport.sent(), 0);
}

// covers: JWT-16, JWT-18, CAT-11, AUTH-13
#[test]
fn a_bad_token_is_refused_with_its_own_reason_and_without_a_call() {
    let (good, other) = (session().mint(), session().session_id("sess_2").mint());
    let (signed, _) = good.rsplit_once('.').unwrap();
    let (_, foreign) = other.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{foreign}");
    let cases = [
        ("x".to_owned(), "token-invalid"),
        ("a.b.c".to_owned(), "token-invalid"),
        (forged, "token-invalid-signature"),
        (
            session().issued_at_ms(NOW - 120_000).mint(),
            "token-expired",
        ),
        (
            session().issued_at_ms(NOW + 60_000).mint(),
            "token-not-active-yet",
        ),
        (
            session().authorized_party("https://evil.example").mint(),
            "token-invalid-authorized-parties",
        ),
        // What names no session, or belongs to a template, is no session's.
        (session().session_id("").mint(), "token-type-mismatch"),
        (
            session().header("cat", "cl_B7d4PD222AAA").mint(),
            "token-type-mismatch",
        ),
        ("ak_a.b".to_owned(), "token-invalid"),
        (format!("ak_{}", "x".repeat(510)), "token-invalid"),
    ];
    let (clerk, transport) = answering(200);
    let clerk = clerk.with_authorized_parties(["https://app.example.com"]);
    for (token, reason) in cases {
        let verification = verify(&clerk, &token, AcceptsToken::Any);
        assert_eq!(refusal(&verification), reason, "{token}");
        assert!(!format!("{verification:?}").contains(&token) || token.len() == 1);
    }
    assert_eq!(transport.sent(), 0);
    assert!(matches!(
        verify(&clerk, "", AcceptsToken::Any),
        Verification::Missing
    ));
}

#[test]
fn options_of_one_verification_go_before_the_clients() {
    let (clerk, _) = answering(200);
    let token = session().authorized_party("https://a.example").mint();
    let options = AuthenticateOptions::new().authorized_parties(["https://b.example"]);
    let verification = block_on(clerk.verify(&token).options(options)).unwrap();
    assert_eq!(refusal(&verification), "token-invalid-authorized-parties");
    assert!(block_on(clerk.verify(&token)).unwrap().is_verified());
}

// covers: AUTH-30
#[test]
fn a_pending_session_is_nobody_unless_asked_for() {
    use clerk_backend::internal::PendingSessions;

    let (clerk, _) = answering(200);
    let token = session().pending().mint();
    let Verification::Verified(verified) = verify(&clerk, &token, TokenType::Session) else {
        panic!("the token is good");
    };
    assert!(!verified.auth().is_authenticated());
    let auth = verified.auth_with(PendingSessions::SignedIn);
    assert_eq!(auth.user_id(), Some("user_1"));
}

// covers: TOK-24, TOK-26
#[test]
fn what_clerk_says_about_an_opaque_token_is_a_refusal_or_an_outage() {
    for (status, reason) in [(404, "token-invalid"), (400, "unexpected-error")] {
        let (clerk, transport) = answering(status);
        let verification = verify(&clerk, "ak_1", TokenType::ApiKey);
        assert_eq!(refusal(&verification), reason);
        assert_eq!(transport.sent(), 1);
    }
    for status in [401, 429, 500, 503] {
        let (clerk, transport) = answering(status);
        let verification = verify(&clerk, "ak_1", TokenType::ApiKey);
        let Verification::Unavailable(outage) = &verification else {
            panic!("{status}: {verification:?}");
        };
        assert_eq!(outage.status(), Some(status));
        assert!(verification.is_outage() && !verification.auth().is_authenticated());
        assert_eq!(transport.sent(), 1);
    }
    let (clerk, _) = clerk(|| {
        Reply::json(StatusCode::TOO_MANY_REQUESTS, r#"{"errors":[]}"#)
            .with_header("retry-after", "7")
    });
    let Verification::Unavailable(outage) = verify(&clerk, "ak_1", TokenType::ApiKey) else {
        panic!("429 is an outage");
    };
    assert_eq!(outage.retry_after(), Some(Duration::from_secs(7)));
}
