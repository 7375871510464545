//! A guard in a handler's signature.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use clerk_internal::guard::Policy;
use poem::{FromRequest, Request, RequestBody, Result};

use crate::AuthRejection;
use crate::auth::recorded;

/// A caller that a [`Policy`] lets through. Dereferences to [`clerk_internal::Auth`].
///
/// The protection is a part of the handler: wherever it is mounted, nobody else can call it.
///
/// ```
/// use clerk_poem::{Guard, Policy, Protected};
/// use poem::handler;
///
/// struct Admin;
///
/// impl Policy for Admin {
///     fn guard() -> Guard {
///         Guard::new().role("org:admin")
///     }
/// }
///
/// #[handler]
/// async fn delete_everything(admin: Protected<Admin>) -> String {
///     format!("as you wish, {:?}", admin.user_id())
/// }
/// ```
///
/// # Errors
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

impl<'a, P: Policy> FromRequest<'a> for Protected<P> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let caller = recorded(request)?.require::<P>();
        Ok(Self {
            caller: caller.map_err(AuthRejection)?,
            policy: PhantomData,
        })
    }
}
