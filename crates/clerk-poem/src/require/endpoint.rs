//! The endpoint.

use std::sync::Arc;

use clerk_internal::guard::Guard;
use clerk_internal::path::RouteMatcher;
use poem::{Endpoint, Request, Result};

use crate::AuthRejection;
use crate::auth::recorded;
use crate::request::uri;

/// The endpoint that [`RequireAuth`](crate::RequireAuth) puts around another.
#[derive(Clone, Debug)]
pub struct RequireAuthEndpoint<E> {
    guard: Guard,
    paths: Option<Arc<RouteMatcher>>,
    inner: E,
}

impl<E> RequireAuthEndpoint<E> {
    pub(super) fn new(guard: Guard, paths: Option<Arc<RouteMatcher>>, inner: E) -> Self {
        Self {
            guard,
            paths,
            inner,
        }
    }

    fn check(&self, request: &Request) -> Result<(), AuthRejection> {
        let auth = recorded(request)?;
        let outcome = match &self.paths {
            // The whole path also in a nested route.
            Some(paths) => self.guard.check_paths(paths, uri(request).path(), auth),
            None => self.guard.check(auth).map(drop),
        };
        outcome.map_err(AuthRejection)
    }
}

impl<E: Endpoint> Endpoint for RequireAuthEndpoint<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> Result<E::Output> {
        self.check(&request)?;
        self.inner.call(request).await
    }
}
