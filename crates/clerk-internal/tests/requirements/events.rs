//! What is told to `tracing`.

use clerk_core::url::Origin;
use clerk_internal::{AuthenticateOptions, CallFailure};
use clerk_testing::mint::TestKey;

use super::asking::{Ask, OLD_UAT, UAT, expired, handshake, page_of, token_of};
use super::recorder::told_by;
use super::scripted::ScriptedClerk;
use super::support::{LIVE, PARTY, TEST, engine, keyed};
use super::syncing::satellite;

/// Options that give no reason for a notice of their own.
fn set_up(key: &str) -> AuthenticateOptions {
    keyed(key)
        .public_origin(Origin::parse(PARTY).unwrap())
        .authorized_parties([PARTY])
}

/// The warnings a request causes.
fn warnings(engine: &clerk_internal::Authenticator, ask: &Ask) -> Vec<String> {
    let mut told = told_by(|| {
        let _ = ask.of(engine);
    });
    told.retain(|line| line.starts_with("WARN event"));
    told
}

// covers: REQ-46, HIST-48, HIST-53
#[test]
fn req_46_hist_48_hist_53_tokens_without_party_are_noticed_once() {
    let engine = engine(keyed(TEST));
    for empty in ["", "absent"] {
        let token = token_of(TEST);
        let token = match empty {
            "" => token.claim("azp", ""),
            _ => token.claim("azp", serde_json::Value::Null),
        };
        let page = page_of(TEST, "/").signed_in_by(&token.mint());
        let engine = super::support::engine(keyed(TEST));
        let first = warnings(&engine, &page);
        assert_eq!(first.len(), 1, "{empty}");
        assert!(first[0].contains("azp") && first[0].contains("authorized parties"));
        assert!(first[0].contains(" clerk"), "{first:?}");
        for again in [page.clone(), page.clone().method("POST")] {
            assert!(warnings(&engine, &again).is_empty());
        }
        // A clone of the engine is the same engine.
        let clone = engine.with_authorized_parties([""; 0]);
        assert!(warnings(&clone, &page).is_empty());
        // With parties set, such a token does not get so far.
        let strict = super::support::engine(keyed(TEST).authorized_parties([PARTY]));
        assert!(warnings(&strict, &page).is_empty());
    }
    // A token with a party is no reason for words.
    let page = page_of(TEST, "/").signed_in_by(&token_of(TEST).mint());
    assert!(warnings(&engine, &page).is_empty());
}

// covers: HS-12, REQ-52, HIST-56
#[test]
fn hist_56_a_loop_is_told_with_its_reason_and_whether_it_is_a_satellites() {
    for (engine, is_satellite) in [(engine(set_up(LIVE)), false), (satellite(LIVE, true), true)] {
        let page = Ask::page("/?__clerk_synced=true")
            .cookie("__client_uat", UAT)
            .cookie("__clerk_redirect_count", "3");
        let told = warnings(&engine, &page);
        assert_eq!(told.len(), 1, "{told:?}");
        for part in [
            "redirected too often",
            "secret key",
            "satellite",
            "reason=client-uat-but-no-session-token",
            &format!("is_satellite={is_satellite}"),
        ] {
            assert!(told[0].contains(part), "{part} in {told:?}");
        }
    }
}

// covers: REQ-52, ORG-7, HS-37, REQ-36
#[test]
fn req_52_what_goes_wrong_is_told_without_tokens() {
    let forged = token_of(LIVE).key(TestKey::SECOND).mint();
    let late = expired(TEST).mint();
    let siblings = clerk_testing::mint::HandshakeTokenBuilder::new(["__client_uat=0"])
        .key(TestKey::SECOND)
        .issued_at_ms(super::support::NOW)
        .mint();
    let with_cookie = |cookie: String| ScriptedClerk::payload(Ok(vec![cookie]));
    let unknown = ScriptedClerk::payload(Err(CallFailure::answer(404, "no")));
    let nonce = |key| page_of(key, "/").cookie("__clerk_handshake_nonce", "s3cr3tn0nce");
    for (name, clerk, key, ask, part) in [
        (
            "a sibling's handshake",
            ScriptedClerk::default(),
            LIVE,
            page_of(LIVE, "/").cookie("__clerk_handshake", &siblings),
            "does not verify",
        ),
        (
            "a forged token in a handshake",
            with_cookie(format!("__session={forged}")),
            LIVE,
            nonce(LIVE),
            "token-invalid-signature",
        ),
        (
            "a clock that is off",
            with_cookie(format!("__session={late}")),
            TEST,
            nonce(TEST),
            "clock",
        ),
        (
            "a nonce that Clerk does not know",
            unknown,
            LIVE,
            nonce(LIVE),
            "not known to Clerk",
        ),
        (
            "a nonce that is none",
            ScriptedClerk::default(),
            LIVE,
            page_of(LIVE, "/").cookie("__clerk_handshake_nonce", "s3cr3t n0nce"),
            "cannot be fetched",
        ),
        (
            "a cookie that is not Clerk's",
            with_cookie("PHPSESSID=s3cr3t".to_owned()),
            LIVE,
            nonce(LIVE),
            "not one of Clerk's",
        ),
        (
            "a foreign satellite",
            ScriptedClerk::default(),
            TEST,
            page_of(TEST, "/?__clerk_redirect_url=https://s3cr3t.example/"),
            "neither configured nor on this machine",
        ),
        (
            "a loop",
            ScriptedClerk::default(),
            LIVE,
            page_of(LIVE, "/")
                .cookie("__session", &expired(LIVE).mint())
                .cookie("__client_uat", OLD_UAT)
                .cookie("__clerk_redirect_count", "3"),
            "too often",
        ),
    ] {
        let (engine, _) = clerk.serve(set_up(key));
        let told = warnings(&engine, &ask);
        assert_eq!(told.len(), 1, "{name}: {told:?}");
        assert!(told[0].contains(part), "{name}: {told:?}");
        for secret in ["eyJ", "s3cr3t"] {
            assert!(!told[0].contains(secret), "{name}: {told:?}");
        }
    }
    // A request that goes as it should is not worth a word at all.
    let good = Ask::page("/").signed_in_by(&token_of(LIVE).mint());
    let back = page_of(LIVE, "/").cookie(
        "__clerk_handshake",
        &handshake([format!("__session={}", token_of(LIVE).mint())]),
    );
    for ask in [good, back, Ask::page("/"), Ask::page("/").bearer("garbage")] {
        assert!(warnings(&engine(set_up(LIVE)), &ask).is_empty());
    }
}
