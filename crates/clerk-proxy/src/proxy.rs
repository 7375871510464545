//! The proxy itself: a request comes in, an answer goes out.

use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clerk_core::url::{Origin, Url};
use clerk_errors::ConfigError;
use clerk_http::HyperTransport;
use clerk_internal::request::{ForwardedHeaders, RequestView};
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Response};
use http_body::Body;
use http_body_util::BodyExt;

use crate::body::{Progress, Upload};
use crate::fapi_url::FapiUrl;
use crate::headers::{self, Facts};
use crate::limits::{self, Limits};
use crate::pieces::RequestScheme;
use crate::{
    ClientAddress, FrontendProxyBuilder, PeerAddress, ProxyBody, ProxyError, ProxyErrorKind,
    ProxyLayer, ProxyPath, ProxyService, path, upstream,
};

/// Finds the other end of the connection in the extensions of a request.
pub(crate) type PeerLookup = Arc<dyn Fn(&Extensions) -> Option<IpAddr> + Send + Sync>;

/// A proxy for the Frontend API of an instance. Cloning is cheap; clones share connections.
///
/// ```
/// use clerk_proxy::FrontendProxy;
///
/// let proxy = FrontendProxy::builder()
///     .publishable_key("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")
///     .secret_key("sk_live_...")
///     .build()?;
/// assert!(proxy.matches("/__clerk/v1/client"));
/// # Ok::<(), clerk_errors::ConfigError>(())
/// ```
#[doc(alias = "clerkFrontendApiProxy")]
#[derive(Clone)]
pub struct FrontendProxy {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) path: ProxyPath,
    pub(crate) set_up: Result<SetUp, ConfigError>,
}

/// What a proxy needs to work.
pub(crate) struct SetUp {
    pub(crate) fapi: FapiUrl,
    pub(crate) secret_key: HeaderValue,
    pub(crate) origins: PublicOrigins,
    pub(crate) client_address: ClientAddress,
    pub(crate) peer: Option<PeerLookup>,
    pub(crate) limits: Limits,
    pub(crate) transport: HyperTransport,
    pub(crate) has_warned: AtomicBool,
}

/// How the origin is known under which browsers ask.
#[derive(Clone, Debug, Default)]
pub(crate) struct PublicOrigins {
    pub(crate) fixed: Option<Origin>,
    pub(crate) forwarded: ForwardedHeaders,
}

impl PublicOrigins {
    /// The same answer as request authentication gives, which resolves relative proxy URLs by it.
    pub(crate) fn url_of(&self, view: &RequestView<'_>) -> Option<Url> {
        match &self.fixed {
            Some(origin) => origin.url(view.path_and_query()).ok(),
            None => view.public_url(&self.forwarded),
        }
    }
}

impl FrontendProxy {
    /// The proxy that the environment names: `CLERK_PUBLISHABLE_KEY`, `CLERK_SECRET_KEY`, and where they are set
    /// `CLERK_FAPI_URL` and `CLERK_PROXY_URL`, whose path is the proxy's.
    ///
    /// # Errors
    ///
    /// A variable is missing or cannot be used; the error names it and says what to do.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::builder()
            .config(clerk_core::Config::from_env()?)
            .build()
    }

    /// Starts with nothing configured.
    pub fn builder() -> FrontendProxyBuilder {
        FrontendProxyBuilder::new()
    }

    /// Where the proxy is on the application's origin.
    #[must_use]
    pub fn path(&self) -> &ProxyPath {
        &self.shared.path
    }

    /// Whether a request with this path is the proxy's.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.shared.path.matches(path)
    }

    /// A service that answers requests whose path still has the proxy's path before it. Requests with another path are
    /// answered with 400.
    #[must_use]
    pub fn service(&self) -> ProxyService {
        ProxyService::new(self.clone(), false)
    }

    /// The service for routers that take their prefix off the path before they pass a request on, such as axum's
    /// `nest_service`.
    #[must_use]
    pub fn nested_service(&self) -> ProxyService {
        ProxyService::new(self.clone(), true)
    }

    /// A layer that answers the requests below the proxy's path and passes all others on. Put it outside of
    /// authentication.
    #[must_use]
    pub fn layer(&self) -> ProxyLayer {
        ProxyLayer::new(self.clone())
    }

    /// Answers a request; failures become answers too.
    pub async fn handle<B>(&self, request: Request<B>) -> Response<ProxyBody>
    where
        B: Body + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        match self.try_handle(request).await {
            Ok(response) => response,
            Err(error) => error.into_response(),
        }
    }

    /// Answers a request.
    ///
    /// # Errors
    ///
    /// The request was not proxied; [`ProxyError::into_response`] is what the client should get.
    pub async fn try_handle<B>(
        &self,
        request: Request<B>,
    ) -> Result<Response<ProxyBody>, ProxyError>
    where
        B: Body + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        self.answer(request, false).await
    }

    /// Answers a request from which a router may have taken the proxy's path.
    pub(crate) async fn answer<B>(
        &self,
        request: Request<B>,
        is_nested: bool,
    ) -> Result<Response<ProxyBody>, ProxyError>
    where
        B: Body + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let answer = match &self.shared.set_up {
            Ok(set_up) => set_up.proxy(&self.shared.path, request, is_nested).await,
            // PXY-4.
            Err(error) => Err(ProxyError::configuration(error)),
        };
        if let Err(error) = &answer {
            event!(
                warn,
                "a request for the Frontend API was not proxied",
                code = error.kind().code(),
                problem = error
            );
        }
        answer
    }
}

impl SetUp {
    async fn proxy<B>(
        &self,
        proxy_path: &ProxyPath,
        request: Request<B>,
        is_nested: bool,
    ) -> Result<Response<ProxyBody>, ProxyError>
    where
        B: Body + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let bad = |problem| ProxyError::new(ProxyErrorKind::BadRequest, problem);
        let (parts, body) = request.into_parts();
        let rest = if is_nested {
            Some(parts.uri.path()).filter(|path| path.starts_with('/'))
        } else {
            proxy_path.rest(parts.uri.path())
        };
        // PXY-5.
        let rest = rest.ok_or_else(|| {
            ProxyError::new(ProxyErrorKind::PathMismatch, "the path is not the proxy's")
        })?;
        path::check(rest).map_err(|path::Ambiguous| bad("the path is ambiguous"))?;
        // TRACE would show the client the headers that the proxy adds.
        if matches!(parts.method, Method::TRACE | Method::CONNECT)
            || parts.method.as_str() == "TRACK"
        {
            return Err(bad("the method cannot be proxied"));
        }

        let mut view = RequestView::from(&parts);
        if let Some(RequestScheme(scheme)) = parts.extensions.get() {
            view = view.with_scheme(scheme);
        }
        let origin = self.origins.url_of(&view).map(|url| url.origin());
        let origin = origin.ok_or_else(|| bad("the request names no usable host"))?;
        let proxy_url = format!("{}{proxy_path}", origin.as_str());

        let announced = announced_length(&parts.headers)?;
        let known = announced.or_else(|| body.size_hint().exact());
        if known.is_some_and(|length| length > self.limits.request_body) {
            return Err(upstream::too_large());
        }
        let uri = self.fapi.target(rest, parts.uri.query());
        let uri = uri.ok_or_else(|| bad("the path leads elsewhere"))?;
        let value = HeaderValue::from_str(&proxy_url);
        let facts = Facts {
            public_origin: &origin,
            proxy_url: &value.map_err(|_| bad("the request names no usable host"))?,
            secret_key: &self.secret_key,
            client: self.client(&parts.headers, &parts.extensions),
            fapi: &self.fapi,
        };
        let mut headers = headers::of_request(&parts.headers, &facts)
            .ok_or_else(|| bad("the request cannot be passed on"))?;
        let is_chunked = parts.headers.contains_key(TRANSFER_ENCODING);
        if is_chunked {
            // RFC 9112 section 6.3: the length does not count beside it.
            headers.remove(CONTENT_LENGTH);
        }
        let end = limits::end_of(self.limits.total);
        let progress = Progress::new(body.is_end_stream());
        let has_length = known.is_some() && !is_chunked;
        let mut upload = Upload::new(body, known, progress.clone(), &self.limits, end);
        if !has_length && !is_chunked {
            // Not all frameworks can say that a request has no body.
            let ahead = upload.read_ahead().await;
            ahead.map_err(upstream::of_upload)?;
        }
        if !has_length && !upload.is_end_stream() {
            // PXY-20: the client takes bodies of unknown length for granted only with some methods.
            headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        }
        let mut request = Request::new(upload.boxed_unsync());
        *request.method_mut() = parts.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        let answer =
            upstream::exchange(&self.transport, request, &progress, &self.limits, end).await?;

        let (mut parts, body) = answer.into_parts();
        let length = announced_length(&parts.headers).ok().flatten();
        if length.is_some_and(|length| length > self.limits.response_body) {
            return Err(ProxyError::new(
                ProxyErrorKind::Upstream,
                "the answer is larger than the limit",
            ));
        }
        let mut response = Response::new(ProxyBody::streaming(body, &self.limits, end));
        // PXY-17.
        *response.status_mut() = parts.status;
        if let Some(reason) = parts.extensions.remove::<hyper::ext::ReasonPhrase>() {
            response.extensions_mut().insert(reason);
        }
        *response.headers_mut() = headers::of_response(&parts.headers, &self.fapi, &proxy_url);
        Ok(response)
    }

    fn client(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        let peer = extensions.get().map(|PeerAddress(address)| *address);
        let peer = peer.or_else(|| self.peer.as_ref()?(extensions));
        let client = self.client_address.of(headers, peer);
        if client.is_none() && !self.has_warned.swap(true, Ordering::Relaxed) {
            event!(
                warn,
                "the proxy does not know its clients' addresses: Clerk limits all of them as one"
            );
        }
        client
    }
}

/// The length in the headers, which has to be one number.
fn announced_length(headers: &HeaderMap) -> Result<Option<u64>, ProxyError> {
    let mut length = None;
    for value in headers.get_all(CONTENT_LENGTH) {
        let text = value.to_str().ok().map(str::trim);
        let digits =
            text.filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
        let number: Option<u64> = digits.and_then(|text| text.parse().ok());
        match (number, length) {
            (Some(number), None) => length = Some(number),
            (Some(number), Some(before)) if number == before => {}
            _ => {
                let problem = "the length of the body is not a number";
                return Err(ProxyError::new(ProxyErrorKind::BadRequest, problem));
            }
        }
    }
    Ok(length)
}

impl fmt::Debug for FrontendProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("FrontendProxy");
        shown.field("path", &self.shared.path.as_str());
        match &self.shared.set_up {
            Ok(set_up) => shown.field("frontend_api", &set_up.fapi.url().as_str()),
            Err(error) => shown.field("error", error),
        };
        shown.finish_non_exhaustive()
    }
}
