//! Options at construction and per call.

use std::sync::Arc;

use clerk_core::url::Origin;
use clerk_core::{Domain, ProxyUrl};
use clerk_internal::path::OrganizationSync;
use clerk_internal::{AuthenticateOptions, Authenticator};
use clerk_testing::mint::TestOrg;
use clerk_tokens::{AcceptsToken, TokenType};

use super::support::{
    ISSUER, LIVE, NOW, PARTY, TEST, bare, bearer, bearer_with, document, engine, key, keyed,
    reason, session,
};

fn none() -> AuthenticateOptions {
    AuthenticateOptions::new()
}

fn satellite() -> Authenticator {
    engine(
        keyed(LIVE)
            .is_satellite(true)
            .domain(Domain::parse("satellite.example").unwrap())
            .proxy_url(ProxyUrl::parse("https://proxy.example/clerk").unwrap())
            .sign_in_url("https://primary.example/sign-in".to_owned()),
    )
}

// covers: CFG-2
#[test]
fn what_is_given_per_call_wins_also_false_and_none() {
    let satellite = satellite();
    let token = session().mint();
    let state = bearer(&satellite, &token);
    assert!(state.is_satellite());
    assert_eq!(state.domain(), Some("satellite.example"));
    assert_eq!(state.proxy_url(), Some("https://proxy.example/clerk"));

    let options = none().is_satellite(false).domain(None).proxy_url(None);
    let state = bearer_with(&satellite, &token, options.sign_in_url(None));
    assert!(!state.is_satellite());
    assert_eq!((state.domain(), state.proxy_url()), (None, None));
    assert_eq!(state.sign_in_url(), None);

    // What a call leaves out stays; other calls are not touched.
    let state = bearer_with(&satellite, &token, none().clock_skew_ms(1));
    assert_eq!(state.domain(), Some("satellite.example"));
    assert!(bearer(&satellite, &token).is_satellite());

    let strict = engine(keyed(LIVE).authorized_parties(["https://other.example"]));
    assert!(!bearer(&strict, &token).is_authenticated());
    let anybody: [&str; 0] = [];
    let state = bearer_with(&strict, &token, none().authorized_parties(anybody));
    assert!(state.is_authenticated());

    let state = bearer_with(&engine(keyed(LIVE)), &token, none().jwt_key(None));
    assert_eq!(reason(&state), "jwk-failed-to-resolve");
}

// covers: CFG-1
#[test]
fn options_of_construction_serve_every_request_with_these_defaults() {
    let token = session().claim("aud", "https://api.example").mint();
    let plain = engine(keyed(LIVE));
    for _ in 0..2 {
        let state = bearer(&plain, &token);
        assert!(state.is_authenticated(), "{state:?}");
        assert!(!state.is_satellite());
        assert_eq!((state.domain(), state.proxy_url()), (None, None));
        assert_eq!(state.publishable_key().unwrap().as_str(), LIVE);
        let satellite = bearer(&satellite(), &token);
        assert!(satellite.is_satellite());
        assert_eq!(satellite.domain(), Some("satellite.example"));
    }
    // Key, audience: what is set at construction is what requests are judged by.
    assert_eq!(
        reason(&bearer(&engine(bare(LIVE)), &token)),
        "jwk-failed-to-resolve"
    );
    let audience = |audience: &str| engine(keyed(LIVE).audience([audience]));
    assert!(bearer(&audience("https://api.example"), &token).is_authenticated());
    assert!(!bearer(&audience("https://b.example"), &token).is_authenticated());
    assert!(bearer(&engine(bare(LIVE).jwt_key(key())), &token).is_authenticated());
}

// covers: CFG-4
#[test]
fn parties_skew_issuer_and_organization_can_be_set_once() {
    let token = session().mint();
    let early = session().issued_at_ms(NOW + 8_000).mint();
    let cases: [(AuthenticateOptions, &str, bool, &str); 7] = [
        (
            keyed(LIVE).authorized_parties([PARTY]),
            &token,
            true,
            "party",
        ),
        (
            keyed(LIVE).authorized_parties(["https://other.example"]),
            &token,
            false,
            "another party",
        ),
        (keyed(LIVE), &early, false, "the default skew"),
        (keyed(LIVE).clock_skew_ms(10_000), &early, true, "skew"),
        (keyed(LIVE).issuer([ISSUER]), &token, true, "issuer"),
        (
            keyed(LIVE).issuer(["https://clerk.other.example"]),
            &token,
            false,
            "another issuer",
        ),
        (
            keyed(LIVE).accepts(AcceptsToken::One(TokenType::ApiKey)),
            &token,
            false,
            "another kind",
        ),
    ];
    for (options, token, is_good, name) in cases {
        let state = bearer(&engine(options), token);
        assert_eq!(state.is_authenticated(), is_good, "{name} {state:?}");
    }

    // Organization sync: the page belongs to another organization than the session.
    let token = session().org(TestOrg::new("org_1").slug("acme")).mint();
    let cookies = format!("__session={token}; __client_uat=1773999990");
    let sync = Arc::new(OrganizationSync::new(["/orgs/:slug"], ["/me"]).unwrap());
    let page = |options| {
        let headers = [("cookie", cookies.as_str())];
        document(&engine(options), "/orgs/other", &headers, none())
    };
    assert!(page(keyed(LIVE)).is_authenticated());
    let state = page(keyed(LIVE).organization_sync(sync));
    assert_eq!(state.status(), "handshake");
    assert_eq!(reason(&state), "active-organization-mismatch");

    // Sign-in URL: in development a satellite sends the visitor there.
    let satellite = keyed(TEST)
        .is_satellite(true)
        .satellite_auto_sync(true)
        .domain(Domain::parse("satellite.example").unwrap())
        .public_origin(Origin::parse("https://satellite.example").unwrap())
        .sign_in_url("https://primary.example/sign-in".to_owned());
    let state = document(&engine(satellite), "/", &[], none());
    let location = state.location().unwrap().to_str().unwrap();
    assert!(
        location.starts_with("https://primary.example/sign-in?"),
        "{location}"
    );
}
