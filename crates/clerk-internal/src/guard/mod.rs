//! What the integrations of web frameworks share: a middleware's step, what it records, and guards that judge it.
//!
//! A middleware asks a [`Gate`] about each request and gets a [`Passage`]: an answer to send at once, which is a redirect or
//! says that the request cannot be read, or a [`RequestAuth`] to keep with the request. It never turns anybody away. That is
//! what [`Guard`]s are for, next to the routes: they let the caller through or return a [`Rejection`], which renders itself.
//! After the handler, [`RequestAuth::append_headers`] adds what the browser has to be told.
//!
//! ```
//! use clerk_internal::guard::{Gate, Guard, Passage};
//! use clerk_internal::request::RequestView;
//! # use clerk_internal::{AuthenticateOptions, Authenticator};
//!
//! async fn serve(gate: &Gate, request: http::Request<()>) -> http::Response<String> {
//!     let auth = match gate.enter(RequestView::from(&request)).await {
//!         Passage::Answer(answer) => return answer,
//!         Passage::Proceed(auth) => auth,
//!     };
//!     let mut response = match Guard::new().role("org:admin").check(&auth) {
//!         Ok(caller) => http::Response::new(format!("hello {:?}", caller.user_id())),
//!         Err(rejection) => rejection.to_response(),
//!     };
//!     auth.append_headers(response.headers_mut());
//!     response
//! }
//! ```
//!
//! Nothing here knows a framework, and nothing but [`Gate::enter`] waits.

mod claims;
#[doc(hidden)]
pub mod forward;
mod gate;
mod judge;
mod machine;
mod odd;
mod page;
mod recorded;
mod rejection;
mod render;
mod requirement;

pub use gate::{Gate, Passage};
pub use machine::Machine;
pub use recorded::RequestAuth;
pub use rejection::{Rejection, RejectionKind};
pub use requirement::{Guard, Policy};
