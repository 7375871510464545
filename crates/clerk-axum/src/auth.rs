//! Who makes a request, whoever it is.

use std::ops::Deref;

use axum_core::extract::FromRequestParts;
use clerk_internal::guard::{Rejection, RequestAuth};
use http::request::Parts;

use crate::AuthRejection;

/// Who makes the request, whoever it is: a user, a machine, nobody, or not known because of an outage.
///
/// Never turns anybody away. Dereferences to [`RequestAuth`].
///
/// ```
/// use clerk_axum::Auth;
///
/// async fn greet(auth: Auth) -> String {
///     match auth.user_id() {
///         Some(user) => format!("hello {user}"),
///         None => "hello stranger".to_owned(),
///     }
/// }
/// ```
///
/// # Rejections
///
/// Only where [`ClerkLayer`](crate::ClerkLayer) is not around the route: 500.
#[derive(Clone, Debug)]
pub struct Auth(pub RequestAuth);

impl Deref for Auth {
    type Target = RequestAuth;

    fn deref(&self) -> &RequestAuth {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Auth {
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AuthRejection> {
        Ok(Self(recorded(parts)?.clone()))
    }
}

/// What the layer recorded.
pub(crate) fn recorded(parts: &Parts) -> Result<&RequestAuth, Rejection> {
    parts.extensions.get().ok_or_else(Rejection::no_middleware)
}
