//! The layer.

use std::sync::Arc;

use clerk_internal::guard::Guard;
use clerk_internal::path::RouteMatcher;
use clerk_internal::{Auth, PendingSessions};
use clerk_tokens::AcceptsToken;
use clerk_tokens::authz::{Condition, Reverification};
use tower_layer::Layer;

use super::RequireAuthService;

/// Turns away everybody but those who meet a [`Guard`]: 401, or for pages a redirect to sign in; 403; 503 where Clerk could not be
/// asked.
///
/// Needs [`ClerkLayer`](crate::ClerkLayer) around it, and answers 500 without. Put it on the routes themselves: a route that is
/// added later, or moved, is then not open by mistake.
///
/// ```
/// use clerk_tower::RequireAuth;
///
/// let members = RequireAuth::new();
/// let admins = RequireAuth::new().role("org:admin");
/// let machines = RequireAuth::machine().scope("reports:read");
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct RequireAuth {
    guard: Guard,
    paths: Option<Arc<RouteMatcher>>,
}

/// Hands methods on to the guard.
macro_rules! forward {
    ($($(#[$meta:meta])* $name:ident($($argument:ident: $type:ty),*);)+) => {$(
        $(#[$meta])*
        pub fn $name(mut self, $($argument: $type),*) -> Self {
            self.guard = self.guard.$name($($argument),*);
            self
        }
    )+};
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

    forward! {
        /// Accepts these kinds of token, where otherwise only session tokens are, or where scopes are asked for only machine tokens.
        accepts(accepts: impl Into<AcceptsToken>);
        /// Asks for a role in the active organization.
        role(role: impl Into<String>);
        /// Asks for a permission in the active organization, in full: `org:<feature>:<permission>`.
        permission(permission: impl Into<String>);
        /// Asks for a feature of the organization's or user's plan: `sso`, `org:sso` or `user:sso`.
        feature(feature: impl Into<String>);
        /// Asks for a plan of the organization or the user: `pro`, `org:pro` or `user:pro`.
        plan(plan: impl Into<String>);
        /// Asks for a recent verification of the user. Where nothing else is missing, Clerk's front-end libraries are told to ask
        /// for it.
        reverification(reverification: Reverification);
        /// Asks for whatever a user can hold.
        condition(condition: impl Into<Condition<'static>>);
        /// Asks for a scope of the machine's token.
        scope(scope: impl Into<Box<str>>);
        /// Asks for anything else of an authenticated caller, of a kind that is accepted.
        predicate(holds: impl Fn(&Auth) -> bool + Send + Sync + 'static);
        /// Lets pending sessions count as signed in, for the pages where users complete them.
        pending_sessions(pending: PendingSessions);
        /// Also lets through who meets another guard. How callers are turned away is said by this one.
        or(other: Guard);
        /// Redirects who is not signed in to this URL, whatever was asked for.
        unauthenticated_url(url: impl AsRef<str>);
        /// Redirects who is signed in and may not to this URL, whatever was asked for.
        unauthorized_url(url: impl AsRef<str>);
        /// Answers 404 to who is turned away, so that nobody learns that there is something.
        hidden();
    }

    /// Guards only the paths of a list, for moving an application over that has one. Put it outside of the router: a nested router
    /// sees only a part of the path.
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

impl<S> Layer<S> for RequireAuth {
    type Service = RequireAuthService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireAuthService::new(Arc::new(self.guard.clone()), self.paths.clone(), inner)
    }
}
