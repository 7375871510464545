//! The middleware.

use clerk_internal::guard::Gate;
use clerk_internal::request::RequestView;
use clerk_internal::{AuthenticateOptions, Authenticator};
use poem::{Endpoint, Middleware};

use super::ClerkEndpoint;

/// Finds out who makes each request and records it in the request's extensions, as [`RequestAuth`](crate::RequestAuth).
///
/// Turns nobody away and reads no body: anonymous requests, and those with tokens that are not good, reach the handlers. It answers
/// by itself only where Clerk's protocol asks for it, with a redirect (307) that hands a browser over to Clerk and back, and where
/// a request names no usable host (400). To the response it adds what the browser has to be told: cookies, and why nobody is
/// signed in.
///
/// Put it around everything with `with`, once; put [`RequireAuth`](crate::RequireAuth) on the routes that need somebody.
///
/// Errors from inside of it come out as the responses that they make, so that these carry the cookies too: put `catch_error`
/// inside.
#[derive(Clone, Debug)]
#[must_use]
pub struct ClerkMiddleware {
    gate: Gate,
}

impl ClerkMiddleware {
    /// Authenticates with this client or engine. Every kind of token is accepted, unless its options say which: routes choose.
    pub fn new(authenticator: impl Into<Authenticator>) -> Self {
        Self {
            gate: Gate::new(authenticator),
        }
    }

    /// Chooses options by the request, such as the domain of one satellite among several. They are checked for every request, which
    /// takes longer than fixed ones; options that cannot be used make guards and extractors answer 500.
    pub fn options_by_request(
        mut self,
        choose: impl Fn(RequestView<'_>) -> AuthenticateOptions + Send + Sync + 'static,
    ) -> Self {
        self.gate = self.gate.options_by_request(choose);
        self
    }

    /// Whether the server itself speaks TLS, where Poem does not know. A proxy in front of the application reports that in
    /// `X-Forwarded-Proto` instead.
    pub fn serves_tls(mut self, serves_tls: bool) -> Self {
        self.gate = self.gate.serves_tls(serves_tls);
        self
    }

    /// Whether the outcome of each request is written to the log, without tokens, cookies and queries. Takes the feature `tracing`.
    pub fn debug(mut self, debug: bool) -> Self {
        self.gate = self.gate.debug(debug);
        self
    }
}

impl<E: Endpoint> Middleware<E> for ClerkMiddleware {
    type Output = ClerkEndpoint<E>;

    fn transform(&self, endpoint: E) -> Self::Output {
        ClerkEndpoint::new(self.gate.clone(), endpoint)
    }
}
