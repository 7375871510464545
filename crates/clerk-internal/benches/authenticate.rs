//! What authenticating a request costs beyond the bare signature check: `cargo bench -p clerk-internal`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use clerk_bench::{Case, allocations, measure};
use clerk_core::{Clock, PublishableKey};
use clerk_internal::request::RequestView;
use clerk_internal::{AuthenticateOptions, Authenticator, AuthenticatorBuilder, RequestState};
use clerk_testing::mint::TestKey;
use clerk_tokens::{TokenCache, TokenType, VerifyingKey, decode_jwt};
use http::Request;
use http::request::Parts;
use serde_json::json;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

/// `clerk.example.com`, whose cookies end in `_naoXFJnI`.
const KEY: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
const NOW_S: i64 = 1_774_000_000;
const FLOOR: &str = "ring-check";

/// A session token of about 1 kB, as production ones are.
fn session_token(expires_at: i64) -> String {
    let header = json!({"alg": "RS256", "cat": "cl_B7d4PD111AAA", "kid": TestKey::FIRST.kid(), "typ": "JWT"});
    let payload = json!({
        "azp": "https://app.example.com", "exp": expires_at, "fea": "o:articles,o:invoices,u:drafts", "fva": [2, -1],
        "iat": NOW_S - 20, "iss": "https://clerk.example.com", "jti": "01234567890123456789", "nbf": NOW_S - 30,
        "o": {"id": "org_2abcdefghijklmnopqrstuvwxyz", "slg": "acme", "rol": "admin", "per": "read,create,delete", "fpm": "3,7"},
        "pla": "o:pro", "sid": "sess_2abcdefghijklmnopqrstuvwxyz", "sts": "active",
        "sub": "user_2abcdefghijklmnopqrstuvwxyz", "v": 2,
    });
    TestKey::FIRST.sign(&header, &payload)
}

fn m2m_token() -> String {
    let header = json!({"alg": "RS256", "cat": "cl_B7d4PD333AAA", "kid": TestKey::FIRST.kid(), "typ": "JWT"});
    let payload = json!({
        "aud": ["mch_2xKa9Bgv7NxMRDFyQw8LpZ3cTmU1vHjE"], "exp": NOW_S + 3600, "iat": NOW_S - 20,
        "iss": "https://clerk.example.com", "jti": "mt_2xKa9Bgv7NxMRDFyQw8LpZ3cTmU1vHjE", "nbf": NOW_S - 30,
        "scopes": "mch_2xKa9Bgv7NxMRDFyQw8LpZ3cTmU1vHjE mch_extra", "sub": "mch_2abcdefghijklmnopqrstuvwxyzabcdef",
    });
    TestKey::FIRST.sign(&header, &payload)
}

/// A navigation of a browser, with the headers that one sends.
fn request(headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::get("https://app.example.com/reports?year=2030")
        .header("host", "app.example.com")
        .header(
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        )
        .header(
            "accept",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        )
        .header("accept-language", "en-US,en;q=0.5")
        .header("accept-encoding", "gzip, deflate, br, zstd")
        .header("sec-fetch-dest", "document")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-site", "same-origin");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn engine(accepts: TokenType) -> AuthenticatorBuilder {
    let options = AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse(KEY).unwrap())
        .jwt_key(VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap())
        .authorized_parties(["https://app.example.com"])
        .accepts(accepts)
        .allow_test_keys(true);
    Authenticator::builder(options).clock(Clock::fixed(NOW_S * 1000))
}

/// A request and what it is to come to.
struct Work {
    engine: Authenticator,
    parts: Parts,
    status: &'static str,
}

impl Work {
    fn new(engine: Authenticator, headers: &[(&str, &str)], status: &'static str) -> Self {
        let work = Self {
            engine,
            parts: request(headers),
            status,
        };
        // The first token of a key has its header remembered; what counts is a later one.
        assert_eq!(work.perform().status(), status, "{headers:?}");
        work
    }

    fn perform(&self) -> RequestState {
        self.engine
            .authenticate_local(RequestView::from(&self.parts))
    }

    fn case<'a>(&'a self, name: &'static str, limit: f64) -> Case<'a> {
        let count = allocations(ALLOCATOR, || drop(self.perform()));
        Case::against(FLOOR, name, || {
            assert_eq!(self.perform().status(), self.status);
        })
        .limit(limit)
        .allocations(count)
    }
}

fn main() {
    let live = session_token(NOW_S + 40);
    let expired = session_token(NOW_S - 10);
    println!("token of {} bytes", live.len());
    let decoded = decode_jwt(&live).unwrap();
    let (signed, signature) = (decoded.signed_text(), decoded.signature());
    let rsa = VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap();
    let components = ring::signature::RsaPublicKeyComponents {
        n: rsa.as_rsa().modulus(),
        e: rsa.as_rsa().exponent(),
    };

    let key = PublishableKey::parse(KEY).unwrap();
    let names = key.cookie_names();
    let (session, uat) = (names.session(), names.client_uat());
    let others = "_ga=GA1.1.1234567890.1774000000; theme=dark; locale=en";
    let plain = format!("{others}; __client_uat=1773990000; __session={live}");
    let both = format!(
        "{others}; {uat}=1773990000; {session}={live}; __client_uat=1773990000; __session={live}"
    );
    let stale = format!("{others}; __client_uat=1773990000; __session={expired}");
    let bearer = format!("Bearer {live}");
    let machine = format!("Bearer {}", m2m_token());

    let sessions = engine(TokenType::Session).build().unwrap();
    let machines = engine(TokenType::M2m).build().unwrap();
    let cached = || {
        engine(TokenType::Session)
            .token_cache(TokenCache::new(1 << 20))
            .build()
            .unwrap()
    };
    let works = [
        (
            "header",
            1.13,
            Work::new(sessions.clone(), &[("authorization", &bearer)], "signed-in"),
        ),
        (
            "cookie",
            1.18,
            Work::new(sessions.clone(), &[("cookie", &plain)], "signed-in"),
        ),
        (
            "cookie-suffixed-too",
            1.25,
            Work::new(sessions.clone(), &[("cookie", &both)], "signed-in"),
        ),
        (
            "expired-cookie",
            1.45,
            Work::new(sessions.clone(), &[("cookie", &stale)], "handshake"),
        ),
        (
            "m2m-jwt",
            1.15,
            Work::new(machines, &[("authorization", &machine)], "signed-in"),
        ),
        (
            "signed-out",
            0.06,
            Work::new(sessions.clone(), &[], "signed-out"),
        ),
        (
            "malformed",
            0.06,
            Work::new(
                sessions,
                &[("authorization", "Bearer abc.def")],
                "signed-out",
            ),
        ),
        (
            "header-cached",
            0.12,
            Work::new(cached(), &[("authorization", &bearer)], "signed-in"),
        ),
        (
            "cookie-cached",
            0.12,
            Work::new(cached(), &[("cookie", &plain)], "signed-in"),
        ),
    ];

    let mut cases = vec![Case::floor(FLOOR, || {
        let parameters = &ring::signature::RSA_PKCS1_2048_8192_SHA256;
        components
            .verify(parameters, signed.as_bytes(), signature)
            .unwrap();
    })];
    cases.extend(
        works
            .iter()
            .map(|(name, limit, work)| work.case(name, *limit)),
    );
    measure(&mut cases);
}
