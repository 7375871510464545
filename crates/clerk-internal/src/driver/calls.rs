//! The calls that authentication makes, as a seam.

use std::future::Future;
use std::pin::Pin;

use clerk_core::{MachineSecretKey, Secret, SecretKey};
use clerk_errors::TokenVerificationError;
use clerk_tokens::VerifyingKey;
use serde_json::Value;

use crate::decide::{CallFailure, RefreshRequest};
use crate::settings::Settings;
use crate::token_type::MachineTokenType;

/// What a call returns.
pub type CallFuture<'a, T, E = CallFailure> =
    Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// The calls to the Backend API that authentication makes.
///
/// An implementation bounds the time each takes, and reports in [`CallFailure::is_outage`] whether Clerk could
/// not be asked. It follows no redirect.
pub trait BackendCalls: Send + Sync + 'static {
    /// `GET /v1/clients/handshake_payload`: the directives of a handshake's answer.
    fn handshake_payload<'a>(
        &'a self,
        call: &'a Call,
        nonce: &'a Secret,
    ) -> CallFuture<'a, Vec<String>>;

    /// `POST /v1/sessions/{id}/refresh`: the cookies of a refreshed session.
    fn refresh_session<'a>(
        &'a self,
        call: &'a Call,
        request: &'a RefreshRequest,
    ) -> CallFuture<'a, Vec<String>>;

    /// `POST /api_keys/verify` and its like: the resource, as JSON.
    fn verify_machine_token<'a>(
        &'a self,
        call: &'a Call,
        token_type: MachineTokenType,
        token: &'a Secret,
    ) -> CallFuture<'a, Value>;

    /// `POST /v1/sessions/{id}/tokens`: a session token, from a template or with another lifetime.
    fn session_token<'a>(
        &'a self,
        call: &'a Call,
        session_id: &'a str,
        template: Option<&'a str>,
        expires_in_seconds: Option<u64>,
    ) -> CallFuture<'a, String>;
}

/// The keys a call is made with, where they differ from the client's own.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Call {
    /// The secret key of the request's settings.
    pub secret_key: Option<SecretKey>,
    /// The machine secret key of the request's settings.
    pub machine_secret_key: Option<MachineSecretKey>,
}

impl Call {
    pub(crate) fn of(settings: &Settings) -> Self {
        Self {
            secret_key: settings.secret_key.clone(),
            machine_secret_key: settings.machine_secret_key.clone(),
        }
    }

    pub(crate) fn secret_key(&self) -> &str {
        self.secret_key.as_ref().map_or("", SecretKey::expose)
    }

    /// The key that a token of this kind is looked up with.
    pub(crate) fn key_for(&self, token_type: MachineTokenType) -> &str {
        match (token_type, &self.machine_secret_key) {
            (MachineTokenType::M2m, Some(key)) => key.expose(),
            _ => self.secret_key(),
        }
    }
}

/// Where signing keys come from that are not at hand when the engine is built.
///
/// An error that [is an outage](TokenVerificationError::is_outage) means that nothing is known about the token.
pub trait SigningKeys: Send + Sync + 'static {
    /// The key with this id, or why there is none, if that can be told without waiting.
    fn now(
        &self,
        call: &Call,
        kid: Option<&str>,
    ) -> Option<Result<VerifyingKey, TokenVerificationError>>;

    /// The key with this id; `None` where a token names none. `fetch_anew`: whatever is at hand is not fresh enough.
    fn load<'a>(
        &'a self,
        call: &'a Call,
        kid: Option<&'a str>,
        fetch_anew: bool,
    ) -> CallFuture<'a, VerifyingKey, TokenVerificationError>;
}
