//! The service.

use std::sync::Arc;
use std::task::{Context, Poll};

use clerk_internal::guard::{Guard, Rejection, RequestAuth};
use clerk_internal::path::RouteMatcher;
use http::{Request, Response};
use tower_service::Service;

use super::RequireAuthFuture;

/// The service that [`RequireAuth`](crate::RequireAuth) puts around another.
#[derive(Clone, Debug)]
pub struct RequireAuthService<S> {
    guard: Arc<Guard>,
    paths: Option<Arc<RouteMatcher>>,
    inner: S,
}

impl<S> RequireAuthService<S> {
    pub(super) fn new(guard: Arc<Guard>, paths: Option<Arc<RouteMatcher>>, inner: S) -> Self {
        Self {
            guard,
            paths,
            inner,
        }
    }

    fn check<B>(&self, request: &Request<B>) -> Result<(), Rejection> {
        let auth = request.extensions().get::<RequestAuth>();
        let auth = auth.ok_or_else(Rejection::no_middleware)?;
        match &self.paths {
            Some(paths) => self.guard.check_paths(paths, request.uri().path(), auth),
            None => self.guard.check(auth).map(drop),
        }
    }
}

impl<S, B, R> Service<Request<B>> for RequireAuthService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: From<String>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = RequireAuthFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match self.check(&request) {
            Ok(()) => RequireAuthFuture::handling(self.inner.call(request)),
            Err(rejection) => RequireAuthFuture::rejected(rejection),
        }
    }
}
