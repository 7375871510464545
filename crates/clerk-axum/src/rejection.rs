//! Rejections as responses.

use std::error::Error;
use std::fmt;
use std::ops::Deref;

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use clerk_internal::guard::Rejection;
use http::StatusCode;

/// Why a caller was turned away; a response in itself, as HTML for pages and else as JSON.
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

impl IntoResponse for AuthRejection {
    fn into_response(self) -> Response {
        self.0.to_response().map(Body::from)
    }
}

/// Why a webhook is not for the handler to handle; a response in itself.
#[derive(Debug)]
pub struct WebhookRejection(pub clerk_webhooks::WebhookRejection);

impl Deref for WebhookRejection {
    type Target = clerk_webhooks::WebhookRejection;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<clerk_webhooks::WebhookRejection> for WebhookRejection {
    fn from(rejection: clerk_webhooks::WebhookRejection) -> Self {
        Self(rejection)
    }
}

impl fmt::Display for WebhookRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for WebhookRejection {}

impl IntoResponse for WebhookRejection {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, self.0.message()).into_response()
    }
}
