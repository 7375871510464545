//! The machine that makes a request.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::AuthRejection;
use crate::auth::recorded;

/// The machine that makes the request, with a token of any kind: an API key, an M2M token or an OAuth access token.
///
/// What it may do is said by its scopes; ask for them with [`RequireAuth`](crate::RequireAuth) or
/// [`Protected`](crate::Protected), or look here.
///
/// ```
/// use clerk_actix::Machine;
///
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

impl FromRequest for Machine {
    type Error = AuthRejection;
    type Future = Ready<Result<Self, AuthRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let machine = recorded(request).and_then(|auth| auth.require_machine());
        ready(machine.map(Self).map_err(AuthRejection))
    }
}
