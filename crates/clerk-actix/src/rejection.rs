//! Rejections as errors of actix.

use std::error::Error;
use std::fmt;
use std::ops::Deref;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use clerk_internal::guard::Rejection;

use crate::response;

/// Why a caller was turned away; answered as HTML for pages and else as JSON.
///
/// To answer in your own way, take `Result<Session, AuthRejection>` in the handler and look at its
/// [`kind`](clerk_internal::guard::Rejection::kind).
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
    fn status_code(&self) -> StatusCode {
        response::status(self.0.status().as_u16())
    }

    fn error_response(&self) -> HttpResponse {
        response::answer(self.0.to_response())
    }
}

/// Why a webhook is not for the handler to handle.
#[derive(Debug)]
#[non_exhaustive]
pub enum WebhookRejection {
    /// It does not verify, was handled before, is being handled, or that cannot be told.
    Rejected(clerk_webhooks::WebhookRejection),
    /// The application has no [`WebhookReceiver`](crate::WebhookReceiver): 500.
    NoReceiver,
}

impl WebhookRejection {
    fn status(&self) -> u16 {
        match self {
            Self::Rejected(rejection) => rejection.status(),
            Self::NoReceiver => 500,
        }
    }
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
            Self::NoReceiver => f.write_str("the application has no webhook receiver"),
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
    fn status_code(&self) -> StatusCode {
        response::status(self.status())
    }

    fn error_response(&self) -> HttpResponse {
        let message = match self {
            Self::Rejected(rejection) => rejection.message(),
            Self::NoReceiver => "something is wrong on our side",
        };
        response::text(self.status(), message)
    }
}
