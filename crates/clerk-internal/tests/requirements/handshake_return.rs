//! The browser comes back from the Frontend API.

use std::time::Duration;

use clerk_internal::{AuthenticateOptions, Authenticator, CallFailure, RequestState};
use clerk_testing::mint::{M2mTokenBuilder, SessionTokenBuilder, TemplateTokenBuilder, TestKey};

use super::asking::{
    Ask, UAT, handshake, header, headers, location, names, page_of, token_of, verdict,
};
use super::scripted::ScriptedClerk;
use super::support::{LIVE, NOW, PARTY, TEST, bare, builder, engine, keyed};

fn session_cookie(token: &str) -> String {
    format!("__session={token}; Path=/; Secure; SameSite=Lax")
}

fn user(name: &str) -> String {
    SessionTokenBuilder::new(name)
        .authorized_party(PARTY)
        .issued_at_ms(NOW)
        .mint()
}

/// A page that comes back with these directives, by a nonce; and what came of it.
fn returned(key: &str, target: &str, directives: &[String]) -> RequestState {
    let (engine, _) = ScriptedClerk::payload(Ok(directives.to_vec())).serve(keyed(key));
    page_of(key, target)
        .cookie("__clerk_handshake_nonce", "n0nce")
        .of(&engine)
}

// covers: HS-30
#[test]
fn hs_30_every_directive_becomes_a_cookie_as_it_is() {
    let token = user("user_1");
    let directives = [
        session_cookie(&token),
        format!("__session_naoXFJnI={token}; Path=/"),
        "__client_uat=1774000000; Path=/; Domain=example.com; Max-Age=315360000".to_owned(),
        "__client_uat=1774000000; Path=/".to_owned(),
        "clerk_active_context=sess_1:; Path=/".to_owned(),
        "__clerk_handshake_nonce=; Max-Age=-1; Path=/".to_owned(),
    ];
    for key in [LIVE, TEST] {
        let state = returned(key, "/", &directives);
        assert_eq!(headers(&state, "set-cookie"), directives);
        assert_eq!(headers(&state, "access-control-allow-origin"), ["null"]);
        assert_eq!(
            headers(&state, "access-control-allow-credentials"),
            ["true"]
        );
        // By a token it is the same.
        let by_token = page_of(key, "/")
            .cookie("__clerk_handshake", &handshake(directives.clone()))
            .of(&engine(keyed(key)));
        assert_eq!(by_token.headers(), state.headers());
        assert_eq!(verdict(&by_token), verdict(&state));
    }
}

// covers: HS-31, HIST-34
#[test]
fn hs_31_hist_34_a_nonce_is_exchanged_and_goes_before_a_token() {
    let by_token = handshake([session_cookie(&user("token"))]);
    for key in [LIVE, TEST] {
        let (engine, clerk) =
            ScriptedClerk::payload(Ok(vec![session_cookie(&user("nonce"))])).serve(keyed(key));
        for (ask, asked, expected) in [
            (
                page_of(key, "/").cookie("__clerk_handshake_nonce", "c00kie"),
                &["payload c00kie"][..],
                "signed-in nonce",
            ),
            (
                page_of(key, "/?__clerk_handshake_nonce=qu3ry"),
                &["payload qu3ry"],
                "signed-in nonce",
            ),
            (
                page_of(key, "/")
                    .cookie("__clerk_handshake_nonce", "c00kie")
                    .cookie("__clerk_handshake", &by_token),
                &["payload c00kie"],
                "signed-in nonce",
            ),
            (
                page_of(key, &format!("/?__clerk_handshake={by_token}"))
                    .cookie("__clerk_handshake_nonce", "c00kie"),
                &["payload c00kie"],
                "signed-in nonce",
            ),
            (
                page_of(key, "/").cookie("__clerk_handshake", &by_token),
                &[],
                "signed-in token",
            ),
        ] {
            assert_eq!(ask.verdict(&engine), expected);
            assert_eq!(clerk.asked(), asked);
        }
    }
    // An answer larger than any cookie is no trouble.
    let mut many: Vec<String> = (0..100)
        .map(|number| format!("__clerk_x{number}={}; Path=/", "x".repeat(3000)))
        .collect();
    many.push(session_cookie(&user("user_1")));
    let state = returned(LIVE, "/", &many);
    assert_eq!(verdict(&state), "signed-in user_1");
    assert_eq!(headers(&state, "set-cookie").len(), 101);
}

// covers: HS-31
#[test]
fn hs_31_a_nonce_that_leads_to_nothing_gives_no_directives_and_an_outage_is_one() {
    let wait = Duration::from_secs(3);
    let page = |key| page_of(key, "/").cookie("__clerk_handshake_nonce", "n0nce");
    for key in [LIVE, TEST] {
        for status in [400, 403, 404, 422] {
            let failure = CallFailure::answer(status, "no");
            let (engine, _) = ScriptedClerk::payload(Err(failure)).serve(keyed(key));
            let state = page(key).of(&engine);
            assert_eq!(verdict(&state), "signed-out session-token-missing");
            assert_eq!(header(&state, "set-cookie"), None);
        }
        for failure in [
            CallFailure::answer(401, "no").with_retry_after(wait),
            CallFailure::answer(429, "no").with_retry_after(wait),
            CallFailure::answer(500, "no").with_retry_after(wait),
            CallFailure::outage("no").with_retry_after(wait),
        ] {
            let (engine, _) = ScriptedClerk::payload(Err(failure.clone())).serve(keyed(key));
            let RequestState::Unavailable(state) = page(key).of(&engine) else {
                panic!("{failure}");
            };
            assert_eq!(state.retry_after(), Some(wait));
            assert_eq!(state.status(), failure.status);
            assert!(state.headers().get("location").is_none());
        }
        // What cannot be a nonce is not asked about.
        let (engine, clerk) = ScriptedClerk::default().serve(keyed(key));
        for nonce in ["a b", "a/b", "../x", &"x".repeat(513)] {
            let state = page_of(key, "/")
                .cookie("__clerk_handshake_nonce", nonce)
                .of(&engine);
            assert_eq!(verdict(&state), "signed-out session-token-missing");
        }
        assert!(clerk.asked().is_empty());
    }
}

// covers: HS-33
#[test]
fn hs_33_the_session_token_is_the_exact_cookies_whole_value() {
    let suffixed = names(LIVE).session().to_owned();
    let (a, b, c) = (user("a"), user("b"), user("c"));
    for (directives, expected) in [
        // The instance's own cookie goes before the shared one, wherever they stand.
        (
            vec![format!("{suffixed}={a}; Path=/"), session_cookie(&b)],
            "signed-in a",
        ),
        (
            vec![session_cookie(&b), format!("{suffixed}={a}; Path=/")],
            "signed-in a",
        ),
        // What merely starts like it counts last.
        (
            vec![session_cookie(&a), format!("__session_other={c}")],
            "signed-in a",
        ),
        (vec![format!("__session_other={c}")], "signed-in c"),
        // The last one of a name is what the browser keeps.
        (vec![session_cookie(&a), session_cookie(&b)], "signed-in b"),
        // Attributes are no part of the value, and neither are blanks around it.
        (vec![format!("__session={a};Path=/")], "signed-in a"),
        (vec![format!("__session= {a} ; Path=/")], "signed-in a"),
        (vec![format!("__session={a}")], "signed-in a"),
        // A value is not cut at an equals sign, so this one is no token.
        (
            vec![format!("__session={a}=x; Path=/")],
            "signed-out session-token-and-uat-missing",
        ),
        // Names are as they are.
        (
            vec![format!("__SESSION={a}; Path=/")],
            "signed-out session-token-missing",
        ),
        (
            vec![format!("x=__session={a}; Path=/")],
            "signed-out session-token-missing",
        ),
        (
            vec!["__session=; Path=/; Max-Age=-1".to_owned()],
            "signed-out session-token-missing",
        ),
    ] {
        let state = returned(LIVE, "/", &directives);
        assert_eq!(verdict(&state), expected, "{directives:?}");
    }
}

// covers: HS-34, HIST-42
#[test]
fn hs_34_hist_42_development_goes_back_to_the_url_without_what_the_handshake_brought() {
    let signed_in = [session_cookie(&user("user_1"))];
    let signed_out = ["__session=; Path=/; Max-Age=-1".to_owned()];
    for directives in [&signed_in, &signed_out] {
        let target = "/p?a=b&__clerk_handshake_nonce=n0nce&__clerk_handshake=x&__clerk_help=h&__clerk_db_jwt=dvb&c=d";
        let state = returned(TEST, target, directives);
        assert_eq!(
            location(&state).as_str(),
            "https://app.example.com/p?a=b&c=d"
        );
        assert_eq!(header(&state, "cache-control").unwrap(), "no-store");
        assert_ne!(state.status(), "handshake");
        // The clean URL needs no further answer: no loop.
        assert!(returned(TEST, "/p?a=b", directives).location().is_some());

        // In production the Frontend API has gone back to the clean URL by itself.
        let state = returned(LIVE, target, directives);
        assert_eq!(state.location(), None);
        assert_eq!(header(&state, "cache-control"), None);
    }
}

// covers: HS-35
#[test]
fn hs_35_without_a_session_token_nobody_is_signed_in_and_the_cookies_are_set() {
    for directives in [
        vec![],
        vec!["__client_uat=0; Path=/".to_owned()],
        vec![
            "__session=; Path=/; Max-Age=-1".to_owned(),
            "__client_uat=0; Path=/".to_owned(),
        ],
    ] {
        for key in [LIVE, TEST] {
            let state = returned(key, "/", &directives);
            assert_eq!(verdict(&state), "signed-out session-token-missing");
            assert_eq!(state.message(), "");
            assert_eq!(headers(&state, "set-cookie"), directives);
            assert_eq!(
                header(&state, "x-clerk-auth-reason").unwrap(),
                "session-token-missing"
            );
            assert_eq!(
                header(&state, "access-control-allow-origin").unwrap(),
                "null"
            );
        }
    }
}

// covers: HS-36, HIST-16
#[test]
fn hs_36_hist_16_a_session_token_that_verifies_is_there_at_once() {
    for key in [LIVE, TEST] {
        let token = token_of(key).mint();
        let state = returned(key, "/", &[session_cookie(&token)]);
        assert_eq!(verdict(&state), "signed-in user_1");
        assert_eq!(state.token(), Some(token.as_str()));
        let auth = state.auth().as_session().unwrap();
        assert_eq!(auth.token(), token);
        let asked = super::support::block_on(engine(keyed(key)).session_token(auth, None, None));
        assert_eq!(asked.unwrap().unwrap().expose(), token);
        assert_eq!(header(&state, "x-clerk-auth-status"), None);
    }
}

// covers: HS-37
#[test]
fn hs_37_development_forgives_a_clock_that_is_up_to_a_day_off() {
    const DAY: i64 = 86_400_000;
    let off_by = |ms: i64| {
        session_cookie(
            &SessionTokenBuilder::new("user_1")
                .authorized_party(PARTY)
                .issued_at_ms(NOW + ms)
                .mint(),
        )
    };
    for (ms, is_forgiven) in [
        (-600_000, true),
        (600_000, true),
        (DAY - 20_000, true),
        (-(DAY - 20_000), true),
        (DAY + 20_000, false),
        (-(DAY + 120_000), false),
    ] {
        let state = returned(TEST, "/", &[off_by(ms)]);
        let expected = if is_forgiven {
            "signed-in user_1"
        } else {
            "signed-out session-token-and-uat-missing"
        };
        assert_eq!(verdict(&state), expected, "{ms}");
        let state = returned(LIVE, "/", &[off_by(ms)]);
        assert_eq!(
            verdict(&state),
            "signed-out session-token-and-uat-missing",
            "{ms}"
        );
    }
    // Nothing else is forgiven, and nowhere else.
    let forged = SessionTokenBuilder::new("user_1")
        .issued_at_ms(NOW - 600_000)
        .key(TestKey::SECOND)
        .mint();
    let state = returned(TEST, "/", &[session_cookie(&forged)]);
    assert!(!state.is_authenticated());
    let late = token_of(TEST).issued_at_ms(NOW - 600_000).mint();
    let page = page_of(TEST, "/")
        .cookie("__session", &late)
        .cookie("__client_uat", "1");
    assert!(!page.of(&engine(keyed(TEST))).is_authenticated());
}

// covers: HS-38
#[test]
fn hs_38_a_session_token_that_fails_leaves_the_rest_to_decide_and_sets_nothing() {
    let options = |key: &str| keyed(key).authorized_parties([PARTY]);
    for key in [LIVE, TEST] {
        for token in [
            "garbage".to_owned(),
            token_of(key).key(TestKey::SECOND).mint(),
            token_of(key).authorized_party("https://b.example").mint(),
            token_of(key).header("alg", "HS256").mint(),
        ] {
            let directives = vec![
                session_cookie(&token),
                "__client_uat=1774000000; Path=/".to_owned(),
            ];
            let (engine, _) = ScriptedClerk::payload(Ok(directives)).serve(options(key));
            let page = page_of(key, "/").cookie("__clerk_handshake_nonce", "n0nce");
            let state = page.clone().cookie("__client_uat", UAT).of(&engine);
            assert_eq!(verdict(&state), "handshake client-uat-but-no-session-token");
            assert_eq!(headers(&state, "set-cookie").len(), 1);
            let own = token_of(key).mint();
            let state = page.signed_in_by(&own).of(&engine);
            assert_eq!(verdict(&state), "signed-in user_1");
            assert!(state.headers().is_empty());
        }
    }
}

// covers: HS-40
#[test]
fn hs_40_what_comes_out_of_a_handshake_is_a_session_token_or_nothing() {
    let machine = M2mTokenBuilder::new("mch_1").issued_at_ms(NOW).mint();
    let template = TemplateTokenBuilder::new("user_1").issued_at_ms(NOW).mint();
    let nameless = token_of(LIVE).claim("sid", "").mint();
    for key in [LIVE, TEST] {
        for token in [&machine, &template, &nameless] {
            let state = returned(key, "/", &[session_cookie(token)]);
            assert_eq!(verdict(&state), "signed-out session-token-and-uat-missing");
            assert_eq!(header(&state, "set-cookie"), None);
        }
    }
}

// covers: HS-41
#[test]
fn hs_41_any_kind_of_request_can_come_back() {
    let token = user("user_1");
    for key in [LIVE, TEST] {
        for ask in [
            Ask::call("/a?__clerk_handshake_nonce=x"),
            Ask::call("/a?__clerk_handshake_nonce=x").method("POST"),
            Ask::call("/a?__clerk_handshake_nonce=x").header("sec-fetch-dest", "empty"),
        ] {
            let (engine, _) =
                ScriptedClerk::payload(Ok(vec![session_cookie(&token)])).serve(keyed(key));
            let state = ask.of(&engine);
            assert_eq!(verdict(&state), "signed-in user_1");
            assert_eq!(headers(&state, "set-cookie"), [session_cookie(&token)]);
            let back = state.location().map(|location| location.to_str().unwrap());
            let expected = (key == TEST).then_some("https://app.example.com/a");
            assert_eq!(back, expected);
        }
    }
}

// covers: HS-32, HS-39, REQ-30, HIST-6
#[test]
fn hist_6_hs_39_a_bogus_answer_in_development_is_an_outcome_that_says_what_is_wrong() {
    let cookie = session_cookie(&user("user_1"));
    let make =
        || clerk_testing::mint::HandshakeTokenBuilder::new([cookie.clone()]).issued_at_ms(NOW);
    let day_old = make().issued_at_ms(NOW - 90_000_000).mint();
    let lately = make().issued_at_ms(NOW - 600_000).mint();
    for (answer, dev, live) in [
        ("x".to_owned(), "token-invalid", false),
        (
            make().key(TestKey::SECOND).mint(),
            "token-invalid-signature",
            false,
        ),
        (
            make().header("alg", "none").mint(),
            "token-invalid-algorithm",
            false,
        ),
        (make().header("typ", "X").mint(), "token-invalid", false),
        (day_old, "token-expired", false),
        // An expired answer is refused where clocks are kept.
        (lately, "", false),
        (make().mint(), "", true),
    ] {
        let page = |key| page_of(key, "/").cookie("__clerk_handshake", &answer);
        let state = page(TEST).of(&engine(keyed(TEST)));
        if dev.is_empty() {
            assert_eq!(verdict(&state), "signed-in user_1");
        } else {
            assert!(verdict(&state).starts_with("signed-out token-"));
            assert_eq!(verdict(&state), format!("signed-out {dev}"));
            assert!(!state.message().is_empty());
            assert_eq!(header(&state, "set-cookie"), None);
        }
        let state = page(LIVE).of(&engine(keyed(LIVE)));
        assert_eq!(state.is_authenticated(), live, "{state:?}");
        assert_eq!(header(&state, "set-cookie").is_some(), live);
    }
    // A list with anything but texts is no list of cookies, and no list is none.
    for (directives, expected) in [
        (serde_json::json!(["__client_uat=0", 7]), 0),
        (serde_json::json!("__client_uat=0"), 0),
        (
            serde_json::json!(["__client_uat=0", "PHPSESSID=x", "session=y"]),
            1,
        ),
    ] {
        let answer = make().claim("handshake", directives).mint();
        let state = page_of(LIVE, "/")
            .cookie("__clerk_handshake", &answer)
            .of(&engine(keyed(LIVE)));
        assert_eq!(headers(&state, "set-cookie").len(), expected);
    }
}

// covers: HS-31, HS-36
#[test]
fn a_nonce_and_a_key_are_fetched_one_after_the_other() {
    let keys = super::scripted::ScriptedKeys::new(Ok(super::support::key()));
    let clerk = ScriptedClerk::payload(Ok(vec![session_cookie(&user("user_1"))]));
    let engine: Authenticator = builder(bare(LIVE))
        .calls(std::sync::Arc::new(clerk))
        .signing_keys(std::sync::Arc::clone(&keys) as _)
        .build()
        .unwrap();
    let page = Ask::page("/").cookie("__clerk_handshake_nonce", "n0nce");
    assert_eq!(page.verdict(&engine), "signed-in user_1");
    assert_eq!(keys.counts(), (0, 1, 0));
    // With options that switch the query off, only the browser that started it can come back.
    let by_link = Ask::page("/?__clerk_handshake_nonce=n0nce");
    let state = by_link.with_view(|view| {
        let options = AuthenticateOptions::new()
            .handshake_return(clerk_internal::HandshakeReturn::CookieOnly);
        super::support::block_on(engine.authenticate_with(view, options)).unwrap()
    });
    assert!(!state.is_authenticated());
}
