//! The proxy for the Frontend API in front of an application.

use std::io;

use clerk_proxy::{FrontendProxy, RequestPieces};
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use poem::{Addr, Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};

use crate::request::{is_secure, target, uri};

/// Answers the requests of a [`FrontendProxy`] and passes all others on.
///
/// Put it outside of [`ClerkMiddleware`](crate::ClerkMiddleware), which is after it: what goes to Clerk is not authenticated here.
///
/// ```
/// use clerk_poem::{ClerkMiddleware, ProxyMiddleware};
/// # use clerk_internal::Authenticator;
/// use clerk_proxy::FrontendProxy;
/// use poem::{EndpointExt, Route};
///
/// # fn build(clerk: Authenticator, proxy: FrontendProxy) {
/// let app = Route::new()
///     .with(ClerkMiddleware::new(clerk))
///     .with(ProxyMiddleware::new(proxy));
/// # let _ = app;
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ProxyMiddleware {
    proxy: FrontendProxy,
}

impl ProxyMiddleware {
    /// Proxies what is this proxy's, by its path.
    pub fn new(proxy: FrontendProxy) -> Self {
        Self { proxy }
    }
}

impl<E: Endpoint> Middleware<E> for ProxyMiddleware {
    type Output = ProxyEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        let proxy = self.proxy.clone();
        ProxyEndpoint { proxy, inner }
    }
}

/// The endpoint that [`ProxyMiddleware`] puts around another.
#[derive(Clone, Debug)]
pub struct ProxyEndpoint<E> {
    proxy: FrontendProxy,
    inner: E,
}

impl<E: Endpoint> Endpoint for ProxyEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if !self.proxy.matches(uri(&request).path()) {
            return self
                .inner
                .call(request)
                .await
                .map(IntoResponse::into_response);
        }
        let pieces = pieces(&request);
        let body = BoxBody::from(request.into_body());
        let answer = self.proxy.handle_pieces(pieces, body).await;
        let (parts, body) = answer.into_parts();
        let body = BoxBody::new(body.map_err(io::Error::other));
        let mut response = Response::builder()
            .status(parts.status)
            .body(Body::from(body));
        *response.headers_mut() = parts.headers;
        Ok(response)
    }
}

fn pieces(request: &Request) -> RequestPieces {
    let mut pieces = RequestPieces::new(request.method().as_str(), target(request));
    for (name, value) in request.headers() {
        pieces = pieces.header(name.as_str(), value.as_bytes());
    }
    if is_secure(request) {
        pieces = pieces.secure();
    }
    match &request.remote_addr().0 {
        Addr::SocketAddr(peer) => pieces.peer(peer.ip()),
        _ => pieces,
    }
}
