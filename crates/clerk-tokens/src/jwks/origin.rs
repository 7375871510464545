//! Where keys come from, asked once.

use std::fmt;
use std::time::Duration;

use clerk_core::PublishableKey;
use clerk_errors::ConfigError;
use clerk_errors::api::{ApiError, ApiErrorKind};
use clerk_http::{ApiClient, ApiRequest, SharedTransport};
use http::{Method, StatusCode};

use super::document::MAX_DOCUMENT;
use super::{KeyDocument, KeyScope, LoadError, LoadErrorKind};
use crate::json;

/// An address that answers with a key set.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    client: ApiClient,
    request: ApiRequest,
}

impl Origin {
    /// JWKS-1, JWKS-2: `jwks` below the Backend API's version, with the secret key.
    pub(super) fn backend_api(client: ApiClient) -> Self {
        Self::new(client, ApiRequest::new("jwks.get", Method::GET, "/jwks"))
    }

    /// JWKS-14: the Frontend API's public document, without any secret.
    pub(super) fn frontend_api(
        key: &PublishableKey,
        transport: SharedTransport,
    ) -> Result<Self, ConfigError> {
        Self::public(key.frontend_api().origin().as_str(), transport)
    }

    pub(super) fn public(base_url: &str, transport: SharedTransport) -> Result<Self, ConfigError> {
        let client = ApiClient::builder(transport)
            .api_url(base_url)
            .api_version("")
            .build()?;
        let path = "/.well-known/jwks.json";
        let request = ApiRequest::new("frontend_api.jwks", Method::GET, path).anonymous();
        Ok(Self::new(client, request))
    }

    fn new(client: ApiClient, request: ApiRequest) -> Self {
        Self {
            client,
            request: request.max_body(MAX_DOCUMENT),
        }
    }

    pub(super) fn scope(&self) -> KeyScope {
        KeyScope::of(&self.client.scope(&self.request))
    }

    /// One attempt.
    pub(super) async fn fetch(&self, limit: Duration) -> Result<KeyDocument, LoadError> {
        let request = self.request.clone().timeout(limit);
        let answer = self.client.send(request).await.map_err(classify)?;
        KeyDocument::parse(answer.body())
            .map_err(|error| error.with_status(answer.status().as_u16()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.client.url_of(&self.request).unwrap_or_default())
    }
}

/// What an error of the call means for the keys.
fn classify(error: ApiError) -> LoadError {
    let (kind, message) = match (error.kind(), error.status()) {
        (ApiErrorKind::TooLarge, _) => (
            LoadErrorKind::NotKeys,
            "the answer is larger than a set of keys can be",
        ),
        (ApiErrorKind::Status, Some(status)) => of_status(status, &error),
        (ApiErrorKind::Invalid, _) => (LoadErrorKind::Settings, "the request was not sent"),
        (ApiErrorKind::Timeout, _) => (LoadErrorKind::Unreachable, "no answer in time"),
        _ => (LoadErrorKind::Unreachable, "no answer"),
    };
    let message = match kind {
        LoadErrorKind::Settings => error.message().to_owned(),
        _ => message.to_owned(),
    };
    LoadError::new(kind, message).with_source(error)
}

fn of_status(status: StatusCode, error: &ApiError) -> (LoadErrorKind, &'static str) {
    // JWKS-9: whatever the answer says it is, one that names this code is taken at its word.
    if status.is_client_error() && names_invalid_key(error) {
        return (
            LoadErrorKind::SecretKeyInvalid,
            "Clerk refused the secret key",
        );
    }
    match status {
        StatusCode::TOO_MANY_REQUESTS => (LoadErrorKind::Overloaded, "too many requests"),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => {
            (LoadErrorKind::Overloaded, "the request came to nothing")
        }
        _ if status.is_client_error() => (
            LoadErrorKind::Refused,
            "there are no keys here for this secret key",
        ),
        _ if status.is_server_error() => (LoadErrorKind::Overloaded, "the server failed"),
        _ => (LoadErrorKind::Overloaded, "the answer is not Clerk's"),
    }
}

/// JWT-33
fn names_invalid_key(error: &ApiError) -> bool {
    const CODE: &str = "clerk_key_invalid";
    if error.code(CODE) {
        return true;
    }
    let Some(text) = error.body().and_then(|body| std::str::from_utf8(body).ok()) else {
        return false;
    };
    let mut found = false;
    json::members(text, |name, value| {
        if name == b"errors" {
            json::elements(value, |entry| {
                json::members(entry, |name, value| {
                    found |= name == b"code" && json::text(value).as_deref() == Some(CODE);
                });
            });
        }
    });
    found
}
