//! What an engine tells once: settings that a live instance should not do without.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};

use clerk_core::url::Origin;
use clerk_core::{Clock, PublishableKey};
use clerk_internal::request::{ForwardedHeaders, RequestView};
use clerk_internal::{AuthenticateOptions, Authenticator, Issuer};
use clerk_testing::mint::{SessionTokenBuilder, TestKey};
use clerk_tokens::{TokenType, VerifyingKey};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, span};

const NOW: i64 = 1_774_000_000_250;
const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
const TEST: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";
const APP: &str = "https://app.example.com";

/// Notes warnings, with their fields.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "clerk" && *metadata.level() == Level::WARN
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0.lock().unwrap().push(text.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

fn options(key: &str) -> AuthenticateOptions {
    AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse(key).unwrap())
        .jwt_key(VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap())
        .allow_test_keys(true)
}

/// A live instance with nothing left to be told.
fn settled() -> AuthenticateOptions {
    options(LIVE)
        .authorized_parties([APP])
        .public_origin(Origin::parse(APP).unwrap())
}

fn token(issuer: &str) -> String {
    SessionTokenBuilder::new("user_1")
        .issuer(issuer)
        .authorized_party(APP)
        .issued_at_ms(NOW)
        .mint()
}

/// What an engine with these options tells while it answers the same requests, by header and by cookie, three times.
fn told(options: AuthenticateOptions, token: &str) -> Vec<String> {
    let engine = Authenticator::builder(options)
        .clock(Clock::fixed(NOW))
        .build()
        .unwrap();
    let bearer = format!("Bearer {token}");
    let cookies = format!("__session={token}; __client_uat=1773990000; __clerk_db_jwt=dvb");
    let warnings = Warnings::default();
    tracing::subscriber::with_default(warnings.clone(), || {
        for _ in 0..3 {
            // A clone tells nothing anew.
            let engine = engine.clone();
            for header in [("authorization", &bearer), ("cookie", &cookies)] {
                let pairs: &[(&str, &[u8])] = &[
                    ("host", b"app.example.com"),
                    (header.0, header.1.as_bytes()),
                ];
                let view = RequestView::from_pieces("GET", "https", None, "/", &pairs);
                let _ = engine.authenticate_local(view);
            }
        }
    });
    let told = warnings.0.lock().unwrap().clone();
    for text in &told {
        assert!(!text.contains(token), "a token in an event");
    }
    told
}

const ISSUER: &str = "https://clerk.example.com";

fn one_with(told: &[String], words: &str) -> bool {
    told.len() == 1 && told[0].contains(words)
}

// covers: JWT-29, REQ-46, REQ-52
#[test]
fn a_live_key_without_authorized_parties_is_told_once_with_the_fix() {
    let origin = || Origin::parse(APP).unwrap();
    let without = told(options(LIVE).public_origin(origin()), &token(ISSUER));
    assert!(
        one_with(&without, "CLERK_AUTHORIZED_PARTIES"),
        "{without:?}"
    );
    assert_eq!(told(settled(), &token(ISSUER)), Vec::<String>::new());
    // In development, and where no session tokens are looked at, there is nothing to tell.
    let development = told(
        options(TEST),
        &token("https://foo-bar-13.clerk.accounts.dev"),
    );
    assert_eq!(development, Vec::<String>::new());
    let machines = options(LIVE).accepts(TokenType::ApiKey);
    assert_eq!(told(machines, &token(ISSUER)), Vec::<String>::new());
}

// covers: CTX-7
#[test]
fn a_live_key_with_trusted_forwarded_headers_is_told_once_with_the_fix() {
    let live = || options(LIVE).authorized_parties([APP]);
    let trusting = told(live(), &token(ISSUER));
    assert!(one_with(&trusting, "public_origin"), "{trusting:?}");
    for believed in [
        ForwardedHeaders::Ignore,
        ForwardedHeaders::hosts(["app.example.com"]),
    ] {
        let told = told(live().forwarded_headers(believed), &token(ISSUER));
        assert_eq!(told, Vec::<String>::new());
    }
}

// covers: JWT-29
#[test]
fn another_issuer_is_told_once_and_accepted_unless_enforced() {
    let other = token("https://clerk.other.example");
    let accepted = told(settled(), &other);
    assert!(one_with(&accepted, ISSUER), "{accepted:?}");
    assert!(accepted[0].contains("Issuer::FromPublishableKey"));
    // What a proxy of this application issues is expected.
    let proxied = settled().proxy_url(clerk_core::ProxyUrl::parse("/__clerk").unwrap());
    let proxy = token("https://app.example.com/__clerk");
    assert_eq!(told(proxied, &proxy), Vec::<String>::new());
    for enforced in [Issuer::FromPublishableKey, [ISSUER].into()] {
        let options = settled().issuer(enforced);
        assert_eq!(told(options, &other), Vec::<String>::new());
    }
}

// covers: JWT-17, JWT-29, OPT-9
#[test]
fn an_enforced_issuer_refuses_every_other() {
    let satellite = || {
        settled()
            .is_satellite(true)
            .domain(clerk_core::Domain::parse("satellite.example").unwrap())
    };
    let listed = || Issuer::from(["https://a.example", "https://b.example"]);
    let cases = [
        (settled(), Issuer::FromPublishableKey, ISSUER, true),
        (
            settled(),
            Issuer::FromPublishableKey,
            "https://clerk.example.com/",
            false,
        ),
        (
            settled(),
            Issuer::FromPublishableKey,
            "https://a.example",
            false,
        ),
        (
            satellite(),
            Issuer::FromPublishableKey,
            "https://clerk.satellite.example",
            true,
        ),
        (settled(), listed(), "https://b.example", true),
        (settled(), listed(), ISSUER, false),
        (settled(), Issuer::Any, "https://a.example", true),
        (
            settled(),
            Vec::<String>::new().into(),
            "https://a.example",
            true,
        ),
    ];
    for (options, issuer, claimed, accepted) in cases {
        let engine = Authenticator::builder(options.issuer(issuer.clone()))
            .clock(Clock::fixed(NOW))
            .build()
            .unwrap();
        let bearer = format!("Bearer {}", token(claimed));
        let pairs: &[(&str, &[u8])] = &[("authorization", bearer.as_bytes())];
        let state =
            engine.authenticate_local(RequestView::from_pieces("GET", "https", None, "/", &pairs));
        assert_eq!(state.is_authenticated(), accepted, "{issuer:?} {claimed}");
        if !accepted {
            assert_eq!(state.reason().unwrap().to_string(), "token-invalid-issuer");
        }
    }
}
