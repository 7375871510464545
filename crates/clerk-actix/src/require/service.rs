//! The service.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use clerk_internal::guard::{Guard, Rejection};
use clerk_internal::path::RouteMatcher;

use crate::auth::recorded;
use crate::response;

/// The service that [`RequireAuth`](crate::RequireAuth) puts around another.
#[derive(Clone, Debug)]
pub struct RequireAuthService<S> {
    guard: Guard,
    paths: Option<Arc<RouteMatcher>>,
    inner: S,
}

impl<S> RequireAuthService<S> {
    pub(super) fn new(guard: Guard, paths: Option<Arc<RouteMatcher>>, inner: S) -> Self {
        Self {
            guard,
            paths,
            inner,
        }
    }

    fn check(&self, request: &ServiceRequest) -> Result<(), Rejection> {
        let auth = recorded(request)?;
        match &self.paths {
            // What the router matches is decoded already; the list reads what was sent.
            Some(paths) => self.guard.check_paths(paths, request.uri().path(), &auth),
            None => self.guard.check(&auth).map(drop),
        }
    }
}

impl<S, B> Service<ServiceRequest> for RequireAuthService<S>
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
        match self.check(&request) {
            Ok(()) => {
                let handling = self.inner.call(request);
                Box::pin(async { handling.await.map(ServiceResponse::map_into_left_body) })
            }
            Err(rejection) => {
                let rejected = request.into_response(response::answer(rejection.to_response()));
                Box::pin(ready(Ok(rejected.map_into_right_body())))
            }
        }
    }
}
