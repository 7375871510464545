//! The service.

use std::mem;
use std::task::{Context, Poll};

use clerk_internal::guard::{Gate, Passage, RequestAuth};
use clerk_internal::request::RequestView;
use http::{Request, Response};
use tower_service::Service;

use super::ClerkFuture;

/// The service that [`ClerkLayer`](crate::ClerkLayer) puts around another.
#[derive(Clone, Debug)]
pub struct ClerkService<S> {
    gate: Gate,
    inner: S,
}

impl<S> ClerkService<S> {
    pub(super) fn new(gate: Gate, inner: S) -> Self {
        Self { gate, inner }
    }
}

impl<S, B, R> Service<Request<B>> for ClerkService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
    B: Send + 'static,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ClerkFuture<S, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // MW-11: only a record of this very client makes it superfluous.
        let recorded = request.extensions().get::<RequestAuth>();
        if recorded.is_some_and(|recorded| self.gate.has_seen(recorded)) {
            return ClerkFuture::handling(self.inner.call(request), None);
        }
        match self.gate.enter_now(RequestView::from(&request)) {
            Some(Passage::Answer(answer)) => ClerkFuture::answer(answer),
            Some(Passage::Proceed(auth)) => {
                request.extensions_mut().insert(auth.clone());
                ClerkFuture::handling(self.inner.call(request), Some(auth))
            }
            None => {
                // The service that was polled ready goes along; its clone has to be polled again.
                let clone = self.inner.clone();
                let ready = mem::replace(&mut self.inner, clone);
                let gate = self.gate.clone();
                let entering = Box::pin(async move {
                    let (parts, body) = request.into_parts();
                    let passage = gate.enter(RequestView::from(&parts)).await;
                    (passage, Request::from_parts(parts, body))
                });
                ClerkFuture::entering(entering, ready)
            }
        }
    }
}
