//! Requests of frameworks that do not use this version of the `http` crate.

use std::error::Error;
use std::net::IpAddr;

use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use http_body::Body;

use crate::{FrontendProxy, PeerAddress, ProxyBody, ProxyError, ProxyErrorKind};

/// The scheme a request came in by, where its target does not say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestScheme(pub(crate) &'static str);

/// A request as raw pieces, for [`FrontendProxy::handle_pieces`].
///
/// What cannot be part of a request is noticed there and answered with 400.
#[derive(Debug)]
#[must_use]
pub struct RequestPieces {
    request: Option<Request<()>>,
}

impl RequestPieces {
    /// The method in capitals, and path and query as they came.
    pub fn new(method: &str, path_and_query: &str) -> Self {
        let method = Method::from_bytes(method.as_bytes()).ok();
        let uri = path_and_query.parse::<Uri>().ok();
        let request = method.zip(uri).map(|(method, uri)| {
            let mut request = Request::new(());
            *request.method_mut() = method;
            *request.uri_mut() = uri;
            request
        });
        Self { request }
    }

    /// Adds a header, also if there is one of that name already.
    pub fn header(mut self, name: &str, value: &[u8]) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).ok();
        let value = HeaderValue::from_bytes(value).ok();
        match (&mut self.request, name.zip(value)) {
            (Some(request), Some((name, value))) => {
                request.headers_mut().append(name, value);
            }
            _ => self.request = None,
        }
        self
    }

    /// Says that the server itself ended TLS.
    pub fn secure(mut self) -> Self {
        if let Some(request) = &mut self.request {
            request.extensions_mut().insert(RequestScheme("https"));
        }
        self
    }

    /// Names the other end of the connection.
    pub fn peer(mut self, address: IpAddr) -> Self {
        if let Some(request) = &mut self.request {
            request.extensions_mut().insert(PeerAddress(address));
        }
        self
    }
}

impl FrontendProxy {
    /// Answers a request given as raw pieces. A body that cannot cross threads comes by
    /// [`body_channel`](crate::body_channel); the answer's is a stream of bytes.
    pub async fn handle_pieces<B>(&self, pieces: RequestPieces, body: B) -> Response<ProxyBody>
    where
        B: Body + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        match pieces.request {
            Some(request) => self.handle(request.map(|()| body)).await,
            None => {
                let problem = "the request is not HTTP";
                ProxyError::new(ProxyErrorKind::BadRequest, problem).into_response()
            }
        }
    }
}
