//! The middleware.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use clerk_internal::guard::Guard;
use clerk_internal::path::RouteMatcher;

use super::RequireAuthService;

/// Turns away everybody but those who meet a [`Guard`]: 401, or for pages a redirect to sign in; 403; 503 where Clerk could not be
/// asked.
///
/// Needs [`ClerkMiddleware`](crate::ClerkMiddleware) around it, and answers 500 without. Put it on the routes, resources and
/// scopes themselves: a route that is added later, or moved, is then not open by mistake.
///
/// ```
/// use actix_web::web;
/// use clerk_actix::RequireAuth;
///
/// async fn admin() -> &'static str {
///     "hello admin"
/// }
///
/// let resource = web::resource("/admin")
///     .wrap(RequireAuth::new().role("org:admin"))
///     .route(web::get().to(admin));
/// let machines = RequireAuth::machine().scope("reports:read");
/// # let _ = (resource, machines);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct RequireAuth {
    guard: Guard,
    paths: Option<Arc<RouteMatcher>>,
}

impl RequireAuth {
    /// Asks for a signed-in user.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for a machine, with a token of any kind.
    pub fn machine() -> Self {
        Self::from(Guard::machine())
    }

    clerk_internal::guard_methods!();

    /// Guards only the paths of a list, for moving an application over that has one.
    ///
    /// # Security
    ///
    /// What the list does not know is let through, and a crafted path can mean one thing to the list and another to the router.
    /// Paths that can be read in two ways are answered with 400, but a list is never as good as a guard on each route.
    pub fn only_paths(mut self, paths: RouteMatcher) -> Self {
        self.paths = Some(Arc::new(paths));
        self
    }
}

impl From<Guard> for RequireAuth {
    fn from(guard: Guard) -> Self {
        Self { guard, paths: None }
    }
}

impl<S, B> Transform<S, ServiceRequest> for RequireAuth
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = RequireAuthService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let (guard, paths) = (self.guard.clone(), self.paths.clone());
        ready(Ok(RequireAuthService::new(guard, paths, service)))
    }
}
