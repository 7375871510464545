//! A request of actix, whose `http` crate is older, as the engine reads it.

use actix_web::dev::RequestHead;
use actix_web::http::Version;
use actix_web::http::header::{HOST, HeaderMap};
use actix_web::http::uri::Authority;
use clerk_internal::request::{HeaderSource, RequestView};
use clerk_webhooks::WebhookHeaders;

/// The headers of a request.
pub(crate) struct Headers<'r> {
    map: &'r HeaderMap,
    /// HTTP/2 sends the authority in place of the `Host` header.
    host: Option<&'r str>,
}

impl<'r> Headers<'r> {
    pub(crate) fn of(head: &'r RequestHead) -> Self {
        let is_replaced = head.version >= Version::HTTP_2 && !head.headers.contains_key(HOST);
        let authority = head.uri.authority().filter(|_| is_replaced);
        Self {
            map: &head.headers,
            host: authority.map(Authority::as_str),
        }
    }
}

/// The view of a request with these headers.
pub(crate) fn view<'r>(
    head: &'r RequestHead,
    headers: &'r Headers<'r>,
    is_secure: bool,
) -> RequestView<'r> {
    let scheme = if is_secure {
        "https"
    } else {
        head.uri.scheme_str().unwrap_or("http")
    };
    RequestView::from_pieces(
        head.method.as_str(),
        scheme,
        head.uri.authority().map(Authority::as_str),
        head.uri
            .path_and_query()
            .map_or("/", |target| target.as_str()),
        headers,
    )
}

impl HeaderSource for Headers<'_> {
    fn values<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8])) {
        for value in self.map.get_all(name) {
            each(value.as_bytes());
        }
        if let Some(host) = self.host.filter(|_| name == "host") {
            each(host.as_bytes());
        }
    }

    fn entries<'h>(&'h self, each: &mut dyn FnMut(&'h str, &'h [u8])) {
        for (name, value) in self.map {
            each(name.as_str(), value.as_bytes());
        }
        if let Some(host) = self.host {
            each("host", host.as_bytes());
        }
    }
}

impl WebhookHeaders for Headers<'_> {
    fn each_value(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        for value in self.map.get_all(name) {
            visit(value.as_bytes());
        }
    }
}
