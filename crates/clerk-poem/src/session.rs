//! The signed-in user.

use std::ops::Deref;

use clerk_internal::SessionAuth;
use poem::{FromRequest, Request, RequestBody, Result};
use serde::de::DeserializeOwned;

use crate::AuthRejection;
use crate::auth::recorded;

/// The signed-in user. Dereferences to [`SessionAuth`].
///
/// With a type of yours, also the claims that you have added to session tokens in the Clerk Dashboard:
///
/// ```
/// use clerk_poem::Session;
/// use poem::handler;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Claims {
///     department: String,
/// }
///
/// #[handler]
/// async fn me(session: Session) -> String {
///     session.user_id().to_owned()
/// }
///
/// #[handler]
/// async fn department(session: Session<Claims>) -> String {
///     session.custom_claims().department.clone()
/// }
/// ```
///
/// For handlers that serve everybody take [`OptionalSession`], not `Option<Session>`: Poem makes `None` of every error, also of an
/// outage and of claims that cannot be read.
///
/// # Errors
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
/// use clerk_poem::OptionalSession;
/// use poem::handler;
///
/// #[handler]
/// async fn home(OptionalSession(session): OptionalSession) -> &'static str {
///     if session.is_some() { "welcome back" } else { "welcome" }
/// }
/// ```
///
/// # Errors
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

    fn new((session, custom): (SessionAuth, C)) -> Self {
        Self { session, custom }
    }
}

impl<C> Deref for Session<C> {
    type Target = SessionAuth;

    fn deref(&self) -> &SessionAuth {
        &self.session
    }
}

impl<'a> FromRequest<'a> for Session {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let session = recorded(request)?.require_session();
        let session = session.map_err(AuthRejection)?;
        Ok(Self::new((session, NoClaims)))
    }
}

impl<'a, C: DeserializeOwned> FromRequest<'a> for Session<C> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let session = recorded(request)?.require_session_with();
        Ok(Self::new(session.map_err(AuthRejection)?))
    }
}

impl<'a> FromRequest<'a> for OptionalSession {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let session = recorded(request)?.optional_session();
        let session = session.map_err(AuthRejection)?;
        Ok(Self(
            session.map(|session| Session::new((session, NoClaims))),
        ))
    }
}

impl<'a, C: DeserializeOwned> FromRequest<'a> for OptionalSession<C> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let session = recorded(request)?.optional_session_with();
        let session = session.map_err(AuthRejection)?;
        Ok(Self(session.map(Session::new)))
    }
}
