//! Rejections as errors of Poem.

use std::error::Error;
use std::fmt;
use std::ops::Deref;

use clerk_internal::guard::Rejection;
use http::StatusCode;
use poem::error::ResponseError;
use poem::{IntoResponse, Response};

/// Why a caller was turned away; answered as HTML for pages and else as JSON.
///
/// To answer in your own way, give `catch_error` a function of this type, inside of
/// [`ClerkMiddleware`](crate::ClerkMiddleware), and look at its [`kind`](clerk_internal::guard::Rejection::kind).
#[derive(Clone, Debug)]
pub struct AuthRejection(pub Rejection);

impl Deref for AuthRejection {
    type Target = Rejection;

    fn deref(&self) -> &Rejection {
        &self.0
    }
}

impl From<Rejection> for AuthRejection {
    fn from(rejection: Rejection) -> Self {
        Self(rejection)
    }
}

impl fmt::Display for AuthRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for AuthRejection {}

impl ResponseError for AuthRejection {
    fn status(&self) -> StatusCode {
        self.0.status()
    }

    fn as_response(&self) -> Response {
        response(self.0.to_response())
    }
}

/// A whole answer as Poem's.
pub(crate) fn response(answer: http::Response<String>) -> Response {
    let (parts, body) = answer.into_parts();
    let mut response = Response::builder().status(parts.status).body(body);
    *response.headers_mut() = parts.headers;
    response
}

/// Why a webhook is not for the handler to handle.
#[derive(Debug)]
#[non_exhaustive]
pub enum WebhookRejection {
    /// It does not verify, was handled before, is being handled, or that cannot be told.
    Rejected(clerk_webhooks::WebhookRejection),
    /// The route's data has no [`WebhookReceiver`](crate::WebhookReceiver): 500.
    NoReceiver,
}

impl From<clerk_webhooks::WebhookRejection> for WebhookRejection {
    fn from(rejection: clerk_webhooks::WebhookRejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl fmt::Display for WebhookRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejection) => rejection.fmt(f),
            Self::NoReceiver => f.write_str("the route's data has no webhook receiver"),
        }
    }
}

impl Error for WebhookRejection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Rejected(rejection) => rejection.source(),
            Self::NoReceiver => None,
        }
    }
}

impl ResponseError for WebhookRejection {
    fn status(&self) -> StatusCode {
        let status = match self {
            Self::Rejected(rejection) => StatusCode::from_u16(rejection.status()).ok(),
            Self::NoReceiver => None,
        };
        status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn as_response(&self) -> Response {
        let message = match self {
            Self::Rejected(rejection) => rejection.message(),
            Self::NoReceiver => "something is wrong on our side",
        };
        message.with_status(self.status()).into_response()
    }
}
