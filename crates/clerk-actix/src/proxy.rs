//! The proxy for the Frontend API in front of an application.

use std::fmt;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::{Error, HttpResponse};
use clerk_proxy::{FrontendProxy, ProxyBody, RequestPieces, body_channel};
use http_body::Body;

use crate::response;

/// Answers the requests of a [`FrontendProxy`] and passes all others on.
///
/// Wrap the application in it last, so that it is outside of [`ClerkMiddleware`](crate::ClerkMiddleware): what goes to Clerk is
/// not authenticated here.
///
/// ```
/// use actix_web::App;
/// use clerk_actix::{ClerkMiddleware, ProxyMiddleware};
/// # use clerk_internal::Authenticator;
/// use clerk_proxy::FrontendProxy;
///
/// # fn build(clerk: Authenticator, proxy: FrontendProxy) {
/// let app = App::new()
///     .wrap(ClerkMiddleware::new(clerk))
///     .wrap(ProxyMiddleware::new(proxy));
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

impl<S, B> Transform<S, ServiceRequest> for ProxyMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = ProxyMiddlewareService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        let proxy = self.proxy.clone();
        ready(Ok(ProxyMiddlewareService { proxy, inner }))
    }
}

/// The service that [`ProxyMiddleware`] puts around another.
#[derive(Clone)]
pub struct ProxyMiddlewareService<S> {
    proxy: FrontendProxy,
    inner: S,
}

impl<S, B> Service<ServiceRequest> for ProxyMiddlewareService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        if self.proxy.matches(request.uri().path()) {
            let proxy = self.proxy.clone();
            Box::pin(async move { Ok(proxied(&proxy, request).await.map_into_right_body()) })
        } else {
            let handling = self.inner.call(request);
            Box::pin(async { handling.await.map(ServiceResponse::map_into_left_body) })
        }
    }
}

async fn proxied(proxy: &FrontendProxy, request: ServiceRequest) -> ServiceResponse {
    let pieces = pieces(&request);
    let (request, payload) = request.into_parts();
    let (sender, body) = body_channel();
    actix_web::rt::spawn(sender.send_all(payload));
    let answer = proxy.handle_pieces(pieces, body).await;
    ServiceResponse::new(request, streamed(answer))
}

fn pieces(request: &ServiceRequest) -> RequestPieces {
    let target = request.uri().path_and_query();
    let target = target.map_or("/", |target| target.as_str());
    let mut pieces = RequestPieces::new(request.method().as_str(), target);
    for (name, value) in request.headers() {
        pieces = pieces.header(name.as_str(), value.as_bytes());
    }
    if request.app_config().secure() {
        pieces = pieces.secure();
    }
    match request.peer_addr() {
        Some(peer) => pieces.peer(peer.ip()),
        None => pieces,
    }
}

fn streamed(answer: http::Response<ProxyBody>) -> HttpResponse {
    let (parts, body) = answer.into_parts();
    let mut builder = HttpResponse::build(response::status(parts.status.as_u16()));
    let mut response = match body.size_hint().exact() {
        Some(0) => builder.finish(),
        Some(length) => builder.no_chunking(length).streaming(body),
        None => builder.streaming(body),
    };
    response::append(&parts.headers, response.headers_mut());
    response
}

impl<S> fmt::Debug for ProxyMiddlewareService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyMiddlewareService")
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}
