//! The seam between this SDK and the network.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use crate::{BoxFuture, TransportError};

/// What [`Transport::send`] returns.
pub type TransportFuture = BoxFuture<Result<Response<Bytes>, TransportError>>;

/// Sends a complete request and returns the complete answer.
///
/// Every status is an answer: only what kept an answer from arriving whole is an error. An implementation
/// does not follow redirects, and bounds the time it takes and the size of the body it accepts. Headers that
/// carry secrets are marked [sensitive](http::HeaderValue::is_sensitive). Who made the request says more about it in
/// its extensions: see [`Operation`](crate::Operation) and [`Deadlines`](crate::Deadlines).
///
/// Decorators wrap one transport in another: see [`Retry`](crate::Retry).
///
/// ```
/// use bytes::Bytes;
/// use clerk_http::{SharedTransport, Transport, TransportFuture};
/// use http::{Request, Response};
///
/// struct Teapot;
///
/// impl Transport for Teapot {
///     fn send(&self, _request: Request<Bytes>) -> TransportFuture {
///         Box::pin(async {
///             let mut response = Response::new(Bytes::new());
///             *response.status_mut() = http::StatusCode::IM_A_TEAPOT;
///             Ok(response)
///         })
///     }
/// }
///
/// let transport = SharedTransport::new(Teapot);
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends the request. Dropping the future gives up on the answer.
    fn send(&self, request: Request<Bytes>) -> TransportFuture;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: Request<Bytes>) -> TransportFuture {
        (**self).send(request)
    }
}

/// A transport behind a handle that is cheap to clone; clones share its connections.
#[derive(Clone)]
pub struct SharedTransport {
    inner: Arc<dyn Transport>,
}

impl SharedTransport {
    /// Shares a transport.
    pub fn new(transport: impl Transport) -> Self {
        Self {
            inner: Arc::new(transport),
        }
    }
}

impl Transport for SharedTransport {
    fn send(&self, request: Request<Bytes>) -> TransportFuture {
        self.inner.send(request)
    }
}

impl From<Arc<dyn Transport>> for SharedTransport {
    fn from(inner: Arc<dyn Transport>) -> Self {
        Self { inner }
    }
}

impl fmt::Debug for SharedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedTransport").finish_non_exhaustive()
    }
}
