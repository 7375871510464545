//! Answers of a keys' source.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use clerk_core::Clock;
use clerk_http::testing::{ManualRuntime, Reply, ScriptedTransport};
use clerk_http::{ApiClient, SharedRuntime, SharedTransport};
use clerk_tokens::jwks::RemoteKeys;
use clerk_tokens::{JwkSet, TokenVerificationReason as Reason};
use http::StatusCode;

/// Whatever a source answers, a key that comes of it is one of the set that the answer is, and everything else is one
/// of the documented errors.
pub(super) fn answer(data: &[u8]) {
    let set = std::str::from_utf8(data)
        .ok()
        .and_then(|text| JwkSet::from_json(text).ok())
        .unwrap_or_default();
    let known = set.iter().filter_map(|key| key.kid());
    let mut kids: Vec<String> = known.map(|kid| kid.as_str().to_owned()).collect();
    kids.push("ins_unknown".to_owned());
    let Some(keys) = keys(data) else {
        unreachable!("the settings are sound")
    };
    for kid in &kids {
        match at_once(keys.key(Some(kid))) {
            Some(Ok(key)) => assert_eq!(set.get(kid), Some(&key), "only what was published"),
            Some(Err(error)) => assert!(
                matches!(
                    error.reason(),
                    Reason::JwkKidMismatch
                        | Reason::RemoteJwkFailedToLoad
                        | Reason::TokenVerificationFailed
                ),
                "{error}"
            ),
            None => unreachable!("it waits for something"),
        }
    }
    assert!(keys.statistics().keys <= 100);
}

fn keys(data: &[u8]) -> Option<RemoteKeys> {
    let reply = Reply::json(StatusCode::OK, data.to_vec());
    let transport = ScriptedTransport::from_fn(move |_| reply.clone());
    let client = ApiClient::builder(SharedTransport::new(transport))
        .secret_key("sk_test_fuzz")
        .build()
        .ok()?;
    let runtime = SharedRuntime::new(ManualRuntime::new(0));
    Some(RemoteKeys::backend_api(client).build_on(runtime, Clock::fixed(1_774_000_000_250)))
}

fn at_once<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
