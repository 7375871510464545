//! A Clerk that answers from a script and keeps what it was asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use clerk_core::Secret;
use clerk_errors::{TokenVerificationError, TokenVerificationReason};
use clerk_internal::{
    AuthenticateOptions, Authenticator, BackendCalls, Call, CallFailure, CallFuture,
    MachineTokenType, RefreshRequest, SigningKeys,
};
use clerk_tokens::VerifyingKey;
use serde_json::{Value, json};

use super::support::{builder, key};

type Answer<T> = Result<T, CallFailure>;

pub(crate) struct ScriptedClerk {
    payload: Answer<Vec<String>>,
    refresh: Answer<Vec<String>>,
    machine: Answer<Value>,
    log: Mutex<Vec<String>>,
    refreshes: Mutex<Vec<RefreshRequest>>,
}

impl Default for ScriptedClerk {
    /// Knows every machine token, and neither nonces nor sessions.
    fn default() -> Self {
        Self {
            payload: Err(CallFailure::answer(404, "no such nonce")),
            refresh: Err(CallFailure::answer(404, "no such session").with_code("gone")),
            machine: Ok(json!({"id": "x_1", "subject": "user_m"})),
            log: Mutex::default(),
            refreshes: Mutex::default(),
        }
    }
}

impl ScriptedClerk {
    pub(crate) fn payload(answer: Answer<Vec<String>>) -> Self {
        Self {
            payload: answer,
            ..Self::default()
        }
    }

    pub(crate) fn refresh(answer: Answer<Vec<String>>) -> Self {
        Self {
            refresh: answer,
            ..Self::default()
        }
    }

    pub(crate) fn machine(answer: Answer<Value>) -> Self {
        Self {
            machine: answer,
            ..Self::default()
        }
    }

    /// An engine that asks this Clerk.
    pub(crate) fn serve(self, options: AuthenticateOptions) -> (Authenticator, Arc<Self>) {
        let clerk = Arc::new(self);
        let engine = builder(options)
            .calls(Arc::clone(&clerk) as _)
            .build()
            .unwrap();
        (engine, clerk)
    }

    /// What was asked since the last time, one line each.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.log.lock().unwrap())
    }

    pub(crate) fn refreshes(&self) -> Vec<RefreshRequest> {
        std::mem::take(&mut self.refreshes.lock().unwrap())
    }

    fn note(&self, line: String) {
        self.log.lock().unwrap().push(line);
    }
}

impl BackendCalls for ScriptedClerk {
    fn handshake_payload<'a>(
        &'a self,
        _: &'a Call,
        nonce: &'a Secret,
    ) -> CallFuture<'a, Vec<String>> {
        self.note(format!("payload {}", nonce.expose()));
        Box::pin(async { self.payload.clone() })
    }

    fn refresh_session<'a>(
        &'a self,
        _: &'a Call,
        request: &'a RefreshRequest,
    ) -> CallFuture<'a, Vec<String>> {
        self.note(format!("refresh {}", request.session_id));
        self.refreshes.lock().unwrap().push(request.clone());
        Box::pin(async { self.refresh.clone() })
    }

    fn verify_machine_token<'a>(
        &'a self,
        call: &'a Call,
        token_type: MachineTokenType,
        token: &'a Secret,
    ) -> CallFuture<'a, Value> {
        let by = match (&call.machine_secret_key, token_type) {
            (Some(_), MachineTokenType::M2m) => " by the machine's key",
            _ => "",
        };
        self.note(format!("verify {token_type} {}{by}", token.expose()));
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

/// Signing keys with one answer, at hand or to be fetched.
pub(crate) struct ScriptedKeys {
    answer: Result<VerifyingKey, TokenVerificationError>,
    at_hand: bool,
    looked_up: AtomicUsize,
    fetched: AtomicUsize,
    fetched_anew: AtomicUsize,
}

impl ScriptedKeys {
    pub(crate) fn new(answer: Result<VerifyingKey, TokenVerificationError>) -> Arc<Self> {
        Arc::new(Self {
            answer,
            at_hand: false,
            looked_up: AtomicUsize::new(0),
            fetched: AtomicUsize::new(0),
            fetched_anew: AtomicUsize::new(0),
        })
    }

    pub(crate) fn failing(reason: TokenVerificationReason) -> Arc<Self> {
        Self::new(Err(TokenVerificationError::new(reason, "No key.")))
    }

    /// The instance's key, in memory.
    pub(crate) fn at_hand() -> Arc<Self> {
        let mut keys = Self::new(Ok(key()));
        Arc::get_mut(&mut keys).unwrap().at_hand = true;
        keys
    }

    /// How often a key was taken from memory, fetched, and fetched although one might be in memory.
    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        let load = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        (
            load(&self.looked_up),
            load(&self.fetched),
            load(&self.fetched_anew),
        )
    }

    pub(crate) fn serve(self: &Arc<Self>, options: AuthenticateOptions) -> Authenticator {
        builder(options)
            .signing_keys(Arc::clone(self) as _)
            .build()
            .unwrap()
    }
}

impl SigningKeys for ScriptedKeys {
    fn now(
        &self,
        _: &Call,
        _: Option<&str>,
    ) -> Option<Result<VerifyingKey, TokenVerificationError>> {
        if !self.at_hand {
            return None;
        }
        self.looked_up.fetch_add(1, Ordering::Relaxed);
        Some(self.answer.clone())
    }

    fn load<'a>(
        &'a self,
        _: &'a Call,
        _: Option<&'a str>,
        fetch_anew: bool,
    ) -> CallFuture<'a, VerifyingKey, TokenVerificationError> {
        self.fetched.fetch_add(1, Ordering::Relaxed);
        if fetch_anew {
            self.fetched_anew.fetch_add(1, Ordering::Relaxed);
        }
        Box::pin(async { self.answer.clone() })
    }
}
