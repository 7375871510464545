//! Session tokens that do not verify.

use clerk_errors::TokenVerificationReason as Reason;
use clerk_internal::RequestState;
use clerk_testing::mint::TestKey;

use super::asking::{Ask, OLD_UAT, expired, header, names, token_of, verdict};
use super::scripted::{ScriptedClerk, ScriptedKeys};
use super::support::{LIVE, PARTY, bare, block_on, builder, keyed};

fn by_cookie(token: &str) -> Ask {
    Ask::page("/")
        .cookie("__session", token)
        .cookie("__client_uat", OLD_UAT)
}

fn by_header(token: &str) -> Ask {
    Ask::page("/").bearer(token)
}

#[test]
fn what_has_no_reason_of_its_own_is_an_unexpected_error() {
    // Every failure is typed, also that of an engine that may not wait.
    let keys = ScriptedKeys::new(Ok(super::support::key()));
    let engine = keys.serve(bare(LIVE));
    let state = by_header(&token_of(LIVE).mint()).with_view(|view| engine.authenticate_local(view));
    // Without anybody to load it, the key that is not at hand is a typed reason too.
    assert_eq!(verdict(&state), "signed-out jwk-failed-to-resolve");
    assert_eq!(keys.counts(), (0, 0, 0));
    // A machine token that Clerk refuses for no reason of its own.
    let failure = clerk_internal::CallFailure::answer(422, "a text that is not passed on");
    let clerk = ScriptedClerk::machine(Err(failure));
    let (engine, _) = clerk.serve(keyed(LIVE).accepts(clerk_tokens::AcceptsToken::Any));
    let state = by_header("ak_1").of(&engine);
    assert_eq!(verdict(&state), "signed-out unexpected-error");
    assert!(!state.message().contains("a text"));
}

// covers: ERR-2
#[test]
fn err_2_a_refresh_is_tried_before_the_expiry_counts() {
    let token = token_of(LIVE).mint();
    let cookies = vec![format!("__session={token}; Path=/")];
    let (engine, clerk) = ScriptedClerk::refresh(Ok(cookies)).serve(keyed(LIVE));
    let ask = by_cookie(&expired(LIVE).mint()).cookie(names(LIVE).refresh(), "r3fr3sh");
    assert_eq!(ask.verdict(&engine), "signed-in user_1");
    assert_eq!(clerk.asked().len(), 1);
}

// covers: ERR-4
#[test]
fn err_4_other_reasons_sign_out_with_their_full_message() {
    let options = || {
        keyed(LIVE)
            .authorized_parties([PARTY])
            .issuer(["https://clerk.example.com"])
            .audience(["https://api.example"])
    };
    let good = || token_of(LIVE).claim("aud", "https://api.example");
    let (engine, _) = ScriptedClerk::default().serve(options());
    assert_eq!(
        by_header(&good().mint()).verdict(&engine),
        "signed-in user_1"
    );
    for (token, reason) in [
        ("garbage".to_owned(), "token-invalid"),
        (good().header("typ", "X").mint(), "token-invalid"),
        (
            good().header("alg", "HS256").mint(),
            "token-invalid-algorithm",
        ),
        (
            good().key(TestKey::SECOND).mint(),
            "token-invalid-signature",
        ),
        (
            good().authorized_party("https://b.example").mint(),
            "token-invalid-authorized-parties",
        ),
        (
            good().issuer("https://clerk.example.com:443").mint(),
            "token-invalid-issuer",
        ),
        (
            good().claim("aud", "https://b.example").mint(),
            "token-verification-failed",
        ),
    ] {
        for (ask, carrier) in [(by_header(&token), "header"), (by_cookie(&token), "cookie")] {
            // A cookie of another issuer is another instance's, and not looked at.
            if reason == "token-invalid-issuer" && carrier == "cookie" {
                continue;
            }
            let state = ask.of(&engine);
            assert!(matches!(state, RequestState::SignedOut(_)));
            assert_eq!(verdict(&state), format!("signed-out {reason}"));
            let end = format!("(reason={reason}, token-carrier={carrier})");
            assert!(state.message().ends_with(&end), "{}", state.message());
            assert_eq!(
                header(&state, "x-clerk-auth-message").as_deref(),
                Some(state.message())
            );
        }
    }
}

// covers: ERR-4
#[test]
fn err_4_a_key_that_is_not_known_signs_out_and_one_that_could_not_be_had_is_an_outage() {
    for (reason, is_outage) in [
        (Reason::JwkKidMismatch, false),
        (Reason::JwkFailedToResolve, false),
        (Reason::LocalJwkMissing, false),
        (Reason::RemoteJwkInvalid, false),
        (Reason::RemoteJwkMissing, false),
        (Reason::RemoteJwkFailedToLoad, false),
        // The fault is the server's.
        (Reason::SecretKeyInvalid, true),
    ] {
        let engine = ScriptedKeys::failing(reason).serve(bare(LIVE));
        for ask in [
            by_header(&token_of(LIVE).mint()),
            by_cookie(&token_of(LIVE).mint()),
        ] {
            let state = ask.of(&engine);
            let status = if is_outage {
                "unavailable"
            } else {
                "signed-out"
            };
            assert_eq!(verdict(&state), format!("{status} {reason}"));
            assert_eq!(state.location(), None);
        }
    }
    let outage = clerk_errors::TokenVerificationError::new(Reason::RemoteJwkFailedToLoad, "No.")
        .with_outage()
        .with_retry_after(std::time::Duration::from_secs(5));
    let engine = ScriptedKeys::new(Err(outage)).serve(bare(LIVE));
    for ask in [
        by_header(&token_of(LIVE).mint()),
        by_cookie(&expired(LIVE).mint()),
    ] {
        let RequestState::Unavailable(state) = ask.of(&engine) else {
            panic!("an outage says nothing about the token");
        };
        assert_eq!(state.retry_after().unwrap().as_secs(), 5);
    }
    let nobody = builder(bare(LIVE)).build().unwrap();
    let state = by_header(&token_of(LIVE).mint()).of(&nobody);
    assert_eq!(verdict(&state), "signed-out jwk-failed-to-resolve");
}

// covers: ERR-5, ERR-3
#[test]
fn err_5_a_document_with_an_expired_header_token_is_redirected_too() {
    let (engine, clerk) = ScriptedClerk::default().serve(keyed(LIVE));
    let early = token_of(LIVE).claim("nbf", 1_774_000_060).mint();
    let ahead = token_of(LIVE)
        .claim("iat", 1_774_000_060)
        .claim("nbf", 0)
        .mint();
    for (token, reason) in [
        (
            expired(LIVE).mint(),
            "session-token-expired-refresh-non-eligible-no-refresh-cookie",
        ),
        (early, "session-token-nbf"),
        (ahead, "session-token-iat-in-the-future"),
    ] {
        let state = by_header(&token).of(&engine);
        assert_eq!(verdict(&state), format!("handshake {reason}"));
        assert!(state.location().is_some());
        assert!(state.message().contains("token-carrier=header"));
        let call = Ask::call("/").bearer(&token);
        assert_eq!(call.verdict(&engine), format!("signed-out {reason}"));
    }
    assert!(clerk.asked().is_empty());
    // Outside a request's options nothing is different.
    let state = by_header(&expired(LIVE).mint()).with_view(|view| {
        let options = clerk_internal::AuthenticateOptions::new();
        block_on(engine.authenticate_with(view, options)).unwrap()
    });
    assert_eq!(state.status(), "handshake");
}
