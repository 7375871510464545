//! The signed-in user.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use clerk_internal::SessionAuth;
use serde::de::DeserializeOwned;

use crate::AuthRejection;
use crate::auth::recorded;

/// The signed-in user. Dereferences to [`SessionAuth`].
///
/// With a type of yours, also the claims that you have added to session tokens in the Clerk Dashboard:
///
/// ```
/// use clerk_actix::Session;
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
/// For handlers that serve everybody take [`OptionalSession`], not `Option<Session>`: actix makes `None` of every error, also of an
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
/// use clerk_actix::OptionalSession;
///
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

impl FromRequest for Session {
    type Error = AuthRejection;
    type Future = Ready<Result<Self, AuthRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = recorded(request).and_then(|auth| auth.require_session());
        let session = session.map(|session| Self::new((session, NoClaims)));
        ready(session.map_err(AuthRejection))
    }
}

impl<C: DeserializeOwned> FromRequest for Session<C> {
    type Error = AuthRejection;
    type Future = Ready<Result<Self, AuthRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = recorded(request).and_then(|auth| auth.require_session_with());
        ready(session.map(Self::new).map_err(AuthRejection))
    }
}

impl FromRequest for OptionalSession {
    type Error = AuthRejection;
    type Future = Ready<Result<Self, AuthRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = recorded(request).and_then(|auth| auth.optional_session());
        let with_none = |session| Session::new((session, NoClaims));
        let session = session.map(|session| Self(session.map(with_none)));
        ready(session.map_err(AuthRejection))
    }
}

impl<C: DeserializeOwned> FromRequest for OptionalSession<C> {
    type Error = AuthRejection;
    type Future = Ready<Result<Self, AuthRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = recorded(request).and_then(|auth| auth.optional_session_with());
        let session = session.map(|session| Self(session.map(Session::new)));
        ready(session.map_err(AuthRejection))
    }
}
