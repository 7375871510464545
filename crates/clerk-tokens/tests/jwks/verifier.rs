//! From token to claims, with keys from the network.

use std::time::Duration;

use clerk_core::ManualClock;
use clerk_http::testing::Reply;
use clerk_testing::mint::{M2mTokenBuilder, SessionTokenBuilder, TestKey};
use clerk_tokens::jwks::{
    InstanceKeys, KeySource, RemoteKeys, RemoteKeysBuilder, RemoteTokenVerifier,
};
use clerk_tokens::{VerifyOptions, VerifyingKey};
use http::StatusCode;

use crate::support::*;

struct Setup {
    source: Source,
    clock: ManualClock,
    verifier: RemoteTokenVerifier,
}

fn published(keys: &[TestKey]) -> Reply {
    Reply::json(StatusCode::OK, TestKey::jwk_set(keys).to_string())
}

fn setup() -> Setup {
    let source = Source::new(published(&[TestKey::FIRST]));
    let clock = ManualClock::new(T0);
    let keys = RemoteKeys::backend_api(source.client("sk_test_x"))
        .policy(policy())
        .build_on(runtime(), clock.clone().into());
    Setup {
        source,
        verifier: RemoteTokenVerifier::new(keys, options(&clock)),
        clock,
    }
}

fn options(clock: &ManualClock) -> VerifyOptions {
    VerifyOptions::with_clock(clock.clone().into()).allow_test_keys()
}

impl Setup {
    fn token(&self, key: TestKey) -> String {
        let clock = self.clock.clone().into();
        SessionTokenBuilder::new("user_1")
            .key(key)
            .clock(&clock)
            .mint()
    }

    async fn verify(&self, token: &str) -> &'static str {
        let reason = |result: Result<_, clerk_tokens::TokenVerificationError>| {
            result.map_or_else(|error| error.reason().as_str(), |_| "ok")
        };
        let now = self.verifier.verify_now(token).map(reason);
        let verdict = reason(self.verifier.verify(token).await);
        // What can be told at once is what is told.
        assert!(now.is_none_or(|now| now == verdict), "{now:?}, {verdict}");
        verdict
    }
}

#[tokio::test]
async fn a_token_is_verified_with_the_key_it_names() {
    let setup = setup();
    let token = setup.token(TestKey::FIRST);
    assert!(setup.verifier.verify_now(&token).is_none());
    let claims = setup.verifier.verify(&token).await.unwrap();
    assert_eq!(claims.user_id(), "user_1");
    assert!(setup.verifier.verify_now(&token).unwrap().is_ok());
    assert_eq!(
        setup.verify(&setup.token(TestKey::SECOND)).await,
        "jwk-kid-mismatch"
    );
    // A genuine kid on a token of another key.
    let forged = SessionTokenBuilder::new("user_1")
        .key(TestKey::SECOND)
        .header("kid", TestKey::FIRST.kid())
        .mint();
    assert_eq!(setup.verify(&forged).await, "token-invalid-signature");
    setup.clock.advance(HOUR);
    assert_eq!(setup.verify(&token).await, "token-expired");
}

// covers: JWT-53, JWKS-22
#[tokio::test]
async fn junk_costs_no_fetch() {
    let setup = setup();
    let builder = || SessionTokenBuilder::new("user_1");
    for token in [
        "junk".to_owned(),
        "a.b.c".to_owned(),
        "x".repeat(20_000),
        builder().header("alg", "none").mint(),
        builder().header("alg", "HS256").mint(),
        builder().header("typ", "at+jwt").mint(),
        builder().header("crit", serde_json::json!(["b64"])).mint(),
        builder().without_header("kid").mint(),
        builder().header("kid", "").mint(),
        builder().header("kid", 5).mint(),
        builder().header("kid", "k".repeat(1000)).mint(),
        M2mTokenBuilder::new("mch_1").mint(),
    ] {
        assert_ne!(setup.verify(&token).await, "ok", "{token}");
    }
    assert_eq!(setup.source.requests(), 0);
}

// covers: JWKS-21
#[tokio::test]
async fn an_outage_in_the_middle_of_traffic_refuses_no_valid_token() {
    let setup = setup();
    assert_eq!(setup.verify(&setup.token(TestKey::FIRST)).await, "ok");
    setup.source.answer_with(status(503).with_body("<html>"));
    for _ in 0..(24 * 60 - 1) {
        setup.clock.advance(MINUTE);
        assert_eq!(setup.verify(&setup.token(TestKey::FIRST)).await, "ok");
    }
    // A forged token is refused all the while.
    let forged = SessionTokenBuilder::new("user_1")
        .key(TestKey::SECOND)
        .header("kid", TestKey::FIRST.kid())
        .mint();
    assert_eq!(setup.verify(&forged).await, "token-invalid-signature");
    setup.clock.advance(MINUTE);
    let error = setup
        .verifier
        .verify(&setup.token(TestKey::FIRST))
        .await
        .unwrap_err();
    assert_eq!(error.reason().as_str(), "jwk-remote-failed-to-load");
    assert!(error.is_outage() && error.is_key_problem());
}

#[tokio::test]
async fn who_could_not_be_judged_is_told_from_who_was_refused() {
    let setup = setup();
    setup
        .source
        .answer_with(status(429).with_header("retry-after", "9"));
    let error = setup
        .verifier
        .verify(&setup.token(TestKey::FIRST))
        .await
        .unwrap_err();
    assert!(error.is_outage() && error.is_key_problem());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));

    setup.clock.advance(MINUTE);
    let invalid = r#"{"errors":[{"code":"clerk_key_invalid"}]}"#;
    setup
        .source
        .answer_with(Reply::json(StatusCode::UNAUTHORIZED, invalid));
    let error = setup
        .verifier
        .verify(&setup.token(TestKey::FIRST))
        .await
        .unwrap_err();
    assert_eq!(error.reason().as_str(), "secret-key-invalid");
    assert!(!error.is_outage() && error.is_key_problem());

    setup.clock.advance(MINUTE);
    setup.source.answer_with(published(&[TestKey::SECOND]));
    let error = setup
        .verifier
        .verify(&setup.token(TestKey::FIRST))
        .await
        .unwrap_err();
    assert_eq!(error.reason().as_str(), "jwk-kid-mismatch");
    assert!(!error.is_outage() && !error.is_key_problem());
}

// covers: JWKS-23
#[tokio::test]
async fn a_rotation_is_followed() {
    let setup = setup();
    assert_eq!(setup.verify(&setup.token(TestKey::FIRST)).await, "ok");
    setup
        .source
        .answer_with(published(&[TestKey::FIRST, TestKey::SECOND]));
    assert_eq!(setup.verify(&setup.token(TestKey::SECOND)).await, "ok");
    setup.source.answer_with(published(&[TestKey::SECOND]));
    setup.clock.advance(5 * MINUTE);
    assert_eq!(setup.verify(&setup.token(TestKey::SECOND)).await, "ok");
    assert_eq!(
        setup.verify(&setup.token(TestKey::FIRST)).await,
        "jwk-kid-mismatch"
    );
}

// covers: JWKS-29
#[tokio::test]
async fn without_the_cache_every_token_fetches() {
    let setup = setup();
    let verifier = setup.verifier.clone().skip_jwks_cache();
    let token = setup.token(TestKey::FIRST);
    for fetches in 1..4 {
        assert!(verifier.verify_now(&token).is_none());
        assert!(verifier.verify(&token).await.is_ok());
        assert_eq!(setup.source.requests(), fetches);
    }
    assert_eq!(setup.verify(&token).await, "ok");
    assert_eq!(setup.source.requests(), 3);
}

#[tokio::test]
async fn published_test_keys_are_refused_unless_allowed() {
    let setup = setup();
    let strict = RemoteTokenVerifier::new(
        setup.verifier.keys().clone(),
        VerifyOptions::with_clock(setup.clock.clone().into()),
    );
    let error = strict
        .verify(&setup.token(TestKey::FIRST))
        .await
        .unwrap_err();
    assert_eq!(error.reason().as_str(), "token-verification-failed");
    assert_eq!(setup.verify(&setup.token(TestKey::FIRST)).await, "ok");
}

// covers: JWKS-14
#[tokio::test]
async fn every_source_verifies() {
    let setup = setup();
    let token = setup.token(TestKey::FIRST);
    let publishable = clerk_core::PublishableKey::parse("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k");
    let sources = [
        KeySource::Pem(TestKey::FIRST.public_pem().to_owned()),
        KeySource::Jwk(TestKey::FIRST.jwk().to_string()),
        KeySource::JwkSet(TestKey::jwk_set(&[TestKey::SECOND, TestKey::FIRST]).to_string()),
        KeySource::BackendApi(setup.source.client("sk_test_x")),
        KeySource::FrontendApi {
            key: publishable.unwrap(),
            transport: setup.source.transport(),
        },
    ];
    for source in sources {
        let keys = source.open(RemoteKeysBuilder::build).unwrap();
        keys.warm_up().await.unwrap();
        let verifier = RemoteTokenVerifier::new(keys, options(&setup.clock));
        assert!(verifier.verify_now(&token).unwrap().is_ok());
        assert!(verifier.verify(&token).await.is_ok());
    }
    for broken in [
        KeySource::Pem("junk".into()),
        KeySource::Jwk("{}".into()),
        KeySource::JwkSet("[]".into()),
    ] {
        assert!(broken.open(RemoteKeysBuilder::build).is_err());
    }
    let local: InstanceKeys = VerifyingKey::from_pem(TestKey::FIRST.public_pem())
        .unwrap()
        .into();
    assert!(local.warm_up().await.is_ok());
}

// covers: JWKS-13
#[tokio::test]
async fn machine_tokens_share_the_keys() {
    let setup = setup();
    let InstanceKeys::Remote(keys) = setup.verifier.keys().clone() else {
        panic!("the keys are remote");
    };
    assert_eq!(setup.verify(&setup.token(TestKey::FIRST)).await, "ok");
    let clock = setup.clock.clone().into();
    let token = M2mTokenBuilder::new("mch_1").clock(&clock).mint();
    let decoded = clerk_tokens::decode_jwt(&token).unwrap();
    let key = keys.key_now(decoded.header().kid()).unwrap().unwrap();
    let claims = clerk_tokens::verify_m2m_jwt(&decoded, &key, &options(&setup.clock)).unwrap();
    assert_eq!(claims.subject(), "mch_1");
    assert_eq!(setup.source.requests(), 1);
}

#[cfg(feature = "token-cache")]
#[tokio::test]
async fn a_remembered_token_counts_only_while_its_key_does() {
    let mut setup = setup();
    let cache = clerk_tokens::TokenCache::new(1 << 20);
    setup.verifier = setup.verifier.token_cache(cache.clone());
    let lasting = || {
        let clock = setup.clock.clone().into();
        SessionTokenBuilder::new("user_1")
            .clock(&clock)
            .lifetime(HOUR)
            .mint()
    };
    let token = lasting();
    assert_eq!(setup.verify(&token).await, "ok");
    assert_eq!((cache.len(), setup.verify(&token).await), (1, "ok"));
    // The same key under the same kid from another fetch is the same key.
    setup.clock.advance(10 * MINUTE);
    assert_eq!(setup.verify(&token).await, "ok");
    assert_eq!(setup.source.requests(), 2);
    // Another key under the same kid is not.
    let other = serde_json::json!({ "keys": [{
        "kty": "RSA", "kid": TestKey::FIRST.kid(), "e": "AQAB",
        "n": TestKey::SECOND.jwk()["n"],
    }] });
    setup
        .source
        .answer_with(Reply::json(StatusCode::OK, other.to_string()));
    setup.clock.advance(10 * MINUTE);
    assert_eq!(setup.verify(&token).await, "token-invalid-signature");
    // Nor is none.
    setup.source.answer_with(published(&[TestKey::SECOND]));
    setup.clock.advance(10 * MINUTE);
    assert_eq!(setup.verify(&token).await, "jwk-kid-mismatch");
    // And time passes for what is remembered too.
    setup.source.answer_with(published(&[TestKey::FIRST]));
    setup.clock.advance(MINUTE);
    assert_eq!(setup.verify(&token).await, "ok");
    setup.clock.advance(HOUR);
    assert_eq!(setup.verify(&token).await, "token-expired");
}
