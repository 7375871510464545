//! Requests through the facade, with keys at hand and no network.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use clerk_backend::testing::mint::{
    HandshakeTokenBuilder, M2mTokenBuilder, SessionTokenBuilder, TestKey,
};
use clerk_backend::tokens::TokenType;
use clerk_backend::{Auth, Clerk, Clock, RequestState};
use http::Request;

const KEY: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";
const NOW: i64 = 1_774_000_000_250;

fn clerk() -> Clerk {
    Clerk::builder()
        .publishable_key(KEY)
        .jwt_key(TestKey::FIRST.public_pem())
        .authorized_parties(["http://localhost:3000"])
        .clock(Clock::fixed(NOW))
        .allow_test_keys()
        .build()
        .unwrap()
}

fn session_token() -> String {
    SessionTokenBuilder::new("user_1")
        .session_id("sess_1")
        .issuer("https://foo-bar-13.clerk.accounts.dev")
        .authorized_party("http://localhost:3000")
        .issued_at_ms(NOW)
        .mint()
}

async fn state(headers: &[(&str, &str)], target: &str) -> RequestState {
    let mut request = Request::get(target).header("host", "localhost:3000");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    clerk()
        .authenticate_request(&parts)
        .accepts([TokenType::Session, TokenType::M2m])
        .await
        .unwrap()
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("nothing here waits"),
    }
}

#[test]
fn bearer_cookie_and_machine_tokens_sign_in() {
    let token = session_token();
    let bearer = format!("Bearer {token}");
    let signed_in = block_on(state(&[("authorization", &bearer)], "/api"));
    assert_eq!(signed_in.auth().user_id(), Some("user_1"));

    let cookies = format!("__session={token}; __client_uat=1774000000; __clerk_db_jwt=dvb");
    let signed_in = block_on(state(&[("cookie", &cookies)], "/"));
    assert_eq!(signed_in.auth().user_id(), Some("user_1"), "{signed_in:?}");

    let machine = M2mTokenBuilder::new("mch_1").issued_at_ms(NOW).mint();
    let bearer = format!("Bearer {machine}");
    let signed_in = block_on(state(&[("authorization", &bearer)], "/api"));
    let Auth::M2m(machine) = signed_in.to_auth() else {
        panic!("{signed_in:?}");
    };
    assert_eq!(machine.machine_id(), "mch_1");
}

#[test]
fn a_document_is_sent_through_a_handshake_and_comes_back() {
    let document = ("sec-fetch-dest", "document");
    let sent = block_on(state(&[document], "/page?x=1"));
    let RequestState::Handshake(handshake) = &sent else {
        panic!("{sent:?}");
    };
    let location = handshake.headers()["location"].to_str().unwrap();
    assert!(
        location
            .starts_with("https://foo-bar-13.clerk.accounts.dev/v1/client/handshake?redirect_url=")
    );

    let answer = HandshakeTokenBuilder::new([format!("__session={}; Path=/", session_token())])
        .issued_at_ms(NOW)
        .mint();
    let back = format!("/page?x=1&__clerk_handshake={answer}");
    let signed_in = block_on(state(&[document], &back));
    assert_eq!(signed_in.auth().user_id(), Some("user_1"), "{signed_in:?}");
    assert_eq!(
        signed_in.location().unwrap(),
        "http://localhost:3000/page?x=1"
    );
    assert!(
        signed_in.headers()["set-cookie"]
            .to_str()
            .unwrap()
            .starts_with("__session=")
    );
}

// covers: CFG-6, MW-3
#[test]
fn settings_that_cannot_work_are_refused_when_built() {
    let missing = Clerk::builder()
        .secret_key("sk_test_x")
        .build()
        .unwrap_err();
    assert!(
        missing.to_string().contains("CLERK_PUBLISHABLE_KEY"),
        "{missing}"
    );
    let unsafe_keys = Clerk::builder()
        .publishable_key("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")
        .jwt_key(TestKey::FIRST.public_pem())
        .allow_test_keys()
        .build();
    assert!(unsafe_keys.is_err());
    let mixed = Clerk::builder()
        .publishable_key(KEY)
        .secret_key("sk_live_x")
        .build();
    assert!(mixed.is_err());
}

#[test]
fn a_diagnosis_names_what_is_missing() {
    let diagnosis = block_on(clerk().diagnose());
    assert!(diagnosis.is_working());
    let text = diagnosis.to_string();
    assert!(text.contains("warning CLERK_SECRET_KEY"), "{text}");
    assert!(!text.contains("warning CLERK_AUTHORIZED_PARTIES"), "{text}");
}
