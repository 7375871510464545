//! Requests of every kind, good and bad, full of secrets.

use clerk_internal::request::RequestView;
use clerk_testing::mint::{
    HandshakeTokenBuilder, M2mTokenBuilder, OAuthTokenBuilder, SessionTokenBuilder, TestKey,
};
use proptest::prelude::*;

pub(crate) const NOW: i64 = 1_774_000_000_250;

/// Hosts that are the application's own, and others.
const HOSTS: [&str; 9] = [
    "app.example.com",
    "evil.example",
    "a b",
    "app.example.com, evil.example",
    "[::1]:3000",
    "user@evil.example",
    "",
    "%",
    "evil.example/x",
];

pub(crate) fn session(issuer: &str, issued_at_ms: i64, key: TestKey) -> String {
    SessionTokenBuilder::new("user_1")
        .session_id("sess_1")
        .issuer(issuer)
        .authorized_party("https://app.example.com")
        .issued_at_ms(issued_at_ms)
        .key(key)
        .mint()
}

pub(crate) fn session_token() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec![
            "https://clerk.example.com",
            "https://clerk.satellite.example",
            "https://foo-bar-13.clerk.accounts.dev",
        ]),
        prop::sample::select(vec![NOW, NOW - 600_000, NOW + 600_000]),
        prop::sample::select(vec![TestKey::FIRST, TestKey::FIRST, TestKey::SECOND]),
    )
        .prop_map(|(issuer, at, key)| session(issuer, at, key))
}

/// Tokens that verify, that have expired, that are early, that are forged, and that are something else.
pub(crate) fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => session_token(),
        1 => Just(M2mTokenBuilder::new("mch_1").issued_at_ms(NOW).mint()),
        1 => Just(OAuthTokenBuilder::new("user_1").issued_at_ms(NOW).mint()),
        2 => session_token().prop_map(|token| {
            HandshakeTokenBuilder::new([format!("__session={token}; Path=/")])
                .issued_at_ms(NOW)
                .mint()
        }),
        1 => prop::sample::select(vec!["ak_s3cr3t", "mt_s3cr3t", "oat_s3cr3t", "mt_a.b.c", "s3cr3t"])
            .prop_map(str::to_owned),
        1 => "[ -~]{0,40}".prop_map(|text| text.replace(';', "")),
    ]
}

fn cookie() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "__session",
        "__session_naoXFJnI",
        "__client_uat",
        "__client_uat_naoXFJnI",
        "__clerk_db_jwt",
        "__clerk_db_jwt_naoXFJnI",
        "__refresh_naoXFJnI",
        "__clerk_handshake",
        "__clerk_handshake_nonce",
        "__clerk_redirect_count",
        "theme",
    ]);
    let value = prop_oneof![
        3 => token(),
        2 => prop::sample::select(vec!["0", "1", "4", "1773990000", "dvb_s3cr3t", "-1", "99999999999999999999999", "%zz"]).prop_map(str::to_owned),
    ];
    (name, value).prop_map(|(name, value)| format!("{name}={value}"))
}

/// The cookies of somebody who is or was signed in, with everything a browser can have.
fn browser() -> impl Strategy<Value = String> {
    (session_token(), prop::collection::vec(cookie(), 0..3)).prop_map(|(token, more)| {
        let mut cookies = vec![
            format!("__session={token}"),
            "__client_uat=1773990000".to_owned(),
            "__clerk_db_jwt=dvb_s3cr3t".to_owned(),
            "__refresh_naoXFJnI=r_s3cr3t".to_owned(),
        ];
        cookies.extend(more);
        cookies.join("; ")
    })
}

fn header() -> impl Strategy<Value = (String, Vec<u8>)> {
    let urls = prop::sample::select(vec![
        "https://evil.example/",
        "https://accounts.example.com/x",
        "https://app.example.com/?__clerk_handshake=s3cr3t",
        "about:blank",
        "https://app.example.com",
        "//x",
        "",
    ]);
    prop_oneof![
        (
            prop::sample::select(vec!["host", "x-forwarded-host"]),
            prop::sample::select(HOSTS.to_vec())
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
        browser().prop_map(|cookies| ("cookie".to_owned(), cookies.into_bytes())),
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
        2 => Just(String::new()),
        1 => prop::sample::select(vec!["?__clerk_synced=false", "?__clerk_synced=true"]).prop_map(str::to_owned),
        1 => Just("?__clerk_db_jwt=dvb_s3cr3t".to_owned()),
        1 => Just("?__clerk_handshake_nonce=n_s3cr3t".to_owned()),
        2 => prop::sample::select(vec![
            "https://evil.example/",
            "http://localhost:4000/back",
            "javascript:alert(1)",
            "//evil.example",
            "https://satellite.example/x"
        ])
        .prop_map(|url| format!("?__clerk_redirect_url={url}")),
        1 => token().prop_map(|token| format!("?__clerk_handshake={token}")),
        1 => "[ -~]{0,24}".prop_map(|text| format!("?{text}")),
    ];
    (path, query).prop_map(|(path, query)| format!("{path}{query}"))
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    scheme: &'static str,
    authority: Option<&'static str>,
    pub(crate) target: String,
    headers: Vec<(String, Vec<u8>)>,
}

impl Asked {
    /// With a header in front of the others.
    pub(crate) fn sooner(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(found, _)| found != name);
        self.headers.insert(0, (name.to_owned(), value.into()));
        self
    }

    pub(crate) fn with_view<R>(&self, read: impl FnOnce(RequestView<'_>) -> R) -> R {
        let pairs: Vec<(&str, &[u8])> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let pairs = pairs.as_slice();
        read(RequestView::from_pieces(
            self.method,
            self.scheme,
            self.authority,
            &self.target,
            &pairs,
        ))
    }
}

/// Any request at all.
pub(crate) fn any_request() -> impl Strategy<Value = Asked> {
    (
        prop::sample::select(vec!["GET", "POST", "HEAD", "get", ""]),
        prop::sample::select(vec!["http", "https", "ftp"]),
        prop::sample::select(vec![
            None,
            Some("app.example.com"),
            Some("127.0.0.1:3000"),
            Some("evil .example"),
        ]),
        target(),
        prop::collection::vec(header(), 0..6),
    )
        .prop_map(|(method, scheme, authority, target, headers)| Asked {
            method,
            scheme,
            authority,
            target,
            headers,
        })
}

/// A navigation of a browser that brings its cookies: most ends in a redirect, a refresh or a session.
pub(crate) fn navigation() -> impl Strategy<Value = Asked> {
    (target(), browser(), prop::collection::vec(header(), 0..3)).prop_map(
        |(target, cookies, mut headers)| {
            headers.insert(0, ("sec-fetch-dest".to_owned(), b"document".to_vec()));
            headers.insert(0, ("cookie".to_owned(), cookies.into_bytes()));
            Asked {
                method: "GET",
                scheme: "https",
                authority: Some("app.example.com"),
                target,
                headers,
            }
        },
    )
}
