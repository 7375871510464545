//! Fetching what the decision asks for.

mod calls;
mod limits;
#[cfg(feature = "machine-cache")]
mod machine_cache;

pub use calls::{BackendCalls, Call, CallFuture, SigningKeys};
pub use limits::{CallCounts, CallLimits};
#[cfg(feature = "machine-cache")]
pub(crate) use machine_cache::MachineCache;

use std::sync::Arc;

use clerk_core::Secret;
use clerk_errors::{TokenVerificationAction, TokenVerificationError, TokenVerificationReason};
use clerk_tokens::VerifyingKey;
use serde_json::Value;

use crate::decide::{Answers, CallFailure, KeysAtHand, Need, RefreshFailure};
use crate::token_type::MachineTokenType;
use limits::{Gate, Pass, hash_of};

/// Who makes calls, and how many.
pub(crate) struct Driver {
    pub(crate) calls: Option<Arc<dyn BackendCalls>>,
    pub(crate) keys: Option<Arc<dyn SigningKeys>>,
    machine: Gate,
    payloads: Gate,
    #[cfg(feature = "machine-cache")]
    cache: Option<MachineCache>,
}

impl Driver {
    pub(crate) fn new(
        calls: Option<Arc<dyn BackendCalls>>,
        keys: Option<Arc<dyn SigningKeys>>,
        limits: CallLimits,
    ) -> Self {
        Self {
            calls,
            keys,
            machine: Gate::new(limits.machine_verifications, limits.not_found_ms),
            payloads: Gate::new(limits.handshake_payloads, limits.not_found_ms),
            #[cfg(feature = "machine-cache")]
            cache: None,
        }
    }

    #[cfg(feature = "machine-cache")]
    pub(crate) fn with_cache(mut self, cache: MachineCache) -> Self {
        self.cache = Some(cache);
        self
    }

    pub(crate) fn machine_counts(&self) -> CallCounts {
        #[cfg(feature = "machine-cache")]
        if let Some(cache) = &self.cache {
            let mut counts = self.machine.counts();
            counts.recalled = cache.recalled();
            return counts;
        }
        self.machine.counts()
    }

    pub(crate) fn payload_counts(&self) -> CallCounts {
        self.payloads.counts()
    }

    /// Fetches what is needed and notes the answer.
    pub(crate) async fn fetch(
        &self,
        call: &Call,
        need: Need,
        fetch_anew: bool,
        now_ms: i64,
        answers: &mut Answers,
    ) {
        match need {
            Need::Key { kid } => {
                let answer = self.key(call, kid.as_deref(), fetch_anew).await;
                answers.keys.push((kid, answer));
            }
            Need::HandshakePayload { nonce } => {
                let payload = self.handshake_payload(call, &nonce, now_ms).await;
                answers.handshake_payload = Some(payload);
            }
            Need::Refresh(request) => {
                let refreshed = match &self.calls {
                    Some(calls) => calls.refresh_session(call, &request).await,
                    None => Err(no_calls()),
                };
                answers.refresh = Some(refreshed.map_err(|failure| RefreshFailure::from(&failure)));
            }
            Need::MachineToken { token_type, token } => {
                let answer = self.machine_token(call, token_type, &token, now_ms).await;
                answers.machine = Some(answer);
            }
        }
    }

    async fn key(
        &self,
        call: &Call,
        kid: Option<&str>,
        fetch_anew: bool,
    ) -> Result<VerifyingKey, TokenVerificationError> {
        match &self.keys {
            Some(keys) => keys.load(call, kid, fetch_anew).await,
            None => Err(TokenVerificationError::new(
                TokenVerificationReason::JwkFailedToResolve,
                "There is no key to verify the token with.",
            )
            .with_action(TokenVerificationAction::SetClerkJwtKey)),
        }
    }

    async fn handshake_payload(
        &self,
        call: &Call,
        nonce: &Secret,
        now_ms: i64,
    ) -> Result<Vec<String>, CallFailure> {
        let calls = self.calls.as_ref().ok_or_else(no_calls)?;
        let hash = hash_of("handshake", call.secret_key(), nonce.expose());
        let _in_flight = pass(&self.payloads, &hash, now_ms)?;
        let payload = calls.handshake_payload(call, nonce).await;
        if let Err(failure) = &payload {
            self.payloads.learn(hash, failure, now_ms);
        }
        payload
    }

    async fn machine_token(
        &self,
        call: &Call,
        token_type: MachineTokenType,
        token: &Secret,
        now_ms: i64,
    ) -> Result<Arc<Value>, CallFailure> {
        let calls = self.calls.as_ref().ok_or_else(no_calls)?;
        let key = call.key_for(token_type);
        let hash = hash_of(token_type.as_str(), key, token.expose());
        let ask = async {
            let _in_flight = pass(&self.machine, &hash, now_ms)?;
            let answer = calls.verify_machine_token(call, token_type, token).await;
            if let Err(failure) = &answer {
                self.machine.learn(hash, failure, now_ms);
            }
            answer
        };
        #[cfg(feature = "machine-cache")]
        if let Some(cache) = &self.cache {
            return cache.answer(hash, token_type, now_ms, ask).await;
        }
        ask.await.map(Arc::new)
    }
}

fn pass<'g>(
    gate: &'g Gate,
    hash: &[u8; 32],
    now_ms: i64,
) -> Result<limits::InFlight<'g>, CallFailure> {
    match gate.enter(hash, now_ms) {
        Pass::Go(in_flight) => Ok(in_flight),
        Pass::NotFound => Err(CallFailure::answer(
            404,
            "Clerk did not know it a moment ago.",
        )),
        Pass::Wait(failure) => Err(failure),
    }
}

fn no_calls() -> CallFailure {
    CallFailure::outage("There is no client to call Clerk with.")
}

/// The keys of a source that are at hand, for one request.
pub(crate) struct CachedKeys<'a> {
    pub(crate) keys: Option<&'a dyn SigningKeys>,
    pub(crate) call: &'a Call,
}

impl KeysAtHand for CachedKeys<'_> {
    fn key(&self, kid: Option<&str>) -> Option<Result<VerifyingKey, TokenVerificationError>> {
        self.keys?.now(self.call, kid)
    }
}
