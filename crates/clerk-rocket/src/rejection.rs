//! Rejections as responses.

use std::error::Error;
use std::fmt;
use std::ops::Deref;

use clerk_internal::guard::Rejection;
use rocket::http::ContentType;
use rocket::response::{self, Responder};
use rocket::{Request, Response};

use crate::answer;

/// Why a caller was turned away; a response in itself, as HTML for pages and else as JSON.
///
/// Sent by [`ClerkFairing`](crate::ClerkFairing) in place of Rocket's own page of the same status, unless a catcher of yours has
/// answered. To answer in a handler, take `Result<Session, AuthRejection>` and look at its
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

impl<'r> Responder<'r, 'static> for AuthRejection {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Ok(answer::respond(self.0.to_response()))
    }
}

/// Why a webhook is not for the handler to handle; a response in itself.
#[derive(Debug)]
pub struct WebhookRejection(pub clerk_webhooks::WebhookRejection);

impl WebhookRejection {
    pub(crate) fn to_response(&self) -> http::Response<String> {
        let mut response = http::Response::new(self.0.message().to_owned());
        let status = http::StatusCode::from_u16(self.0.status());
        *response.status_mut() = status.unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        if let Ok(text) = http::HeaderValue::try_from(ContentType::Plain.to_string()) {
            response
                .headers_mut()
                .insert(http::header::CONTENT_TYPE, text);
        }
        response
    }
}

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

impl<'r> Responder<'r, 'static> for WebhookRejection {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let response: Response<'static> = answer::respond(self.to_response());
        Ok(response)
    }
}
