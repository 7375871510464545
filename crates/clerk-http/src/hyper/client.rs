//! Connections that are kept and shared.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clerk_errors::api::Sent;
use http::{Request, Response};
use http_body_util::Full;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::connector::Connector;
use super::sent_body::SentBody;
use super::{HyperTransportBuilder, failure};
use crate::collect::collect;
use crate::{BodyLimit, Deadlines, Transport, TransportError, TransportErrorKind, TransportFuture};

/// The body of a request that is streamed.
pub type RequestBody = UnsyncBoxBody<Bytes, Box<dyn Error + Send + Sync>>;

/// The body of an answer that is streamed.
pub type StreamingBody = Incoming;

/// HTTP/1.1 (and HTTP/2 with feature `http2`) over hyper, with rustls where a TLS feature is on.
///
/// Cheap to clone; clones share connections. Has to be used within a tokio runtime that has its time and I/O drivers
/// enabled. Redirects are never followed, plain HTTP stays on this machine unless asked otherwise, and every call ends
/// within its [`Deadlines`].
#[derive(Clone)]
pub struct HyperTransport {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client<Connector, SentBody>,
    deadlines: Deadlines,
    max_body: usize,
}

impl HyperTransport {
    /// Starts with the defaults: provider and roots by feature, deadlines of [`Deadlines::default`], 90 s for idle
    /// connections, answers up to 16 MiB.
    pub fn builder() -> HyperTransportBuilder {
        HyperTransportBuilder::new()
    }

    pub(super) fn assemble(
        client: Client<Connector, SentBody>,
        deadlines: Deadlines,
        max_body: usize,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                client,
                deadlines,
                max_body,
            }),
        }
    }

    /// Sends a request whose body, and the body of whose answer, is streamed.
    ///
    /// Deadlines for connecting and for the first byte apply; the bodies take as long as they take, and have no limit.
    ///
    /// # Errors
    ///
    /// [`TransportError`] where no answer began.
    pub fn stream(
        &self,
        request: Request<RequestBody>,
    ) -> impl Future<Output = Result<Response<StreamingBody>, TransportError>> + Send + use<> {
        let deadlines = deadlines_of(&request).unwrap_or(self.inner.deadlines);
        let this = self.clone();
        let request = request.map(SentBody::Streamed);
        async move { this.begin(request, deadlines.first_byte).await }
    }

    async fn begin(
        &self,
        request: Request<SentBody>,
        limit: Duration,
    ) -> Result<Response<Incoming>, TransportError> {
        // hyper's timers and sockets panic outside of a runtime.
        if Handle::try_current().is_err() {
            return Err(TransportError::new(
                TransportErrorKind::Other,
                Sent::No,
                "there is no tokio runtime here",
            ));
        }
        match tokio::time::timeout(limit, self.inner.client.request(request)).await {
            Ok(answer) => answer.map_err(failure::of_request),
            Err(_) => Err(TransportError::new(
                TransportErrorKind::Timeout,
                Sent::Maybe,
                format!("no answer within {limit:?}"),
            )),
        }
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let deadlines = deadlines_of(&request).unwrap_or(self.inner.deadlines);
        let limit = request
            .extensions()
            .get::<BodyLimit>()
            .map_or(self.inner.max_body, |limit| limit.0);
        let end = Instant::now().checked_add(deadlines.total);
        let request = request.map(|body| SentBody::Whole(Full::new(body)));
        let answer = self
            .begin(request, deadlines.first_byte.min(deadlines.total))
            .await?;
        let (parts, body) = answer.into_parts();
        let reading = collect(body, limit, failure::of_body);
        let read = match end {
            Some(end) => tokio::time::timeout_at(end, reading).await,
            None => Ok(reading.await),
        };
        let body = read
            .unwrap_or_else(|_| {
                Err(TransportError::new(
                    TransportErrorKind::Timeout,
                    Sent::Yes,
                    format!("the answer was not complete within {:?}", deadlines.total),
                ))
            })
            .map_err(|error| error.with_status(parts.status))?;
        Ok(Response::from_parts(parts, body))
    }
}

fn deadlines_of<B>(request: &Request<B>) -> Option<Deadlines> {
    request.extensions().get::<Deadlines>().copied()
}

impl Transport for HyperTransport {
    fn send(&self, request: Request<Bytes>) -> TransportFuture {
        let this = self.clone();
        Box::pin(async move { this.exchange(request).await })
    }
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport")
            .field("deadlines", &self.inner.deadlines)
            .field("max_body", &self.inner.max_body)
            .finish_non_exhaustive()
    }
}
