//! Requests that cannot be proxied.

use std::error::Error;
use std::fmt;

use clerk_errors::ConfigError;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};

use crate::ProxyBody;

/// Why a request was not proxied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProxyErrorKind {
    /// The proxy is not set up: 500.
    Configuration,
    /// The path is not the proxy's: 400.
    PathMismatch,
    /// The request cannot be passed on as it is: 400.
    BadRequest,
    /// The client did not send its body in time: 408.
    ClientTimeout,
    /// The body is larger than the limit: 413.
    TooLarge,
    /// The Frontend API could not be reached or did not answer with HTTP: 502.
    Upstream,
    /// The Frontend API did not answer in time: 504.
    Timeout,
}

impl ProxyErrorKind {
    /// The status that clients get.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Configuration => StatusCode::INTERNAL_SERVER_ERROR,
            Self::PathMismatch | Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::ClientTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Upstream => StatusCode::BAD_GATEWAY,
            Self::Timeout => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// The code in the answer: Clerk's own.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Configuration => "proxy_configuration_error",
            Self::PathMismatch => "proxy_path_mismatch",
            _ => "proxy_request_failed",
        }
    }

    /// What clients are told: nothing about what is behind the proxy.
    const fn message(self) -> &'static str {
        match self {
            Self::Configuration => {
                "The proxy is not set up; the application's log says what is missing."
            }
            Self::PathMismatch => "The path of the request is not below the path of the proxy.",
            Self::BadRequest => "The request cannot be passed on.",
            Self::ClientTimeout => "The body of the request did not arrive in time.",
            Self::TooLarge => "The body of the request is too large.",
            Self::Upstream => "The Frontend API could not be reached.",
            Self::Timeout => "The Frontend API did not answer in time.",
        }
    }
}

/// A request that was not proxied: what kind of failure, and for the log what happened.
///
/// [`into_response`](Self::into_response) is what clients get; it leaves out the particulars.
#[derive(Debug)]
pub struct ProxyError {
    kind: ProxyErrorKind,
    problem: &'static str,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl ProxyError {
    pub(crate) fn new(kind: ProxyErrorKind, problem: &'static str) -> Self {
        Self {
            kind,
            problem,
            source: None,
        }
    }

    pub(crate) fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    pub(crate) fn configuration(error: &ConfigError) -> Self {
        Self::new(ProxyErrorKind::Configuration, "the proxy is not set up")
            .with_source(error.clone())
    }

    /// The kind of failure.
    #[must_use]
    pub fn kind(&self) -> ProxyErrorKind {
        self.kind
    }

    /// The answer for the client: status, and JSON with a code and a message that tells nothing about what is behind.
    #[must_use]
    pub fn into_response(self) -> Response<ProxyBody> {
        // PXY-3, PXY-18.
        let body = serde_json::json!({
            "errors": [{"code": self.kind.code(), "message": self.kind.message()}],
        });
        let mut response = Response::new(ProxyBody::from_bytes(body.to_string().into()));
        *response.status_mut() = self.kind.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl Error for ProxyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: PXY-3, PXY-4, PXY-5, PXY-18
    #[test]
    fn statuses_and_codes() {
        use ProxyErrorKind as Kind;
        for (kind, status, code) in [
            (Kind::Configuration, 500, "proxy_configuration_error"),
            (Kind::PathMismatch, 400, "proxy_path_mismatch"),
            (Kind::BadRequest, 400, "proxy_request_failed"),
            (Kind::ClientTimeout, 408, "proxy_request_failed"),
            (Kind::TooLarge, 413, "proxy_request_failed"),
            (Kind::Upstream, 502, "proxy_request_failed"),
            (Kind::Timeout, 504, "proxy_request_failed"),
        ] {
            assert_eq!(kind.status(), status);
            assert_eq!(kind.code(), code);
            let response = ProxyError::new(kind, "internals").into_response();
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()["content-type"], "application/json");
            assert_eq!(response.headers()["cache-control"], "no-store");
        }
    }
}
