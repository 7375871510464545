//! What a route asks of its callers.

use std::fmt;
use std::sync::Arc;

use clerk_tokens::AcceptsToken;
use clerk_tokens::TokenType;
use clerk_tokens::authz::{Condition, Feature, Permission, Plan, Reverification, Role};
use http::HeaderValue;

use crate::auth::{Auth, PendingSessions};

type Predicate = dyn Fn(&Auth) -> bool + Send + Sync;

/// What a route asks of its callers; everything that is said has to be met. Cloning is cheap enough to do per request.
///
/// A guard that says nothing asks for a signed-in user. Roles, permissions, features, plans and reverification are asked of users,
/// scopes of machines: a machine never meets the former and a user never the latter, whatever kinds of token are accepted. For a
/// route that serves both, say what is asked of each and [combine](Self::or) them.
///
/// ```
/// use clerk_internal::guard::Guard;
/// use clerk_tokens::TokenType;
///
/// let admins = Guard::new().role("org:admin");
/// let billing = Guard::new().permission("org:invoices:create").feature("org:billing");
/// let reports = Guard::new()
///     .permission("org:reports:read")
///     .or(Guard::machine().accepts(TokenType::ApiKey).scope("reports:read"));
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Guard {
    accepts: Option<AcceptsToken>,
    pub(super) pending: PendingSessions,
    pub(super) condition: Option<Condition<'static>>,
    pub(super) scopes: Vec<Box<str>>,
    pub(super) predicates: Vec<Arc<Predicate>>,
    pub(super) alternatives: Vec<Guard>,
    pub(super) unauthenticated_url: Option<HeaderValue>,
    pub(super) unauthorized_url: Option<HeaderValue>,
    pub(super) is_hidden: bool,
}

/// A guard as a type, for handlers that name in their signature who may call them.
///
/// ```
/// use clerk_internal::guard::{Guard, Policy};
///
/// struct Admin;
///
/// impl Policy for Admin {
///     fn guard() -> Guard {
///         Guard::new().role("org:admin")
///     }
/// }
/// ```
pub trait Policy {
    /// What callers are asked for. Called for each request.
    fn guard() -> Guard;
}

const MACHINES: [TokenType; 3] = [TokenType::ApiKey, TokenType::M2m, TokenType::OAuth];

impl Guard {
    /// Asks for a signed-in user.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for a machine, with a token of any kind.
    pub fn machine() -> Self {
        Self::new().accepts(MACHINES)
    }

    /// Accepts these kinds of token, where otherwise only session tokens are, or where scopes are asked for only machine tokens.
    pub fn accepts(mut self, accepts: impl Into<AcceptsToken>) -> Self {
        self.accepts = Some(accepts.into());
        self
    }

    /// Asks for a role in the active organization.
    pub fn role(self, role: impl Into<String>) -> Self {
        self.condition(Role::new(role.into()))
    }

    /// Asks for a permission in the active organization, in full: `org:<feature>:<permission>`.
    pub fn permission(self, permission: impl Into<String>) -> Self {
        self.condition(Permission::new(permission.into()))
    }

    /// Asks for a feature of the organization's or user's plan: `sso`, `org:sso` or `user:sso`.
    pub fn feature(self, feature: impl Into<String>) -> Self {
        self.condition(Feature::new(feature.into()))
    }

    /// Asks for a plan of the organization or the user: `pro`, `org:pro` or `user:pro`.
    pub fn plan(self, plan: impl Into<String>) -> Self {
        self.condition(Plan::new(plan.into()))
    }

    /// Asks for a recent verification of the user. Where nothing else is missing, Clerk's front-end libraries are told to ask for it.
    pub fn reverification(self, reverification: Reverification) -> Self {
        self.condition(reverification)
    }

    /// Asks for whatever a user can hold.
    pub fn condition(mut self, condition: impl Into<Condition<'static>>) -> Self {
        let condition = condition.into();
        self.condition = Some(match self.condition.take() {
            Some(before) => before.and(condition),
            None => condition,
        });
        self
    }

    /// Asks for a scope of the machine's token.
    pub fn scope(mut self, scope: impl Into<Box<str>>) -> Self {
        self.scopes.push(scope.into());
        self
    }

    /// Asks for anything else of an authenticated caller, of a kind that is accepted.
    pub fn predicate(mut self, holds: impl Fn(&Auth) -> bool + Send + Sync + 'static) -> Self {
        self.predicates.push(Arc::new(holds));
        self
    }

    /// Lets pending sessions count as signed in, for the pages where users complete them.
    pub fn pending_sessions(mut self, pending: PendingSessions) -> Self {
        self.pending = pending;
        self
    }

    /// Also lets through who meets another guard. How callers are turned away is said by this one.
    pub fn or(mut self, other: Self) -> Self {
        self.alternatives.push(other);
        self
    }

    /// Redirects who is not signed in to this URL, whatever was asked for. A text that cannot be a URL in a header is left out.
    pub fn unauthenticated_url(mut self, url: impl AsRef<str>) -> Self {
        self.unauthenticated_url = HeaderValue::from_str(url.as_ref()).ok();
        self
    }

    /// Redirects who is signed in and may not to this URL, whatever was asked for. A text that cannot be a URL in a header is
    /// left out.
    pub fn unauthorized_url(mut self, url: impl AsRef<str>) -> Self {
        self.unauthorized_url = HeaderValue::from_str(url.as_ref()).ok();
        self
    }

    /// Answers 404 to who is turned away, so that nobody learns that there is something.
    pub fn hidden(mut self) -> Self {
        self.is_hidden = true;
        self
    }

    /// Whether tokens of a kind are accepted.
    pub(super) fn accepts_type(&self, token_type: TokenType) -> bool {
        match &self.accepts {
            Some(accepts) => accepts.accepts(token_type),
            None if self.asks_machines_only() => token_type.is_machine(),
            None => token_type == TokenType::Session,
        }
    }

    fn asks_machines_only(&self) -> bool {
        !self.scopes.is_empty() && self.condition.is_none()
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("accepts", &self.accepts)
            .field("condition", &self.condition)
            .field("scopes", &self.scopes)
            .field("predicates", &self.predicates.len())
            .field("alternatives", &self.alternatives)
            .finish_non_exhaustive()
    }
}
