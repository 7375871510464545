//! Verification with keys that are fetched, alone and in sequences that share what was fetched.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use clerk_core::{Clock, MachineSecretKey, ManualClock, Secret, SecretKey, constants};
use clerk_errors::api::Sent;
use clerk_http::testing::{ManualRuntime, Reply, ScriptedTransport};
use clerk_http::{
    ApiClient, Backoff, Jitter, SharedRuntime, SharedTransport, TransportError, TransportErrorKind,
};
use clerk_internal::{AuthenticateOptions, Authenticator, SessionAuth};
use clerk_tokens::jwks::{JwksPolicy, KeyScope, RemoteKeys, RemoteTokenVerifier};
use clerk_tokens::{PresentedToken, TokenType, VerifyingKey};
use http::Request;
use serde_json::json;

use super::jwt::{claims_of, refused, token, verify_session_token};
use super::token_options::{checks, optional_text};
use super::{auth_objects, authenticate, machine};
use crate::http::{CannedResponse, Script, SentRequest};
use crate::outcome::{Outcome, VectorError};
use crate::token::describe;
use crate::vector::{Context, Vector};

pub(super) fn sequence(context: &Context, vector: &Vector) -> Outcome {
    let world = World::default();
    let steps = vector.steps.iter();
    Outcome::Steps(
        steps
            .map(|step| match step.function.as_str() {
                "verifyToken" if is_remote(step) => world.verify(step),
                "verifyToken" => verify_session_token(context, step),
                "verifyMachineAuthToken" if is_remote(step) => world.verify_machine(step),
                other => Outcome::NotReplayed(format!("{other} in a sequence")),
            })
            .collect(),
    )
}

/// Whether a vector's options make it fetch its keys.
pub(super) fn is_remote(vector: &Vector) -> bool {
    let given = |pointer| vector.text(pointer).is_some_and(|text| !text.is_empty());
    given("/options/secretKey") && !given("/options/jwtKey")
}

pub(super) fn verify(vector: &Vector) -> Outcome {
    World::default().verify(vector)
}

pub(super) fn verify_machine(vector: &Vector) -> Outcome {
    let described = describe(vector.text("/token").unwrap_or_default());
    let is_m2m = described["payload"]["sub"]
        .as_str()
        .is_some_and(|subject| subject.starts_with("mch_"));
    let says_nothing = is_m2m && described["header"]["cat"] == "cl_I7d4PD111III";
    if says_nothing && is_remote(vector) && vector.http.is_empty() {
        return Outcome::NotExpressible("a call that was not recorded".to_owned());
    }
    World::default().verify_machine(vector)
}

pub(super) fn get_token(_: &Context, vector: &Vector) -> Outcome {
    World::default().play(vector, |world| world.get_token(vector))
}

/// The options that count for machine tokens.
fn machine_options(vector: &Vector) -> Result<AuthenticateOptions, Outcome> {
    let mut options = AuthenticateOptions::new()
        .accepts(TokenType::M2m)
        .secret_key(secret_key(vector, "/options/secretKey")?);
    if let Some(key) = optional_text(vector, "/options/machineSecretKey")? {
        let key =
            MachineSecretKey::new(key).map_err(|error| Outcome::Err(VectorError::plain(&error)))?;
        options = options.machine_secret_key(key);
    }
    let untyped = |name: &str| Outcome::NotExpressible(format!("{name} of another type"));
    if let Some(audience) = vector.input_at("/options/audience") {
        options =
            options.audience(authenticate::texts(audience).ok_or_else(|| untyped("audience"))?);
    }
    if let Some(skew) = vector.input_at("/options/clockSkewInMs") {
        options = options.clock_skew_ms(skew.as_i64().ok_or_else(|| untyped("clockSkewInMs"))?);
    }
    if let Some(pem) = optional_text(vector, "/options/jwtKey")?.filter(|pem| !pem.is_empty()) {
        let key = VerifyingKey::from_jwt_key(pem)
            .map_err(|error| Outcome::Err(VectorError::plain(&error)))?;
        options = options.jwt_key(key);
    }
    Ok(options)
}

fn secret_key(vector: &Vector, at: &str) -> Result<Option<SecretKey>, Outcome> {
    let text = optional_text(vector, at)?.filter(|text| !text.is_empty());
    text.map(SecretKey::new)
        .transpose()
        .map_err(|error| Outcome::Err(VectorError::plain(&error)))
}

fn has_padded_key(vector: &Vector) -> bool {
    let key = vector.text("/options/secretKey").unwrap_or_default();
    key.trim_matches(' ') != key
}

/// What the calls of a sequence share: the keys, a clock, and a network that plays the current step.
struct World {
    keys: Mutex<HashMap<(String, KeyScope), RemoteKeys>>,
    clock: ManualClock,
    /// Waits pass on a clock of their own: the recorded one stands still meanwhile.
    waits: ManualRuntime,
    script: Arc<Mutex<Arc<Script>>>,
    transport: SharedTransport,
}

impl Default for World {
    fn default() -> Self {
        let script = Arc::new(Mutex::new(Arc::new(Script::default())));
        let current = Arc::clone(&script);
        let transport = ScriptedTransport::from_fn(move |request| {
            let script = Arc::clone(&current.lock().unwrap_or_else(PoisonError::into_inner));
            answer(&script, request)
        });
        Self {
            keys: Mutex::default(),
            clock: ManualClock::new(0),
            waits: ManualRuntime::new(0),
            script,
            transport: SharedTransport::new(transport),
        }
    }
}

impl World {
    fn verify(&self, vector: &Vector) -> Outcome {
        self.play(vector, |world| world.verify_with(vector))
    }

    /// Performs a call at the vector's time and on its network.
    fn play(
        &self,
        vector: &Vector,
        call: impl FnOnce(&Self) -> Result<Outcome, Outcome>,
    ) -> Outcome {
        // A key without the blanks around it asks the same of the same address.
        let script = Arc::new(if has_padded_key(vector) {
            Script::answering_any(vector)
        } else {
            Script::of(vector)
        });
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&script);
        self.clock.set(vector.now_ms);
        let waited = self.waits.slept().len();
        let outcome = call(self).unwrap_or_else(|outcome| outcome);
        if matches!(outcome, Outcome::NotExpressible(_)) {
            return outcome;
        }
        let waits = self.waits.slept().split_off(waited);
        let outcome = script.close(outcome);
        match (compare_waits(&waits, vector), &outcome) {
            (Err(why), Outcome::Ok(_) | Outcome::Err(_)) => Outcome::Broken(why),
            _ => outcome,
        }
    }

    fn verify_with(&self, vector: &Vector) -> Result<Outcome, Outcome> {
        let token = token(vector)?;
        let checks = checks(vector)?;
        let keys = self.keys_of(vector)?;
        let verifier = RemoteTokenVerifier::new(keys, checks);
        let skip = vector.input_at("/options/skipJwksCache");
        let verifier = match skip.and_then(serde_json::Value::as_bool) {
            Some(true) => verifier.skip_jwks_cache(),
            _ => verifier,
        };
        let claims = at_once(verifier.verify(token))
            .ok_or_else(|| Outcome::Broken("it waits for something".to_owned()))?
            .map_err(|error| refused(&error))?;
        claims_of(&claims)
    }

    /// A machine token: a JWT with the instance's keys, an opaque one by asking.
    fn verify_machine(&self, vector: &Vector) -> Outcome {
        self.play(vector, |world| world.verify_machine_with(vector))
    }

    fn verify_machine_with(&self, vector: &Vector) -> Result<Outcome, Outcome> {
        let token = token(vector)?;
        let engine = self.engine(vector, "/options", machine_options(vector)?)?;
        let verified = at_once(engine.verify_machine_token(token))
            .ok_or_else(|| Outcome::Broken("it waits for something".to_owned()))?;
        let token_type = PresentedToken::read(token).machine_token_type().as_str();
        Ok(Outcome::Ok(match verified {
            Ok(verified) => json!({
                "tokenType": verified.token_type().as_str(),
                "data": machine::data(&verified),
            }),
            Err(error) => json!({
                "tokenType": token_type,
                "errors": [VectorError::machine(&error).to_value()],
            }),
        }))
    }

    /// A session token by template or lifetime.
    fn get_token(&self, vector: &Vector) -> Result<Outcome, Outcome> {
        let claims = auth_objects::input_claims(vector)?;
        let template = vector.text("/options/template");
        // Encoded it is another call than the recorded one.
        if template.is_some_and(|name| name.contains(['/', '?', '#'])) && !vector.http.is_empty() {
            return Err(Outcome::NotExpressible("a path as a template".to_owned()));
        }
        let session = SessionAuth::new(claims, vector.text("/token").unwrap_or_default());
        let secret_key = secret_key(vector, "/context/secretKey")?;
        let options = AuthenticateOptions::new()
            .accepts(TokenType::M2m)
            .secret_key(secret_key);
        let engine = self.engine(vector, "/context", options)?;
        let expires_in = vector.input_at("/options/expiresInSeconds");
        let token = engine.session_token(
            &session,
            template,
            expires_in.and_then(serde_json::Value::as_u64),
        );
        let token = at_once(token).ok_or_else(|| Outcome::Broken("it waits".to_owned()))?;
        Ok(match token {
            Ok(token) => Outcome::Ok(json!(token.as_ref().map(Secret::expose))),
            Err(failure) => Outcome::Err(
                match std::error::Error::source(&failure).and_then(|error| error.downcast_ref()) {
                    Some(error) => VectorError::api(error),
                    None => VectorError::plain(&failure),
                },
            ),
        })
    }

    fn engine(
        &self,
        vector: &Vector,
        at: &str,
        options: AuthenticateOptions,
    ) -> Result<Authenticator, Outcome> {
        let client = self.client(vector, at)?;
        let builder = Authenticator::builder(options)
            .clock(Clock::from(self.clock.clone()))
            .calls(Arc::new(client));
        let has_secret = vector
            .text(&format!("{at}/secretKey"))
            .is_some_and(|secret| !secret.is_empty());
        let builder = if at == "/options" && has_secret {
            builder.signing_keys(Arc::new(self.keys_of(vector)?))
        } else {
            builder
        };
        builder
            .build()
            .map_err(|error| Outcome::Err(VectorError::plain(&error)))
    }

    fn client(&self, vector: &Vector, at: &str) -> Result<ApiClient, Outcome> {
        let text = |name: &str| optional_text(vector, &format!("{at}/{name}"));
        let mut builder = ApiClient::builder(self.transport.clone());
        if let Some(secret) = text("secretKey")?.filter(|secret| !secret.is_empty()) {
            builder = builder.secret_key(secret);
        }
        builder = builder.api_url(text("apiUrl")?.unwrap_or(constants::API_URL));
        if let Some(version) = text("apiVersion")? {
            builder = builder.api_version(version);
        }
        builder
            .build()
            .map_err(|error| Outcome::Err(VectorError::plain(&error)))
    }

    /// The keys of the instance that a vector's options name, as the earlier steps left them.
    fn keys_of(&self, vector: &Vector) -> Result<RemoteKeys, Outcome> {
        let text = |pointer| optional_text(vector, pointer);
        let url = text("/options/apiUrl")?.unwrap_or(constants::API_URL);
        let client = self.client(vector, "/options")?;
        let keys = RemoteKeys::backend_api(client).policy(policy()).build_on(
            SharedRuntime::new(self.waits.clone()),
            Clock::from(self.clock.clone()),
        );
        // JWKS-3: what earlier calls fetched serves the same instance only; the reference goes by the address as written.
        let mut all = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let scope = (url.to_owned(), keys.scope());
        Ok(all.entry(scope).or_insert(keys).clone())
    }
}

/// The reference's policy, with the recorded jitter: none.
fn policy() -> JwksPolicy {
    let doubling = Backoff::new(Duration::from_millis(125), Duration::from_secs(1));
    JwksPolicy::reference().between_attempts(doubling.jitter(Jitter::None))
}

/// Where nothing could be sent, the reference's waits between attempts are of no interest.
fn compare_waits(waits: &[Duration], vector: &Vector) -> Result<(), String> {
    if vector.http.is_empty() {
        return Ok(());
    }
    let recorded = vector.retry_delays_ms.iter().copied();
    if waits
        .iter()
        .copied()
        .eq(recorded.map(Duration::from_millis))
    {
        Ok(())
    } else {
        Err(format!(
            "the waits should be {:?} ms, are {waits:?}",
            vector.retry_delays_ms
        ))
    }
}

/// What the script has for a request.
pub(super) fn answer(script: &Script, request: &Request<Bytes>) -> Reply {
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    let canned = script.answer(SentRequest {
        method: request.method().as_str(),
        url: &request.uri().to_string(),
        headers: &headers,
        body: request.body(),
    });
    match canned {
        Ok(CannedResponse::Answer(answer)) => {
            let status = http::StatusCode::from_u16(answer.status).unwrap_or_default();
            let reply = Reply::status(status).with_body(answer.body);
            let headers = answer.headers.iter();
            headers.fold(reply, |reply, (name, value)| reply.with_header(name, value))
        }
        Ok(CannedResponse::NetworkFailure(why)) | Err(why) => Reply::error(TransportError::new(
            TransportErrorKind::Reset,
            Sent::Maybe,
            why,
        )),
    }
}

/// The output of a future that has no reason to wait.
fn at_once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = TaskContext::from_waker(Waker::noop());
    match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
