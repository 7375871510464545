//! A successful answer of the Backend API.

use std::fmt::Display;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use clerk_errors::api::{ApiError, ApiErrorKind, Sent};
use http::header::DATE;
use http::{HeaderMap, Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::api_error::trace_id;
use crate::is_json;

/// A successful answer: its status is 2xx.
#[derive(Clone, Debug)]
pub struct ApiResponse {
    operation: &'static str,
    answer: Response<Bytes>,
}

impl ApiResponse {
    pub(crate) fn new(operation: &'static str, answer: Response<Bytes>) -> Self {
        Self { operation, answer }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.answer.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.answer.headers()
    }

    /// When the server answered by its own clock (`Date`), in milliseconds since the Unix epoch, to the second.
    #[must_use]
    pub fn date_ms(&self) -> Option<i64> {
        let text = self.answer.headers().get(DATE)?.to_str().ok()?;
        let date = httpdate::parse_http_date(text).ok()?;
        let since = date.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since.as_millis()).ok()
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.answer.body()
    }

    /// Whether there is nothing to read: status 204, or an empty body.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        // HTTP-20
        self.answer.status() == StatusCode::NO_CONTENT || self.answer.body().is_empty()
    }

    /// Whether the headers say that the body is JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        is_json(self.answer.headers())
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// [`ApiErrorKind::Decode`], with status and trace id, where the body is not the JSON that `T` is read from. The
    /// error tells the place, not the text found there, which may be a secret.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_slice(self.answer.body()).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            self.decode_error(format!("line {line}, column {column}"))
        })
    }

    /// The error for a body that could not be read: it keeps status, trace id and body. `place` tells where in the
    /// body, and must not quote its values.
    #[must_use]
    pub fn decode_error(&self, place: impl Display) -> ApiError {
        let message = if self.answer.body().is_empty() {
            "the answer has no body".to_owned()
        } else if self.is_json() {
            format!("the answer is not what the operation returns ({place})")
        } else {
            "the answer is not JSON".to_owned()
        };
        // HTTP-28, HTTP-36: what did arrive is told.
        let error = ApiError::new(ApiErrorKind::Decode, Sent::Yes, message)
            .with_operation(self.operation)
            .with_status(self.answer.status())
            .with_body(self.answer.body().clone());
        match trace_id(&self.answer, None) {
            Some(trace_id) => error.with_trace_id(trace_id),
            None => error,
        }
    }

    /// The answer as it came.
    #[must_use]
    pub fn into_inner(self) -> Response<Bytes> {
        self.answer
    }
}
