//! Satellites and the primary application that answers them.

use clerk_core::Domain;
use clerk_core::url::Origin;
use clerk_internal::{AuthenticateOptions, Authenticator};

use super::asking::{Ask, UAT, location, page_of, param, token_of, verdict};
use super::support::{LIVE, TEST, engine, keyed};

pub(super) fn satellite_options(key: &str) -> AuthenticateOptions {
    keyed(key)
        .is_satellite(true)
        .domain(Domain::parse("satellite.example").unwrap())
        .sign_in_url("https://primary.example/sign-in?a=b".to_owned())
        .public_origin(Origin::parse("https://satellite.example").unwrap())
}

pub(super) fn satellite(key: &str, auto_sync: bool) -> Authenticator {
    engine(satellite_options(key).satellite_auto_sync(auto_sync))
}

/// A token of the satellite's own Frontend API, which in production is below its domain.
pub(super) fn satellites_token(key: &str) -> String {
    let token = token_of(key);
    if key == LIVE {
        token.issuer("https://clerk.satellite.example").mint()
    } else {
        token.mint()
    }
}

// covers: REQ-31, HIST-50
#[test]
fn req_31_hist_50_only_navigations_of_satellites_sync() {
    for key in [LIVE, TEST] {
        let engine = satellite(key, true);
        let syncs = |ask: Ask| {
            // In development a browser that is known would do without a handshake of its own.
            let ask = ask.cookie("__clerk_db_jwt", "dvb_1");
            ask.verdict(&engine).ends_with("satellite-needs-syncing")
        };
        assert!(syncs(Ask::page("/")));
        for dest in ["", "iframe", "empty", "image", "Document"] {
            let ask = Ask::call("/").header("sec-fetch-dest", dest);
            assert!(!syncs(ask.header("accept", "text/html")), "{dest}");
        }
        for method in ["POST", "HEAD", "PUT", "OPTIONS", "get"] {
            assert!(!syncs(Ask::page("/").method(method)), "{method}");
        }
        for (synced, is_done) in [
            ("true", true),
            ("false", false),
            ("TRUE", false),
            ("1", false),
            ("", false),
        ] {
            let target = format!("/?__clerk_synced={synced}");
            assert_eq!(syncs(Ask::page(&target)), !is_done, "{synced}");
        }
        // Has cookies: a session token, or a client that is not signed out.
        for (name, value, has) in [
            ("__session", satellites_token(key), true),
            ("__client_uat", UAT.to_owned(), true),
            ("__client_uat", "0".to_owned(), false),
            ("__client_uat", "x".to_owned(), false),
            ("theme", "dark".to_owned(), false),
        ] {
            let page = Ask::page("/").cookie(name, &value);
            assert_eq!(syncs(page), !has, "{name}");
            // And must sync all the same.
            let page = Ask::page("/?__clerk_synced=false").cookie(name, &value);
            assert!(syncs(page), "{name}");
        }
    }
    // No satellite, no sync.
    let page = page_of(LIVE, "/?__clerk_synced=false");
    assert_eq!(
        page.verdict(&engine(keyed(LIVE))),
        "signed-out session-token-and-uat-missing"
    );
}

// covers: REQ-32, OPT-15, HIST-49
#[test]
fn req_32_hist_49_a_satellite_without_cookies_is_signed_out_unless_sync_is_switched_on() {
    for key in [LIVE, TEST] {
        let unset = engine(satellite_options(key));
        let off = satellite(key, false);
        for engine in [unset, off] {
            let page = Ask::page("/");
            assert_eq!(
                page.verdict(&engine),
                "signed-out session-token-and-uat-missing"
            );
            let asked_for = Ask::page("/?__clerk_synced=false");
            assert_eq!(
                asked_for.verdict(&engine),
                "handshake satellite-needs-syncing"
            );
        }
        let page = Ask::page("/");
        assert_eq!(
            page.verdict(&satellite(key, true)),
            "handshake satellite-needs-syncing"
        );
    }
}

// covers: REQ-33, HIST-22
#[test]
fn req_33_hist_22_a_satellite_in_production_syncs_by_its_frontend_api() {
    let state = Ask::page("/a?__clerk_synced=false&b=c").of(&satellite(LIVE, false));
    assert_eq!(verdict(&state), "handshake satellite-needs-syncing");
    let location = location(&state);
    assert_eq!(location.origin_str(), "https://clerk.satellite.example");
    assert_eq!(location.path(), "/v1/client/handshake");
    assert_eq!(
        param(&state, "redirect_url").unwrap(),
        "https://satellite.example/a?__clerk_synced=false&b=c"
    );
    // Once it has, it is not asked again: otherwise it would be without end.
    let done = Ask::page("/a?__clerk_synced=true").of(&satellite(LIVE, true));
    assert_eq!(verdict(&done), "signed-out session-token-and-uat-missing");
}

// covers: REQ-34
#[test]
fn req_34_a_satellite_in_production_with_cookies_goes_on() {
    let token = satellites_token(LIVE);
    for auto_sync in [false, true] {
        let engine = satellite(LIVE, auto_sync);
        let page = Ask::page("/").signed_in_by(&token);
        assert_eq!(page.verdict(&engine), "signed-in user_1");
        let page = Ask::page("/").cookie("__client_uat", UAT);
        assert_eq!(
            page.verdict(&engine),
            "handshake client-uat-but-no-session-token"
        );
    }
}

// covers: REQ-35, HIST-23
#[test]
fn req_35_hist_23_a_satellite_in_development_syncs_by_the_primary_applications_sign_in_page() {
    let state = Ask::page("/a?b=c").of(&satellite(TEST, true));
    assert_eq!(verdict(&state), "handshake satellite-needs-syncing");
    assert_eq!(
        location(&state).as_str(),
        "https://primary.example/sign-in?a=b&__clerk_redirect_url=https%3A%2F%2Fsatellite.example%2Fa%3Fb%3Dc"
    );
    // With cookies, or once it has synced, it goes on.
    let token = token_of(TEST).mint();
    let page = page_of(TEST, "/").signed_in_by(&token);
    assert_eq!(page.verdict(&satellite(TEST, true)), "signed-in user_1");
    let page = page_of(TEST, "/?__clerk_synced=true");
    assert_eq!(
        page.verdict(&satellite(TEST, true)),
        "signed-out session-token-and-uat-missing"
    );
}

// covers: REQ-36, HIST-22, HIST-23, HIST-41
#[test]
fn hist_22_23_req_36_hist_41_the_primary_answers_a_sync_before_it_judges_the_browser() {
    let options =
        || keyed(TEST).satellite_origins([Origin::parse("https://satellite.example").unwrap()]);
    let back =
        "__clerk_redirect_url=https%3A%2F%2Fsatellite.example%2Fa%3F__clerk_synced%3Dfalse%26b%3Dc";
    for (query, cookie, expected) in [
        // No browser token known, one in a cookie, one in the URL, which goes before.
        ("", "", "?__clerk_synced=true&b=c"),
        ("", "dvb_1", "?__clerk_synced=true&b=c&__clerk_db_jwt=dvb_1"),
        (
            "&__clerk_db_jwt=dvb_2",
            "dvb_1",
            "?__clerk_synced=true&b=c&__clerk_db_jwt=dvb_2",
        ),
    ] {
        let mut page = Ask::page(&format!("/sign-in?{back}{query}"));
        if !cookie.is_empty() {
            page = page.cookie("__clerk_db_jwt", cookie);
        }
        let state = page.of(&engine(options()));
        assert_eq!(verdict(&state), "handshake primary-responds-to-syncing");
        assert_eq!(
            location(&state).as_str(),
            format!("https://satellite.example/a{expected}")
        );
    }
    // Known places only: configured ones, and this machine.
    for (url, is_known) in [
        ("https://satellite.example/", true),
        ("http://localhost:4000/", true),
        ("http://127.0.0.1/", true),
        ("http://[::1]:3000/", true),
        ("http://a.localhost/", true),
        ("http://satellite.example/", false),
        ("https://satellite.example:444/", false),
        ("https://satellite.example.evil.example/", false),
        ("https://satellite.example@evil.example/", false),
        ("https://evil.example/", false),
        ("https://localhost.evil.example/", false),
        ("//evil.example/", false),
        ("/a", false),
        ("javascript:alert(1)", false),
        ("garbage", false),
        ("", false),
    ] {
        let page = page_of(TEST, &format!("/?__clerk_redirect_url={url}"));
        let expected = if is_known {
            "handshake primary-responds-to-syncing"
        } else {
            "signed-out session-token-and-uat-missing"
        };
        assert_eq!(page.verdict(&engine(options())), expected, "{url}");
    }
    // In development, and the primary application only.
    let page = page_of(LIVE, "/?__clerk_redirect_url=http://localhost/");
    assert_eq!(
        page.verdict(&engine(keyed(LIVE))),
        "signed-out session-token-and-uat-missing"
    );
    let page = page_of(TEST, "/?__clerk_redirect_url=http://localhost/");
    assert_eq!(
        page.verdict(&satellite(TEST, false)),
        "signed-out session-token-and-uat-missing"
    );
}
