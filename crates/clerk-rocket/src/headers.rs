//! A request of Rocket as the engine reads it.

use std::borrow::Cow;

use clerk_internal::request::HeaderSource;
use clerk_webhooks::WebhookHeaders;
use rocket::Request;
use rocket::http::HeaderMap;

/// The headers of a request.
///
/// Rocket has dropped those whose values are not UTF-8: what they say counts for nobody.
pub(crate) struct Headers<'r> {
    map: &'r HeaderMap<'r>,
    /// HTTP/2 sends the authority in place of the `Host` header.
    host: Option<String>,
}

impl<'r> Headers<'r> {
    pub(crate) fn of(request: &'r Request<'_>) -> Self {
        let map = request.headers();
        let authority = request.host().filter(|_| !map.contains("host"));
        Self {
            map,
            host: authority.map(ToString::to_string),
        }
    }
}

impl HeaderSource for Headers<'_> {
    fn values<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8])) {
        for value in self.map.get(name) {
            each(value.as_bytes());
        }
        if let Some(host) = self.host.as_deref().filter(|_| name == "host") {
            each(host.as_bytes());
        }
    }

    fn entries<'h>(&'h self, each: &mut dyn FnMut(&'h str, &'h [u8])) {
        for header in self.map.iter() {
            // The iterator lends both; names that came over the wire are in lower case.
            if let (Cow::Borrowed(name), Cow::Borrowed(value)) =
                (header.name.into_cow(), header.value)
            {
                each(name, value.as_bytes());
            }
        }
        if let Some(host) = &self.host {
            each("host", host.as_bytes());
        }
    }
}

impl WebhookHeaders for Headers<'_> {
    fn each_value(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        for value in self.map.get(name) {
            visit(value.as_bytes());
        }
    }
}
