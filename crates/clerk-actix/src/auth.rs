//! Who makes a request, whoever it is.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use clerk_internal::guard::{Rejection, RequestAuth};

use crate::AuthRejection;

/// Who makes the request, whoever it is: a user, a machine, nobody, or not known because of an outage.
///
/// Never turns anybody away. Dereferences to [`RequestAuth`].
///
/// ```
/// use clerk_actix::Auth;
///
/// async fn greet(auth: Auth) -> String {
///     match auth.user_id() {
///         Some(user) => format!("hello {user}"),
///         None => "hello stranger".to_owned(),
///     }
/// }
/// ```
///
/// # Errors
///
/// Only where [`ClerkMiddleware`](crate::ClerkMiddleware) is not around the route: 500.
#[derive(Clone, Debug)]
pub struct Auth(pub RequestAuth);

impl Deref for Auth {
    type Target = RequestAuth;

    fn deref(&self) -> &RequestAuth {
        &self.0
    }
}

impl FromRequest for Auth {
    type Error = AuthRejection;
    type Future = Ready<Result<Self, AuthRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(recorded(request).map(Self).map_err(AuthRejection))
    }
}

/// What the middleware recorded.
pub(crate) fn recorded(request: &impl HttpMessage) -> Result<RequestAuth, Rejection> {
    let recorded = request.extensions().get().cloned();
    recorded.ok_or_else(Rejection::no_middleware)
}
