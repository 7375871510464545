//! Whole requests.

use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use bytes::Bytes;
use clerk_core::env::auto_proxy_url;
use clerk_core::url::{Origin, Url};
use clerk_core::{
    Clock, Domain, InstanceType, MachineSecretKey, ProxyUrl, PublishableKey, SecretKey,
};
use clerk_errors::ConfigError;
use clerk_errors::api::Sent;
use clerk_http::testing::ManualRuntime;
use clerk_http::{
    ApiClient, SharedRuntime, SharedTransport, Transport, TransportError, TransportErrorKind,
    TransportFuture,
};
use clerk_internal::path::OrganizationSync;
use clerk_internal::{AuthenticateOptions, Authenticator, PendingSessions, RequestState};
use clerk_tokens::jwks::{JwksPolicy, RemoteKeys};
use clerk_tokens::{AcceptsToken, TokenType, VerifyingKey};
use serde_json::{Value, json};

use super::requests::Request;
use crate::http::{CannedResponse, Script, SentRequest};
use crate::outcome::{Outcome, VectorError};
use crate::special;
use crate::vector::{Context, Vector};

pub(super) fn authenticate_request(_: &Context, vector: &Vector) -> Outcome {
    let script = Arc::new(Script::of(vector));
    let outcome = replay(vector, &script);
    script.close(outcome)
}

fn replay(vector: &Vector, script: &Arc<Script>) -> Outcome {
    let request = vector.input_at("/request").unwrap_or(&Value::Null);
    let url = request["normalized_url"]
        .as_str()
        .or_else(|| request["url"].as_str());
    let headers = request
        .get("normalized_headers")
        .unwrap_or(&request["headers"]);
    let headers = special::pairs(headers).unwrap_or_default();
    let method = request["method"].as_str().unwrap_or("GET");
    let Some(request) = Request::new(method, url.unwrap_or_default(), &headers) else {
        return Outcome::Broken("the request cannot be read".to_owned());
    };
    let prepared = match prepare(vector, script, url.unwrap_or_default()) {
        Ok(prepared) => prepared,
        Err(Unusable::Error(error)) => return Outcome::Err(VectorError::plain(&error)),
        Err(Unusable::NotExpressible(why)) => return Outcome::NotExpressible(why),
    };
    let (engine, options) = prepared;
    let state = request.with_view(|view| block_on(engine.authenticate_with(view, options)));
    match state {
        Ok(state) => Outcome::Ok(describe(&state)),
        Err(error) => Outcome::Err(VectorError::plain(&error)),
    }
}

enum Unusable {
    Error(ConfigError),
    NotExpressible(String),
}

impl From<ConfigError> for Unusable {
    fn from(error: ConfigError) -> Self {
        Self::Error(error)
    }
}

/// The engine, built with the client's options where they suffice, and the options of the call.
fn prepare(
    vector: &Vector,
    script: &Arc<Script>,
    url: &str,
) -> Result<(Authenticator, AuthenticateOptions), Unusable> {
    let clock = Clock::fixed(vector.now_ms);
    let mut client = ApiClient::builder(SharedTransport::new(Canned(Arc::clone(script))))
        .clock(clock.clone())
        .allow_plain_http();
    if let Some(url) = vector.text("/client_options/apiUrl") {
        client = client.api_url(url);
    }
    if let Some(version) = vector.text("/client_options/apiVersion") {
        client = client.api_version(version);
    }
    // The secret key of the call counts for signing keys too.
    let secret = ["/options/secretKey", "/client_options/secretKey"]
        .into_iter()
        .find_map(|at| vector.text(at).filter(|secret| !secret.is_empty()));
    if let Some(secret) = secret {
        client = client.secret_key(secret);
    }
    let client = client.build()?;
    let runtime = SharedRuntime::new(ManualRuntime::new(vector.now_ms));
    let keys = Arc::new(
        RemoteKeys::backend_api(client.clone())
            .policy(JwksPolicy::reference())
            .build_on(runtime, clock.clone()),
    );
    let build = |options: AuthenticateOptions| {
        let mut builder = Authenticator::builder(options).clock(clock.clone());
        if secret.is_some() {
            builder = builder.signing_keys(keys.clone());
        }
        if vector.input_at("/no_api_client") != Some(&Value::Bool(true)) {
            builder = builder.calls(Arc::new(client.clone()));
        }
        builder.build()
    };
    let mut base = options(AuthenticateOptions::new(), vector, "/client_options")?;
    // KEY-44: from the environment, as the facade reads it.
    let set = |name: &str| {
        ["/options", "/client_options"].into_iter().any(|at| {
            vector
                .text(&format!("{at}/{name}"))
                .is_some_and(|text| !text.is_empty())
        })
    };
    let key = vector
        .text("/client_options/publishableKey")
        .unwrap_or_default();
    let proxy = auto_proxy_url(
        |name| vector.env.get(name).cloned(),
        InstanceType::from_publishable_key(key),
        set("proxyUrl"),
        set("domain"),
    );
    if let Some(proxy) = proxy {
        base = base.proxy_url(proxy);
    }
    // The reference sends the browser to any satellite; here the recorded one is configured.
    let target = Url::parse(url).ok();
    let target = target.and_then(|url| Some(url.query_param("__clerk_redirect_url")?.into_owned()));
    let origin = target.and_then(|target| Some(Url::parse(&target).ok()?.origin()));
    let base = base.satellite_origins::<Origin>(origin);
    match build(base.clone()) {
        Ok(engine) => Ok((
            engine,
            options(AuthenticateOptions::new(), vector, "/options")?,
        )),
        // Here the instance is known from the start, there it can come with the call.
        Err(_) => Ok((
            build(options(base, vector, "/options")?)?,
            AuthenticateOptions::new(),
        )),
    }
}

fn options(
    mut options: AuthenticateOptions,
    vector: &Vector,
    at: &str,
) -> Result<AuthenticateOptions, Unusable> {
    let given = vector.input_at(at).and_then(Value::as_object);
    for (name, value) in given.into_iter().flatten() {
        // CFG-2: an empty text is no value, neither here nor there.
        if !special::is_undefined(value) && value.as_str() != Some("") {
            options = set(options, name, value)?;
        }
    }
    Ok(options)
}

fn set(
    options: AuthenticateOptions,
    name: &str,
    value: &Value,
) -> Result<AuthenticateOptions, Unusable> {
    let untyped = || Unusable::NotExpressible(format!("{name} of another type"));
    let text = || value.as_str().ok_or_else(untyped);
    let flag = || value.as_bool().ok_or_else(untyped);
    let texts = || texts(value).ok_or_else(untyped);
    Ok(match name {
        "publishableKey" => options.publishable_key(publishable_key(text()?)?),
        "secretKey" => options.secret_key(SecretKey::new(text()?)?),
        "machineSecretKey" => options.machine_secret_key(MachineSecretKey::new(text()?)?),
        "jwtKey" => options.jwt_key(VerifyingKey::from_jwt_key(text()?)?),
        "audience" => options.audience(texts()?),
        "authorizedParties" => options.authorized_parties(texts()?),
        "issuer" => options.issuer(texts()?),
        "headerType" => options.header_types(texts()?),
        "clockSkewInMs" => match value.as_i64() {
            Some(skew_ms) => options.clock_skew_ms(skew_ms),
            None if special::number(value).is_some() => options,
            None => return Err(untyped()),
        },
        "domain" => options.domain(Domain::parse(text()?)?),
        "isSatellite" => options.is_satellite(flag()?),
        "proxyUrl" => options.proxy_url(ProxyUrl::parse(text()?)?),
        "satelliteAutoSync" => options.satellite_auto_sync(flag()?),
        "signInUrl" => options.sign_in_url(text()?.to_owned()),
        "signUpUrl" => options.sign_up_url(text()?.to_owned()),
        "afterSignInUrl" => options.after_sign_in_url(text()?.to_owned()),
        "afterSignUpUrl" => options.after_sign_up_url(text()?.to_owned()),
        "acceptsToken" => options.accepts(accepts(value).ok_or_else(untyped)?),
        "organizationSyncOptions" => options.organization_sync(Arc::new(organization_sync(value)?)),
        "apiUrl" | "apiVersion" | "userAgent" => options,
        name => return Err(Unusable::NotExpressible(format!("the option {name}"))),
    })
}

fn publishable_key(text: &str) -> Result<PublishableKey, Unusable> {
    PublishableKey::parse(text).map_err(|error| {
        Unusable::Error(ConfigError::new(
            clerk_errors::ConfigErrorKind::Malformed,
            "the publishable key",
            error.to_string(),
        ))
    })
}

/// A text, or a list of texts.
pub(super) fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(list) => list
            .iter()
            .map(|text| text.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    }
}

fn accepts(value: &Value) -> Option<AcceptsToken> {
    match value {
        Value::String(text) if text == "any" => Some(AcceptsToken::Any),
        Value::String(text) => text.parse::<TokenType>().ok().map(AcceptsToken::One),
        Value::Array(list) => {
            let types = list.iter().map(|name| name.as_str()?.parse().ok());
            types.collect::<Option<Vec<_>>>().map(AcceptsToken::AnyOf)
        }
        _ => None,
    }
}

fn organization_sync(value: &Value) -> Result<OrganizationSync, Unusable> {
    let patterns = |name: &str| match value.get(name) {
        None => Ok(Vec::new()),
        Some(patterns) => texts(patterns)
            .ok_or_else(|| Unusable::NotExpressible(format!("{name} of another type"))),
    };
    Ok(OrganizationSync::new(
        patterns("organizationPatterns")?,
        patterns("personalAccountPatterns")?,
    )?)
}

/// Outgoing calls, answered from the vector.
pub(super) struct Canned(pub(super) Arc<Script>);

impl Transport for Canned {
    fn send(&self, request: http::Request<Bytes>) -> TransportFuture {
        let headers: Vec<(String, String)> = request
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect();
        let answer = self.0.answer(SentRequest {
            method: request.method().as_str(),
            url: &request.uri().to_string(),
            headers: &headers,
            body: request.body(),
        });
        let answer = match answer {
            Ok(CannedResponse::Answer(answer)) => {
                let mut response = http::Response::builder().status(answer.status);
                for (name, value) in &answer.headers {
                    response = response.header(name, value);
                }
                response.body(Bytes::from(answer.body)).map_err(|error| {
                    TransportError::new(TransportErrorKind::Other, Sent::Maybe, error.to_string())
                })
            }
            Ok(CannedResponse::NetworkFailure(why)) | Err(why) => Err(TransportError::new(
                TransportErrorKind::Connect,
                Sent::No,
                why,
            )),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// Runs what never waits.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = TaskContext::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

fn describe(state: &RequestState) -> Value {
    let headers: Vec<Value> = {
        let mut headers: Vec<(&str, String)> = state
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = value.as_bytes().iter().copied().map(char::from).collect();
                (name.as_str(), value)
            })
            .collect();
        // Values of one name keep their order.
        headers.sort_by_key(|(name, _)| *name);
        headers
            .iter()
            .map(|(name, value)| json!([name, value]))
            .collect()
    };
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let mut described = json!({
        "status": state.status(),
        "reason": state.reason().map(clerk_internal::state::Reason::as_str),
        "message": if state.is_authenticated() { Value::Null } else { json!(state.message()) },
        "token_type": state.token_type().map(TokenType::as_str),
        "is_signed_in": state.is_authenticated(),
        "is_authenticated": state.is_authenticated(),
        "token": state.token(),
        "proxy_url": text(state.proxy_url()),
        "publishable_key": text(state.publishable_key().map(PublishableKey::as_str)),
        "is_satellite": state.is_satellite(),
        "domain": text(state.domain()),
        "sign_in_url": text(state.sign_in_url()),
        "sign_up_url": text(state.sign_up_url()),
        "after_sign_in_url": text(state.after_sign_in_url()),
        "after_sign_up_url": text(state.after_sign_up_url()),
        "headers": headers,
        "to_auth": { "ok": auth(state, PendingSessions::SignedOut) },
    });
    let pending = auth(state, PendingSessions::SignedIn);
    described["to_auth_pending"] = if described["to_auth"]["ok"] == pending {
        json!("=")
    } else {
        json!({ "ok": pending })
    };
    if let Some(location) = state.location().and_then(|location| location.to_str().ok()) {
        described["location"] = take_apart(location);
    }
    described
}

fn auth(state: &RequestState, pending: PendingSessions) -> Value {
    match state {
        RequestState::Handshake(_) | RequestState::Unavailable(_) => Value::Null,
        state => serde_json::to_value(state.auth_with(pending)).unwrap_or_default(),
    }
}

/// A location as `{base, query, fragment}` with decoded query values.
fn take_apart(location: &str) -> Value {
    let Ok(url) = Url::parse(location) else {
        return json!(location);
    };
    let query: Vec<Value> = url
        .query_pairs()
        .map(|(name, value)| json!([name, value]))
        .collect();
    json!({
        "base": format!("{}{}", url.origin_str(), url.path()),
        "query": query,
        "fragment": url.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default(),
    })
}

/// Leaves out what is there for information, and what is compared taken apart.
pub(super) fn informational(outcome: &mut Value) {
    let Some(state) = outcome.get_mut("ok").and_then(Value::as_object_mut) else {
        return;
    };
    state.remove("message");
    if let Some(headers) = state.get_mut("headers").and_then(Value::as_array_mut) {
        headers.retain(|header| header[0] != "x-clerk-auth-message");
        for header in headers {
            if header[0] == "location" {
                header[1].take();
            }
        }
    }
}
