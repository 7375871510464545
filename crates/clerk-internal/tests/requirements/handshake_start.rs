//! Sending the browser to the Frontend API.

use std::sync::Arc;

use clerk_core::ProxyUrl;
use clerk_core::url::Origin;
use clerk_internal::path::OrganizationSync;
use clerk_internal::{AuthenticateOptions, RequestState};

use super::asking::{
    Ask, OLD_UAT, UAT, expired, header, headers, location, names, page_of, param, params, token_of,
    verdict,
};
use super::support::{LIVE, TEST, block_on, engine, keyed};

/// A page of a browser that Clerk has to be asked about.
fn asking_page(target: &str) -> Ask {
    Ask::page(target).cookie("__client_uat", UAT)
}

const REASON: &str = "client-uat-but-no-session-token";

// covers: HS-1, HIST-7, HIST-13, HIST-50
#[test]
fn hs_1_hist_7_hist_13_hist_50_what_a_browser_navigates_by_may_be_redirected() {
    let engine = engine(keyed(LIVE));
    for (method, dest, accept, may) in [
        ("GET", Some("document"), None, true),
        ("GET", Some("iframe"), None, true),
        ("GET", Some("document"), Some("*/*"), true),
        ("GET", None, Some("text/html"), true),
        ("GET", None, Some("text/html,application/xhtml+xml"), true),
        ("GET", None, None, false),
        ("GET", None, Some("*/*"), false),
        ("GET", None, Some("application/json"), false),
        ("GET", None, Some("application/json, text/html"), false),
        ("GET", None, Some("TEXT/HTML"), false),
        // What the browser says of the destination goes before what it would take.
        ("GET", Some("empty"), Some("text/html"), false),
        ("GET", Some("script"), Some("text/html"), false),
        ("GET", Some("frame"), Some("text/html"), false),
        ("GET", Some("Document"), Some("text/html"), false),
        ("HEAD", Some("document"), Some("text/html"), false),
        ("POST", Some("document"), Some("text/html"), false),
        ("PUT", Some("iframe"), Some("text/html"), false),
        ("OPTIONS", Some("document"), Some("text/html"), false),
        ("get", Some("document"), Some("text/html"), false),
    ] {
        let mut ask = Ask::call("/").method(method).cookie("__client_uat", UAT);
        for (name, value) in [("sec-fetch-dest", dest), ("accept", accept)] {
            if let Some(value) = value {
                ask = ask.header(name, value);
            }
        }
        let status = if may { "handshake" } else { "signed-out" };
        assert_eq!(
            ask.verdict(&engine),
            format!("{status} {REASON}"),
            "{method} {dest:?} {accept:?}"
        );
    }
}

// covers: HS-10, HIST-18
#[test]
fn hs_10_hist_18_a_redirect_is_not_cached_and_says_why() {
    let state = asking_page("/").of(&engine(keyed(LIVE)));
    assert!(matches!(state, RequestState::Handshake(_)));
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-clerk-auth-status", "handshake"),
        ("x-clerk-auth-reason", REASON),
    ] {
        assert_eq!(headers(&state, name), [value], "{name}");
    }
    assert_eq!(header(&state, "x-clerk-auth-message"), None);
    assert_eq!(headers(&state, "location").len(), 1);
    // With a message, where there is one to tell.
    let state = Ask::page("/")
        .cookie("__session", &expired(LIVE).mint())
        .cookie("__client_uat", OLD_UAT)
        .of(&engine(keyed(LIVE)));
    let message = header(&state, "x-clerk-auth-message").unwrap();
    assert_eq!(message, state.message());
    assert_eq!(header(&state, "cache-control").unwrap(), "no-store");
}

// covers: HS-11, HIST-29
#[test]
fn hist_29_hs_11_the_counter_is_raised_for_the_whole_site_and_over_tls_only() {
    let engine = engine(keyed(LIVE));
    for (count, next) in [
        (None, 1),
        (Some("0"), 1),
        (Some("1"), 2),
        (Some("2"), 3),
        (Some("x"), 1),
    ] {
        let mut page = asking_page("/deep/in/the/site");
        if let Some(count) = count {
            page = page.cookie("__clerk_redirect_count", count);
        }
        let state = page.of(&engine);
        assert_eq!(
            headers(&state, "set-cookie"),
            [format!(
                "__clerk_redirect_count={next}; Path=/; SameSite=Lax; HttpOnly; Max-Age=2; Secure"
            )]
        );
    }
    let plain = asking_page("/").at("http", "localhost:3000").of(&engine);
    assert_eq!(
        headers(&plain, "set-cookie"),
        ["__clerk_redirect_count=1; Path=/; SameSite=Lax; HttpOnly; Max-Age=2"]
    );
    // What counts is how the browser asked.
    let behind = asking_page("/")
        .at("http", "10.0.0.1")
        .header("x-forwarded-host", "app.example.com")
        .header("x-forwarded-proto", "https")
        .of(&engine);
    assert!(header(&behind, "set-cookie").unwrap().ends_with("; Secure"));
}

// covers: HS-12, HIST-29
#[test]
fn hs_12_hist_29_from_three_redirects_on_it_ends_signed_out() {
    for (count, status) in [
        ("2", "handshake"),
        ("3", "signed-out"),
        ("4", "signed-out"),
        ("100", "signed-out"),
        ("99999999999999999999999999", "signed-out"),
    ] {
        for key in [LIVE, TEST] {
            let engine = engine(keyed(key));
            let page = page_of(key, "/")
                .cookie("__session", &expired(key).mint())
                .cookie("__client_uat", OLD_UAT);
            let in_loop = page.clone().cookie("__clerk_redirect_count", count);
            let (first, state) = (page.of(&engine), in_loop.of(&engine));
            assert_eq!(state.status(), status, "{count}");
            // Reason and message stay what they were.
            assert_eq!(state.reason(), first.reason());
            assert_eq!(state.message(), first.message());
            if status == "signed-out" {
                assert_eq!(state.location(), None);
                assert_eq!(header(&state, "set-cookie"), None);
            }
        }
    }
}

/// What a browser does: it follows redirects and keeps the counter; Clerk sends it back as it came.
fn redirects_until_settled(page: &Ask, engine: &clerk_internal::Authenticator) -> (usize, String) {
    let mut count: Option<String> = None;
    for followed in 0..20 {
        let mut page = page.clone();
        if let Some(count) = &count {
            page = page.cookie("__clerk_redirect_count", count);
        }
        let state = page.of(engine);
        if state.location().is_none() {
            return (followed, verdict(&state));
        }
        let cookie = headers(&state, "set-cookie").pop().unwrap();
        let pair = cookie.split(';').next().unwrap();
        count = Some(pair.split_once('=').unwrap().1.to_owned());
    }
    panic!("an endless loop");
}

// covers: HIST-10, HIST-29
#[test]
fn hist_29_hist_10_keys_of_another_instance_end_signed_out_after_three_redirects() {
    let wrong =
        clerk_tokens::VerifyingKey::from_jwt_key(clerk_testing::mint::TestKey::SECOND.public_pem())
            .unwrap();
    let engine = engine(keyed(LIVE).jwt_key(wrong));
    let answer = super::asking::handshake([format!("__session={}", token_of(LIVE).mint())]);
    // The handshake's answer does not verify here, and the session cookie is never set.
    let page = asking_page("/").cookie("__clerk_handshake", &answer);
    let (redirects, end) = redirects_until_settled(&page, &engine);
    assert_eq!((redirects, end), (3, format!("signed-out {REASON}")));
}

// covers: HS-20, HIST-30
#[test]
fn hs_20_hist_30_the_address_is_the_frontend_apis_or_the_proxys() {
    for (key, proxy, at) in [
        (LIVE, None, "https://clerk.example.com"),
        (TEST, None, "https://foo-bar-13.clerk.accounts.dev"),
        (
            LIVE,
            Some("https://proxy.example/clerk"),
            "https://proxy.example/clerk",
        ),
        (
            LIVE,
            Some("https://proxy.example/clerk///"),
            "https://proxy.example/clerk",
        ),
        (LIVE, Some("https://proxy.example"), "https://proxy.example"),
        (
            TEST,
            Some("http://localhost:4000/c"),
            "http://localhost:4000/c",
        ),
        (LIVE, Some("/__clerk"), "https://app.example.com/__clerk"),
        (LIVE, Some("/__clerk/"), "https://app.example.com/__clerk"),
    ] {
        let mut options = keyed(key);
        if let Some(proxy) = proxy {
            options = options.proxy_url(ProxyUrl::parse(proxy).unwrap());
        }
        let state = page_of(key, "/a?b=c")
            .cookie("__client_uat", UAT)
            .of(&engine(options));
        let location = location(&state);
        let (base, _) = location.as_str().split_once('?').unwrap();
        assert_eq!(base, format!("{at}/v1/client/handshake"), "{proxy:?}");
    }
}

// covers: HS-21, HIST-27, HIST-43
#[test]
fn hs_21_hist_27_hist_43_the_parameters_come_in_this_order() {
    let sync = Arc::new(OrganizationSync::new(["/orgs/:slug"], ["/me"]).unwrap());
    for key in [LIVE, TEST] {
        let old = expired(key).mint();
        let state = page_of(key, "/orgs/acme?__clerk_db_jwt=dvb_1&a=b&__dev_session=x")
            .cookie("__session", &old)
            .cookie("__client_uat", OLD_UAT)
            .of(&engine(keyed(key).organization_sync(Arc::clone(&sync))));
        let reason = state.reason().unwrap().to_string();
        let dev = ("__clerk_db_jwt", "dvb_1");
        let mut expected = vec![
            ("redirect_url", "https://app.example.com/orgs/acme?a=b"),
            ("__clerk_api_version", "2026-05-12"),
            ("suffixed_cookies", "false"),
            ("__clerk_hs_reason", &reason),
            ("format", "nonce"),
            ("__session", &old),
            dev,
            ("organization_id", "acme"),
        ];
        if key == LIVE {
            expected.retain(|pair| *pair != dev);
        }
        let found = params(&state);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(found, expected);
    }
    // What is not known is not sent.
    let state = Ask::page("/").of(&engine(keyed(TEST)));
    let names: Vec<String> = params(&state).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "redirect_url",
            "__clerk_api_version",
            "suffixed_cookies",
            "__clerk_hs_reason",
            "format"
        ]
    );
}

// covers: HS-22
#[test]
fn hs_22_only_the_cookies_token_goes_into_the_url_and_not_if_switched_off() {
    let names = names(LIVE);
    let (of_cookie, of_header) = (
        expired(LIVE).mint(),
        expired(LIVE).session_id("sess_header").mint(),
    );
    let by_cookie = || {
        Ask::page("/")
            .cookie("__session", &of_cookie)
            .cookie("__client_uat", OLD_UAT)
    };
    let by_suffixed = Ask::page("/")
        .cookie(names.session(), &of_cookie)
        .cookie(names.client_uat(), OLD_UAT);
    for (ask, sent) in [
        (by_cookie(), true),
        (by_suffixed, true),
        (by_cookie().bearer(&of_header), true),
        (Ask::page("/").bearer(&of_header), false),
        // A forged cookie sends nobody anywhere.
        (asking_page("/"), false),
    ] {
        let state = ask.of(&engine(keyed(LIVE)));
        assert_eq!(state.status(), "handshake");
        let session = param(&state, "__session");
        assert_eq!(session.as_ref(), sent.then_some(&of_cookie));
        let state = ask.of(&engine(keyed(LIVE).session_in_handshake_url(false)));
        assert_eq!(param(&state, "__session"), None);
        assert!(!location(&state).as_str().contains("eyJ"));
        // Per call, too.
        let state = ask.with_view(|view| {
            let options = AuthenticateOptions::new().session_in_handshake_url(false);
            block_on(engine(keyed(LIVE)).authenticate_with(view, options)).unwrap()
        });
        assert_eq!(param(&state, "__session"), None);
    }
}

// covers: HS-23
#[test]
fn hs_23_a_query_that_is_edited_is_written_as_a_form() {
    for (query, written) in [
        ("", ""),
        ("?x=1%202&y=(z)~", "?x=1+2&y=%28z%29%7E"),
        (
            "?x=1%202&__clerk_db_jwt=dvb_1&y=(z)~",
            "?x=1+2&y=%28z%29%7E",
        ),
        ("?__clerk_db_jwt=dvb_1&a", "?a="),
        ("?__dev_session=x&caf%C3%A9=%2B", "?caf%C3%A9=%2B"),
        ("?__clerk_db_jwt=dvb_1", ""),
    ] {
        let page = page_of(TEST, &format!("/p{query}")).cookie("__client_uat", UAT);
        let state = page.of(&engine(keyed(TEST)));
        let back = param(&state, "redirect_url").unwrap();
        assert_eq!(
            back,
            format!("https://app.example.com/p{written}"),
            "{query}"
        );
    }
    // The URL itself is written so, too.
    let state = asking_page("/a b?x=~").of(&engine(keyed(LIVE)));
    let query = location(&state).query().unwrap().to_owned();
    let form = "redirect_url=https%3A%2F%2Fapp.example.com%2Fa%2520b%3Fx%3D%257E&";
    assert!(query.starts_with(form), "{query}");
}

// covers: VEC-30
#[test]
fn vec_30_the_handshake_of_a_production_page() {
    let state = Ask::page("/a/b?x=1%202&y=%20z")
        .cookie("__client_uat", "1700000000")
        .of(&engine(keyed(LIVE)));
    assert_eq!(verdict(&state), format!("handshake {REASON}"));
    assert_eq!(
        location(&state).as_str(),
        "https://clerk.example.com/v1/client/handshake?redirect_url=https%3A%2F%2Fapp.example.com%2Fa%2Fb%3Fx%3D1%2B2%26y%3D%2Bz&__clerk_api_version=2026-05-12&suffixed_cookies=false&__clerk_hs_reason=client-uat-but-no-session-token&format=nonce"
    );
    assert_eq!(header(&state, "cache-control").unwrap(), "no-store");
    assert_eq!(header(&state, "x-clerk-auth-reason").unwrap(), REASON);
    assert_eq!(header(&state, "x-clerk-auth-status").unwrap(), "handshake");
    assert_eq!(header(&state, "x-clerk-auth-message"), None);
    let counter = header(&state, "set-cookie").unwrap();
    assert!(counter.starts_with("__clerk_redirect_count=1;"));
    for attribute in ["SameSite=Lax", "HttpOnly", "Max-Age=2"] {
        assert!(counter.contains(attribute), "{counter}");
    }
}

// covers: VEC-31
#[test]
fn vec_31_the_handshake_of_a_development_page() {
    let state = Ask::call("/p?__clerk_db_jwt=dvb_1")
        .at("http", "localhost:3000")
        .header("accept", "text/html")
        .of(&engine(keyed(TEST)));
    assert_eq!(
        location(&state).as_str(),
        "https://foo-bar-13.clerk.accounts.dev/v1/client/handshake?redirect_url=http%3A%2F%2Flocalhost%3A3000%2Fp&__clerk_api_version=2026-05-12&suffixed_cookies=false&__clerk_hs_reason=dev-browser-sync&format=nonce&__clerk_db_jwt=dvb_1"
    );
}

// covers: VEC-32
#[test]
fn vec_32_the_handshake_behind_a_relative_proxy() {
    let state = Ask::call("/p?q=1")
        .at("http", "10.0.0.1")
        .header("x-forwarded-host", "app.example.com, a")
        .header("x-forwarded-proto", "https,http")
        .header("accept", "text/html")
        .cookie("__client_uat", "1700000000")
        .of(&engine(
            keyed(LIVE).proxy_url(ProxyUrl::parse("/__clerk").unwrap()),
        ));
    let start = "https://app.example.com/__clerk/v1/client/handshake?redirect_url=https%3A%2F%2Fapp.example.com%2Fp%3Fq%3D1&";
    assert!(location(&state).as_str().starts_with(start));
    assert_eq!(state.proxy_url(), Some("https://app.example.com/__clerk"));
}

// covers: VEC-33
#[test]
fn vec_33_the_handshake_names_the_organization() {
    let sync = OrganizationSync::new(["/orgs/:slug", "/orgs/:slug/(.*)"], [""; 0]).unwrap();
    let state =
        asking_page("/orgs/acme/x").of(&engine(keyed(LIVE).organization_sync(Arc::new(sync))));
    let url = String::from(location(&state));
    assert!(url.ends_with("&format=nonce&organization_id=acme"), "{url}");
}

// covers: HS-20, HS-21
#[test]
fn hs_20_hs_21_the_way_back_is_the_public_page_whatever_the_target_looks_like() {
    let options = || keyed(LIVE).public_origin(Origin::parse("https://app.example.com").unwrap());
    for (target, back) in [
        ("/", "/"),
        ("", "/"),
        ("/a//b", "/a//b"),
        ("//evil.example/x", "//evil.example/x"),
        ("/?a=1&a=2", "/?a=1&a=2"),
        ("/%2F", "/%2F"),
    ] {
        let state = asking_page(target).of(&engine(options()));
        let found = param(&state, "redirect_url").unwrap();
        assert_eq!(found, format!("https://app.example.com{back}"), "{target}");
    }
}
