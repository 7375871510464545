//! An expired session token is exchanged for a fresh one.

use clerk_internal::CallFailure;
use clerk_testing::mint::{SessionTokenBuilder, TestKey};

use super::asking::{
    Ask, OLD_UAT, expired, header, headers, names, page_of, param, token_of, verdict,
};
use super::scripted::ScriptedClerk;
use super::support::{LIVE, PARTY, TEST, builder, engine, keyed};

/// Somebody whose token has expired, with a refresh cookie.
fn stale(key: &str, ask: Ask) -> Ask {
    with_cookies(key, ask, &expired(key).mint()).cookie(names(key).refresh(), "r3fr3sh")
}

fn with_cookies(key: &str, ask: Ask, token: &str) -> Ask {
    let ask = ask
        .cookie("__session", token)
        .cookie("__client_uat", OLD_UAT);
    if key == TEST {
        ask.cookie("__clerk_db_jwt", "dvb_1")
    } else {
        ask
    }
}

fn fresh(key: &str) -> (String, Vec<String>) {
    let token = token_of(key).session_id("sess_fresh").mint();
    let cookies = vec![
        format!("__session={token}; Path=/; Secure"),
        "__client_uat=1774000000; Path=/".to_owned(),
    ];
    (token, cookies)
}

const STEM: &str = "session-token-expired-refresh-";

// covers: REF-1, HIST-19
#[test]
fn ref_1_hist_19_only_an_expired_cookie_of_a_get_with_a_refresh_cookie_is_refreshed() {
    for key in [LIVE, TEST] {
        let (_, cookies) = fresh(key);
        let (engine, clerk) = ScriptedClerk::refresh(Ok(cookies)).serve(keyed(key));
        // Whatever the GET is for: neither a redirect nor a document is needed.
        for ask in [Ask::page("/"), Ask::call("/")] {
            let state = stale(key, ask).of(&engine);
            assert_eq!(verdict(&state), "signed-in user_1");
            assert_eq!(clerk.asked(), ["refresh sess_1"]);
            assert_eq!(state.location(), None);
        }
        let refresh = names(key).refresh().to_owned();
        let early = token_of(key).claim("nbf", 1_774_000_060).mint();
        let future = token_of(key).claim("iat", 1_774_000_060).mint();
        let forged = expired(key).key(TestKey::SECOND).mint();
        for (name, ask) in [
            ("not a GET", stale(key, Ask::call("/")).method("POST")),
            ("a HEAD", stale(key, Ask::page("/")).method("HEAD")),
            (
                "no refresh cookie",
                with_cookies(key, Ask::page("/"), &expired(key).mint()),
            ),
            (
                "an empty refresh cookie",
                with_cookies(key, Ask::page("/"), &expired(key).mint()).cookie(&refresh, ""),
            ),
            (
                "not expired but early",
                with_cookies(key, Ask::page("/"), &early).cookie(&refresh, "r"),
            ),
            (
                "not expired but ahead",
                with_cookies(key, Ask::page("/"), &future).cookie(&refresh, "r"),
            ),
            (
                "not genuine",
                with_cookies(key, Ask::page("/"), &forged).cookie(&refresh, "r"),
            ),
            (
                "not expired at all",
                with_cookies(key, Ask::page("/"), &token_of(key).mint()).cookie(&refresh, "r"),
            ),
        ] {
            ask.of(&engine);
            assert!(clerk.asked().is_empty(), "{name}");
        }
    }
}

// covers: REF-2
#[test]
fn ref_2_the_call_names_session_tokens_origin_and_headers() {
    let (engine, clerk) = ScriptedClerk::refresh(Ok(fresh(LIVE).1)).serve(keyed(LIVE));
    let token = expired(LIVE).session_id("sess_7").mint();
    let names = names(LIVE);
    let ask = Ask::page("/a?b=c")
        .at("http", "10.0.0.1")
        .header("x-forwarded-host", "app.example.com")
        .header("x-forwarded-proto", "https")
        .header("user-agent", "test")
        .cookie(names.session(), &token)
        .cookie(names.client_uat(), OLD_UAT)
        .cookie(names.refresh(), "r3fr3sh%2B");
    assert_eq!(ask.verdict(&engine), "signed-in user_1");
    let request = clerk.refreshes().remove(0);
    assert_eq!(request.session_id, "sess_7");
    assert_eq!(request.expired_token.expose(), token);
    assert_eq!(request.refresh_token.expose(), "r3fr3sh+");
    assert_eq!(request.request_origin, "https://app.example.com");
    assert!(request.suffixed_cookies);
    let sent: Vec<(&str, &str)> = request
        .request_headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.expose()))
        .collect();
    for (name, value) in [
        ("sec-fetch-dest", "document"),
        ("x-forwarded-host", "app.example.com"),
        ("user-agent", "test"),
    ] {
        assert!(sent.contains(&(name, value)), "{name}");
    }
    let (_, cookie) = sent.iter().find(|(name, _)| *name == "cookie").unwrap();
    assert!(cookie.contains("r3fr3sh%2B"));
    assert_eq!(sent.len(), 5);
}

// covers: REF-3, HIST-24
#[test]
fn ref_3_hist_24_the_refreshed_cookies_are_set_and_their_token_signs_in() {
    for key in [LIVE, TEST] {
        let (token, cookies) = fresh(key);
        let (engine, _) = ScriptedClerk::refresh(Ok(cookies.clone())).serve(keyed(key));
        let state = stale(key, Ask::page("/")).of(&engine);
        assert_eq!(verdict(&state), "signed-in user_1");
        assert_eq!(state.token(), Some(token.as_str()));
        assert_eq!(
            state.auth().as_session().unwrap().session_id(),
            "sess_fresh"
        );
        assert_eq!(headers(&state, "set-cookie"), cookies);
        // Nothing else: no redirect, no reason.
        assert_eq!(state.headers().len(), cookies.len());

        // What is no cookie of Clerk's is left out.
        let mut more = cookies.clone();
        more.push("PHPSESSID=x; Path=/".to_owned());
        let (engine, _) = ScriptedClerk::refresh(Ok(more)).serve(keyed(key));
        let state = stale(key, Ask::page("/")).of(&engine);
        assert_eq!(headers(&state, "set-cookie"), cookies);
    }
}

// covers: REF-4
#[test]
fn ref_4_a_header_token_is_never_refreshed_by_somebody_elses_cookies() {
    let mallory = SessionTokenBuilder::new("user_mallory")
        .session_id("sess_mallory")
        .issuer("https://clerk.example.com")
        .authorized_party(PARTY)
        .issued_at_ms(super::support::NOW - 600_000)
        .mint();
    let (engine, clerk) = ScriptedClerk::refresh(Ok(fresh(LIVE).1)).serve(keyed(LIVE));
    for ask in [Ask::page("/"), Ask::call("/")] {
        let state = stale(LIVE, ask).bearer(&mallory).of(&engine);
        assert!(!state.is_authenticated());
        assert!(verdict(&state).ends_with("refresh-non-eligible-no-refresh-cookie"));
        assert!(clerk.asked().is_empty());
    }
}

// covers: REF-5
#[test]
fn ref_5_only_a_genuine_token_chooses_the_session() {
    let (engine, clerk) = ScriptedClerk::refresh(Ok(fresh(LIVE).1)).serve(keyed(LIVE));
    let refresh = names(LIVE).refresh().to_owned();
    let genuine = expired(LIVE).session_id("sess_mine").mint();
    let (head, rest) = genuine.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let others = expired(LIVE).session_id("sess_other").mint();
    let payload = others.split('.').nth(1).unwrap();
    for (token, reason) in [
        (
            expired(LIVE)
                .session_id("sess_other")
                .key(TestKey::SECOND)
                .mint(),
            "token-invalid-signature",
        ),
        (
            format!("{head}.{payload}.{signature}"),
            "token-invalid-signature",
        ),
    ] {
        let ask = with_cookies(LIVE, Ask::page("/"), &token).cookie(&refresh, "r3fr3sh");
        assert_eq!(ask.verdict(&engine), format!("signed-out {reason}"));
        assert!(clerk.asked().is_empty());
    }
    let ask = with_cookies(LIVE, Ask::page("/"), &genuine).cookie(&refresh, "r3fr3sh");
    ask.of(&engine);
    assert_eq!(clerk.asked(), ["refresh sess_mine"]);
}

// covers: REF-6, REF-14, REF-15, REF-16, REF-17, REF-18, ERR-2, ERR-3
#[test]
fn ref_6_why_it_was_not_refreshed_goes_into_the_handshakes_reason() {
    let cookie = |token: &str| Ok(vec![format!("__session={token}; Path=/")]);
    let answer = |status| CallFailure::answer(status, "no");
    for (refreshed, code) in [
        (Err(CallFailure::outage("no connection")), "fetch-error"),
        (
            Err(answer(500).with_code("unexpected_error")),
            "fetch-error",
        ),
        (
            Err(answer(404).with_code("resource_not_found")),
            "resource_not_found",
        ),
        (
            Err(answer(429).with_code("too_many_requests")),
            "too_many_requests",
        ),
        (Err(answer(500)), "unexpected-bapi-error"),
        // A code that could not be in a header is not passed on.
        (
            Err(answer(400).with_code("a b\r\nx: y")),
            "unexpected-bapi-error",
        ),
        (Ok(vec![]), "unexpected-sdk-error"),
        (
            Ok(vec!["__client_uat=0".to_owned()]),
            "invalid-session-token",
        ),
        (cookie("garbage"), "invalid-session-token"),
        (
            cookie(&token_of(LIVE).key(TestKey::SECOND).mint()),
            "invalid-session-token",
        ),
        (cookie(&expired(LIVE).mint()), "invalid-session-token"),
        (
            cookie(&token_of(LIVE).authorized_party("https://b.example").mint()),
            "invalid-session-token",
        ),
    ] {
        let options = keyed(LIVE).authorized_parties([PARTY]);
        let (engine, clerk) = ScriptedClerk::refresh(refreshed).serve(options);
        let state = stale(LIVE, Ask::page("/")).of(&engine);
        assert_eq!(verdict(&state), format!("handshake {STEM}{code}"));
        assert_eq!(
            param(&state, "__clerk_hs_reason").unwrap(),
            format!("{STEM}{code}")
        );
        assert!(state.message().contains("token-expired"));
        assert_eq!(clerk.asked().len(), 1);
        // Where there can be no handshake the same reason signs out, and no cookie is set.
        let state = stale(LIVE, Ask::call("/")).of(&engine);
        assert_eq!(verdict(&state), format!("signed-out {STEM}{code}"));
        assert_eq!(header(&state, "set-cookie"), None);
    }
}

// covers: REF-10, REF-11, ERR-6
#[test]
fn ref_10_ref_11_err_6_the_method_is_looked_at_before_the_refresh_cookie() {
    let (engine, clerk) = ScriptedClerk::refresh(Ok(fresh(LIVE).1)).serve(keyed(LIVE));
    let without = || with_cookies(LIVE, Ask::page("/"), &expired(LIVE).mint());
    for (ask, code) in [
        (without(), "non-eligible-no-refresh-cookie"),
        (without().method("POST"), "non-eligible-non-get"),
        (
            stale(LIVE, Ask::page("/")).method("POST"),
            "non-eligible-non-get",
        ),
        (
            stale(LIVE, Ask::page("/")).method("HEAD"),
            "non-eligible-non-get",
        ),
    ] {
        let state = ask.of(&engine);
        assert_eq!(state.reason().unwrap().to_string(), format!("{STEM}{code}"));
    }
    // For other reasons there is no code.
    let early = token_of(LIVE).claim("nbf", 1_774_000_060).mint();
    let forged = expired(LIVE).key(TestKey::SECOND).mint();
    for (token, reason) in [
        (early, "session-token-nbf"),
        (forged, "token-invalid-signature"),
    ] {
        let ask = with_cookies(LIVE, Ask::call("/").method("POST"), &token)
            .cookie(names(LIVE).refresh(), "r3fr3sh");
        assert_eq!(ask.verdict(&engine), format!("signed-out {reason}"));
    }
    assert!(clerk.asked().is_empty());
}

// covers: REF-12
#[test]
fn ref_12_without_anybody_to_call_or_a_key_to_call_with_the_code_says_so() {
    let code = "missing-api-client";
    let nobody = engine(keyed(LIVE));
    let state = stale(LIVE, Ask::page("/")).of(&nobody);
    assert_eq!(verdict(&state), format!("handshake {STEM}{code}"));

    let (_, clerk) = ScriptedClerk::default().serve(keyed(LIVE));
    let keyless = builder(keyed(LIVE).secret_key(None))
        .calls(std::sync::Arc::clone(&clerk) as _)
        .build()
        .unwrap();
    let state = stale(LIVE, Ask::page("/")).of(&keyless);
    assert_eq!(verdict(&state), format!("handshake {STEM}{code}"));
    assert!(clerk.asked().is_empty());
    // The other two of the reference cannot come about: both tokens are there once it gets so far.
}

// covers: REF-13
#[test]
fn ref_13_an_expired_token_that_names_no_session_is_not_refreshed() {
    let (engine, clerk) = ScriptedClerk::refresh(Ok(fresh(LIVE).1)).serve(keyed(LIVE));
    for sid in [
        serde_json::json!(""),
        serde_json::json!(null),
        serde_json::json!(7),
        serde_json::json!(["sess_1"]),
    ] {
        let token = expired(LIVE).claim("sid", sid).mint();
        let ask =
            with_cookies(LIVE, page_of(LIVE, "/"), &token).cookie(names(LIVE).refresh(), "r3fr3sh");
        assert_eq!(
            ask.verdict(&engine),
            format!("handshake {STEM}expired-session-token-missing-sid-claim")
        );
    }
    assert!(clerk.asked().is_empty());
    // A token that does not decode is never known to have expired.
    let ask = with_cookies(LIVE, Ask::page("/"), "a.b.c").cookie(names(LIVE).refresh(), "r");
    assert_eq!(ask.verdict(&engine), "signed-out token-invalid");
}
