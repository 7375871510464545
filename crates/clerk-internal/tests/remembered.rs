//! Tokens in the cache are judged as if they were verified anew.

#![cfg(all(feature = "token-cache", any(feature = "ring", feature = "aws-lc-rs")))]
#![allow(clippy::unwrap_used, reason = "tests")]

use clerk_core::{Clock, ManualClock, PublishableKey};
use clerk_internal::request::RequestView;
use clerk_internal::{AuthenticateOptions, Authenticator};
use clerk_testing::mint::{
    M2mTokenBuilder, OAuthTokenBuilder, SessionTokenBuilder, TemplateTokenBuilder, TestKey,
};
use clerk_tokens::{TokenCache, TokenType, VerifyingKey};

const NOW: i64 = 1_774_000_000_250;

fn options(key: TestKey) -> AuthenticateOptions {
    AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k").unwrap())
        .jwt_key(VerifyingKey::from_jwt_key(key.public_pem()).unwrap())
        .allow_test_keys(true)
}

fn engine(
    options: AuthenticateOptions,
    clock: &Clock,
    cache: Option<&TokenCache>,
) -> Authenticator {
    let mut builder = Authenticator::builder(options).clock(clock.clone());
    if let Some(cache) = cache {
        builder = builder.token_cache(cache.clone());
    }
    builder.build().unwrap()
}

fn outcome(engine: &Authenticator, token: &str) -> String {
    let request = http::Request::get("https://app.example.com/").header("host", "app.example.com");
    let request = request.header("authorization", format!("Bearer {token}"));
    let request = request.body(()).unwrap();
    let state = engine.authenticate_local(RequestView::from(&request));
    let (headers, auth) = (state.headers().clone(), state.to_auth());
    format!(
        "{} {:?} {:?} {headers:?} {auth:?}",
        state.status(),
        state.token_type(),
        state.reason()
    )
}

#[test]
fn what_is_remembered_is_judged_by_the_settings_at_hand() {
    let tokens = [
        SessionTokenBuilder::new("user_1")
            .issued_at_ms(NOW)
            .authorized_party("https://app.example.com")
            .mint(),
        SessionTokenBuilder::new("user_1")
            .issued_at_ms(NOW)
            .pending()
            .mint(),
        SessionTokenBuilder::new("user_1")
            .issued_at_ms(NOW)
            .session_id("")
            .mint(),
        SessionTokenBuilder::new("user_1")
            .issued_at_ms(NOW)
            .key(TestKey::ALL[1])
            .mint(),
        SessionTokenBuilder::new("user_1")
            .issued_at_ms(NOW)
            .header("typ", "at+jwt")
            .mint(),
        M2mTokenBuilder::new("mch_1")
            .issued_at_ms(NOW)
            .scopes(["mch_2"])
            .mint(),
        SessionTokenBuilder::new("mch_1").issued_at_ms(NOW).mint(),
        OAuthTokenBuilder::new("user_2").issued_at_ms(NOW).mint(),
        TemplateTokenBuilder::new("user_3").issued_at_ms(NOW).mint(),
    ];
    let (first, second) = (TestKey::FIRST, TestKey::ALL[1]);
    let settings: [(&str, AuthenticateOptions); 9] = [
        ("session", options(first)),
        (
            "any",
            options(first).accepts(clerk_tokens::AcceptsToken::Any),
        ),
        ("m2m", options(first).accepts(TokenType::M2m)),
        ("oauth", options(first).accepts([TokenType::OAuth])),
        (
            "oauth and session",
            options(first).accepts([TokenType::OAuth, TokenType::Session]),
        ),
        (
            "party",
            options(first).authorized_parties(["https://other.example"]),
        ),
        ("audience", options(first).audience(["other"])),
        ("key", options(second)),
        ("types", options(first).header_types(["other"])),
    ];
    let clock = ManualClock::new(NOW);
    let clock_of = || Clock::from(clock.clone());
    // One cache for all of them: whoever verified a token first, nobody takes its word for more than the signature.
    let cache = TokenCache::new(1 << 20);
    for seconds in [0, 61, 600] {
        clock.advance(std::time::Duration::from_secs(seconds));
        for _ in 0..2 {
            for (name, options) in &settings {
                let fresh = engine(options.clone(), &clock_of(), None);
                let remembering = engine(options.clone(), &clock_of(), Some(&cache));
                for (index, token) in tokens.iter().enumerate() {
                    assert_eq!(
                        outcome(&remembering, token),
                        outcome(&fresh, token),
                        "{name}, token {index}, {seconds} s"
                    );
                }
            }
        }
    }
    assert!(!cache.is_empty());
}
