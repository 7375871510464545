//! A signed-in user.

use std::fmt;
use std::sync::Arc;

use clerk_core::Secret;
use clerk_tokens::authz::Condition;
use clerk_tokens::{Actor, OrgClaims, SessionClaims, SessionStatus};

use super::PendingSessions;

/// A user's verified session. Cloning is cheap.
#[derive(Clone)]
pub struct SessionAuth {
    claims: SessionClaims,
    token: Arc<Secret>,
}

impl SessionAuth {
    /// The session of a verified token.
    ///
    /// Everything that follows rests on the verification: hand in no claims of a token that did not verify.
    #[must_use]
    pub fn new(claims: SessionClaims, token: impl Into<Secret>) -> Self {
        Self {
            claims,
            token: Arc::new(token.into()),
        }
    }

    /// The user's id.
    #[must_use]
    pub fn user_id(&self) -> &str {
        self.claims.user_id()
    }

    /// The session's id; empty if the token names none, which no token that came with a request does.
    #[must_use]
    pub fn session_id(&self) -> &str {
        self.claims.session_id().unwrap_or_default()
    }

    /// The active organization.
    #[must_use]
    pub fn org(&self) -> Option<OrgClaims<'_>> {
        self.claims.org()
    }

    /// Who really makes the request, where the user is impersonated.
    #[must_use]
    pub fn actor(&self) -> Option<Actor<'_>> {
        self.claims.actor()
    }

    /// Whether the user still has something to do before the session is complete.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.claims.status() == Some(SessionStatus::Pending)
    }

    /// All claims of the token.
    #[must_use]
    pub fn claims(&self) -> &SessionClaims {
        &self.claims
    }

    /// Whether the user holds what is asked for. Fails closed.
    ///
    /// ```
    /// # fn check(session: &clerk_internal::SessionAuth) {
    /// use clerk_tokens::authz::{Permission, Role};
    ///
    /// let may = session.has(Role::new("org:admin").and(Permission::new("org:invoices:create")));
    /// # }
    /// ```
    #[must_use]
    pub fn has<'c>(&self, condition: impl Into<Condition<'c>>) -> bool {
        self.claims.has(condition)
    }

    /// The session token itself, to pass on to a service that verifies it too.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.expose()
    }
}

impl super::Auth {
    /// The user of a verified session token: nobody yet where the session is pending, unless asked otherwise.
    ///
    /// Everything that follows rests on the verification: hand in no claims of a token that did not verify.
    #[must_use]
    pub fn session(
        claims: SessionClaims,
        token: impl Into<Secret>,
        pending: PendingSessions,
    ) -> Self {
        let session = SessionAuth::new(claims, token);
        if pending == PendingSessions::SignedOut && session.is_pending() {
            return Self::PENDING.clone();
        }
        Self::Session(session)
    }
}

impl fmt::Debug for SessionAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionAuth")
            .field("user_id", &self.user_id())
            .field("session_id", &self.session_id())
            .field("org", &self.org())
            .finish_non_exhaustive()
    }
}

/// Nobody is signed in, or somebody whose session is not complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignedOutAuth {
    pending: bool,
}

impl SignedOutAuth {
    pub(crate) const NOBODY: Self = Self { pending: false };
    pub(crate) const PENDING: Self = Self { pending: true };

    /// Whether there is a session that the user still has to complete.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        self.pending
    }
}
