//! Answers in Rocket's types.

use std::io::Cursor;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use rocket::catcher::Catcher;
use rocket::http::Status;
use rocket::{Request, Response};

/// An answer as a response.
pub(crate) fn respond(answer: http::Response<String>) -> Response<'static> {
    let (parts, body) = answer.into_parts();
    let mut response = Response::new();
    response.set_status(Status::new(parts.status.as_u16()));
    adjoin(&parts.headers, &mut response);
    response.set_sized_body(body.len(), Cursor::new(body));
    response
}

/// Adds headers to those of a response.
pub(crate) fn adjoin(headers: &HeaderMap, response: &mut Response<'_>) {
    for (name, value) in headers {
        if let Some(value) = text(value) {
            response.adjoin_raw_header(name.as_str().to_owned(), value);
        }
    }
}

/// Renders what a guard has refused, where nobody else has: neither a catcher nor a handler that took the guard's error.
pub(crate) async fn render<'r>(
    refusal: http::Response<String>,
    request: &'r Request<'_>,
    response: &mut Response<'r>,
) {
    // A handler that took the guard's error or an `Option` has gone on.
    if response.status().code != refusal.status().as_u16() {
        return;
    }
    // A catcher for everything knows no place to go to.
    let is_open = if refusal.headers().contains_key(LOCATION) {
        !response.headers().contains("location")
    } else {
        is_of_rocket(request, response).await
    };
    let (parts, body) = refusal.into_parts();
    if is_open {
        response.remove_header(CONTENT_TYPE.as_str());
        response.set_sized_body(body.len(), Cursor::new(body));
    }
    for (name, value) in &parts.headers {
        let is_taken = name == CONTENT_TYPE || response.headers().contains(name.as_str());
        if let Some(value) = text(value).filter(|_| is_open || !is_taken) {
            response.set_raw_header(name.as_str().to_owned(), value);
        }
    }
}

/// Whether this is the page of Rocket's own catcher, which answers where nobody has registered one.
async fn is_of_rocket<'r>(request: &'r Request<'_>, response: &mut Response<'r>) -> bool {
    let catcher = Catcher::default();
    let Ok(mut page) = catcher.handler.handle(response.status(), request).await else {
        return false;
    };
    if response.content_type() != page.content_type()
        || response.body().preset_size() != page.body().preset_size()
    {
        return false;
    }
    let (Ok(found), Ok(expected)) = (
        response.body_mut().to_bytes().await,
        page.body_mut().to_bytes().await,
    ) else {
        return false;
    };
    let is_same = found == expected;
    response.set_sized_body(found.len(), Cursor::new(found));
    is_same
}

/// Rocket's headers are text.
fn text(value: &HeaderValue) -> Option<String> {
    let text = std::str::from_utf8(value.as_bytes());
    text.ok().map(str::to_owned)
}
