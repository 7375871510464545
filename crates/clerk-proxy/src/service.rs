//! The proxy as a service that any server on `http` can mount.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use crate::{FrontendProxy, ProxyBody, ProxyError};

/// A [`FrontendProxy`] as [`tower_service::Service`]: for axum's `route_service` and `nest_service`, for hyper by way
/// of `hyper_util::service::TowerToHyperService`, and the like. It is always ready and never fails.
#[derive(Clone, Debug)]
pub struct ProxyService {
    proxy: FrontendProxy,
    is_nested: bool,
}

impl ProxyService {
    pub(crate) fn new(proxy: FrontendProxy, is_nested: bool) -> Self {
        Self { proxy, is_nested }
    }
}

impl<B> Service<Request<B>> for ProxyService
where
    B: Body + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = Response<ProxyBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<ProxyBody>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let Self { proxy, is_nested } = self.clone();
        Box::pin(async move {
            let answer = proxy.answer(request, is_nested).await;
            Ok(answer.unwrap_or_else(ProxyError::into_response))
        })
    }
}
