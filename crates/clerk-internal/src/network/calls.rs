//! The calls of authentication over a client of the Backend API.

use clerk_core::Secret;
use clerk_core::url::PathSegment;
use clerk_errors::api::{ApiError, ApiErrorKind};
use clerk_http::{ApiClient, ApiRequest, ApiResponse};
use http::Method;
use serde_json::{Map, Value, json};

use crate::decide::{CallFailure, RefreshRequest};
use crate::driver::{BackendCalls, Call, CallFuture};
use crate::token_type::MachineTokenType;

impl BackendCalls for ApiClient {
    fn handshake_payload<'a>(
        &'a self,
        call: &'a Call,
        nonce: &'a Secret,
    ) -> CallFuture<'a, Vec<String>> {
        Box::pin(async move {
            let request = ApiRequest::new(
                "clients.handshake_payload",
                Method::GET,
                "/clients/handshake_payload",
            )
            .query("nonce", nonce.expose());
            let answer = send(self, with_secret_key(request, call)).await?;
            Ok(texts(answer.get("directives")))
        })
    }

    fn refresh_session<'a>(
        &'a self,
        call: &'a Call,
        request: &'a RefreshRequest,
    ) -> CallFuture<'a, Vec<String>> {
        Box::pin(async move {
            let session = segment(&request.session_id)?;
            let headers: Map<String, Value> = request
                .request_headers
                .iter()
                .map(|(name, value)| (name.clone(), json!([value.expose()])))
                .collect();
            let body = json!({
                "format": "cookie",
                "expired_token": request.expired_token.expose(),
                "refresh_token": request.refresh_token.expose(),
                "request_origin": request.request_origin,
                "request_headers": headers,
            });
            let mut sent = ApiRequest::new(
                "sessions.refresh",
                Method::POST,
                format!("/sessions/{session}/refresh"),
            );
            if request.suffixed_cookies {
                sent = sent.query("suffixed_cookies", "true");
            }
            let sent = sent.json(&body).map_err(failure)?;
            let answer = send(self, with_secret_key(sent, call)).await?;
            Ok(texts(answer.get("cookies")))
        })
    }

    fn verify_machine_token<'a>(
        &'a self,
        call: &'a Call,
        token_type: MachineTokenType,
        token: &'a Secret,
    ) -> CallFuture<'a, Value> {
        Box::pin(async move {
            let (operation, path, parameter) = match token_type {
                MachineTokenType::M2m => ("m2m_tokens.verify", "/m2m_tokens/verify", "token"),
                MachineTokenType::OAuth => (
                    "oauth_access_tokens.verify",
                    "/oauth_applications/access_tokens/verify",
                    "access_token",
                ),
                MachineTokenType::ApiKey => ("api_keys.verify", "/api_keys/verify", "secret"),
            };
            // TOK-23: these paths have no version.
            let request = ApiRequest::new(operation, Method::POST, path)
                .unversioned()
                .json(&json!({ parameter: token.expose() }))
                .map_err(failure)?;
            let machine_key = match token_type {
                MachineTokenType::M2m => call.machine_secret_key.as_ref(),
                _ => None,
            };
            let request = match machine_key {
                Some(key) => request.bearer(Secret::new(key.expose())),
                None => with_secret_key(request, call),
            };
            send(self, request).await
        })
    }

    fn session_token<'a>(
        &'a self,
        call: &'a Call,
        session_id: &'a str,
        template: Option<&'a str>,
        expires_in_seconds: Option<u64>,
    ) -> CallFuture<'a, String> {
        Box::pin(async move {
            let session = segment(session_id)?;
            let path = match template {
                Some(template) => format!("/sessions/{session}/tokens/{}", segment(template)?),
                None => format!("/sessions/{session}/tokens"),
            };
            let mut request = ApiRequest::new("sessions.create_token", Method::POST, path);
            if let Some(seconds) = expires_in_seconds {
                request = request
                    .json(&json!({ "expires_in_seconds": seconds }))
                    .map_err(failure)?;
            }
            let answer = send(self, with_secret_key(request, call)).await?;
            match answer.get("jwt").and_then(Value::as_str) {
                Some(token) => Ok(token.to_owned()),
                None => Err(CallFailure::outage("Clerk's answer has no token.")),
            }
        })
    }
}

fn with_secret_key(request: ApiRequest, call: &Call) -> ApiRequest {
    match &call.secret_key {
        Some(key) => request.bearer(Secret::new(key.expose())),
        None => request,
    }
}

/// HTTP-3: an id is one encoded segment of the path.
fn segment(id: &str) -> Result<PathSegment, CallFailure> {
    PathSegment::encode(id)
        .map_err(|_| CallFailure::answer(400, "The id cannot be part of a path."))
}

async fn send(client: &ApiClient, request: ApiRequest) -> Result<Value, CallFailure> {
    let answer = client.send(request).await.map_err(failure)?;
    decode(&answer)
}

fn decode(answer: &ApiResponse) -> Result<Value, CallFailure> {
    if answer.is_empty() {
        let status = answer.status().as_u16();
        return Err(CallFailure::answer(status, "Clerk's answer is empty."));
    }
    answer.json().map_err(failure)
}

fn texts(list: Option<&Value>) -> Vec<String> {
    list.and_then(crate::machine::text_list).unwrap_or_default()
}

/// What a failed call means to authentication.
fn failure(error: ApiError) -> CallFailure {
    let mut failure = CallFailure::outage(error.message().to_owned());
    failure.is_outage = error.is_outage();
    failure.status = match error.kind() {
        // An answer that cannot be read says nothing about what was asked, whatever its status.
        ApiErrorKind::Decode => None,
        // Nothing was sent, because of what was asked.
        ApiErrorKind::Invalid => Some(400),
        _ => error.status().map(|status| status.as_u16()),
    };
    failure.code = error.errors().first().map(|error| error.code.clone());
    failure.retry_after = error.retry_after();
    failure.with_source(error)
}
