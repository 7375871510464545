//! The machine that makes a request.

use std::ops::Deref;

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use crate::AuthRejection;
use crate::record::{Attached, judge};

/// The machine that makes the request, with a token of any kind: an API key, an M2M token or an OAuth access token.
///
/// What it may do is said by its scopes; ask for them with [`Protected`](crate::Protected), or look here.
///
/// ```
/// use clerk_rocket::Machine;
///
/// #[rocket::post("/ingest")]
/// fn ingest(machine: Machine) -> String {
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

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Machine {
    type Error = AuthRejection;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthRejection> {
        judge(request, |auth| auth.require_machine().map(Self))
    }
}

impl Sentinel for Machine {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        Attached::is_missing(rocket)
    }
}
