//! A guard in a handler's signature.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use clerk_internal::guard::Policy;
use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use crate::AuthRejection;
use crate::record::{Attached, judge};

/// A caller that a [`Policy`] lets through. Dereferences to [`clerk_internal::Auth`].
///
/// The protection is a part of the handler: wherever it is mounted, nobody else can call it.
///
/// ```
/// use clerk_rocket::{Guard, Policy, Protected};
///
/// struct Admin;
///
/// impl Policy for Admin {
///     fn guard() -> Guard {
///         Guard::new().role("org:admin")
///     }
/// }
///
/// #[rocket::delete("/everything")]
/// fn delete_everything(admin: Protected<Admin>) -> String {
///     format!("as you wish, {:?}", admin.user_id())
/// }
/// ```
///
/// # Rejections
///
/// Those of the policy's guard: 401, or for pages a redirect to sign in; 403; 503 where Clerk could not be asked.
pub struct Protected<P> {
    caller: clerk_internal::Auth,
    policy: PhantomData<fn() -> P>,
}

impl<P> Protected<P> {
    /// The caller.
    #[must_use]
    pub fn into_inner(self) -> clerk_internal::Auth {
        self.caller
    }
}

impl<P> Deref for Protected<P> {
    type Target = clerk_internal::Auth;

    fn deref(&self) -> &Self::Target {
        &self.caller
    }
}

impl<P> Clone for Protected<P> {
    fn clone(&self) -> Self {
        Self {
            caller: self.caller.clone(),
            policy: PhantomData,
        }
    }
}

impl<P> fmt::Debug for Protected<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Protected").field(&self.caller).finish()
    }
}

#[rocket::async_trait]
impl<'r, P: Policy> FromRequest<'r> for Protected<P> {
    type Error = AuthRejection;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthRejection> {
        judge(request, |auth| {
            Ok(Self {
                caller: auth.require::<P>()?,
                policy: PhantomData,
            })
        })
    }
}

impl<P> Sentinel for Protected<P> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        Attached::is_missing(rocket)
    }
}
