//! The proxy in front of an application.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use clerk_core::url::Url;
use clerk_internal::request::RequestView;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Either;
use tower_layer::Layer;
use tower_service::Service;

use crate::{FrontendProxy, ProxyBody};

type Condition = Arc<dyn Fn(&Url) -> bool + Send + Sync>;

/// Answers the requests of a [`FrontendProxy`] and passes all others on. Made by [`FrontendProxy::layer`].
#[derive(Clone)]
pub struct ProxyLayer {
    proxy: FrontendProxy,
    enabled: Option<Condition>,
}

impl ProxyLayer {
    pub(crate) fn new(proxy: FrontendProxy) -> Self {
        Self {
            proxy,
            enabled: None,
        }
    }

    /// Proxies only requests whose public URL satisfies a condition, such as being on one of several domains. All others
    /// are passed on, also where their path is the proxy's.
    #[must_use]
    pub fn enabled_where(
        mut self,
        condition: impl Fn(&Url) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.enabled = Some(Arc::new(condition));
        self
    }

    fn takes<B>(&self, request: &Request<B>) -> bool {
        if !self.proxy.matches(request.uri().path()) {
            return false;
        }
        let (Some(enabled), Ok(set_up)) = (&self.enabled, &self.proxy.shared.set_up) else {
            return true;
        };
        let url = set_up.origins.url_of(&RequestView::from(request));
        url.is_some_and(|url| enabled(&url))
    }
}

impl<S> Layer<S> for ProxyLayer {
    type Service = ProxyMiddleware<S>;

    fn layer(&self, inner: S) -> ProxyMiddleware<S> {
        ProxyMiddleware {
            layer: self.clone(),
            inner,
        }
    }
}

impl fmt::Debug for ProxyLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyLayer")
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}

/// An application behind a [`ProxyLayer`].
#[derive(Clone, Debug)]
pub struct ProxyMiddleware<S> {
    layer: ProxyLayer,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for ProxyMiddleware<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = Response<Either<ProxyBody, R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if self.layer.takes(&request) {
            let proxy = self.layer.proxy.clone();
            return Box::pin(async move { Ok(proxy.handle(request).await.map(Either::Left)) });
        }
        let inner = self.inner.call(request);
        Box::pin(async move { Ok(inner.await?.map(Either::Right)) })
    }
}
