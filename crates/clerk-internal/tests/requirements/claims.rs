//! Tokens whose claims and headers are of any type.

use clerk_internal::{Auth, Authenticator, RequestState};
use clerk_testing::mint::{M2mTokenBuilder, OAuthTokenBuilder};
use clerk_tokens::{AcceptsToken, TokenType};
use serde_json::{Value, json};

use super::asking::{Ask, UAT, token_of};
use super::scripted::ScriptedClerk;
use super::support::{LIVE, NOW, keyed};

fn oddities() -> [Value; 10] {
    [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("\u{0}\u{e9}"),
        json!([]),
        json!([null, {"a": 1}]),
        json!({"sub": ["user_1"]}),
    ]
}

fn engines() -> Vec<Authenticator> {
    [
        AcceptsToken::One(TokenType::Session),
        AcceptsToken::One(TokenType::M2m),
        AcceptsToken::One(TokenType::OAuth),
        AcceptsToken::AnyOf(vec![TokenType::Session, TokenType::M2m]),
        AcceptsToken::Any,
    ]
    .into_iter()
    .map(|accepts| {
        ScriptedClerk::default()
            .serve(keyed(LIVE).accepts(accepts))
            .0
    })
    .collect()
}

/// Whoever is authenticated is somebody, and told by texts.
fn is_sound(state: &RequestState) -> bool {
    match state.auth() {
        // JWT-14: an empty subject is a text, too.
        Auth::Session(session) => !session.session_id().is_empty(),
        Auth::M2m(machine) => machine.machine_id().starts_with("mch_"),
        Auth::OAuth(oauth) => state.token() == Some(oauth.token()),
        Auth::ApiKey(_) => false,
        _ => true,
    }
}

// covers: HIST-46, HIST-54, COK-9, JWT-6
#[test]
fn hist_46_54_claims_and_headers_of_any_type_neither_crash_nor_sign_anybody_odd_in() {
    let engines = engines();
    let claims = [
        "sub",
        "sid",
        "iss",
        "azp",
        "aud",
        "exp",
        "iat",
        "nbf",
        "sts",
        "act",
        "fva",
        "o",
        "fea",
        "pla",
        "v",
        "jti",
        "scope",
        "scopes",
        "client_id",
    ];
    let mut tokens = Vec::new();
    for value in oddities() {
        for name in claims {
            tokens.push(token_of(LIVE).claim(name, value.clone()).mint());
            let m2m = M2mTokenBuilder::new("mch_1").issued_at_ms(NOW);
            tokens.push(m2m.claim(name, value.clone()).mint());
            let oauth = OAuthTokenBuilder::new("user_1").issued_at_ms(NOW);
            tokens.push(oauth.claim(name, value.clone()).mint());
        }
        for name in ["typ", "alg", "kid", "cat", "crit"] {
            tokens.push(token_of(LIVE).header(name, value.clone()).mint());
        }
    }
    let mut authenticated = 0;
    for token in &tokens {
        for engine in &engines {
            for ask in [
                Ask::page("/").bearer(token),
                Ask::page("/")
                    .cookie("__session", token)
                    .cookie("__client_uat", UAT),
                Ask::page("/").cookie("__clerk_handshake", token),
            ] {
                let state = ask.of(engine);
                assert!(is_sound(&state), "{state:?} {token}");
                authenticated += usize::from(state.is_authenticated());
            }
        }
    }
    // Most of these claims are not what anybody is judged by.
    assert!(authenticated > 0);
    // A subject that is no text signs nobody in.
    for value in oddities() {
        if value.is_string() {
            continue;
        }
        let token = token_of(LIVE).claim("sub", value).mint();
        for ask in [
            Ask::page("/").bearer(&token),
            Ask::page("/").signed_in_by(&token),
        ] {
            assert!(!ask.of(&engines[0]).is_authenticated());
        }
    }
}
