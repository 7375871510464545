//! Sends calls of the Backend API and tells answers from errors.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use clerk_core::{Clock, Secret, constants};
use clerk_errors::api::{ApiError, ApiErrorKind, Sent};
use clerk_errors::{ConfigError, ConfigErrorKind};
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Request};

use crate::api_request::{Authorization, Body};
use crate::api_url::ApiUrl;
use crate::{
    ApiRequest, ApiResponse, BodyLimit, Deadlines, Operation, SharedTransport, Transport, api_error,
};

const CLERK_API_VERSION: HeaderName = HeaderName::from_static("clerk-api-version");

/// One instance's access to the Backend API: base URL, keys, standard headers, and a transport.
///
/// Cheap to clone. The secret key goes to the configured base URL only, and is marked sensitive in the headers.
///
/// ```no_run
/// use clerk_http::{ApiClient, ApiRequest, SharedTransport};
/// use http::Method;
///
/// # async fn example(transport: SharedTransport) -> Result<(), Box<dyn std::error::Error>> {
/// let client = ApiClient::builder(transport).secret_key("sk_test_...").build()?;
/// let answer = client.send(ApiRequest::new("jwks.get", Method::GET, "/jwks")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ApiClient {
    inner: Arc<Inner>,
}

struct Inner {
    transport: SharedTransport,
    url: ApiUrl,
    version: String,
    secret_key: Option<HeaderValue>,
    machine_secret_key: Option<HeaderValue>,
    user_agent: HeaderValue,
    deadlines: Option<Deadlines>,
    clock: Clock,
}

impl ApiClient {
    /// Starts with a transport and Clerk's defaults.
    pub fn builder(transport: SharedTransport) -> ApiClientBuilder {
        ApiClientBuilder {
            transport,
            api_url: None,
            api_version: None,
            secret_key: None,
            machine_secret_key: None,
            user_agent: None,
            deadlines: None,
            clock: None,
            allow_plain_http: false,
        }
    }

    /// The URL a call goes to; `None` where its path could leave its place (`..`).
    #[must_use]
    pub fn url_of(&self, request: &ApiRequest) -> Option<String> {
        let version = if request.versioned {
            self.inner.version.as_str()
        } else {
            ""
        };
        self.inner.url.join(version, &request.path, &request.query)
    }

    /// What tells the answers to this call from those of another instance: its URL and the secret that goes with it.
    /// To be hashed, not kept.
    #[must_use]
    pub fn scope(&self, request: &ApiRequest) -> Secret {
        let url = self.url_of(request).unwrap_or_default();
        let secret = match self.authorization(&request.authorization) {
            Ok(Some(value)) => Secret::new(value.to_str().unwrap_or_default()),
            _ => Secret::new(""),
        };
        Secret::new(format!("{url}\n{}", secret.expose()))
    }

    /// Whether a secret key is configured.
    #[must_use]
    pub fn has_secret_key(&self) -> bool {
        self.inner.secret_key.is_some()
    }

    /// The clock dates in answers are read with.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The transport calls are sent with.
    #[must_use]
    pub fn transport(&self) -> &SharedTransport {
        &self.inner.transport
    }

    /// Sends a call.
    ///
    /// The future is independent of the client: dropping it gives up on the answer.
    ///
    /// # Errors
    ///
    /// [`ApiError`] where the call could not be made, got no complete answer, or one that is not 2xx.
    pub fn send(
        &self,
        request: ApiRequest,
    ) -> impl Future<Output = Result<ApiResponse, ApiError>> + use<> {
        let operation = request.operation;
        let sent = self
            .prepare(request)
            .map(|request| self.inner.transport.send(request));
        let inner = Arc::clone(&self.inner);
        async move {
            let answer = sent
                .map_err(|error| error.with_operation(operation))?
                .await
                .map_err(|error| ApiError::from(error).with_operation(operation))?;
            if answer.status().is_success() {
                Ok(ApiResponse::new(operation, answer))
            } else {
                // HTTP-22: redirects are not followed, so that they are errors too.
                Err(api_error(&answer, &inner.clock).with_operation(operation))
            }
        }
    }

    /// The complete HTTP request for a call.
    ///
    /// # Errors
    ///
    /// [`ApiErrorKind::Invalid`] where the call needs a secret key and none is configured, or does not make a valid
    /// request.
    pub fn prepare(&self, request: ApiRequest) -> Result<Request<Bytes>, ApiError> {
        // HTTP-2
        let url = self
            .url_of(&request)
            .ok_or_else(|| invalid("the path has a dot segment"))?;
        let authorization = self.authorization(&request.authorization)?;
        let (content_type, body) = match request.body {
            // HTTP-12: said of every request, also of one without a body.
            Body::Empty => (HeaderValue::from_static("application/json"), Bytes::new()),
            Body::Json(body) => (HeaderValue::from_static("application/json"), body),
            Body::Other(content_type, body) => (content_type, body),
        };
        let mut built = Request::builder()
            .method(request.method)
            .uri(url)
            .body(body)
            .map_err(|_| invalid("the path does not make a URL"))?;
        let headers = built.headers_mut();
        headers.insert(
            CLERK_API_VERSION,
            HeaderValue::from_static(constants::SUPPORTED_API_VERSION),
        );
        headers.insert(USER_AGENT, self.inner.user_agent.clone());
        headers.insert(CONTENT_TYPE, content_type);
        if let Some(value) = authorization {
            headers.insert(AUTHORIZATION, value);
        }
        // HTTP-10, HTTP-11: what a call brings wins.
        merge(headers, request.headers);
        built.extensions_mut().insert(Operation(request.operation));
        if let Some(deadlines) = request.deadlines.or(self.inner.deadlines) {
            built.extensions_mut().insert(deadlines);
        }
        if let Some(bytes) = request.max_body {
            built.extensions_mut().insert(BodyLimit(bytes));
        }
        Ok(built)
    }

    fn authorization(&self, asked: &Authorization) -> Result<Option<HeaderValue>, ApiError> {
        let inner = &self.inner;
        Ok(match asked {
            Authorization::SecretKey => Some(inner.secret_key.clone().ok_or_else(|| {
                // HTTP-6, KEY-13
                invalid("the secret key is missing: set CLERK_SECRET_KEY to the one on the API keys page of the Clerk Dashboard")
            })?),
            Authorization::SecretKeyIfAny => inner.secret_key.clone(),
            Authorization::MachineSecretKeyIfAny => inner
                .machine_secret_key
                .as_ref()
                .or(inner.secret_key.as_ref())
                .cloned(),
            Authorization::Bearer(secret) => {
                Some(bearer(secret).ok_or_else(|| {
                    invalid("the secret of this call has characters that a header cannot hold")
                })?)
            }
            Authorization::None => None,
        })
    }
}

fn invalid(message: &'static str) -> ApiError {
    ApiError::new(ApiErrorKind::Invalid, Sent::No, message)
}

fn merge(headers: &mut HeaderMap, own: HeaderMap) {
    let mut last = None;
    for (name, value) in own {
        if let Some(name) = name {
            headers.insert(name.clone(), value);
            last = Some(name);
        } else if let Some(name) = &last {
            headers.append(name.clone(), value);
        }
    }
}

/// `Bearer` and the secret, marked so that nobody prints it.
fn bearer(secret: &Secret) -> Option<HeaderValue> {
    // The `http` crate would send other letters as UTF-8; no key has any.
    let printable = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if !secret.expose().bytes().all(printable) {
        return None;
    }
    let text = Secret::new(format!("Bearer {}", secret.expose()));
    let mut value = HeaderValue::from_str(text.expose()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiClient")
            .field("url", &self.inner.url)
            .field("version", &self.inner.version)
            .finish_non_exhaustive()
    }
}

/// Builds an [`ApiClient`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ApiClientBuilder {
    transport: SharedTransport,
    api_url: Option<String>,
    api_version: Option<String>,
    secret_key: Option<Secret>,
    machine_secret_key: Option<Secret>,
    user_agent: Option<String>,
    deadlines: Option<Deadlines>,
    clock: Option<Clock>,
    allow_plain_http: bool,
}

impl ApiClientBuilder {
    /// Sets the base URL; default `https://api.clerk.com`. A path in it is kept in front of every call.
    pub fn api_url(mut self, url: impl Into<String>) -> Self {
        self.api_url = Some(url.into());
        self
    }

    /// Sets the version segment; default `v1`.
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.api_version = Some(version.into());
        self
    }

    /// Sets the secret key. Empty means none.
    pub fn secret_key(mut self, secret: impl Into<Secret>) -> Self {
        self.secret_key = Some(secret.into());
        self
    }

    /// Sets the machine secret key. Empty means none.
    pub fn machine_secret_key(mut self, secret: impl Into<Secret>) -> Self {
        self.machine_secret_key = Some(secret.into());
        self
    }

    /// Sets the `User-Agent`; default this package and its version.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Sets how long calls may take that say nothing about it; default what the transport does.
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = Some(deadlines);
        self
    }

    /// Sets the clock that dates in answers are read with; default the system's.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Accepts a base URL that is plain HTTP to another machine, for tests. Never accepted with a live secret key.
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] naming the setting that cannot be used.
    pub fn build(self) -> Result<ApiClient, ConfigError> {
        let url = ApiUrl::parse(self.api_url.as_deref().unwrap_or(constants::API_URL))?;
        let secret_key = trimmed(self.secret_key);
        let machine_secret_key = trimmed(self.machine_secret_key);
        url.check(secret_key.as_ref(), self.allow_plain_http)?;
        let user_agent = self.user_agent.as_deref().unwrap_or(constants::USER_AGENT);
        Ok(ApiClient {
            inner: Arc::new(Inner {
                transport: self.transport,
                url,
                version: version(self.api_version)?,
                secret_key: header_of("CLERK_SECRET_KEY", secret_key.as_ref())?,
                machine_secret_key: header_of(
                    "CLERK_MACHINE_SECRET_KEY",
                    machine_secret_key.as_ref(),
                )?,
                user_agent: HeaderValue::from_str(user_agent).map_err(|_| {
                    ConfigError::new(
                        ConfigErrorKind::Malformed,
                        "user agent",
                        "has characters that a header cannot hold",
                    )
                })?,
                deadlines: self.deadlines,
                clock: self.clock.unwrap_or_else(system_clock),
            }),
        })
    }
}

/// What stands before the path of versioned calls: one segment or several, or nothing.
fn version(version: Option<String>) -> Result<String, ConfigError> {
    let version = version.unwrap_or_else(|| constants::API_VERSION.to_owned());
    let is_plain = |segment: &str| {
        !matches!(segment, "." | "..")
            && segment
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    };
    if version.split('/').all(is_plain) {
        Ok(version)
    } else {
        Err(ConfigError::new(
            ConfigErrorKind::Malformed,
            "CLERK_API_VERSION",
            "is not a version",
        )
        .with_fix("use v1, or leave it out"))
    }
}

/// A key without the blanks around it that a copy brings along; none where nothing is left.
fn trimmed(secret: Option<Secret>) -> Option<Secret> {
    let secret = secret?;
    let text = secret.expose().trim_matches(' ');
    if text.is_empty() {
        return None;
    }
    Some(if text.len() == secret.expose().len() {
        secret
    } else {
        Secret::new(text)
    })
}

fn header_of(
    setting: &'static str,
    secret: Option<&Secret>,
) -> Result<Option<HeaderValue>, ConfigError> {
    secret
        .map(|secret| {
            bearer(secret).ok_or_else(|| {
                ConfigError::new(
                    ConfigErrorKind::Malformed,
                    setting,
                    "has characters that a header cannot hold",
                )
                .with_fix("copy it again from the Clerk Dashboard")
            })
        })
        .transpose()
}

/// Without a system clock, dates in `Retry-After` are taken as far ahead; seconds are not affected.
fn system_clock() -> Clock {
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    return Clock::system();
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    return Clock::fixed(0);
}

#[cfg(test)]
mod tests;
