//! Categories of tokens in requests.

use std::sync::Arc;

use clerk_core::PublishableKey;
use clerk_internal::AuthenticateOptions;
use clerk_testing::mint::{HandshakeTokenBuilder, SessionTokenBuilder};
use clerk_tokens::{AcceptsToken, TokenType};

use super::support::{
    FakeClerk, LIVE, NOW, TEST, bearer_with, builder, document, engine, keyed, reason, session,
};

const SESSION: &str = "cl_B7d4PD111AAA";
const TEMPLATE: &str = "cl_B7d4PD222AAA";
const M2M: &str = "cl_B7d4PD333AAA";
const IGNORE: &str = "cl_I7d4PD111III";

/// A session token with each category, and whether it counts as one.
fn tokens(make: impl Fn() -> SessionTokenBuilder) -> Vec<(String, bool, &'static str)> {
    let mut all: Vec<_> = [
        (SESSION, true),
        (IGNORE, true),
        (TEMPLATE, false),
        (M2M, false),
        ("cl_unknown", false),
        ("", false),
    ]
    .map(|(category, is_session)| (make().header("cat", category).mint(), is_session, category))
    .into();
    all.push((make().without_header("cat").mint(), true, "none"));
    all.push((make().header("cat", 7).mint(), false, "a number"));
    all
}

// covers: CAT-11, CAT-12
#[test]
fn header_tokens_of_another_category_are_a_mismatch_whatever_is_accepted() {
    let engine = engine(keyed(LIVE));
    for accepts in [
        AcceptsToken::One(TokenType::Session),
        AcceptsToken::Any,
        AcceptsToken::AnyOf(vec![TokenType::Session, TokenType::ApiKey]),
    ] {
        for (token, is_session, category) in tokens(session) {
            let options = AuthenticateOptions::new().accepts(accepts.clone());
            let state = bearer_with(&engine, &token, options);
            assert_eq!(state.is_authenticated(), is_session, "{category} {state:?}");
            if !is_session {
                assert_eq!(state.status(), "signed-out");
                assert_eq!(
                    (reason(&state).as_str(), state.message()),
                    ("token-type-mismatch", "")
                );
            }
        }
    }
}

// covers: CAT-13
#[test]
fn session_cookies_of_another_category_are_a_mismatch() {
    let engine = engine(keyed(LIVE));
    for (token, is_session, category) in tokens(session) {
        let cookies = format!("__session={token}; __client_uat=1773999990");
        let headers = [("cookie", cookies.as_str())];
        let state = document(&engine, "/", &headers, AuthenticateOptions::new());
        assert_eq!(state.is_authenticated(), is_session, "{category} {state:?}");
        if !is_session {
            assert_eq!(state.status(), "signed-out");
            assert_eq!(
                (reason(&state).as_str(), state.message()),
                ("token-type-mismatch", "")
            );
        }
    }
}

// covers: CAT-14, HIST-60
#[test]
fn hist_60_handshake_tokens_of_another_category_set_no_cookies() {
    let make = |category: Option<&str>| {
        let cookie = format!("__session={}; Path=/", session().mint());
        let token = HandshakeTokenBuilder::new([cookie]).issued_at_ms(NOW);
        match category {
            Some(category) => token.header("cat", category).mint(),
            None => token.without_header("cat").mint(),
        }
    };
    for (category, is_good) in [
        (Some(SESSION), true),
        (Some(IGNORE), true),
        (None, true),
        (Some(TEMPLATE), false),
        (Some(M2M), false),
        (Some("cl_unknown"), false),
    ] {
        let token = make(category);
        let target = format!("/?__clerk_handshake={token}");
        for key in [LIVE, TEST] {
            let engine = engine(keyed(key));
            let state = document(&engine, &target, &[], AuthenticateOptions::new());
            assert_eq!(state.is_authenticated(), is_good, "{category:?} {state:?}");
            let cookies = state.headers().get_all("set-cookie");
            let sets_session = cookies
                .iter()
                .any(|cookie| cookie.as_bytes().starts_with(b"__session="));
            assert_eq!(sets_session, is_good, "{category:?}");
            // Development says what is wrong; production goes on without it.
            if !is_good && key == TEST {
                assert_eq!(reason(&state), "token-invalid");
                assert!(state.message().contains("category"), "{}", state.message());
            }
        }
    }
}

// covers: CAT-17
#[test]
fn tokens_out_of_a_handshake_are_of_the_session_category() {
    let engine = engine(keyed(LIVE));
    for (token, is_session, category) in tokens(session) {
        let handshake = HandshakeTokenBuilder::new([format!("__session={token}; Path=/")])
            .issued_at_ms(NOW)
            .mint();
        let target = format!("/?__clerk_handshake={handshake}");
        let state = document(&engine, &target, &[], AuthenticateOptions::new());
        assert_eq!(state.is_authenticated(), is_session, "{category} {state:?}");
    }
}

// covers: CAT-17
#[test]
fn tokens_out_of_a_refresh_are_of_the_session_category() {
    let names = PublishableKey::parse(LIVE).unwrap();
    let refresh = names.cookie_names().refresh().to_owned();
    let expired = session().issued_at_ms(NOW - 600_000).mint();
    let cookies = format!("__session={expired}; __client_uat=1773990000; {refresh}=r3fr3sh");
    for (token, is_session, category) in tokens(session) {
        let clerk = FakeClerk::cookies(vec![format!("__session={token}; Path=/")]);
        let engine = builder(keyed(LIVE)).calls(Arc::new(clerk)).build().unwrap();
        let headers = [("cookie", cookies.as_str())];
        let state = document(&engine, "/", &headers, AuthenticateOptions::new());
        assert_eq!(state.is_authenticated(), is_session, "{category} {state:?}");
        if !is_session {
            assert_eq!(state.status(), "handshake", "{category}");
            assert!(
                reason(&state).contains("invalid-session-token"),
                "{}",
                reason(&state)
            );
        }
    }
}
