//! The service.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::{Error, HttpMessage};
use clerk_internal::guard::{Gate, Passage, RequestAuth};

use super::error::ErrorWithHeaders;
use crate::request::{Headers, view};
use crate::response;

/// The service that [`ClerkMiddleware`](crate::ClerkMiddleware) puts around another.
pub struct ClerkMiddlewareService<S> {
    gate: Gate,
    inner: Rc<S>,
}

impl<S> ClerkMiddlewareService<S> {
    pub(super) fn new(gate: Gate, inner: S) -> Self {
        Self {
            gate,
            inner: Rc::new(inner),
        }
    }
}

impl<S, B> Service<ServiceRequest> for ClerkMiddlewareService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        // MW-11: only a record of this very client makes it superfluous.
        let has_seen = |recorded: &RequestAuth| self.gate.has_seen(recorded);
        if request.extensions().get().is_some_and(has_seen) {
            let handling = self.inner.call(request);
            return Box::pin(async { handling.await.map(ServiceResponse::map_into_left_body) });
        }
        let (gate, inner) = (self.gate.clone(), Rc::clone(&self.inner));
        Box::pin(async move {
            let auth = match enter(&gate, &request).await {
                Passage::Answer(answer) => {
                    let response = request.into_response(response::answer(answer));
                    return Ok(response.map_into_right_body());
                }
                Passage::Proceed(auth) => auth,
            };
            request.extensions_mut().insert(auth.clone());
            match inner.call(request).await {
                Ok(mut response) => {
                    response::tell(&auth, response.headers_mut());
                    Ok(response.map_into_left_body())
                }
                Err(error) => Err(ErrorWithHeaders { error, auth }.into()),
            }
        })
    }
}

async fn enter(gate: &Gate, request: &ServiceRequest) -> Passage {
    let headers = Headers::of(request.head());
    let view = view(request.head(), &headers, request.app_config().secure());
    match gate.enter_now(view) {
        Some(passage) => passage,
        None => gate.enter(view).await,
    }
}

impl<S> fmt::Debug for ClerkMiddlewareService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClerkMiddlewareService")
            .field("gate", &self.gate)
            .finish_non_exhaustive()
    }
}
