//! The machine that makes a request.

use std::ops::Deref;

use poem::{FromRequest, Request, RequestBody, Result};

use crate::AuthRejection;
use crate::auth::recorded;

/// The machine that makes the request, with a token of any kind: an API key, an M2M token or an OAuth access token.
///
/// What it may do is said by its scopes; ask for them with [`RequireAuth`](crate::RequireAuth) or
/// [`Protected`](crate::Protected), or look here.
///
/// ```
/// use clerk_poem::Machine;
/// use poem::handler;
///
/// #[handler]
/// async fn ingest(machine: Machine) -> String {
///     format!("hello {}, who may {:?}", machine.subject(), machine.scopes())
/// }
/// ```
///
/// # Errors
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

impl<'a> FromRequest<'a> for Machine {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let machine = recorded(request)?.require_machine();
        Ok(Self(machine.map_err(AuthRejection)?))
    }
}
