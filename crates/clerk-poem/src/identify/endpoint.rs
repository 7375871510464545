//! The endpoint.

use clerk_internal::guard::{Gate, Passage, RequestAuth};
use poem::{Endpoint, Request, Response, Result};

use crate::rejection::response;
use crate::request::view;

/// The endpoint that [`ClerkMiddleware`](crate::ClerkMiddleware) puts around another.
#[derive(Clone, Debug)]
pub struct ClerkEndpoint<E> {
    gate: Gate,
    inner: E,
}

impl<E> ClerkEndpoint<E> {
    pub(super) fn new(gate: Gate, inner: E) -> Self {
        Self { gate, inner }
    }

    async fn enter(&self, request: &Request) -> Passage {
        let view = view(request);
        match self.gate.enter_now(view) {
            Some(passage) => passage,
            None => self.gate.enter(view).await,
        }
    }
}

impl<E: Endpoint> Endpoint for ClerkEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        // MW-11: only a record of this very client makes it superfluous.
        let recorded = request.extensions().get::<RequestAuth>();
        if recorded.is_some_and(|recorded| self.gate.has_seen(recorded)) {
            return Ok(self.inner.get_response(request).await);
        }
        let auth = match self.enter(&request).await {
            Passage::Answer(answer) => return Ok(response(answer)),
            Passage::Proceed(auth) => auth,
        };
        request.extensions_mut().insert(auth.clone());
        let mut response = self.inner.get_response(request).await;
        auth.append_headers(response.headers_mut());
        Ok(response)
    }
}
