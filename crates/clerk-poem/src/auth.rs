//! Who makes a request, whoever it is.

use std::ops::Deref;

use clerk_internal::guard::{Rejection, RequestAuth};
use poem::{FromRequest, Request, RequestBody, Result};

use crate::AuthRejection;

/// Who makes the request, whoever it is: a user, a machine, nobody, or not known because of an outage.
///
/// Never turns anybody away. Dereferences to [`RequestAuth`].
///
/// ```
/// use clerk_poem::Auth;
/// use poem::handler;
///
/// #[handler]
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

impl<'a> FromRequest<'a> for Auth {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(Self(recorded(request)?.clone()))
    }
}

/// What the middleware recorded.
pub(crate) fn recorded(request: &Request) -> Result<&RequestAuth, AuthRejection> {
    let recorded = request.extensions().get();
    recorded.ok_or_else(|| AuthRejection(Rejection::no_middleware()))
}
