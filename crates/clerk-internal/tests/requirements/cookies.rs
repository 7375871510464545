//! Whether the cookies with the instance's suffix count or those without.

use clerk_core::Domain;
use clerk_internal::Authenticator;
use serde_json::{Value, json};

use super::asking::{Ask, OLD_UAT, UAT, expired, names, param, token_of};
use super::scripted::ScriptedClerk;
use super::support::{LIVE, NOW, TEST, engine, keyed};

/// An engine that answers each page of [`choice`] with a handshake, whose URL tells which cookies counted.
fn revealing(key: &str) -> Authenticator {
    if key == TEST {
        return engine(keyed(TEST));
    }
    // The Frontend API of this satellite is that of the key: `clerk.` and the domain.
    satellite("example.com")
}

fn satellite(domain: &str) -> Authenticator {
    engine(
        keyed(LIVE)
            .is_satellite(true)
            .sign_in_url("https://primary.example/sign-in".to_owned())
            .domain(Domain::parse(domain).unwrap()),
    )
}

/// The cookies S, U, and both with suffix; an empty text stands for none.
type Cookies<'a> = [&'a str; 4];

fn choice(key: &str, engine: &Authenticator, [s, u, ss, su]: Cookies<'_>) -> &'static str {
    let target = if key == TEST {
        "/?__clerk_db_jwt=dvb_1"
    } else {
        "/?__clerk_synced=false"
    };
    let names = names(key);
    let mut page = Ask::page(target);
    for (name, value) in [
        ("__session", s),
        ("__client_uat", u),
        (names.session(), ss),
        (names.client_uat(), su),
    ] {
        if !value.is_empty() {
            page = page.cookie(name, value);
        }
    }
    match param(&page.of(engine), "suffixed_cookies").as_deref() {
        Some("true") => "suffixed",
        Some("false") => "plain",
        other => panic!("{other:?}"),
    }
}

fn check(rows: &[(&str, Cookies<'_>, &str)]) {
    for key in [LIVE, TEST] {
        check_for(key, rows);
    }
}

fn check_for(key: &str, rows: &[(&str, Cookies<'_>, &str)]) {
    let engine = revealing(key);
    for (name, cookies, expected) in rows {
        assert_eq!(choice(key, &engine, *cookies), *expected, "{name} {key}");
    }
}

/// A token of either instance: its issuer is named twice, so that the rows hold for both keys.
fn own(key: &str, at_ms: i64) -> String {
    token_of(key).issued_at_ms(at_ms).mint()
}

fn with_issuer(issuer: Value) -> String {
    token_of(LIVE).claim("iss", issuer).mint()
}

// covers: COK-1, COK-9
#[test]
fn cok_1_plain_where_the_plain_token_does_not_decode_or_names_no_issuer() {
    let suffixed = own(LIVE, NOW);
    let mut nameless = vec!["garbage".to_owned(), "a.b.c".to_owned()];
    for falsy in [json!(""), json!(null), json!(false), json!(0), json!(-0.0)] {
        nameless.push(with_issuer(falsy));
    }
    for token in &nameless {
        check(&[
            ("alone", [token, "", "", ""], "plain"),
            (
                "beside suffixed ones",
                [token, "0", &suffixed, UAT],
                "plain",
            ),
        ]);
    }
}

// covers: COK-2, COK-9, HIST-14
#[test]
fn hist_14_cok_2_suffixed_where_the_plain_token_is_another_instances() {
    for foreign in [
        json!("https://clerk.other.example"),
        json!("https://clerk.example.com.evil.example"),
        json!("clerk.example"),
        json!(7),
        json!(true),
        json!(["https://clerk.example.com"]),
        json!({"iss": "https://clerk.example.com"}),
    ] {
        let token = with_issuer(foreign);
        check(&[
            ("alone", [&token, "", "", ""], "suffixed"),
            ("active", [&token, UAT, "", "0"], "suffixed"),
        ]);
    }
}

// covers: COK-10
#[test]
fn cok_10_issuers_are_compared_as_they_are_without_schemes_only() {
    for (key, host) in [
        (LIVE, "clerk.example.com"),
        (TEST, "foo-bar-13.clerk.accounts.dev"),
    ] {
        for (issuer, is_own) in [
            (format!("https://{host}"), true),
            (format!("http://{host}"), true),
            (format!("HttpS://{host}"), true),
            (host.to_owned(), true),
            (format!("https://{host}/"), false),
            (format!("https://{host}:443"), false),
            (format!("https://{}", host.to_uppercase()), false),
            (format!("https://x{host}"), false),
        ] {
            let token = with_issuer(json!(issuer));
            let expected = if is_own { "plain" } else { "suffixed" };
            check_for(key, &[(&issuer, [&token, "", "", ""], expected)]);
        }
    }
    // A satellite's own Frontend API is below its domain, not the key's.
    let satellite = satellite("satellite.example");
    for (issuer, expected) in [
        ("https://clerk.satellite.example", "plain"),
        ("https://clerk.example.com", "suffixed"),
    ] {
        let token = with_issuer(json!(issuer));
        assert_eq!(
            choice(LIVE, &satellite, [&token, "", "", ""]),
            expected,
            "{issuer}"
        );
    }
    // Behind a proxy it is the key's.
    let proxied = engine(
        keyed(TEST).proxy_url(clerk_core::ProxyUrl::parse("https://proxy.example").unwrap()),
    );
    for (issuer, expected) in [
        ("https://foo-bar-13.clerk.accounts.dev", "plain"),
        ("https://proxy.example", "suffixed"),
    ] {
        let token = with_issuer(json!(issuer));
        assert_eq!(choice(TEST, &proxied, [&token, "", "", ""]), expected);
    }
}

// covers: COK-3, HIST-15
#[test]
fn hist_15_cok_3_plain_where_nothing_is_suffixed() {
    for key in [LIVE, TEST] {
        let token = own(key, NOW);
        check_for(
            key,
            &[
                ("nothing", ["", "", "", ""], "plain"),
                ("a token", [&token, "", "", ""], "plain"),
                ("a client", ["", UAT, "", ""], "plain"),
                ("signed out", ["", "0", "", ""], "plain"),
                ("both", [&token, UAT, "", ""], "plain"),
            ],
        );
    }
}

// covers: COK-4
#[test]
fn cok_4_plain_where_the_plain_token_is_newer() {
    for key in [LIVE, TEST] {
        let (newer, older) = (own(key, NOW), own(key, NOW - 1000));
        check_for(
            key,
            &[
                ("newer", [&newer, UAT, &older, UAT], "plain"),
                ("newer, no clients", [&newer, "", &older, ""], "plain"),
                ("newer than none", [&newer, UAT, "", UAT], "plain"),
                ("newer than garbage", [&newer, UAT, "garbage", UAT], "plain"),
                ("as old", [&newer, UAT, &newer, UAT], "suffixed"),
                ("older", [&older, UAT, &newer, UAT], "suffixed"),
                (
                    "newer but signed out",
                    [&newer, "0", &older, UAT],
                    "suffixed",
                ),
                ("both signed out", [&newer, "0", &older, "0"], "suffixed"),
            ],
        );
    }
}

// covers: COK-5
#[test]
fn cok_5_plain_where_only_the_suffixed_side_is_signed_out() {
    for key in [LIVE, TEST] {
        let token = own(key, NOW);
        check_for(
            key,
            &[
                ("active", ["", UAT, "", "0"], "plain"),
                ("unknown", ["", "", "", "0"], "plain"),
                ("with tokens", [&token, UAT, &token, "0"], "plain"),
                ("both signed out", ["", "0", "", "0"], "suffixed"),
                // Letter by letter: what only counts as zero is no sign of signing out.
                ("zeros", ["", UAT, "", "00"], "suffixed"),
            ],
        );
    }
}

// covers: COK-6
#[test]
fn cok_6_plain_in_development_where_the_suffixed_token_has_expired() {
    for (key, once_expired) in [(LIVE, "suffixed"), (TEST, "plain")] {
        let ends = |seconds: i64| {
            token_of(key)
                .claim("exp", NOW.div_euclid(1000) + seconds)
                .mint()
        };
        let (gone, just_gone, alive) = (expired(key).mint(), ends(0), ends(1));
        check_for(
            key,
            &[
                ("expired", ["", "0", &gone, UAT], once_expired),
                ("this second", ["", "0", &just_gone, UAT], once_expired),
                ("next second", ["", "0", &alive, UAT], "suffixed"),
                ("undecodable", ["", "0", "garbage", UAT], "suffixed"),
                ("a plain client", ["", OLD_UAT, &gone, UAT], "suffixed"),
                ("no plain client", ["", "", &gone, UAT], "suffixed"),
                ("signed out", ["", "0", &gone, "0"], "suffixed"),
            ],
        );
    }
}

// covers: COK-7, COK-8, HIST-15
#[test]
fn hist_15_cok_7_cok_8_a_suffixed_token_needs_its_client_and_otherwise_the_suffixed_count() {
    for key in [LIVE, TEST] {
        let token = own(key, NOW);
        check_for(
            key,
            &[
                ("a token alone", ["", "", &token, ""], "plain"),
                ("a plain client", ["", UAT, &token, ""], "plain"),
                ("older plain ones", [&token, UAT, &token, ""], "plain"),
                ("a client alone", ["", "", "", UAT], "suffixed"),
                ("both", ["", "", &token, UAT], "suffixed"),
                ("both twice", [&token, UAT, &token, UAT], "suffixed"),
            ],
        );
    }
}

// covers: COK-11, COK-12, HIST-14
#[test]
fn hist_14_cok_11_cok_12_one_choice_holds_for_every_cookie_the_handshake_and_the_refresh() {
    let names = names(TEST);
    let user = |name: &str, at_ms: i64| {
        clerk_testing::mint::SessionTokenBuilder::new(name)
            .session_id(format!("sess_{name}"))
            .issuer("https://foo-bar-13.clerk.accounts.dev")
            .authorized_party("https://app.example.com")
            .issued_at_ms(at_ms)
            .mint()
    };
    // The plain token is the newer one, or it is not: all plain cookies count, or none.
    for (plain_at, suffixed_at, chosen) in [(NOW, NOW - 1000, "plain"), (NOW, NOW, "suffixed")] {
        let page = |age_ms: i64, dev: bool| {
            let mut page = Ask::page("/")
                .cookie("__session", &user("plain", plain_at - age_ms))
                .cookie(names.session(), &user("suffixed", suffixed_at - age_ms))
                .cookie("__client_uat", "1773990001")
                .cookie(names.client_uat(), "1773990002")
                .cookie(names.refresh(), "r3fr3sh");
            if dev {
                page = page
                    .cookie("__clerk_db_jwt", "dvb_plain")
                    .cookie(names.dev_browser(), "dvb_suffixed");
            }
            page
        };
        let (engine, clerk) = ScriptedClerk::default().serve(keyed(TEST));
        assert_eq!(
            page(0, true).verdict(&engine),
            format!("signed-in {chosen}")
        );

        let state = page(600_000, true).of(&engine);
        assert_eq!(state.status(), "handshake", "{state:?}");
        let is_suffixed = chosen == "suffixed";
        assert_eq!(
            param(&state, "suffixed_cookies").unwrap(),
            is_suffixed.to_string()
        );
        assert_eq!(
            param(&state, "__clerk_db_jwt").unwrap(),
            format!("dvb_{chosen}")
        );
        assert!(param(&state, "__session").is_some());
        let refreshes = clerk.refreshes();
        assert_eq!(refreshes.len(), 1);
        assert_eq!(refreshes[0].session_id, format!("sess_{chosen}"));
        assert_eq!(refreshes[0].suffixed_cookies, is_suffixed);

        // The other side's browser token is none.
        let other = page(0, false).cookie(
            if is_suffixed {
                "__clerk_db_jwt"
            } else {
                names.dev_browser()
            },
            "dvb_other",
        );
        assert_eq!(other.verdict(&engine), "handshake dev-browser-missing");

        // The client's age too: a token from before its last change does not count.
        let newer = |plain: &str, suffixed: &str| {
            Ask::page("/")
                .cookie("__session", &user("plain", plain_at))
                .cookie(names.session(), &user("suffixed", suffixed_at))
                .cookie("__client_uat", plain)
                .cookie(names.client_uat(), suffixed)
                .cookie("__clerk_db_jwt", "dvb_plain")
                .cookie(names.dev_browser(), "dvb_suffixed")
                .verdict(&engine)
        };
        let (mine, other) = ("1774000009", "1773990000");
        let outdated = "handshake session-token-iat-before-client-uat";
        let [fresh_plain, fresh_suffixed] = [newer(mine, other), newer(other, mine)];
        let expected = if is_suffixed {
            ["signed-in suffixed", outdated]
        } else {
            [outdated, "signed-in plain"]
        };
        assert_eq!([fresh_plain.as_str(), fresh_suffixed.as_str()], expected);
    }
}
