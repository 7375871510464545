//! What is remembered about opaque machine tokens, for how long, and for whom.

#![cfg(all(
    feature = "machine-cache",
    any(feature = "ring", feature = "aws-lc-rs")
))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use clerk_core::{Clock, MachineSecretKey, ManualClock, PublishableKey, Secret, SecretKey};
use clerk_internal::{
    AuthenticateOptions, Authenticator, BackendCalls, Call, CallFailure, CallFuture,
    MachineTokenType, RefreshRequest, Verification,
};
use clerk_testing::mint::TestKey;
use clerk_tokens::{AcceptsToken, VerifyingKey};
use serde_json::{Value, json};

const NOW: i64 = 1_774_000_000_250;
const TTL: Duration = Duration::from_secs(20);

/// A Clerk that answers from a list, the last answer for ever, and can be held back.
struct Scripted {
    answers: Mutex<VecDeque<Result<Value, CallFailure>>>,
    asked: AtomicUsize,
    is_held: AtomicBool,
}

impl BackendCalls for Scripted {
    fn handshake_payload<'a>(&'a self, _: &'a Call, _: &'a Secret) -> CallFuture<'a, Vec<String>> {
        Box::pin(async { Err(CallFailure::answer(404, "")) })
    }

    fn refresh_session<'a>(
        &'a self,
        _: &'a Call,
        _: &'a RefreshRequest,
    ) -> CallFuture<'a, Vec<String>> {
        Box::pin(async { Err(CallFailure::answer(404, "")) })
    }

    fn verify_machine_token<'a>(
        &'a self,
        _: &'a Call,
        _: MachineTokenType,
        _: &'a Secret,
    ) -> CallFuture<'a, Value> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Box::pin(async {
            poll_fn(|_| match self.is_held.load(Ordering::Relaxed) {
                true => Poll::Pending,
                false => Poll::Ready(()),
            })
            .await;
            let mut answers = self.answers.lock().unwrap();
            match answers.len() {
                1 => answers[0].clone(),
                _ => answers.pop_front().unwrap(),
            }
        })
    }

    fn session_token<'a>(
        &'a self,
        _: &'a Call,
        _: &'a str,
        _: Option<&'a str>,
        _: Option<u64>,
    ) -> CallFuture<'a, String> {
        Box::pin(async { Err(CallFailure::answer(404, "")) })
    }
}

struct Set {
    engine: Authenticator,
    clerk: Arc<Scripted>,
    clock: ManualClock,
}

fn options() -> AuthenticateOptions {
    AuthenticateOptions::new()
        .publishable_key(
            PublishableKey::parse("pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk").unwrap(),
        )
        .secret_key(SecretKey::new("sk_test_one").unwrap())
        .jwt_key(VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem()).unwrap())
        .accepts(AcceptsToken::Any)
        .allow_test_keys(true)
}

fn set(lifetime: Option<Duration>, answers: Vec<Result<Value, CallFailure>>) -> Set {
    let clerk = Arc::new(Scripted {
        answers: Mutex::new(answers.into()),
        asked: AtomicUsize::new(0),
        is_held: AtomicBool::new(false),
    });
    let clock = ManualClock::new(NOW);
    let mut builder = Authenticator::builder(options())
        .clock(clock.clone())
        .calls(Arc::clone(&clerk) as _);
    if let Some(lifetime) = lifetime {
        builder = builder.machine_cache(lifetime);
    }
    Set {
        engine: builder.build().unwrap(),
        clerk,
        clock,
    }
}

fn good() -> Value {
    json!({"id": "x_1", "subject": "user_1"})
}

fn poll<T>(future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

impl Set {
    fn verify(&self, token: &str) -> Verification {
        self.verify_with(token, AuthenticateOptions::new())
    }

    fn verify_with(&self, token: &str, options: AuthenticateOptions) -> Verification {
        poll(pin!(self.engine.verify_with(token, options)))
            .unwrap()
            .unwrap()
    }

    fn asked(&self) -> usize {
        self.clerk.asked.load(Ordering::Relaxed)
    }
}

// covers: TOK-27
#[test]
fn a_good_answer_is_remembered_for_the_lifetime_and_not_a_moment_longer() {
    let set = set(Some(TTL), vec![Ok(good())]);
    for (later_ms, asked) in [(0, 1), (1, 1), (19_998, 1), (1, 2), (0, 2), (20_000, 3)] {
        set.clock.advance(Duration::from_millis(later_ms));
        assert!(set.verify("ak_1").is_verified());
        assert_eq!(set.asked(), asked, "after {later_ms} ms more");
    }
    // Another token, another kind: asked for.
    for token in ["ak_2", "mt_1", "oat_1"] {
        let before = set.asked();
        for _ in 0..2 {
            assert!(set.verify(token).is_verified());
        }
        assert_eq!(set.asked(), before + 1, "{token}");
    }
    assert_eq!(set.engine.machine_call_counts().made, 6);
    assert_eq!(set.engine.machine_call_counts().recalled, 6);
}

// covers: TOK-27
#[test]
fn nothing_is_remembered_unless_asked_for() {
    let set = set(None, vec![Ok(good())]);
    for round in 1..=3 {
        assert!(set.verify("ak_1").is_verified());
        assert_eq!(set.asked(), round);
    }
}

// covers: TOK-25
#[test]
fn a_token_is_never_good_beyond_its_expiry() {
    for (token, expiration) in [("ak_1", NOW + 5000), ("oat_1", (NOW + 4750) / 1000)] {
        let mut answer = good();
        answer["expiration"] = expiration.into();
        let set = set(Some(TTL), vec![Ok(answer)]);
        assert!(set.verify(token).is_verified());
        set.clock.advance(Duration::from_millis(4749));
        assert!(set.verify(token).is_verified());
        assert_eq!(set.asked(), 1);
        set.clock.advance(Duration::from_millis(251));
        assert!(!set.verify(token).is_verified(), "{token}");
    }
}

// covers: TOK-26
#[test]
fn only_good_answers_are_remembered() {
    let refusals = [
        Ok(json!({"id": "x_1", "subject": "user_1", "revoked": true})),
        Ok(json!({"active": false})),
        Ok(json!("text")),
        Err(CallFailure::outage("no connection")),
        Err(CallFailure::answer(429, "slow down")),
        Err(CallFailure::answer(503, "down")),
        Err(CallFailure::answer(401, "no")),
        Err(CallFailure::answer(400, "no")),
    ];
    for refusal in refusals {
        let set = set(Some(TTL), vec![refusal.clone(), Ok(good())]);
        let first = set.verify("ak_1");
        assert!(!first.is_verified(), "{refusal:?}");
        assert!(set.verify("ak_1").is_verified(), "{refusal:?}");
        assert_eq!(set.asked(), 2);
    }
}

#[test]
fn one_secret_keys_answer_is_not_anothers() {
    let set = set(Some(TTL), vec![Ok(good())]);
    let other = || options().secret_key(SecretKey::new("sk_test_two").unwrap());
    let machine = || options().machine_secret_key(MachineSecretKey::new("ak_machine").unwrap());
    let cases = [
        ("mt_1", options()),
        ("mt_1", other()),
        ("mt_1", machine()),
        ("ak_1", options()),
    ];
    for (asked, (token, options)) in (1..).zip(cases) {
        for _ in 0..2 {
            assert!(set.verify_with(token, options.clone()).is_verified());
            assert_eq!(set.asked(), asked);
        }
    }
    // A machine's key plays no role for other kinds.
    assert!(set.verify_with("ak_1", machine()).is_verified());
    assert_eq!(set.asked(), 4);
}

#[test]
fn what_is_not_found_for_one_secret_key_is_asked_for_another() {
    let set = set(None, vec![Err(CallFailure::answer(404, "")), Ok(good())]);
    assert!(!set.verify("ak_1").is_verified());
    assert!(!set.verify("ak_1").is_verified());
    assert_eq!(set.asked(), 1);
    let other = options().secret_key(SecretKey::new("sk_test_two").unwrap());
    assert!(set.verify_with("ak_1", other).is_verified());
}

#[test]
fn of_requests_with_one_token_one_asks_and_giving_up_hands_over() {
    let set = set(Some(TTL), vec![Ok(good())]);
    set.clerk.is_held.store(true, Ordering::Relaxed);
    let mut first = Box::pin(set.engine.verify("ak_1"));
    let mut second = Box::pin(set.engine.verify("ak_1"));
    let mut third = Box::pin(set.engine.verify("ak_1"));
    for future in [&mut first, &mut second, &mut third] {
        assert!(poll(future.as_mut()).is_none());
    }
    assert_eq!(set.asked(), 1);
    // The one that asked is given up: another asks in its place.
    drop(first);
    for future in [&mut second, &mut third] {
        assert!(poll(future.as_mut()).is_none());
    }
    assert_eq!(set.asked(), 2);
    set.clerk.is_held.store(false, Ordering::Relaxed);
    let (mut left, mut rounds) = (vec![second, third], 0);
    while !left.is_empty() {
        left.retain_mut(|future| match poll(future.as_mut()) {
            Some(verification) => {
                assert!(verification.is_verified());
                false
            }
            None => true,
        });
        rounds += 1;
        assert!(rounds < 10, "nobody goes on");
    }
    assert_eq!(set.asked(), 2);
}

#[test]
fn a_lifetime_is_at_most_a_minute() {
    let build = |lifetime| {
        Authenticator::builder(options())
            .clock(Clock::fixed(NOW))
            .machine_cache(lifetime)
            .build()
    };
    assert!(build(Duration::from_secs(60)).is_ok());
    for wrong in [Duration::from_millis(60_001), Duration::MAX, Duration::ZERO] {
        let error = build(wrong).unwrap_err().to_string();
        assert!(error.contains("60 seconds"), "{error}");
    }
}
