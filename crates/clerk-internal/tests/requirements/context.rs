//! What is read of a request.

use std::cell::Cell;

use clerk_core::{MachineSecretKey, ProxyUrl, PublishableKey};
use clerk_errors::ConfigErrorKind;
use clerk_internal::request::RequestView;
use clerk_internal::{AuthenticateOptions, Authenticator};
use clerk_tokens::{AcceptsToken, TokenType};

use super::asking::{
    Ask, OLD_UAT, UAT, expired, handshake, names, page_of, param, token_of, verdict,
};
use super::scripted::ScriptedClerk;
use super::support::{LIVE, TEST, block_on, builder, engine, key, keyed};

/// A body that tells when anything is done with it, and can neither be copied nor sent elsewhere.
struct Body<'a> {
    touched: &'a Cell<bool>,
}

impl Drop for Body<'_> {
    fn drop(&mut self) {
        self.touched.set(true);
    }
}

// covers: CTX-1, HIST-51, HIST-52
#[test]
fn hist_51_hist_52_a_request_is_borrowed_and_its_body_left_alone() {
    let touched = Cell::new(false);
    let token = token_of(LIVE).mint();
    let request = http::Request::post("https://app.example.com/a?b=c")
        .header("authorization", format!("Bearer {token}"))
        .body(Body { touched: &touched })
        .unwrap();
    let before = (request.uri().clone(), request.headers().clone());
    let state = block_on(engine(keyed(LIVE)).authenticate(RequestView::from(&request)));
    assert_eq!(verdict(&state), "signed-in user_1");
    assert!(!touched.get());
    assert_eq!((request.uri(), request.headers()), (&before.0, &before.1));
    // What the view is made of has no body at all: what the state came from may be gone.
    drop(request);
    assert_eq!(state.token(), Some(token.as_str()));
}

// covers: CTX-11
#[test]
fn ctx_11_empty_headers_are_as_good_as_none() {
    let engine = engine(keyed(LIVE));
    let token = token_of(LIVE).mint();
    let signed_in = Ask::page("/").signed_in_by(&token);
    for name in [
        "authorization",
        "referer",
        "origin",
        "user-agent",
        "host",
        "cookie",
    ] {
        for empty in ["", " ", "\t"] {
            let ask = signed_in.clone().header(name, empty);
            assert_eq!(ask.verdict(&engine), "signed-in user_1", "{name}");
        }
    }
    // Accept decides where there is no Sec-Fetch-Dest, and an empty one is none.
    let active = Ask::call("/").cookie("__client_uat", UAT);
    for (dest, accept, status) in [
        (Some(""), "text/html", "handshake"),
        (Some(" "), "text/html", "handshake"),
        (None, "text/html", "handshake"),
        (None, "", "signed-out"),
        (Some(""), "", "signed-out"),
        (Some("document"), "", "handshake"),
    ] {
        let mut ask = active.clone().header("accept", accept);
        if let Some(dest) = dest {
            ask = ask.header("sec-fetch-dest", dest);
        }
        assert_eq!(ask.of(&engine).status(), status, "{dest:?} {accept}");
    }
    // An empty forwarded header is no host: the request's own one counts.
    let ask = active
        .header("sec-fetch-dest", "document")
        .header("x-forwarded-host", "")
        .header("x-forwarded-proto", "")
        .header("host", "other.example");
    let back = param(&ask.of(&engine), "redirect_url").unwrap();
    assert_eq!(back, "https://app.example.com/");
}

// covers: CTX-12
#[test]
fn ctx_12_each_value_comes_from_its_cookie() {
    let names = names(LIVE);
    let (token, old) = (token_of(LIVE).mint(), expired(LIVE).mint());
    let (engine, clerk) =
        ScriptedClerk::payload(Ok(vec![format!("__session={token}; Path=/")])).serve(keyed(LIVE));
    let page = || Ask::page("/");

    // Session and client: by either name.
    for (session, uat) in [
        ("__session", "__client_uat"),
        (names.session(), names.client_uat()),
    ] {
        let ask = page().cookie(session, &token).cookie(uat, UAT);
        assert_eq!(ask.verdict(&engine), "signed-in user_1");
    }
    // Names of another instance, of another letter case, without their underscores: none.
    for (session, uat) in [
        ("__session_AAAAAAAA", "__client_uat_AAAAAAAA"),
        ("__SESSION", "__CLIENT_UAT"),
        ("session", "client_uat"),
    ] {
        let ask = page().cookie(session, &token).cookie(uat, UAT);
        assert_eq!(
            ask.verdict(&engine),
            "signed-out session-token-and-uat-missing"
        );
    }

    // The refresh token: with suffix only.
    let stale = page()
        .cookie("__session", &old)
        .cookie("__client_uat", OLD_UAT);
    for (name, is_asked) in [("__refresh", false), (names.refresh(), true)] {
        stale.clone().cookie(name, "r3fr3sh").of(&engine);
        assert_eq!(clerk.asked().len(), usize::from(is_asked), "{name}");
    }

    // Handshake token and nonce: never with suffix.
    let suffix = names.session().trim_start_matches("__session");
    let answer = handshake([format!("__session={token}; Path=/")]);
    for (name, value, expected) in [
        (
            "__clerk_handshake".to_owned(),
            answer.as_str(),
            "signed-in user_1",
        ),
        (
            "__clerk_handshake_nonce".to_owned(),
            "n0nce",
            "signed-in user_1",
        ),
        (
            format!("__clerk_handshake{suffix}"),
            &answer,
            "signed-out session-token-and-uat-missing",
        ),
        (
            format!("__clerk_handshake_nonce{suffix}"),
            "n0nce",
            "signed-out session-token-and-uat-missing",
        ),
    ] {
        assert_eq!(page().cookie(&name, value).verdict(&engine), expected);
    }

    // The count of redirects: a number as a whole, never with suffix.
    let active = page().cookie("__client_uat", UAT);
    let reason = "client-uat-but-no-session-token";
    for (name, count, status) in [
        ("__clerk_redirect_count".to_owned(), "2", "handshake"),
        ("__clerk_redirect_count".to_owned(), "3", "signed-out"),
        ("__clerk_redirect_count".to_owned(), "3x", "handshake"),
        ("__clerk_redirect_count".to_owned(), "-3", "handshake"),
        ("__clerk_redirect_count".to_owned(), "", "handshake"),
        (format!("__clerk_redirect_count{suffix}"), "3", "handshake"),
    ] {
        let ask = active.clone().cookie(&name, count);
        assert_eq!(
            ask.verdict(&engine),
            format!("{status} {reason}"),
            "{name}={count}"
        );
    }
}

// covers: CTX-13
#[test]
fn ctx_13_what_the_query_brings_wins_over_cookies_in_production_too() {
    let of = |user: &str| {
        let token = clerk_testing::mint::SessionTokenBuilder::new(user)
            .authorized_party("https://app.example.com")
            .issued_at_ms(super::support::NOW);
        handshake([format!("__session={}; Path=/", token.mint())])
    };
    for key in [LIVE, TEST] {
        let (engine, clerk) = ScriptedClerk::payload(Ok(Vec::new())).serve(keyed(key));
        let (from_query, from_cookie) = (of("query"), of("cookie"));
        let target = format!("/?__clerk_handshake={from_query}");
        for (target, expected) in [
            (target.as_str(), "signed-in query"),
            ("/", "signed-in cookie"),
            // An empty parameter is none.
            ("/?__clerk_handshake=", "signed-in cookie"),
        ] {
            let ask = page_of(key, target).cookie("__clerk_handshake", &from_cookie);
            assert_eq!(ask.verdict(&engine), expected, "{key}");
        }
        for (target, asked) in [
            ("/?__clerk_handshake_nonce=query", "payload query"),
            ("/", "payload cookie"),
            ("/?__clerk_handshake_nonce=", "payload cookie"),
        ] {
            page_of(key, target)
                .cookie("__clerk_handshake_nonce", "cookie")
                .of(&engine);
            assert_eq!(clerk.asked(), [asked], "{key}");
        }
    }
    let engine = engine(keyed(TEST));
    for (target, token) in [("/?__clerk_db_jwt=query", "query"), ("/", "cookie")] {
        let ask = Ask::page(target)
            .cookie("__clerk_db_jwt", "cookie")
            .cookie("__client_uat", UAT);
        let sent = param(&ask.of(&engine), "__clerk_db_jwt");
        assert_eq!(sent.as_deref(), Some(token));
    }
}

// covers: CTX-14
#[test]
fn ctx_14_outside_the_cookies_token_speaks_for_the_request() {
    let (engine, _) = ScriptedClerk::default().serve(keyed(LIVE));
    let in_cookie = token_of(LIVE).mint();
    let in_header = expired(LIVE).session_id("sess_header").mint();
    let page = Ask::page("/").bearer(&in_header);
    let state = page.clone().signed_in_by(&in_cookie).of(&engine);
    assert_eq!(state.status(), "handshake", "{state:?}");
    assert_eq!(param(&state, "__session"), Some(in_cookie));
    // The other half, the header's token, stays inside: HS-22 and REF-4.
    assert_eq!(param(&page.of(&engine), "__session"), None);
}

// covers: CTX-15, OPT-1
#[test]
fn ctx_15_for_m2m_tokens_and_api_keys_alone_only_headers_are_read() {
    let unkeyed = || {
        AuthenticateOptions::new()
            .jwt_key(key())
            .machine_secret_key(MachineSecretKey::new("ak_machine").unwrap())
            .secret_key(clerk_core::SecretKey::new("sk_test_x").unwrap())
            .allow_test_keys(true)
    };
    let token = token_of(TEST).mint();
    let answer = handshake([format!("__session={token}; Path=/")]);
    // In development this page has everything to sign in, redirect and call for.
    let page = Ask::page("/?__clerk_db_jwt=dvb_1&__clerk_handshake_nonce=n0nce")
        .signed_in_by(&token)
        .cookie("__clerk_handshake", &answer);
    for accepts in [TokenType::M2m, TokenType::ApiKey] {
        let accepts = AcceptsToken::One(accepts);
        for options in [
            unkeyed(),
            unkeyed().publishable_key(PublishableKey::parse(TEST).unwrap()),
        ] {
            let (engine, clerk) = ScriptedClerk::default().serve(options.accepts(accepts.clone()));
            assert_eq!(page.verdict(&engine), "signed-out No token in header");
            assert!(clerk.asked().is_empty());
        }
    }
    for accepts in [
        AcceptsToken::default(),
        AcceptsToken::Any,
        AcceptsToken::One(TokenType::Session),
        AcceptsToken::One(TokenType::OAuth),
        AcceptsToken::AnyOf(vec![TokenType::M2m]),
        AcceptsToken::AnyOf(vec![TokenType::ApiKey, TokenType::M2m]),
    ] {
        let error = builder(unkeyed().accepts(accepts)).build().err().unwrap();
        assert_eq!(error.kind(), ConfigErrorKind::Missing);
        assert_eq!(error.setting(), "the publishable key");
    }
}

/// What becomes of a page that somebody signed in opens from another one.
fn from_page(engine: &Authenticator, key: &str, referrer: &str) -> &'static str {
    let ask = page_of(key, "/page")
        .signed_in_by(&token_of(key).mint())
        .header("referer", referrer);
    match ask.verdict(engine).as_str() {
        "signed-in user_1" => "stays",
        "handshake primary-domain-cross-origin-sync" => "syncs",
        other => panic!("{other}"),
    }
}

fn proxied(key: &str, proxy: &str) -> Authenticator {
    engine(keyed(key).proxy_url(ProxyUrl::parse(proxy).unwrap()))
}

// covers: CTX-16, HIST-58
#[test]
fn ctx_16_hist_58_these_referrers_are_clerks() {
    let live = engine(keyed(LIVE));
    for (referrer, expected) in [
        ("https://clerk.example.com/v1/x", "stays"),
        ("https://accounts.example.com/sign-in", "stays"),
        ("http://accounts.example.com/sign-in", "syncs"),
        ("https://accounts.example.com:444/", "syncs"),
        // Anybody can have a host of that name; development portals count in development.
        ("https://accounts.other.example/", "syncs"),
        (
            "https://accounts.evil.example/?accounts.example.com",
            "syncs",
        ),
        ("https://foo-bar-13.accounts.dev/", "syncs"),
        ("https://accounts.foo.bar-13.lcl.dev/", "syncs"),
        ("https://clerk.other.example/", "syncs"),
    ] {
        assert_eq!(from_page(&live, LIVE, referrer), expected, "{referrer}");
    }
    let test = engine(keyed(TEST));
    for (referrer, expected) in [
        ("https://foo-bar-13.clerk.accounts.dev/", "stays"),
        ("https://foo-bar-13.accounts.dev/sign-in", "stays"),
        ("https://other-99.accounts.dev/", "stays"),
        ("https://accounts.foo.bar-13.lcl.dev/", "stays"),
        ("https://accounts.example.com/", "syncs"),
        ("https://other-99.clerk.accounts.dev/", "syncs"),
        ("https://accounts.dev.evil.example/", "syncs"),
    ] {
        assert_eq!(from_page(&test, TEST, referrer), expected, "{referrer}");
    }
    // With a proxy the proxy is the Frontend API.
    let proxied = proxied(LIVE, "https://proxy.example/clerk");
    for (referrer, expected) in [
        ("https://proxy.example/clerk/v1", "stays"),
        ("https://proxy.example/", "stays"),
        ("https://clerk.example.com/", "syncs"),
    ] {
        assert_eq!(from_page(&proxied, LIVE, referrer), expected, "{referrer}");
    }
}

// covers: CTX-17
#[test]
fn ctx_17_a_referrer_of_another_origin_is_another_site() {
    let live = engine(keyed(LIVE));
    for (referrer, expected) in [
        ("https://app.example.com/other", "stays"),
        ("https://app.example.com:443/", "stays"),
        ("https://APP.example.com/", "stays"),
        ("http://app.example.com/", "syncs"),
        ("https://app.example.com:8443/", "syncs"),
        ("https://other.example.com/", "syncs"),
        ("https://app.example.com.evil.example/", "syncs"),
        // What is no URL says nothing.
        ("", "stays"),
        ("app.example.com", "stays"),
        ("//other.example/", "stays"),
        ("about:blank", "stays"),
        ("https://", "stays"),
        ("https://a b/", "stays"),
    ] {
        assert_eq!(from_page(&live, LIVE, referrer), expected, "{referrer}");
    }
    // The origin is the one the browser asked at, not the one behind a proxy.
    let behind = page_of(LIVE, "/page")
        .at("http", "10.0.0.1:3000")
        .header("x-forwarded-host", "app.example.com")
        .header("x-forwarded-proto", "https")
        .signed_in_by(&token_of(LIVE).mint());
    let outside = behind
        .clone()
        .header("referer", "https://app.example.com/a");
    assert_eq!(outside.verdict(&live), "signed-in user_1");
    let inside = behind.header("referer", "http://10.0.0.1:3000/a");
    assert_eq!(
        inside.verdict(&live),
        "handshake primary-domain-cross-origin-sync"
    );
}

// covers: CTX-18
#[test]
fn ctx_18_behind_a_proxy_the_accounts_portal_is_still_the_instances() {
    for proxy in [
        "/__clerk",
        "https://proxy.example/clerk",
        "https://clerk.proxy.example",
    ] {
        let live = proxied(LIVE, proxy);
        for (referrer, expected) in [
            ("https://accounts.example.com/sign-in", "stays"),
            ("https://accounts.proxy.example/", "syncs"),
        ] {
            let found = from_page(&live, LIVE, referrer);
            assert_eq!(found, expected, "{referrer} {proxy}");
        }
    }
}
