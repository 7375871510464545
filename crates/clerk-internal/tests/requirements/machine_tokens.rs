//! Machine tokens that Clerk or a key vouches for.

use std::sync::Arc;
use std::time::Duration;

use clerk_internal::{Auth, Authenticator, CallFailure, MachineTokenType, RequestState};
use clerk_testing::mint::{M2mTokenBuilder, OAuthTokenBuilder};
use clerk_tokens::AcceptsToken;
use serde_json::{Value, json};

use super::support::{
    CountingKeys, FakeClerk, LIVE, NOW, bare, bearer, block_on, builder, keyed, reason, session,
};

fn with_answer(answer: Result<Value, CallFailure>) -> (Authenticator, Arc<FakeClerk>) {
    let clerk = Arc::new(FakeClerk::machine(answer));
    let engine = builder(keyed(LIVE).accepts(AcceptsToken::Any))
        .calls(Arc::clone(&clerk) as _)
        .build()
        .unwrap();
    (engine, clerk)
}

// covers: TOK-14, TOK-27
#[test]
fn an_opaque_prefix_leads_to_clerk_each_time() {
    for (token, token_type) in [
        ("mt_1", MachineTokenType::M2m),
        ("oat_1", MachineTokenType::OAuth),
        ("ak_1", MachineTokenType::ApiKey),
    ] {
        let (engine, clerk) = with_answer(Ok(json!({"id": "x_1", "subject": "user_1"})));
        // Nothing is remembered: each request asks.
        for round in 1..=3 {
            let state = bearer(&engine, token);
            assert_eq!(state.token(), Some(token), "{state:?}");
            assert_eq!(*clerk.asked.lock().unwrap(), vec![token_type; round]);
        }
        let auth = bearer(&engine, token).to_auth();
        let found = match &auth {
            Auth::M2m(machine) => machine.machine_id(),
            Auth::OAuth(oauth) => oauth.user_id(),
            Auth::ApiKey(key) => key.user_id().unwrap(),
            _ => panic!("{auth:?}"),
        };
        assert_eq!(found, "user_1");
        let verified = block_on(engine.verify_machine_token(token)).unwrap();
        assert_eq!(verified.token_type(), token_type);
    }
}

// covers: TOK-15
#[test]
fn what_is_no_machine_token_is_an_error_and_costs_nothing() {
    let (engine, clerk) = with_answer(Ok(json!({"id": "x_1", "subject": "user_1"})));
    let session = session().mint();
    for text in ["", "x", "sk_test_1", "a.b", "AK_1", session.as_str()] {
        let error = block_on(engine.verify_machine_token(text)).unwrap_err();
        assert!(!error.is_outage(), "{text}");
        assert!(
            matches!(
                error.code().as_str(),
                "token-invalid" | "token-verification-failed"
            ),
            "{error}"
        );
    }
    assert!(clerk.asked.lock().unwrap().is_empty());
}

// covers: TOK-24
#[test]
fn failures_of_the_call_map_to_codes() {
    let failures = [
        (
            CallFailure::answer(401, "no"),
            "secret-key-invalid",
            Some(401),
        ),
        (CallFailure::answer(404, "no"), "token-invalid", Some(404)),
        (
            CallFailure::answer(400, "no"),
            "unexpected-error",
            Some(400),
        ),
        (
            CallFailure::answer(403, "no"),
            "unexpected-error",
            Some(403),
        ),
        (
            CallFailure::answer(422, "no"),
            "unexpected-error",
            Some(422),
        ),
        (
            CallFailure::answer(500, "no"),
            "unexpected-error",
            Some(500),
        ),
        (CallFailure::outage("no"), "unexpected-error", None),
    ];
    for token in ["mt_1", "oat_1", "ak_1"] {
        for (failure, code, status) in &failures {
            let (engine, _) = with_answer(Err(failure.clone()));
            let error = block_on(engine.verify_machine_token(token)).unwrap_err();
            assert_eq!((error.code().as_str(), error.status()), (*code, *status));
            if *code == "secret-key-invalid" {
                assert_eq!(error.message(), "no");
            }
            let (engine, _) = with_answer(Err(failure.clone()));
            let state = bearer(&engine, token);
            assert!(!state.is_authenticated());
            assert_eq!(reason(&state), *code);
        }
    }
    // Nobody to ask.
    let alone = builder(keyed(LIVE).accepts(AcceptsToken::Any))
        .build()
        .unwrap();
    let error = block_on(alone.verify_machine_token("ak_1")).unwrap_err();
    assert_eq!(
        (error.code().as_str(), error.status()),
        ("unexpected-error", None)
    );
}

// covers: TOK-26
#[test]
fn status_and_retry_time_of_an_outage_are_kept_for_a_503() {
    let wait = Duration::from_secs(7);
    for status in [429, 500, 503] {
        let failure = CallFailure::answer(status, "busy").with_retry_after(wait);
        let (engine, _) = with_answer(Err(failure.clone()));
        let RequestState::Unavailable(state) = bearer(&engine, "ak_1") else {
            panic!("{status} is no outage");
        };
        assert_eq!(
            (state.status(), state.retry_after()),
            (Some(status), Some(wait))
        );
        assert_eq!(state.reason().to_string(), "unexpected-error");

        let (engine, _) = with_answer(Err(failure));
        let error = block_on(engine.verify_machine_token("ak_1")).unwrap_err();
        assert!(error.is_outage());
        assert_eq!(
            (error.status(), error.retry_after()),
            (Some(status), Some(wait))
        );
    }
    let (engine, _) = with_answer(Err(CallFailure::outage("no connection")));
    assert_eq!(bearer(&engine, "ak_1").status(), "unavailable");
    // What Clerk refuses is the caller's fault.
    for status in [400, 404, 422] {
        let (engine, _) = with_answer(Err(CallFailure::answer(status, "no")));
        assert_eq!(bearer(&engine, "ak_1").status(), "signed-out");
    }
}

// covers: JWT-8, JWT-53
#[test]
fn a_header_that_demands_extensions_is_refused_before_a_key_is_fetched() {
    let tokens = |crit: bool| {
        let m2m = M2mTokenBuilder::new("mch_1").issued_at_ms(NOW);
        let oauth = OAuthTokenBuilder::new("user_1").issued_at_ms(NOW);
        if crit {
            let extensions = json!(["b64"]);
            [
                m2m.header("crit", extensions.clone()).mint(),
                oauth.header("crit", extensions).mint(),
            ]
        } else {
            [m2m.mint(), oauth.mint()]
        }
    };
    for crit in [false, true] {
        for token in tokens(crit) {
            let keys = Arc::new(CountingKeys::default());
            let engine = builder(bare(LIVE).accepts(AcceptsToken::Any))
                .signing_keys(Arc::clone(&keys) as _)
                .build()
                .unwrap();
            let state = bearer(&engine, &token);
            assert_eq!(state.is_authenticated(), !crit, "{state:?}");
            assert_eq!(keys.loads(), usize::from(!crit));
            if crit {
                assert_eq!(reason(&state), "token-verification-failed");
                let error = block_on(engine.verify_machine_token(&token)).unwrap_err();
                let inner = error.token_error().unwrap();
                assert_eq!(inner.reason().as_str(), "token-invalid");
                assert_eq!(keys.loads(), 0);
            }
        }
    }
}
