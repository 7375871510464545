//! The machine that makes a request.

use std::ops::Deref;

use axum_core::extract::FromRequestParts;
use http::request::Parts;

use crate::AuthRejection;
use crate::auth::recorded;

/// The machine that makes the request, with a token of any kind: an API key, an M2M token or an OAuth access token.
///
/// What it may do is said by its scopes; ask for them with [`RequireAuth`](crate::RequireAuth) or
/// [`Protected`](crate::Protected), or look here.
///
/// ```
/// use clerk_axum::Machine;
///
/// async fn ingest(machine: Machine) -> String {
///     format!("hello {}, who may {:?}", machine.subject(), machine.scopes())
/// }
/// ```
///
/// # Rejections
///
/// 401 where no machine is authenticated, 503 where Clerk could not be asked.
#[derive(Clone, Debug)]
pub struct Machine(pub clerk_internal::guard::Machine);

impl Deref for Machine {
    type Target = clerk_internal::guard::Machine;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Machine {
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AuthRejection> {
        Ok(Self(recorded(parts)?.require_machine()?))
    }
}
