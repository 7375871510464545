//! Answers and headers as actix's, whose `http` crate is older.

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use clerk_internal::guard::RequestAuth;

/// A whole answer.
pub(crate) fn answer(answer: http::Response<String>) -> HttpResponse {
    let (parts, body) = answer.into_parts();
    let mut response = HttpResponse::with_body(status(parts.status.as_u16()), body.boxed());
    append(&parts.headers, response.headers_mut());
    response
}

/// A short text.
pub(crate) fn text(code: u16, text: &'static str) -> HttpResponse {
    let mut response = HttpResponse::with_body(status(code), BoxBody::new(text));
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response
        .headers_mut()
        .insert(actix_web::http::header::CONTENT_TYPE, plain);
    response
}

pub(crate) fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Adds what the browser has to be told.
pub(crate) fn tell(auth: &RequestAuth, response: &mut HeaderMap) {
    let mut headers = http::HeaderMap::new();
    auth.append_headers(&mut headers);
    append(&headers, response);
}

/// Adds headers; those of one name stay apart.
pub(crate) fn append(headers: &http::HeaderMap, response: &mut HeaderMap) {
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        // What is a header in one version of the crate is one in the other.
        if let (Ok(name), Ok(value)) = (name, value) {
            response.append(name, value);
        }
    }
}
