//! Every option of authentication: what a request comes to without it, and with it.

use std::sync::Arc;

use clerk_core::{Domain, MachineSecretKey, ProxyUrl};
use clerk_internal::path::OrganizationSync;
use clerk_internal::{AuthenticateOptions, Authenticator, Verification};
use clerk_testing::mint::{M2mTokenBuilder, OAuthTokenBuilder, TestOrg};
use clerk_tokens::{AcceptsToken, TokenType};

use super::asking::{Ask, UAT, location, token_of, verdict};
use super::scripted::{ScriptedClerk, ScriptedKeys};
use super::support::{
    ISSUER, LIVE, NOW, PARTY, bare, block_on, builder, engine, key, keyed, session,
};

struct Row {
    name: &'static str,
    ask: Ask,
    without: (AuthenticateOptions, &'static str),
    with: (AuthenticateOptions, &'static str),
}

fn bearer(token: &str) -> Ask {
    Ask::call("/").bearer(token)
}

fn m2m() -> M2mTokenBuilder {
    M2mTokenBuilder::new("mch_1").issued_at_ms(NOW)
}

const GOOD: &str = "signed-in user_1";

/// Options that judge tokens. The names tell the requirement.
fn rows() -> Vec<Row> {
    let any = || keyed(LIVE).accepts(AcceptsToken::Any);
    let none: [&str; 0] = [];
    let early = || session().issued_at_ms(NOW + 8_000).claim("nbf", 0);
    vec![
        Row {
            name: "OPT-4, a key at hand",
            ask: bearer(&session().mint()),
            without: (bare(LIVE), "signed-out jwk-failed-to-resolve"),
            with: (bare(LIVE).jwt_key(key()), GOOD),
        },
        Row {
            name: "OPT-6, accepted kinds",
            ask: bearer(&m2m().mint()),
            without: (keyed(LIVE), "signed-out token-type-mismatch"),
            with: (
                keyed(LIVE).accepts([TokenType::Session, TokenType::M2m]),
                "signed-in nobody",
            ),
        },
        Row {
            name: "OPT-7, parties",
            ask: bearer(&session().authorized_party("https://b.example").mint()),
            without: (keyed(LIVE).authorized_parties(none), GOOD),
            with: (
                keyed(LIVE).authorized_parties([PARTY]),
                "signed-out token-invalid-authorized-parties",
            ),
        },
        Row {
            name: "OPT-7, parties are none of a machine's business",
            ask: bearer(&m2m().claim("azp", "https://b.example").mint()),
            without: (any(), "signed-in nobody"),
            with: (any().authorized_parties([PARTY]), "signed-in nobody"),
        },
        Row {
            name: "OPT-8, audience of sessions",
            ask: bearer(&session().claim("aud", "https://b.example").mint()),
            without: (keyed(LIVE), GOOD),
            with: (
                keyed(LIVE).audience(["https://api.example"]),
                "signed-out token-verification-failed",
            ),
        },
        Row {
            name: "OPT-8, audience of OAuth tokens",
            ask: bearer(&OAuthTokenBuilder::new("user_1").issued_at_ms(NOW).mint()),
            without: (any(), GOOD),
            with: (
                any().audience(["https://api.example"]),
                "signed-out token-verification-failed",
            ),
        },
        Row {
            name: "OPT-9, issuer",
            ask: bearer(&session().issuer("https://clerk.b.example").mint()),
            without: (keyed(LIVE), GOOD),
            with: (
                keyed(LIVE).issuer([ISSUER]),
                "signed-out token-invalid-issuer",
            ),
        },
        Row {
            name: "OPT-9, issuers are none of a machine's business",
            ask: bearer(&m2m().claim("iss", "https://clerk.b.example").mint()),
            without: (any(), "signed-in nobody"),
            with: (any().issuer([ISSUER]), "signed-in nobody"),
        },
        Row {
            name: "OPT-10, skew of sessions",
            ask: bearer(&early().mint()),
            without: (keyed(LIVE), "signed-out session-token-iat-in-the-future"),
            with: (keyed(LIVE).clock_skew_ms(10_000), GOOD),
        },
        Row {
            name: "OPT-10, skew of machine tokens",
            ask: bearer(&m2m().issued_at_ms(NOW - 68_000).mint()),
            without: (any(), "signed-out token-verification-failed"),
            with: (any().clock_skew_ms(10_000), "signed-in nobody"),
        },
        Row {
            name: "OPT-11, header type",
            ask: bearer(&session().header("typ", "session+jwt").mint()),
            without: (keyed(LIVE), "signed-out token-invalid"),
            with: (keyed(LIVE).header_types(["session+jwt"]), GOOD),
        },
        Row {
            name: "OPT-14, domain of a satellite",
            ask: Ask::page("/").signed_in_by(&session().issuer("https://clerk.s.example").mint()),
            without: (keyed(LIVE), "signed-out session-token-and-uat-missing"),
            with: (
                keyed(LIVE)
                    .is_satellite(true)
                    .domain(Domain::parse("s.example").unwrap())
                    .sign_in_url("https://primary.example/in".to_owned()),
                GOOD,
            ),
        },
        Row {
            name: "OPT-17, organization patterns",
            ask: Ask::page("/orgs/acme").signed_in_by(&token_of(LIVE).mint()),
            without: (keyed(LIVE), GOOD),
            with: (
                keyed(LIVE).organization_sync(organizations()),
                "handshake active-organization-mismatch",
            ),
        },
        Row {
            name: "OPT-17, personal patterns",
            ask: Ask::page("/me").signed_in_by(
                &token_of(LIVE)
                    .org(TestOrg::new("org_1").slug("acme"))
                    .mint(),
            ),
            without: (keyed(LIVE), GOOD),
            with: (
                keyed(LIVE).organization_sync(organizations()),
                "handshake active-organization-mismatch",
            ),
        },
    ]
}

fn organizations() -> Arc<OrganizationSync> {
    Arc::new(OrganizationSync::new(["/orgs/:slug"], ["/me"]).unwrap())
}

// covers: OPT-4, OPT-6, OPT-7, OPT-8, OPT-9, OPT-10, OPT-11, OPT-14, OPT-17, CHG-1, CHG-2, CHG-3
#[test]
fn options_judge_requests_at_construction_and_per_call() {
    for row in rows() {
        let (without, with) = (engine(row.without.0), engine(row.with.0.clone()));
        assert_eq!(row.ask.verdict(&without), row.without.1, "{}", row.name);
        assert_eq!(row.ask.verdict(&with), row.with.1, "{}", row.name);
        // Given with the call it is the same.
        let state = row
            .ask
            .with_view(|view| block_on(without.authenticate_with(view, row.with.0)))
            .unwrap();
        assert_eq!(verdict(&state), row.with.1, "{} per call", row.name);
    }
}

// covers: OPT-3
#[test]
fn opt_3_the_machine_secret_key_asks_about_m2m_tokens() {
    let machine = MachineSecretKey::new("ak_machine").unwrap();
    let options = keyed(LIVE)
        .accepts(AcceptsToken::Any)
        .machine_secret_key(machine);
    let (engine, clerk) = ScriptedClerk::default().serve(options.clone());
    for (token, asked) in [
        ("mt_1", "verify m2m_token mt_1 by the machine's key"),
        ("ak_1", "verify api_key ak_1"),
        ("oat_1", "verify oauth_token oat_1"),
    ] {
        assert!(bearer(token).of(&engine).is_authenticated());
        assert_eq!(clerk.asked(), [asked]);
    }
    // Alone it is enough for these, and for no others.
    let (engine, clerk) = ScriptedClerk::default().serve(options.secret_key(None));
    assert!(bearer("mt_1").of(&engine).is_authenticated());
    assert_eq!(clerk.asked().len(), 1);
    assert_eq!(
        bearer("ak_1").verdict(&engine),
        "signed-out unexpected-error"
    );
    assert!(clerk.asked().is_empty());
}

// covers: OPT-4
#[test]
fn opt_4_with_a_key_at_hand_no_key_is_fetched() {
    for (options, fetched) in [(bare(LIVE), 2), (keyed(LIVE), 0)] {
        let keys = ScriptedKeys::new(Ok(key()));
        let engine = keys.serve(options.accepts(AcceptsToken::Any));
        for token in [session().mint(), m2m().mint()] {
            assert!(bearer(&token).of(&engine).is_authenticated());
        }
        assert_eq!(keys.counts(), (0, fetched, 0));
    }
}

// covers: OPT-5
#[test]
fn opt_5_who_is_called_is_settled_when_the_engine_is_built() {
    let (engine, clerk) = ScriptedClerk::default().serve(keyed(LIVE).accepts(AcceptsToken::Any));
    let options = || {
        AuthenticateOptions::new()
            .secret_key(clerk_core::SecretKey::new("sk_test_other").unwrap())
            .accepts(AcceptsToken::Any)
    };
    for _ in 0..2 {
        let ask = bearer("ak_1");
        let state = ask
            .with_view(|view| block_on(engine.authenticate_with(view, options())))
            .unwrap();
        assert!(state.is_authenticated());
        assert_eq!(clerk.asked().len(), 1);
    }
    // Options of a call cannot bring a client where there is none.
    let alone = super::support::engine(keyed(LIVE));
    let state = bearer("ak_1")
        .with_view(|view| block_on(alone.authenticate_with(view, options())))
        .unwrap();
    assert_eq!(verdict(&state), "signed-out unexpected-error");
}

// covers: OPT-10, JWT-25
#[test]
fn opt_10_five_seconds_unless_said_otherwise_and_none_is_none() {
    let expired_by = |ms: i64| bearer(&session().issued_at_ms(NOW - 60_000 - ms).mint());
    // Times are whole seconds, so a token issued at NOW expires a quarter of a second before the minute is over.
    for (skew, ms, is_good) in [
        (None, 4_000, true),
        (None, 5_000, false),
        (Some(0), 0, false),
        (Some(0), -1_000, true),
        (Some(1_000), 0, true),
        (Some(1_000), 1_000, false),
    ] {
        let mut options = keyed(LIVE);
        if let Some(skew) = skew {
            options = options.clock_skew_ms(skew);
        }
        let state = expired_by(ms).of(&engine(options));
        assert_eq!(state.is_authenticated(), is_good, "{skew:?} {ms}");
    }
}

// covers: OPT-12
#[test]
fn opt_12_skipping_the_key_cache_fetches_anew() {
    for (skip, counts) in [(false, (1, 0, 0)), (true, (0, 1, 1))] {
        let keys = ScriptedKeys::at_hand();
        let engine = keys.serve(bare(LIVE).skip_jwks_cache(skip));
        assert_eq!(bearer(&session().mint()).verdict(&engine), GOOD);
        assert_eq!(keys.counts(), counts);
        // Per call, too.
        let keys = ScriptedKeys::at_hand();
        let engine = keys.serve(bare(LIVE));
        let options = AuthenticateOptions::new().skip_jwks_cache(skip);
        let state = bearer(&session().mint())
            .with_view(|view| block_on(engine.authenticate_with(view, options)))
            .unwrap();
        assert!(state.is_authenticated());
        assert_eq!(keys.counts(), counts);
    }
    // A key that has to be fetched all the same is no fresh one.
    let keys = ScriptedKeys::new(Ok(key()));
    bearer(&session().mint()).of(&keys.serve(bare(LIVE)));
    assert_eq!(keys.counts(), (0, 1, 0));
}

// covers: OPT-14
#[test]
fn opt_14_proxy_and_satellite_lead_to_their_own_frontend_api() {
    let at = |options: AuthenticateOptions| {
        let engine: Authenticator = builder(options).build().unwrap();
        let state = Ask::page("/").cookie("__client_uat", UAT).of(&engine);
        location(&state).origin_str().to_owned()
    };
    let domain = || Domain::parse("s.example").unwrap();
    let proxy = || ProxyUrl::parse("https://proxy.example/c").unwrap();
    let sign_in = || "https://primary.example/in".to_owned();
    let satellite = || keyed(LIVE).is_satellite(true).sign_in_url(sign_in());
    assert_eq!(at(keyed(LIVE)), "https://clerk.example.com");
    assert_eq!(
        at(keyed(LIVE).domain(domain())),
        "https://clerk.example.com"
    );
    assert_eq!(at(satellite().domain(domain())), "https://clerk.s.example");
    assert_eq!(at(keyed(LIVE).proxy_url(proxy())), "https://proxy.example");
    assert_eq!(
        at(satellite().domain(domain()).proxy_url(proxy())),
        "https://proxy.example"
    );
}

// covers: HIST-12
#[test]
fn hist_12_a_token_verified_outside_a_request_is_judged_by_the_same_options() {
    let verified = |options: AuthenticateOptions, token: &str| {
        let verification = block_on(engine(options).verify(token));
        matches!(verification, Verification::Verified(_))
    };
    let early = session().issued_at_ms(NOW + 8_000).claim("nbf", 0).mint();
    let foreign = session()
        .authorized_party("https://b.example")
        .issuer("https://clerk.b.example")
        .claim("aud", "https://b.example")
        .mint();
    assert!(verified(keyed(LIVE), &foreign));
    assert!(!verified(keyed(LIVE).authorized_parties([PARTY]), &foreign));
    assert!(!verified(
        keyed(LIVE).audience(["https://api.example"]),
        &foreign
    ));
    assert!(!verified(keyed(LIVE).issuer([ISSUER]), &foreign));
    assert!(!verified(bare(LIVE), &foreign));
    assert!(!verified(keyed(LIVE), &early));
    assert!(verified(keyed(LIVE).clock_skew_ms(10_000), &early));
    let m2m = m2m().mint();
    assert!(!verified(keyed(LIVE), &m2m));
    assert!(verified(keyed(LIVE).accepts(AcceptsToken::Any), &m2m));
}
