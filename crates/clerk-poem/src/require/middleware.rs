//! The middleware.

use std::sync::Arc;

use clerk_internal::guard::Guard;
use clerk_internal::path::RouteMatcher;
use poem::{Endpoint, Middleware};

use super::RequireAuthEndpoint;

/// Turns away everybody but those who meet a [`Guard`]: 401, or for pages a redirect to sign in; 403; 503 where Clerk could not be
/// asked.
///
/// Needs [`ClerkMiddleware`](crate::ClerkMiddleware) around it, and answers 500 without. Put it on the endpoints themselves: a
/// route that is added later, or moved, is then not open by mistake. Who is turned away is an error of the type
/// [`AuthRejection`](crate::AuthRejection).
///
/// ```
/// use clerk_poem::RequireAuth;
/// use poem::{EndpointExt, Route, get, handler};
///
/// #[handler]
/// fn admin() -> &'static str {
///     "hello admin"
/// }
///
/// let app = Route::new().at("/admin", get(admin).with(RequireAuth::new().role("org:admin")));
/// let machines = RequireAuth::machine().scope("reports:read");
/// # let _ = (app, machines);
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

    /// Guards only the paths of a list, for moving an application over that has one. Put it outside of the router: under servers
    /// other than Poem's own, a nested route sees only a part of the path.
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

impl<E: Endpoint> Middleware<E> for RequireAuth {
    type Output = RequireAuthEndpoint<E>;

    fn transform(&self, endpoint: E) -> Self::Output {
        RequireAuthEndpoint::new(self.guard.clone(), self.paths.clone(), endpoint)
    }
}
