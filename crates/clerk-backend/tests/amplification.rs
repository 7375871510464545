//! How many calls strangers can cause: a server on this machine counts them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod counting_server;

use std::time::Duration;

use clerk_backend::testing::mint::{SessionTokenBuilder, TestKey};
use clerk_backend::tokens::AcceptsToken;
use clerk_backend::{Clerk, ClerkBuilder, ManualClock, RequestState, Verification};
use counting_server::{CountingServer, Reply};
use http::Request;

const KEY: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";
const NOW: i64 = 1_774_000_000_250;
const MACHINES: &str = "/api_keys/verify";
const NONCES: &str = "/v1/clients/handshake_payload";
const GOOD: &str = r#"{"id":"ak_1","subject":"user_1"}"#;

struct Set {
    clerk: Clerk,
    server: CountingServer,
    clock: ManualClock,
    runtime: tokio::runtime::Runtime,
}

impl Set {
    fn new(reply: Reply) -> Self {
        Self::build(reply, |builder| {
            builder.jwt_key(TestKey::FIRST.public_pem())
        })
    }

    fn build(reply: Reply, change: impl FnOnce(ClerkBuilder) -> ClerkBuilder) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let server = CountingServer::start(reply);
        let clock = ManualClock::new(NOW);
        let builder = Clerk::builder()
            .publishable_key(KEY)
            .secret_key("sk_test_x")
            .api_url(server.url())
            .clock(clock.clone())
            .options(|options| options.accepts(AcceptsToken::Any))
            .allow_test_keys();
        Self {
            clerk: change(builder).build().unwrap(),
            server,
            clock,
            runtime,
        }
    }

    fn verify(&self, token: &str) -> Verification {
        let verify = async { self.clerk.verify(token).await.unwrap() };
        self.runtime.block_on(verify)
    }

    fn by_header(&self, token: &str) -> RequestState {
        let parts = parts("/", Some(token));
        let decide = async { self.clerk.authenticate_request(&parts).await.unwrap() };
        self.runtime.block_on(decide)
    }

    fn by_nonce(&self, nonce: &str) -> RequestState {
        let parts = parts(&format!("/?__clerk_handshake_nonce={nonce}"), None);
        let decide = async { self.clerk.authenticate_request(&parts).await.unwrap() };
        self.runtime.block_on(decide)
    }

    /// So many requests at once, each with a token or nonce of its own; how many found that Clerk could not be asked.
    fn flood(&self, count: usize, target: fn(usize) -> http::request::Parts) -> usize {
        let flood = async {
            let requests: Vec<_> = (0..count)
                .map(|number| {
                    let clerk = self.clerk.clone();
                    let parts = target(number);
                    tokio::spawn(async move { clerk.authenticate_request(&parts).await.unwrap() })
                })
                .collect();
            // Whoever is refused is refused at once, while the others wait for the server.
            while self.counts().crowded + self.counts().made < count as u64 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            self.server.release();
            let mut refused = 0;
            for request in requests {
                refused += usize::from(request.await.unwrap().status() == "unavailable");
            }
            refused
        };
        self.runtime.block_on(flood)
    }

    fn counts(&self) -> Counts {
        let engine = self.clerk.authenticator();
        let (machine, nonce) = (engine.machine_call_counts(), engine.handshake_call_counts());
        Counts {
            made: machine.made + nonce.made,
            remembered: machine.remembered + nonce.remembered,
            crowded: machine.crowded + nonce.crowded,
            paused: machine.paused + nonce.paused,
        }
    }
}

#[derive(Debug, PartialEq)]
struct Counts {
    made: u64,
    remembered: u64,
    crowded: u64,
    paused: u64,
}

fn parts(target: &str, token: Option<&str>) -> http::request::Parts {
    let mut request = Request::get(target).header("host", "localhost:3000");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(()).unwrap().into_parts().0
}

#[test]
fn what_can_be_no_token_or_nonce_costs_no_call() {
    let set = Set::new(Reply::json(200, GOOD));
    let longest = format!("ak_{}", "x".repeat(509));
    let bad = [
        format!("{longest}x"),
        "ak_a.b".to_owned(),
        "mt_a/b".to_owned(),
        "oat_a%00".to_owned(),
        "ak_caf\u{e9}".to_owned(),
        "ak_a=".to_owned(),
    ];
    for text in &bad {
        assert!(!set.verify(text).is_verified());
        assert!(!set.by_header(text).is_authenticated());
        let nonce: String = text.chars().filter(char::is_ascii).collect();
        if nonce.len() > 512 || nonce.contains(['.', '/', '=']) {
            assert!(!set.by_nonce(&nonce).is_authenticated());
        }
    }
    assert_eq!(set.server.total(), 0);
    // The longest one that can be a token is asked about.
    assert!(set.verify(&longest).is_verified());
    assert_eq!(set.server.count(MACHINES), 1);
    let _ = set.by_nonce(&"n".repeat(512));
    assert_eq!(set.server.count(NONCES), 1);
}

#[test]
fn what_was_not_found_is_not_asked_for_again_within_thirty_seconds() {
    let set = Set::new(Reply::json(404, r#"{"errors":[]}"#));
    for asked in 1..=3 {
        for _ in 0..50 {
            assert!(!set.by_header("ak_unknown").is_authenticated());
            assert!(!set.by_nonce("unknown").is_authenticated());
        }
        set.clock.advance(Duration::from_millis(29_999));
        let _ = (set.verify("ak_unknown"), set.by_nonce("unknown"));
        assert_eq!(
            (set.server.count(MACHINES), set.server.count(NONCES)),
            (asked, asked)
        );
        set.clock.advance(Duration::from_millis(1));
    }
    // One text's answer is not another's.
    assert!(!set.verify("ak_other").is_verified());
    assert_eq!(set.server.count(MACHINES), 4);
    assert_eq!(set.counts().remembered, 3 * 2 * 50);
}

#[test]
fn at_most_sixty_four_machine_tokens_are_looked_up_at_once() {
    let set = Set::new(Reply::json(200, GOOD).held());
    let refused = set.flood(200, |number| parts("/", Some(&format!("ak_{number}"))));
    assert_eq!((refused, set.server.count(MACHINES)), (136, 64));
    assert_eq!(set.counts().crowded, 136);
    // Once they are through, there is room again.
    assert!(set.verify("ak_next").is_verified());
}

#[test]
fn at_most_sixteen_nonces_are_looked_up_at_once() {
    let set = Set::new(Reply::json(200, r#"{"directives":[]}"#).held());
    let refused = set.flood(100, |number| {
        parts(&format!("/?__clerk_handshake_nonce=nonce_{number}"), None)
    });
    assert_eq!((refused, set.server.count(NONCES)), (84, 16));
    // The nonces leave room for machine tokens.
    let _ = set.verify("ak_1");
    assert_eq!(set.server.count(MACHINES), 1);
}

#[test]
fn a_429_with_a_time_pauses_that_kind_of_call_until_then() {
    let set = Set::new(Reply::json(429, r#"{"errors":[]}"#).header("retry-after", "7"));
    for number in 0..100 {
        let Verification::Unavailable(outage) = set.verify(&format!("ak_{number}")) else {
            panic!("429 is an outage");
        };
        assert_eq!(outage.status(), Some(429));
        assert_eq!(outage.retry_after(), Some(Duration::from_secs(7)));
    }
    assert_eq!(set.server.count(MACHINES), 1);
    // Another kind of call is not paused by that, but by its own answer.
    for number in 0..10 {
        let state = set.by_nonce(&format!("nonce_{number}"));
        assert!(matches!(state, RequestState::Unavailable(_)), "{state:?}");
    }
    assert_eq!(set.server.count(NONCES), 1);
    set.clock.advance(Duration::from_millis(6_999));
    assert!(set.verify("ak_x").is_outage());
    assert_eq!(set.server.total(), 2);
    set.clock.advance(Duration::from_millis(1));
    assert!(set.verify("ak_x").is_outage());
    assert_eq!(set.server.count(MACHINES), 2);
    assert_eq!(set.counts().paused, 99 + 9 + 1);
}

// covers: JWKS-20
#[test]
fn tokens_that_name_unknown_keys_cause_one_look_at_the_keys_in_thirty_seconds() {
    let keys = TestKey::jwk_set(&[TestKey::FIRST]).to_string();
    let set = Set::build(Reply::json(200, &keys), |builder| builder);
    let token = |kid: &str| {
        let token = SessionTokenBuilder::new("user_1").issued_at_ms(NOW);
        token.header("kid", kid).mint()
    };
    assert!(set.verify(&token(TestKey::FIRST.kid())).is_verified());
    assert_eq!(set.server.total(), 1);
    let asked = |number: usize| {
        let unknown = token(&format!("ins_{number}"));
        assert!(!set.by_header(&unknown).is_authenticated());
        assert!(!set.verify(&unknown).is_verified());
        set.server.total()
    };
    for number in 0..50 {
        assert_eq!(asked(number), 2, "after {number}");
    }
    set.clock.advance(Duration::from_millis(29_999));
    assert_eq!(asked(50), 2);
    set.clock.advance(Duration::from_millis(1));
    assert_eq!(asked(51), 3);
}
