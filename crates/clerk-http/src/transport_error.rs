//! Why no complete answer arrived.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use clerk_errors::api::{ApiError, ApiErrorKind, Sent};
use http::StatusCode;

/// What kept an answer from arriving whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The request cannot be sent as it is, for instance over plain HTTP to a remote host.
    Refused,
    /// No connection: name resolution, TCP, or a proxy in between.
    Connect,
    /// No secure connection: the certificate or the handshake failed.
    Tls,
    /// A deadline passed.
    Timeout,
    /// The connection broke.
    Reset,
    /// What came back is not HTTP.
    Protocol,
    /// The answer is larger than the limit.
    TooLarge,
    /// The request was held back by a limit of our own, and not sent.
    Throttled,
    /// Anything else.
    Other,
}

impl TransportErrorKind {
    const fn describe(self) -> &'static str {
        match self {
            Self::Refused => "the request was not sent",
            Self::Connect => "no connection could be made",
            Self::Tls => "no secure connection could be made",
            Self::Timeout => "a deadline passed",
            Self::Reset => "the connection broke",
            Self::Protocol => "the answer is not HTTP",
            Self::TooLarge => "the answer is too large",
            Self::Throttled => "the request was not sent, to stay below the rate limit",
            Self::Other => "the request failed",
        }
    }
}

/// A request that got no complete answer: what happened, and whether the request may have been received.
///
/// ```
/// use clerk_errors::api::Sent;
/// use clerk_http::{TransportError, TransportErrorKind};
///
/// let error = TransportError::new(TransportErrorKind::Timeout, Sent::Maybe, "no answer within 10 s");
/// assert!(error.may_have_been_sent());
/// assert_eq!(error.to_string(), "a deadline passed: no answer within 10 s");
/// ```
#[derive(Clone, Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    sent: Sent,
    status: Option<StatusCode>,
    retry_after: Option<Duration>,
    message: Cow<'static, str>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl TransportError {
    /// An error of a kind; the message must not quote secrets.
    pub fn new(
        kind: TransportErrorKind,
        sent: Sent,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            kind,
            sent,
            status: None,
            retry_after: None,
            message: message.into(),
            source: None,
        }
    }

    /// Adds the underlying error.
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Adds the status, where the answer broke off after it.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds how long to wait before trying again.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// What kept the answer from arriving.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Whether the request may have been received.
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.sent
    }

    /// Whether the request may have been received: if so, only repeat what may happen twice.
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        self.sent != Sent::No
    }

    /// The status, where the answer broke off after it.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// How long to wait before trying again, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The particulars.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether trying again later may help: everything but a refused request, an answer that is too large and a
    /// certificate that is not trusted.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        !matches!(
            self.kind,
            TransportErrorKind::Refused | TransportErrorKind::TooLarge | TransportErrorKind::Tls
        )
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.describe())?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}

impl From<TransportError> for ApiError {
    fn from(error: TransportError) -> Self {
        let kind = match error.kind {
            TransportErrorKind::Refused => ApiErrorKind::Invalid,
            TransportErrorKind::Timeout => ApiErrorKind::Timeout,
            TransportErrorKind::TooLarge => ApiErrorKind::TooLarge,
            TransportErrorKind::Throttled => ApiErrorKind::Throttled,
            _ => ApiErrorKind::Network,
        };
        let (status, retry_after) = (error.status, error.retry_after);
        let mut api = Self::new(kind, error.sent, error.to_string()).with_source(error);
        // HTTP-36: a status that was received is kept, whatever happened to the body.
        if let Some(status) = status {
            api = api.with_status(status);
        }
        if let Some(wait) = retry_after {
            api = api.with_retry_after(wait);
        }
        api
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: HTTP-36, HTTP-37
    #[test]
    fn a_transport_error_stays_one_within_an_api_error() {
        use TransportErrorKind as Kind;
        for (kind, expected) in [
            (Kind::Refused, ApiErrorKind::Invalid),
            (Kind::Connect, ApiErrorKind::Network),
            (Kind::Tls, ApiErrorKind::Network),
            (Kind::Timeout, ApiErrorKind::Timeout),
            (Kind::Reset, ApiErrorKind::Network),
            (Kind::Protocol, ApiErrorKind::Network),
            (Kind::TooLarge, ApiErrorKind::TooLarge),
            (Kind::Throttled, ApiErrorKind::Throttled),
            (Kind::Other, ApiErrorKind::Network),
        ] {
            let error = TransportError::new(kind, Sent::Maybe, "test").with_status(StatusCode::OK);
            let api = ApiError::from(error);
            assert_eq!(
                (api.kind(), api.sent(), api.status()),
                (expected, Sent::Maybe, Some(StatusCode::OK))
            );
            // What Clerk answered is one type, what kept it from answering another.
            assert!(api.errors().is_empty());
            let source = api
                .source()
                .and_then(|source| source.downcast_ref::<TransportError>());
            assert_eq!(source.map(TransportError::kind), Some(kind));
        }
    }
}
