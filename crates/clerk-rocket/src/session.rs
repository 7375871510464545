//! The signed-in user.

use std::ops::Deref;

use clerk_internal::SessionAuth;
use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};
use serde::de::DeserializeOwned;

use crate::AuthRejection;
use crate::record::{Attached, judge};

/// The signed-in user. Dereferences to [`SessionAuth`].
///
/// With a type of yours, also the claims that you have added to session tokens in the Clerk Dashboard:
///
/// ```
/// use clerk_rocket::Session;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Claims {
///     department: String,
/// }
///
/// #[rocket::get("/me")]
/// fn me(session: Session) -> String {
///     session.user_id().to_owned()
/// }
///
/// #[rocket::get("/department")]
/// fn department(session: Session<Claims>) -> String {
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
/// Not the same as `Option<Session>`: Rocket makes `None` of every error, and an outage of Clerk is not the same as nobody.
///
/// ```
/// use clerk_rocket::OptionalSession;
///
/// #[rocket::get("/")]
/// fn home(session: OptionalSession) -> &'static str {
///     if session.0.is_some() { "welcome back" } else { "welcome" }
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

impl<C> Sentinel for Session<C> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        Attached::is_missing(rocket)
    }
}

impl<C> Sentinel for OptionalSession<C> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        Attached::is_missing(rocket)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Session {
    type Error = AuthRejection;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthRejection> {
        judge(request, |auth| {
            Ok(Self {
                session: auth.require_session()?,
                custom: NoClaims,
            })
        })
    }
}

#[rocket::async_trait]
impl<'r, C: DeserializeOwned> FromRequest<'r> for Session<C> {
    type Error = AuthRejection;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthRejection> {
        judge(request, |auth| {
            let (session, custom) = auth.require_session_with()?;
            Ok(Self { session, custom })
        })
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for OptionalSession {
    type Error = AuthRejection;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthRejection> {
        judge(request, |auth| {
            let session = auth.optional_session()?;
            Ok(Self(session.map(|session| Session {
                session,
                custom: NoClaims,
            })))
        })
    }
}

#[rocket::async_trait]
impl<'r, C: DeserializeOwned> FromRequest<'r> for OptionalSession<C> {
    type Error = AuthRejection;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthRejection> {
        judge(request, |auth| {
            let session = auth.optional_session_with()?;
            Ok(Self(
                session.map(|(session, custom)| Session { session, custom }),
            ))
        })
    }
}
