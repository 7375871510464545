//! The signed-in user.

use std::ops::Deref;

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use clerk_internal::SessionAuth;
use clerk_internal::guard::RequestAuth;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::AuthRejection;
use crate::auth::recorded;

/// The signed-in user. Dereferences to [`SessionAuth`].
///
/// With a type of yours, also the claims that you have added to session tokens in the Clerk Dashboard:
///
/// ```
/// use clerk_axum::Session;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Claims {
///     department: String,
/// }
///
/// async fn me(session: Session) -> String {
///     session.user_id().to_owned()
/// }
///
/// async fn department(session: Session<Claims>) -> String {
///     session.custom_claims().department.clone()
/// }
/// ```
///
/// # Rejections
///
/// Where nobody is signed in, or a pending session has to be completed: 401, or for pages a redirect to sign in. Where Clerk could not
/// be asked: 503. Where the claims do not have the type's form, which is a mistake of the application: 500 and a line in the log.
#[derive(Clone, Debug)]
pub struct Session<C = NoClaims> {
    session: SessionAuth,
    custom: C,
}

/// The signed-in user, if there is one.
///
/// ```
/// use clerk_axum::OptionalSession;
///
/// async fn home(OptionalSession(session): OptionalSession) -> &'static str {
///     if session.is_some() { "welcome back" } else { "welcome" }
/// }
/// ```
///
/// # Rejections
///
/// Where Clerk could not be asked: 503, since that is not the same as nobody. Where the claims do not have the type's form: 500.
#[derive(Clone, Debug)]
pub struct OptionalSession<C = NoClaims>(pub Option<Session<C>>);

/// No custom claims are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoClaims;

impl<C> Session<C> {
    /// The claims that were added to the session token, as the type the handler names.
    #[must_use]
    pub fn custom_claims(&self) -> &C {
        &self.custom
    }

    /// The session and the custom claims.
    #[must_use]
    pub fn into_parts(self) -> (SessionAuth, C) {
        (self.session, self.custom)
    }
}

impl<C> Deref for Session<C> {
    type Target = SessionAuth;

    fn deref(&self) -> &SessionAuth {
        &self.session
    }
}

impl Session {
    fn of(auth: &RequestAuth) -> Result<Option<Self>, AuthRejection> {
        let session = auth.optional_session()?;
        Ok(session.map(|session| Self {
            session,
            custom: NoClaims,
        }))
    }
}

impl<C: DeserializeOwned> Session<C> {
    fn with_claims_of(auth: &RequestAuth) -> Result<Option<Self>, AuthRejection> {
        let session = auth.optional_session_with()?;
        Ok(session.map(|(session, custom)| Self { session, custom }))
    }
}

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AuthRejection> {
        Ok(Self {
            session: recorded(parts)?.require_session()?,
            custom: NoClaims,
        })
    }
}

impl<S: Sync, C: DeserializeOwned> FromRequestParts<S> for Session<C> {
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AuthRejection> {
        let (session, custom) = recorded(parts)?.require_session_with()?;
        Ok(Self { session, custom })
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Session {
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, AuthRejection> {
        Self::of(recorded(parts)?)
    }
}

impl<S: Sync, C: DeserializeOwned> OptionalFromRequestParts<S> for Session<C> {
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, AuthRejection> {
        Self::with_claims_of(recorded(parts)?)
    }
}

impl<S: Sync> FromRequestParts<S> for OptionalSession {
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AuthRejection> {
        Session::of(recorded(parts)?).map(Self)
    }
}

impl<S: Sync, C: DeserializeOwned> FromRequestParts<S> for OptionalSession<C> {
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AuthRejection> {
        Session::with_claims_of(recorded(parts)?).map(Self)
    }
}
