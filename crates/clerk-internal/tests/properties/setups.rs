//! Combinations of options, and a Clerk that answers anything.

use std::sync::Arc;

use clerk_core::url::Origin;
use clerk_core::{Clock, Domain, MachineSecretKey, ProxyUrl, PublishableKey, Secret, SecretKey};
use clerk_errors::{TokenVerificationError, TokenVerificationReason};
use clerk_internal::path::OrganizationSync;
use clerk_internal::request::ForwardedHeaders;
use clerk_internal::{
    AuthenticateOptions, Authenticator, BackendCalls, Call, CallFailure, CallFuture,
    HandshakeReturn, MachineTokenType, RefreshRequest, SigningKeys,
};
use clerk_testing::mint::TestKey;
use clerk_tokens::{AcceptsToken, TokenType, VerifyingKey};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::requests::{NOW, session_token};

const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
const TEST: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";

/// What can be set, one thing independent of the others.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) is_live: bool,
    is_satellite: bool,
    auto_sync: bool,
    domain: Option<&'static str>,
    proxy: Option<&'static str>,
    sign_in: Option<&'static str>,
    accepts: AcceptsToken,
    pub(crate) public_origin: Option<&'static str>,
    pub(crate) forwarded: ForwardedHeaders,
    satellites: Vec<&'static str>,
    patterns: Option<(&'static [&'static str], &'static [&'static str])>,
    cookie_only: bool,
    pub(crate) session_in_url: bool,
    parties: Vec<&'static str>,
    key_at_hand: bool,
}

/// Domain, proxy, sign-in page, public origin.
type Urls = [Option<&'static str>; 4];

fn urls() -> impl Strategy<Value = Urls> {
    (
        prop::sample::select(vec![
            Some("satellite.example"),
            Some("app.example.com"),
            None,
        ]),
        prop::sample::select(vec![
            None,
            Some("/__clerk"),
            Some("https://proxy.example/clerk"),
            Some("http://localhost:4400"),
        ]),
        prop::sample::select(vec![
            Some("https://primary.example/sign-in"),
            Some("/sign-in"),
            None,
        ]),
        prop::sample::select(vec![None, None, Some("https://app.example.com")]),
    )
        .prop_map(Urls::from)
}

fn places() -> impl Strategy<Value = (Urls, ForwardedHeaders, Vec<&'static str>)> {
    (
        urls(),
        prop::sample::select(vec![
            ForwardedHeaders::Trust,
            ForwardedHeaders::Trust,
            ForwardedHeaders::Ignore,
            ForwardedHeaders::hosts(["app.example.com"]),
            ForwardedHeaders::hosts([""; 0]),
        ]),
        prop::sample::select(vec![vec![], vec!["https://satellite.example"]]),
    )
}

type Patterns = Option<(&'static [&'static str], &'static [&'static str])>;

fn policies() -> impl Strategy<Value = (AcceptsToken, Patterns, bool, bool, Vec<&'static str>, bool)>
{
    (
        prop::sample::select(vec![
            AcceptsToken::default(),
            AcceptsToken::default(),
            AcceptsToken::Any,
            AcceptsToken::One(TokenType::M2m),
            AcceptsToken::One(TokenType::OAuth),
            AcceptsToken::AnyOf(vec![TokenType::Session, TokenType::ApiKey]),
            AcceptsToken::AnyOf(vec![TokenType::M2m]),
        ]),
        prop::sample::select(vec![
            None,
            Some((&["/orgs/:slug"][..], &["/me"][..])),
            Some((&["/:id/(.*)", "/:slug"][..], &["/(.*)"][..])),
        ]),
        any::<bool>(),
        any::<bool>(),
        prop::sample::select(vec![vec![], vec!["https://app.example.com"]]),
        prop::bool::weighted(0.8),
    )
}

pub(crate) fn setup() -> impl Strategy<Value = Setup> {
    (any::<[bool; 3]>(), places(), policies()).prop_map(
        |(
            [is_live, is_satellite, auto_sync],
            ([domain, proxy, sign_in, public_origin], forwarded, satellites),
            (accepts, patterns, cookie_only, session_in_url, parties, key_at_hand),
        )| Setup {
            is_live,
            is_satellite,
            auto_sync,
            domain,
            proxy,
            sign_in,
            accepts,
            public_origin,
            forwarded,
            satellites,
            patterns,
            cookie_only,
            session_in_url,
            parties,
            key_at_hand,
        },
    )
}

impl Setup {
    pub(crate) fn options(&self) -> AuthenticateOptions {
        let origin = |text: &&str| Origin::parse(text).unwrap();
        let mut options = AuthenticateOptions::new()
            .publishable_key(PublishableKey::parse(if self.is_live { LIVE } else { TEST }).unwrap())
            .secret_key(SecretKey::new("sk_test_s3cr3tk3y").unwrap())
            .machine_secret_key(MachineSecretKey::new("ak_s3cr3tmachine").unwrap())
            .allow_test_keys(true)
            .accepts(self.accepts.clone())
            .is_satellite(self.is_satellite)
            .satellite_auto_sync(self.auto_sync)
            .domain(self.domain.map(|domain| Domain::parse(domain).unwrap()))
            .proxy_url(self.proxy.map(|proxy| ProxyUrl::parse(proxy).unwrap()))
            .sign_in_url(self.sign_in.map(str::to_owned))
            .public_origin(self.public_origin.as_ref().map(origin))
            .forwarded_headers(self.forwarded.clone())
            .satellite_origins(self.satellites.iter().map(origin))
            .organization_sync(self.patterns.map(|(organizations, personal)| {
                Arc::new(OrganizationSync::new(organizations, personal).unwrap())
            }))
            .session_in_handshake_url(self.session_in_url)
            .authorized_parties(self.parties.clone());
        if self.cookie_only {
            options = options.handshake_return(HandshakeReturn::CookieOnly);
        }
        if self.key_at_hand {
            let key = VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap();
            options = options.jwt_key(key);
        }
        options
    }

    /// The engine, unless the settings contradict each other.
    pub(crate) fn engine(&self, clerk: Answers) -> Option<Authenticator> {
        Authenticator::builder(self.options())
            .clock(Clock::fixed(NOW))
            .signing_keys(Arc::new(clerk.clone()))
            .calls(Arc::new(clerk))
            .build()
            .ok()
    }

    /// Hosts that a redirect may lead to, besides the application's own.
    pub(crate) fn hosts(&self) -> Vec<&'static str> {
        let mut hosts = vec![match (self.is_live, self.is_satellite, self.domain) {
            (true, true, Some("satellite.example")) => "clerk.satellite.example",
            (true, true, Some(_)) => "clerk.app.example.com",
            (true, ..) => "clerk.example.com",
            (false, ..) => "foo-bar-13.clerk.accounts.dev",
        }];
        match self.proxy {
            Some("https://proxy.example/clerk") => hosts = vec!["proxy.example"],
            Some("http://localhost:4400") => hosts = vec!["localhost"],
            // The application's own.
            Some(_) => hosts.clear(),
            None => {}
        }
        if self.is_satellite && !self.is_live && self.sign_in.is_some() {
            hosts.push("primary.example");
        }
        if !self.is_live && !self.is_satellite && !self.satellites.is_empty() {
            hosts.push("satellite.example");
        }
        hosts
    }
}

/// One answer to each question.
#[derive(Clone, Debug)]
pub(crate) struct Answers {
    pub(crate) directives: Result<Vec<String>, CallFailure>,
    machine: Result<Value, CallFailure>,
    key: Result<(), (TokenVerificationReason, bool)>,
}

fn failure() -> impl Strategy<Value = CallFailure> {
    prop_oneof![
        Just(CallFailure::outage("no connection")),
        prop::sample::select(vec![401, 404, 422, 429, 500]).prop_map(|status| {
            CallFailure::answer(status, "no").with_code("resource_not_found")
        }),
        Just(CallFailure::answer(400, "no").with_code("a\r\nb: c")),
    ]
}

fn directives() -> impl Strategy<Value = Vec<String>> {
    let directive = prop_oneof![
        3 => session_token().prop_map(|token| format!("__session={token}; Path=/; Secure")),
        1 => session_token().prop_map(|token| format!("__session_naoXFJnI={token}; Path=/")),
        1 => Just("__client_uat=1774000000; Path=/".to_owned()),
        1 => Just("__refresh_naoXFJnI=r_s3cr3t; Path=/; HttpOnly".to_owned()),
        1 => Just("PHPSESSID=foreign; Path=/".to_owned()),
        1 => "[ -~\r\n]{0,30}".prop_map(|text| format!("__client_x={text}")),
    ];
    prop::collection::vec(directive, 0..4)
}

pub(crate) fn answers() -> impl Strategy<Value = Answers> {
    (
        prop_oneof![3 => directives().prop_map(Ok), 1 => failure().prop_map(Err)],
        prop_oneof![
            prop::sample::select(vec![
                json!({"id": "x_1", "subject": "user_1", "secret": "ak_s3cr3t", "token": "mt_s3cr3t"}),
                json!({"id": "x_1", "subject": "user_1", "revoked": true}),
                json!("ak_s3cr3t"),
                json!(null),
            ])
            .prop_map(Ok),
            failure().prop_map(Err)
        ],
        prop_oneof![
            4 => Just(Ok(())),
            1 => Just(Err((TokenVerificationReason::JwkKidMismatch, false))),
            1 => Just(Err((TokenVerificationReason::RemoteJwkFailedToLoad, true))),
            1 => Just(Err((TokenVerificationReason::SecretKeyInvalid, false))),
        ],
    )
        .prop_map(|(directives, machine, key)| Answers {
            directives,
            machine,
            key,
        })
}

impl BackendCalls for Answers {
    fn handshake_payload<'a>(&'a self, _: &'a Call, _: &'a Secret) -> CallFuture<'a, Vec<String>> {
        Box::pin(async { self.directives.clone() })
    }

    fn refresh_session<'a>(
        &'a self,
        _: &'a Call,
        _: &'a RefreshRequest,
    ) -> CallFuture<'a, Vec<String>> {
        Box::pin(async { self.directives.clone() })
    }

    fn verify_machine_token<'a>(
        &'a self,
        _: &'a Call,
        _: MachineTokenType,
        _: &'a Secret,
    ) -> CallFuture<'a, Value> {
        Box::pin(async { self.machine.clone() })
    }

    fn session_token<'a>(
        &'a self,
        _: &'a Call,
        _: &'a str,
        _: Option<&'a str>,
        _: Option<u64>,
    ) -> CallFuture<'a, String> {
        Box::pin(async { Err(CallFailure::answer(404, "no such session")) })
    }
}

impl SigningKeys for Answers {
    fn now(
        &self,
        _: &Call,
        _: Option<&str>,
    ) -> Option<Result<VerifyingKey, TokenVerificationError>> {
        None
    }

    fn load<'a>(
        &'a self,
        _: &'a Call,
        _: Option<&'a str>,
        _: bool,
    ) -> CallFuture<'a, VerifyingKey, TokenVerificationError> {
        Box::pin(async {
            match self.key {
                Ok(()) => Ok(VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap()),
                Err((reason, is_outage)) => {
                    let error = TokenVerificationError::new(reason, "No key.");
                    Err(if is_outage {
                        error.with_outage()
                    } else {
                        error
                    })
                }
            }
        })
    }
}
