//! A request as it came.

use clerk_internal::request::RequestView;
use http::Uri;
#[cfg(feature = "proxy")]
use http::uri::PathAndQuery;
use http::uri::Scheme;
use poem::Request;

/// What the client asked for. In a nested route the request's own URI is only the rest of it.
pub(crate) fn uri(request: &Request) -> &Uri {
    let length = |uri: &Uri| {
        uri.path_and_query()
            .map_or(0, |target| target.as_str().len())
    };
    // Only Poem's own server fills in the original one: everywhere else it is `/`, whatever was asked for.
    if length(request.original_uri()) < length(request.uri()) {
        request.uri()
    } else {
        request.original_uri()
    }
}

/// Path and query.
#[cfg(feature = "proxy")]
pub(crate) fn target(request: &Request) -> &str {
    let target = uri(request).path_and_query();
    target.map_or("/", PathAndQuery::as_str)
}

/// Whether it came in by TLS that this server ended.
pub(crate) fn is_secure(request: &Request) -> bool {
    *request.scheme() == Scheme::HTTPS
}

/// As the engine reads it.
pub(crate) fn view(request: &Request) -> RequestView<'_> {
    let uri = uri(request);
    let view = RequestView::from_parts(request.method(), uri, request.version(), request.headers());
    if is_secure(request) {
        view.with_scheme("https")
    } else {
        view
    }
}
