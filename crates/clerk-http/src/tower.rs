//! Any HTTP client that is a `tower::Service`, as transport.

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use clerk_errors::api::Sent;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_service::Service;

use crate::collect::collect;
use crate::{
    BodyLimit, Deadlines, SharedRuntime, Transport, TransportError, TransportErrorKind,
    TransportFuture, within,
};

type BoxError = Box<dyn Error + Send + Sync>;

/// Sends requests through a `tower::Service`, such as a client with a middleware stack of its own.
///
/// The service is cloned for each request. The deadlines of the request, or else [`Deadlines::default`], apply on top
/// of its own; connecting is its own affair. It must not follow redirects, and should keep plain HTTP on this machine.
pub struct TowerTransport<S> {
    service: Mutex<S>,
    runtime: SharedRuntime,
    max_body: usize,
}

impl<S> TowerTransport<S> {
    /// Sends through `service`; time passes on `runtime`. Answers may have up to 16 MiB.
    pub fn new(service: S, runtime: SharedRuntime) -> Self {
        Self {
            service: Mutex::new(service),
            runtime,
            max_body: 16 * 1024 * 1024,
        }
    }

    /// Sets the largest answer that is read, in bytes.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }
}

impl<S, B> Transport for TowerTransport<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    fn send(&self, request: Request<Bytes>) -> TransportFuture {
        let mut service = self
            .service
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let extensions = request.extensions();
        let deadlines = extensions.get::<Deadlines>().copied().unwrap_or_default();
        let limit = extensions
            .get::<BodyLimit>()
            .map_or(self.max_body, |limit| limit.0);
        let runtime = self.runtime.clone();
        Box::pin(async move {
            let begin = async {
                poll_fn(|context| service.poll_ready(context))
                    .await
                    .map_err(|error| failed(Sent::No, error))?;
                service
                    .call(request.map(Full::new))
                    .await
                    .map_err(|error| failed(Sent::Maybe, error))
            };
            let exchange = async {
                let answer = within(&runtime, deadlines.first_byte, begin)
                    .await
                    .unwrap_or_else(|_| Err(late(Sent::Maybe)))?;
                let (parts, body) = answer.into_parts();
                let body = collect(body, limit, |error| failed(Sent::Yes, error))
                    .await
                    .map_err(|error| error.with_status(parts.status))?;
                Ok(Response::from_parts(parts, body))
            };
            within(&runtime, deadlines.total, exchange)
                .await
                .unwrap_or_else(|_| Err(late(Sent::Maybe)))
        })
    }
}

fn failed(sent: Sent, error: impl Into<BoxError>) -> TransportError {
    TransportError::new(
        TransportErrorKind::Other,
        sent,
        "the service did not answer",
    )
    .with_source(Opaque(error.into()))
}

fn late(sent: Sent) -> TransportError {
    TransportError::new(
        TransportErrorKind::Timeout,
        sent,
        "the service took too long",
    )
}

/// A boxed error as an error.
#[derive(Debug)]
struct Opaque(BoxError);

impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Opaque {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl<S> fmt::Debug for TowerTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TowerTransport")
            .field("max_body", &self.max_body)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Future, pending};
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use super::*;
    use crate::testing::ManualRuntime;

    #[derive(Clone, Copy)]
    enum Behaviour {
        Answers,
        NotReady,
        Fails,
        Hangs,
    }

    #[derive(Clone)]
    struct Client(Behaviour);

    impl Service<Request<Full<Bytes>>> for Client {
        type Response = Response<Full<Bytes>>;
        type Error = BoxError;
        type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            match self.0 {
                Behaviour::NotReady => Poll::Ready(Err("overloaded".into())),
                _ => Poll::Ready(Ok(())),
            }
        }

        fn call(&mut self, request: Request<Full<Bytes>>) -> Self::Future {
            let behaviour = self.0;
            Box::pin(async move {
                match behaviour {
                    Behaviour::Hangs => pending().await,
                    Behaviour::Fails => Err("broke".into()),
                    _ => Ok(Response::new(request.into_body())),
                }
            })
        }
    }

    async fn send(behaviour: Behaviour, limit: usize) -> Result<Bytes, (TransportErrorKind, Sent)> {
        let runtime = SharedRuntime::new(ManualRuntime::new(0));
        TowerTransport::new(Client(behaviour), runtime)
            .max_body(limit)
            .send(Request::new(Bytes::from_static(b"echo")))
            .await
            .map(Response::into_body)
            .map_err(|error| (error.kind(), error.sent()))
    }

    #[tokio::test]
    async fn a_service_answers_fails_or_takes_too_long() {
        use TransportErrorKind as Kind;
        assert_eq!(send(Behaviour::Answers, 4).await, Ok(Bytes::from("echo")));
        let cases = [
            (Behaviour::Answers, 3, Kind::TooLarge, Sent::Yes),
            (Behaviour::NotReady, 4, Kind::Other, Sent::No),
            (Behaviour::Fails, 4, Kind::Other, Sent::Maybe),
            (Behaviour::Hangs, 4, Kind::Timeout, Sent::Maybe),
        ];
        for (behaviour, limit, kind, sent) in cases {
            assert_eq!(send(behaviour, limit).await, Err((kind, sent)));
        }
    }
}
