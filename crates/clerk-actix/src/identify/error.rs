//! An error of what is inside of the middleware.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{Error, HttpResponse, ResponseError};
use clerk_internal::guard::RequestAuth;

use crate::response;

/// Answered as the error itself, and the browser is told what it has to be told: an answer carries new cookies whatever it is.
#[derive(Debug)]
pub(super) struct ErrorWithHeaders {
    pub(super) error: Error,
    pub(super) auth: RequestAuth,
}

impl fmt::Display for ErrorWithHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl ResponseError for ErrorWithHeaders {
    fn status_code(&self) -> StatusCode {
        self.error.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.error.error_response();
        response::tell(&self.auth, response.headers_mut());
        response
    }
}
