//! Every minted kind of token, judged by the verifiers of this workspace.
#![cfg(feature = "mint")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use clerk_core::Clock;
use clerk_testing::mint::{
    HandshakeTokenBuilder, M2mTokenBuilder, OAuthTokenBuilder, SessionTokenBuilder,
    TemplateTokenBuilder, TestKey, TestOrg,
};
use clerk_tokens::{
    CategoryPolicy, LocalKeys, TokenVerifier, VerifyOptions, VerifyingKey, decode_jwt,
    verify_m2m_jwt, verify_oauth_jwt,
};

const NOW: i64 = 1_774_000_000_000;

fn keys(key: TestKey) -> LocalKeys {
    VerifyingKey::from_pem(key.public_pem()).unwrap().into()
}

fn options() -> VerifyOptions {
    VerifyOptions::with_clock(Clock::fixed(NOW)).allow_test_keys()
}

// covers: TEST-20
#[test]
fn test_20_session_tokens_of_both_versions_verify_and_no_other_kind_does() {
    let verifier = TokenVerifier::with_options(keys(TestKey::FIRST), options())
        .categories(CategoryPolicy::Session);
    let org = TestOrg::new("org_acme")
        .slug("acme")
        .role("org:admin")
        .permissions(["org:reports:read"]);
    for builder in [
        SessionTokenBuilder::new("user_ada")
            .issued_at_ms(NOW)
            .org(org.clone()),
        SessionTokenBuilder::new("user_ada")
            .issued_at_ms(NOW)
            .org(org)
            .version_1(),
    ] {
        let claims = verifier.verify(&builder.mint()).unwrap();
        assert_eq!(claims.user_id(), "user_ada");
        assert!(claims.org().unwrap().has_permission("org:reports:read"));
        let other = builder.key(TestKey::SECOND).mint();
        assert!(verifier.verify(&other).is_err(), "another key");
    }
    for other in [
        TemplateTokenBuilder::new("user_ada")
            .issued_at_ms(NOW)
            .mint(),
        M2mTokenBuilder::new("mch_1").issued_at_ms(NOW).mint(),
        OAuthTokenBuilder::new("user_ada").issued_at_ms(NOW).mint(),
    ] {
        assert!(verifier.verify(&other).is_err());
    }
    let handshake = HandshakeTokenBuilder::new(["__session=x"])
        .issued_at_ms(NOW)
        .mint();
    assert!(
        verifier.verify(&handshake).is_err(),
        "nobody is its subject"
    );
}

// covers: TEST-20
#[test]
fn test_20_machine_tokens_verify_as_their_kind_only() {
    let (key, options) = (
        VerifyingKey::from_pem(TestKey::FIRST.public_pem()).unwrap(),
        options(),
    );
    let m2m = M2mTokenBuilder::new("mch_1")
        .scopes(["mch_2"])
        .issued_at_ms(NOW)
        .mint();
    let oauth = OAuthTokenBuilder::new("user_ada")
        .scopes(["profile"])
        .issued_at_ms(NOW)
        .mint();
    assert!(verify_m2m_jwt(&decode_jwt(&m2m).unwrap(), &key, &options).is_ok());
    assert!(verify_oauth_jwt(&decode_jwt(&oauth).unwrap(), &key, &options).is_ok());
    assert!(verify_m2m_jwt(&decode_jwt(&oauth).unwrap(), &key, &options).is_err());
    assert!(verify_oauth_jwt(&decode_jwt(&m2m).unwrap(), &key, &options).is_err());
}
