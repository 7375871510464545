//! Who makes a request, whoever it is.

use std::ops::Deref;

use clerk_internal::guard::RequestAuth;
use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use crate::AuthRejection;
use crate::record::{Attached, judge};

/// Who makes the request, whoever it is: a user, a machine, nobody, or not known because of an outage.
///
/// Never turns anybody away. Dereferences to [`RequestAuth`].
///
/// ```
/// use clerk_rocket::Auth;
///
/// #[rocket::get("/")]
/// fn greet(auth: Auth) -> String {
///     match auth.user_id() {
///         Some(user) => format!("hello {user}"),
///         None => "hello stranger".to_owned(),
///     }
/// }
/// ```
///
/// # Rejections
///
/// Rocket does not start where [`ClerkFairing`](crate::ClerkFairing) is not attached. Where it is hidden in a guard of yours: 500.
#[derive(Clone, Debug)]
pub struct Auth(pub RequestAuth);

impl Deref for Auth {
    type Target = RequestAuth;

    fn deref(&self) -> &RequestAuth {
        &self.0
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Auth {
    type Error = AuthRejection;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthRejection> {
        judge(request, |auth| Ok(Self(auth.clone())))
    }
}

impl Sentinel for Auth {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        Attached::is_missing(rocket)
    }
}
