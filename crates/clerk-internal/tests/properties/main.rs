//! What holds for any request at all.

#![allow(clippy::unwrap_used, reason = "tests")]

use clerk_core::url::{Origin, Url};
use clerk_core::{Clock, PublishableKey, SecretKey};
use clerk_internal::path::OrganizationSync;
use clerk_internal::request::RequestView;
use clerk_internal::{AuthenticateOptions, Authenticator, Decision, RequestState};
use clerk_testing::mint::{HandshakeTokenBuilder, M2mTokenBuilder, SessionTokenBuilder, TestKey};
use clerk_tokens::{AcceptsToken, TokenType, VerifyingKey};
use proptest::prelude::*;

const NOW: i64 = 1_774_000_000_250;
const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
const TEST: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";
const SECRET: &str = "sk_test_s3cr3tk3y";

fn session(issuer: &str, issued_at_ms: i64) -> String {
    SessionTokenBuilder::new("user_1")
        .session_id("sess_1")
        .issuer(issuer)
        .authorized_party("https://app.example.com")
        .issued_at_ms(issued_at_ms)
        .mint()
}

/// Tokens that verify, that have expired, that are early, and that are something else.
fn token() -> impl Strategy<Value = String> {
    let issuers = [
        "https://clerk.example.com",
        "https://foo-bar-13.clerk.accounts.dev",
    ];
    prop_oneof![
        (
            0..2_usize,
            prop::sample::select(vec![NOW, NOW - 600_000, NOW + 600_000])
        )
            .prop_map(move |(issuer, at)| session(issuers[issuer], at)),
        Just(M2mTokenBuilder::new("mch_1").issued_at_ms(NOW).mint()),
        Just(
            HandshakeTokenBuilder::new([format!("__session={}; Path=/", session(issuers[0], NOW))])
                .issued_at_ms(NOW)
                .mint()
        ),
        Just("ak_0123456789".to_owned()),
        Just("mt_a.b.c".to_owned()),
        "[ -~]{0,40}".prop_map(|text| text.replace(';', "")),
    ]
}

fn cookie() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "__session",
        "__session_naoXFJnI",
        "__client_uat",
        "__client_uat_naoXFJnI",
        "__clerk_db_jwt",
        "__refresh_naoXFJnI",
        "__clerk_handshake",
        "__clerk_handshake_nonce",
        "__clerk_redirect_count",
        "theme",
    ]);
    let value = prop_oneof![
        3 => token(),
        2 => prop::sample::select(vec!["0", "1", "4", "1773999980", "dvb_s3cr3t", "-1", "99999999999999999999999", "%zz"]).prop_map(str::to_owned),
    ];
    (name, value).prop_map(|(name, value)| format!("{name}={value}"))
}

fn header() -> impl Strategy<Value = (String, Vec<u8>)> {
    let hosts = prop::sample::select(vec![
        "app.example.com",
        "evil.example",
        "a b",
        "app.example.com, evil.example",
        "[::1]:3000",
        "user@evil.example",
        "",
        "%",
        "evil.example/x",
    ]);
    let urls = prop::sample::select(vec![
        "https://evil.example/",
        "https://accounts.example.com/x",
        "about:blank",
        "https://app.example.com",
        "//x",
        "",
    ]);
    prop_oneof![
        (
            prop::sample::select(vec!["host", "x-forwarded-host"]),
            hosts
        )
            .prop_map(|(name, value)| (name.to_owned(), value.into())),
        prop::sample::select(vec!["http", "https", "javascript", "https,http", ""])
            .prop_map(|proto| ("x-forwarded-proto".to_owned(), proto.into())),
        (prop::sample::select(vec!["referer", "origin"]), urls)
            .prop_map(|(name, value)| (name.to_owned(), value.into())),
        prop::sample::select(vec!["document", "iframe", "empty", ""])
            .prop_map(|dest| ("sec-fetch-dest".to_owned(), dest.into())),
        Just(("accept".to_owned(), b"text/html,*/*".to_vec())),
        token().prop_map(|token| (
            "authorization".to_owned(),
            format!("Bearer {token}").into_bytes()
        )),
        prop::collection::vec(cookie(), 0..6)
            .prop_map(|cookies| ("cookie".to_owned(), cookies.join("; ").into_bytes())),
        ("[a-z-]{1,12}", prop::collection::vec(any::<u8>(), 0..24)),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| ("cookie".to_owned(), bytes)),
    ]
}

fn target() -> impl Strategy<Value = String> {
    let path = prop::sample::select(vec![
        "/",
        "/orgs/acme",
        "//evil.example/x",
        "/a%2Fb",
        "/\\evil.example",
        "*",
        "",
        "/%zz",
        "/me",
    ]);
    let query = prop_oneof![
        Just(String::new()),
        Just("?__clerk_synced=false".to_owned()),
        Just("?__clerk_db_jwt=dvb_s3cr3t".to_owned()),
        prop::sample::select(vec![
            "https://evil.example/",
            "http://localhost:4000/back",
            "javascript:alert(1)",
            "//evil.example",
            "https://satellite.example/x"
        ])
        .prop_map(|url| format!("?__clerk_redirect_url={url}")),
        token().prop_map(|token| format!("?__clerk_handshake={token}")),
        "[ -~]{0,24}".prop_map(|text| format!("?{text}")),
    ];
    (path, query).prop_map(|(path, query)| format!("{path}{query}"))
}

#[derive(Clone, Debug)]
struct Setup {
    is_live: bool,
    is_satellite: bool,
    proxy: Option<&'static str>,
    accepts: AcceptsToken,
    public_origin: bool,
}

fn setup() -> impl Strategy<Value = Setup> {
    (
        any::<bool>(),
        any::<bool>(),
        prop::sample::select(vec![
            None,
            Some("/__clerk"),
            Some("https://proxy.example/clerk"),
        ]),
        prop::sample::select(vec![
            AcceptsToken::default(),
            AcceptsToken::Any,
            AcceptsToken::One(TokenType::M2m),
            AcceptsToken::AnyOf(vec![TokenType::Session, TokenType::ApiKey]),
        ]),
        any::<bool>(),
    )
        .prop_map(
            |(is_live, is_satellite, proxy, accepts, public_origin)| Setup {
                is_live,
                is_satellite,
                proxy,
                accepts,
                public_origin,
            },
        )
}

fn engine(setup: &Setup) -> Authenticator {
    let mut options = AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse(if setup.is_live { LIVE } else { TEST }).unwrap())
        .secret_key(SecretKey::new(SECRET).unwrap())
        .jwt_key(VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap())
        .allow_test_keys(true)
        .accepts(setup.accepts.clone())
        .is_satellite(setup.is_satellite)
        .satellite_auto_sync(true)
        .sign_in_url("https://primary.example/sign-in".to_owned())
        .domain(clerk_core::Domain::parse("satellite.example").unwrap())
        .satellite_origins([Origin::parse("https://satellite.example").unwrap()])
        .organization_sync(std::sync::Arc::new(
            OrganizationSync::new(["/orgs/:slug"], ["/me"]).unwrap(),
        ));
    if let Some(proxy) = setup.proxy {
        options = options.proxy_url(clerk_core::ProxyUrl::parse(proxy).unwrap());
    }
    if setup.public_origin {
        options = options.public_origin(Origin::parse("https://app.example.com").unwrap());
    }
    Authenticator::builder(options)
        .clock(Clock::fixed(NOW))
        .build()
        .unwrap()
}

/// Where a redirect may lead.
fn may_lead_to(setup: &Setup, own: Option<&str>, location: &Url) -> bool {
    let host = location.host();
    let instance = if setup.is_live {
        "clerk.example.com"
    } else {
        "foo-bar-13.clerk.accounts.dev"
    };
    let mut allowed = vec![
        instance,
        "clerk.satellite.example",
        "proxy.example",
        "primary.example",
        "satellite.example",
    ];
    allowed.extend(own);
    allowed.contains(&host) || (!setup.is_live && location.is_loopback())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    // covers: CTX-5, CTX-6, CTX-7, JWT-6, HS-39, REQ-4, REQ-36, COK-9, HIST-6, HIST-46, HIST-54
    #[test]
    fn no_request_panics_leads_astray_or_tells_secrets(
        setup in setup(),
        method in prop::sample::select(vec!["GET", "POST", "HEAD", "get", ""]),
        scheme in prop::sample::select(vec!["http", "https", "ftp"]),
        authority in prop::sample::select(vec![None, Some("app.example.com"), Some("127.0.0.1:3000"), Some("evil .example")]),
        target in target(),
        headers in prop::collection::vec(header(), 0..6),
    ) {
        let engine = engine(&setup);
        let pairs: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let pairs = pairs.as_slice();
        let view = RequestView::from_pieces(method, scheme, authority, &target, &pairs);
        let state = engine.authenticate_local(view);

        let public = match setup.public_origin {
            true => Some("app.example.com".to_owned()),
            false => view.public_url(&clerk_internal::request::ForwardedHeaders::Trust).map(|url| url.host().to_owned()),
        };
        if let Some(location) = state.location() {
            let location = Url::parse(location.to_str().unwrap()).unwrap();
            prop_assert!(may_lead_to(&setup, public.as_deref(), &location), "{location} in {setup:?}");
        }
        if matches!(state, RequestState::Handshake(_)) {
            prop_assert!(state.location().is_some());
            prop_assert_eq!(method, "GET");
        }
        if matches!(state, RequestState::Unavailable(_)) {
            prop_assert!(state.location().is_none());
        }

        // What is told, outside Location and Set-Cookie, holds no token, no key, no cookie's value.
        let mut told = format!("{state:?} {} {:?}", state.message(), state.reason());
        for (name, value) in state.headers() {
            if name != "location" && name != "set-cookie" {
                told.push_str(value.to_str().unwrap());
            }
        }
        if let Decision::Needs(need) = engine.decide(view) {
            told.push_str(&format!("{need:?}"));
        }
        told.push_str(&format!("{view:?} {engine:?}"));
        prop_assert!(!told.contains("s3cr3t"), "{told}");
        // Every JWT starts with the same letters; nothing told does.
        prop_assert!(!told.contains("eyJ"), "{told}");
        prop_assert!(!told.contains("ak_0123456789"), "{told}");
    }
}
