//! A request without a token in its header, step by step.

use clerk_core::url::Origin;
use clerk_internal::{CallFailure, RequestState};
use clerk_testing::mint::{M2mTokenBuilder, OAuthTokenBuilder, TemplateTokenBuilder, TestKey};

use super::asking::{
    Ask, OLD_UAT, UAT, expired, handshake, header, page_of, param, params, token_of, verdict,
};
use super::scripted::{ScriptedClerk, ScriptedKeys};
use super::support::{LIVE, NOW, TEST, bare, engine, keyed};
use super::syncing::{satellite, satellite_options, satellites_token};

fn cookies_of(token: &str) -> String {
    format!("__session={token}; Path=/")
}

// covers: REQ-30
#[test]
fn req_30_a_returning_handshake_goes_before_everything_else() {
    let token = token_of(LIVE).mint();
    let answer = handshake([cookies_of(&token)]);
    for key in [LIVE, TEST] {
        // Each of these would be another outcome by itself.
        for page in [
            Ask::page("/"),
            Ask::page("/?__clerk_redirect_url=http://localhost/"),
            Ask::page("/").cookie("__client_uat", UAT),
            Ask::page("/").header("referer", "https://other.example/"),
            Ask::page("/?__clerk_synced=false"),
        ] {
            let page = page.cookie("__clerk_handshake", &answer);
            assert_eq!(page.verdict(&engine(keyed(key))), "signed-in user_1");
            let satellite = satellite(key, true);
            assert_eq!(page.verdict(&satellite), "signed-in user_1");
        }
    }
}

// covers: REQ-30, HS-38, HIST-17
#[test]
fn req_30_hist_17_in_production_a_handshake_that_fails_leaves_the_rest_to_decide() {
    let token = token_of(LIVE).mint();
    let siblings = clerk_testing::mint::HandshakeTokenBuilder::new([cookies_of(&token)])
        .key(TestKey::SECOND)
        .issued_at_ms(NOW)
        .mint();
    let forged_inside = handshake([cookies_of(&token_of(LIVE).key(TestKey::SECOND).mint())]);
    for answer in [siblings.as_str(), &forged_inside, "garbage", "a.b.c"] {
        let live = engine(keyed(LIVE));
        let page = Ask::page("/").cookie("__clerk_handshake", answer);
        assert_eq!(
            page.clone().signed_in_by(&token).verdict(&live),
            "signed-in user_1"
        );
        assert_eq!(
            page.clone().cookie("__client_uat", UAT).verdict(&live),
            "handshake client-uat-but-no-session-token"
        );
        let state = page.of(&live);
        assert_eq!(verdict(&state), "signed-out session-token-and-uat-missing");
        assert_eq!(header(&state, "set-cookie"), None);
    }
    // In development too, where only the session token inside is to blame.
    let page = page_of(TEST, "/").cookie("__clerk_handshake", &forged_inside);
    assert_eq!(
        page.verdict(&engine(keyed(TEST))),
        "signed-out session-token-and-uat-missing"
    );
}

// covers: REQ-37
#[test]
fn req_37_a_browser_token_in_the_url_starts_a_handshake_in_development() {
    let token = token_of(TEST).mint();
    for target in [
        "/?__clerk_db_jwt=dvb_2",
        "/?__clerk_db_jwt=",
        "/?a=b&__clerk_db_jwt",
    ] {
        let page = page_of(TEST, target).signed_in_by(&token);
        let state = page.of(&engine(keyed(TEST)));
        assert_eq!(verdict(&state), "handshake dev-browser-sync");
        let back = param(&state, "redirect_url").unwrap();
        assert!(!back.contains("__clerk_db_jwt"), "{back}");
    }
    let page = page_of(LIVE, "/?__clerk_db_jwt=dvb_2").signed_in_by(&token_of(LIVE).mint());
    assert_eq!(page.verdict(&engine(keyed(LIVE))), "signed-in user_1");
}

// covers: REQ-38, HIST-8
#[test]
fn req_38_hist_8_a_browser_without_token_starts_a_handshake_in_development() {
    for page in [
        Ask::page("/"),
        Ask::page("/").signed_in_by(&token_of(TEST).mint()),
        Ask::page("/").cookie("__client_uat", UAT),
        Ask::page("/").cookie("__clerk_db_jwt", ""),
    ] {
        assert_eq!(
            page.verdict(&engine(keyed(TEST))),
            "handshake dev-browser-missing"
        );
    }
    assert_eq!(
        Ask::page("/").verdict(&engine(keyed(LIVE))),
        "signed-out session-token-and-uat-missing"
    );
}

// covers: REQ-39, REQ-40, REQ-41, REQ-49, REQ-50
#[test]
fn req_39_req_40_req_41_client_and_session_have_to_agree() {
    for key in [LIVE, TEST] {
        let (token, old) = (token_of(key).mint(), expired(key).mint());
        let missing = "session-token-and-uat-missing";
        let no_uat = "session-token-but-no-client-uat";
        let no_session = "client-uat-but-no-session-token";
        for (uat, session, page, reason) in [
            ("", "", "signed-out", missing),
            ("0", "", "signed-out", missing),
            ("", token.as_str(), "handshake", no_uat),
            ("0", &token, "handshake", no_uat),
            ("0", &old, "handshake", no_uat),
            ("0", "garbage", "handshake", no_uat),
            (UAT, "", "handshake", no_session),
        ] {
            let with = |ask: Ask| {
                let mut ask = ask.cookie("__clerk_db_jwt", "dvb_1");
                if !uat.is_empty() {
                    ask = ask.cookie("__client_uat", uat);
                }
                if !session.is_empty() {
                    ask = ask.cookie("__session", session);
                }
                ask.verdict(&engine(keyed(key)))
            };
            assert_eq!(with(Ask::page("/")), format!("{page} {reason}"));
            // REQ-50: the same reason where there can be no redirect.
            for ask in [
                Ask::call("/"),
                Ask::page("/").method("POST"),
                Ask::page("/").method("HEAD"),
            ] {
                assert_eq!(with(ask), format!("signed-out {reason}"));
            }
        }
    }
}

// covers: REQ-42
#[test]
fn req_42_a_cookie_that_does_not_decode_is_signed_out() {
    for cookie in ["garbage", "a.b", "a.b.c", "mt_1"] {
        let state = Ask::page("/").signed_in_by(cookie).of(&engine(keyed(LIVE)));
        assert_eq!(verdict(&state), "signed-out token-invalid", "{cookie}");
        assert!(
            state
                .message()
                .ends_with("(reason=token-invalid, token-carrier=cookie)")
        );
    }
}

// covers: REQ-43, HIST-57
#[test]
fn req_43_hist_57_a_machine_or_template_token_is_no_session_cookie() {
    let issuer = "https://clerk.example.com";
    for token in [
        M2mTokenBuilder::new("mch_1")
            .claim("iss", issuer)
            .issued_at_ms(NOW)
            .mint(),
        OAuthTokenBuilder::new("user_1")
            .claim("iss", issuer)
            .issued_at_ms(NOW)
            .mint(),
        TemplateTokenBuilder::new("user_1")
            .claim("iss", issuer)
            .issued_at_ms(NOW)
            .mint(),
    ] {
        let keys = ScriptedKeys::at_hand();
        let state = Ask::page("/")
            .signed_in_by(&token)
            .of(&keys.serve(bare(LIVE)));
        assert_eq!(verdict(&state), "signed-out token-type-mismatch");
        assert_eq!(state.message(), "");
        assert_eq!(keys.counts(), (0, 0, 0));
    }
}

// covers: REQ-44
#[test]
fn req_44_a_token_from_before_the_clients_last_change_starts_a_handshake() {
    let now = NOW / 1000;
    let outdated = "handshake session-token-iat-before-client-uat";
    let timeless = |iat: serde_json::Value| token_of(LIVE).claim("iat", iat).mint();
    for (token, uat, expected) in [
        (token_of(LIVE).mint(), now - 1, "signed-in user_1"),
        (token_of(LIVE).mint(), now, "signed-in user_1"),
        (token_of(LIVE).mint(), now + 1, outdated),
        // Before the token's expiry is looked at.
        (expired(LIVE).mint(), now, outdated),
        // Without a usable time the token passes on to the next step.
        (
            timeless("x".into()),
            now + 1,
            "signed-out token-verification-failed",
        ),
    ] {
        let page = Ask::page("/")
            .cookie("__session", &token)
            .cookie("__client_uat", &uat.to_string());
        let found = page.verdict(&engine(keyed(LIVE)));
        assert_eq!(found, expected, "{uat}");
    }
}

// covers: REQ-45
#[test]
fn req_45_a_cookie_that_does_not_verify_is_judged_as_one_of_a_cookie() {
    let (engine, clerk) = ScriptedClerk::refresh(Err(CallFailure::answer(404, "no")))
        .serve(keyed(LIVE).authorized_parties(["https://app.example.com"]));
    for (token, expected) in [
        (
            expired(LIVE).mint(),
            "handshake session-token-expired-refresh-non-eligible-no-refresh-cookie",
        ),
        (
            token_of(LIVE).claim("nbf", NOW / 1000 + 60).mint(),
            "handshake session-token-nbf",
        ),
        (
            token_of(LIVE)
                .issued_at_ms(NOW + 60_000)
                .claim("nbf", 0)
                .mint(),
            "handshake session-token-iat-in-the-future",
        ),
        (
            token_of(LIVE).key(TestKey::SECOND).mint(),
            "signed-out token-invalid-signature",
        ),
        (
            token_of(LIVE).authorized_party("https://b.example").mint(),
            "signed-out token-invalid-authorized-parties",
        ),
    ] {
        let state = Ask::page("/")
            .cookie("__session", &token)
            .cookie("__client_uat", OLD_UAT)
            .of(&engine);
        assert_eq!(verdict(&state), expected);
        assert!(state.message().contains("token-carrier=cookie"));
    }
    assert!(clerk.asked().is_empty());
}

/// A page of the primary application that somebody signed in opens from a satellite.
fn from_satellite() -> Ask {
    Ask::page("/page")
        .signed_in_by(&token_of(LIVE).mint())
        .header("referer", "https://satellite.example/")
}

// covers: REQ-47, HIST-36, HIST-38
#[test]
fn req_47_hist_36_hist_38_a_navigation_from_another_site_syncs_under_these_conditions_only() {
    let live = engine(keyed(LIVE));
    let state = from_satellite().of(&live);
    assert_eq!(
        verdict(&state),
        "handshake primary-domain-cross-origin-sync"
    );
    assert!(!state.message().is_empty());
    let stays = "signed-in user_1";
    for (name, ask) in [
        ("another method", from_satellite().method("POST")),
        (
            "no document",
            from_satellite().instead("sec-fetch-dest", "iframe"),
        ),
        (
            "not said to be a document",
            from_satellite()
                .instead("sec-fetch-dest", "")
                .header("accept", "text/html"),
        ),
        ("no referrer", from_satellite().instead("referer", "")),
        (
            "its own page",
            from_satellite().instead("referer", "https://app.example.com/"),
        ),
        (
            "Clerk's page",
            from_satellite().instead("referer", "https://accounts.example.com/"),
        ),
    ] {
        assert_eq!(ask.verdict(&live), stays, "{name}");
    }
    let satellite = engine(
        satellite_options(LIVE).public_origin(Origin::parse("https://app.example.com").unwrap()),
    );
    let token = satellites_token(LIVE);
    let ask = Ask::page("/")
        .signed_in_by(&token)
        .header("referer", "https://other.example/");
    assert_eq!(ask.verdict(&satellite), stays);
}

// covers: REQ-47, HIST-39
#[test]
fn req_47_hist_39_a_cross_origin_sync_happens_once() {
    let page = |count: &str| from_satellite().cookie("__clerk_redirect_count", count);
    for (count, status) in [
        ("0", "handshake"),
        ("1", "signed-in"),
        ("2", "signed-in"),
        ("9", "signed-in"),
    ] {
        assert_eq!(page(count).of(&engine(keyed(LIVE))).status(), status);
    }
}

// covers: REQ-49
#[test]
fn req_49_a_cookie_that_passes_every_step_is_signed_in_without_headers() {
    for key in [LIVE, TEST] {
        let token = token_of(key).mint();
        for ask in [
            Ask::call("/"),
            Ask::page("/"),
            Ask::page("/").method("POST"),
        ] {
            let ask = ask
                .cookie("__clerk_db_jwt", "dvb_1")
                .cookie("__clerk_redirect_count", "3")
                .signed_in_by(&token);
            let state = ask.of(&engine(keyed(key)));
            assert_eq!(verdict(&state), "signed-in user_1");
            assert_eq!(state.token(), Some(token.as_str()));
            assert!(state.headers().is_empty());
        }
    }
}

// covers: REQ-50
#[test]
fn req_50_where_no_redirect_is_possible_the_same_reason_and_message_sign_out() {
    let token = expired(LIVE).mint();
    let with = |ask: Ask| {
        let ask = ask
            .cookie("__session", &token)
            .cookie("__client_uat", OLD_UAT);
        ask.of(&engine(keyed(LIVE)))
    };
    let page = with(Ask::page("/"));
    let call = with(Ask::call("/"));
    assert!(matches!(page, RequestState::Handshake(_)));
    assert!(matches!(call, RequestState::SignedOut(_)));
    assert_eq!(page.reason(), call.reason());
    assert_eq!(page.message(), call.message());
    assert_eq!(call.location(), None);
    assert_eq!(header(&call, "set-cookie"), None);
    // Satellites and browsers in development too.
    let sync = Ask::page("/?__clerk_synced=false").method("POST");
    assert_eq!(sync.of(&satellite(LIVE, true)).location(), None);
    assert_eq!(
        Ask::call("/").verdict(&engine(keyed(TEST))),
        "signed-out dev-browser-missing"
    );
}

// covers: REQ-51
#[test]
fn req_51_the_clients_time_is_an_unsigned_number_or_none() {
    let missing = "signed-out session-token-and-uat-missing";
    let active = "handshake client-uat-but-no-session-token";
    for (uat, expected) in [
        ("1", active),
        ("01", active),
        ("1773999990", active),
        ("99999999999999999999999999", active),
        ("0", missing),
        ("00", missing),
        ("-5", missing),
        ("+5", missing),
        ("12abc", missing),
        ("1.5", missing),
        ("1e3", missing),
        ("0x10", missing),
        ("%20", missing),
        ("NaN", missing),
        // Digits of other scripts are none.
        ("%D9%A1", missing),
    ] {
        let page = Ask::page("/").cookie("__client_uat", uat);
        assert_eq!(page.verdict(&engine(keyed(LIVE))), expected, "{uat}");
    }
    // Percent-encoded digits are digits.
    let page = Ask::page("/").cookie("__client_uat", "%31");
    assert_eq!(page.verdict(&engine(keyed(LIVE))), active);
}

#[test]
fn a_token_without_party_passes_where_none_is_asked_for() {
    let token = token_of(LIVE).claim("azp", "").mint();
    let page = Ask::page("/").signed_in_by(&token);
    assert_eq!(page.verdict(&engine(keyed(LIVE))), "signed-in user_1");
    let strict = engine(keyed(LIVE).authorized_parties(["https://app.example.com"]));
    assert_eq!(
        page.verdict(&strict),
        "signed-out token-invalid-authorized-parties"
    );
    assert_eq!(
        params(&Ask::page("/").cookie("__client_uat", UAT).of(&strict)).len(),
        5
    );
}
