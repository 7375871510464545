//! Makes connections, within a deadline and only where they are allowed.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use clerk_core::url::Url;
use http::Uri;
use http::uri::Scheme;
#[cfg(feature = "tls")]
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::TransportErrorKind;

type BoxError = Box<dyn Error + Send + Sync>;

#[cfg(feature = "tls")]
type Inner = HttpsConnector<HttpConnector>;
#[cfg(not(feature = "tls"))]
type Inner = HttpConnector;

#[cfg(feature = "tls")]
type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;
#[cfg(not(feature = "tls"))]
type Stream = TokioIo<TcpStream>;

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum NotConnected {
    Scheme,
    #[cfg(not(feature = "tls"))]
    NoTls,
    PlainHttp,
    Timeout(Duration),
    #[cfg(feature = "tls")]
    Tls(BoxError),
    Io(BoxError),
}

impl NotConnected {
    pub(super) fn kind(&self) -> TransportErrorKind {
        match self {
            #[cfg(not(feature = "tls"))]
            Self::NoTls => TransportErrorKind::Refused,
            Self::Scheme | Self::PlainHttp => TransportErrorKind::Refused,
            Self::Timeout(_) => TransportErrorKind::Timeout,
            #[cfg(feature = "tls")]
            Self::Tls(_) => TransportErrorKind::Tls,
            Self::Io(_) => TransportErrorKind::Connect,
        }
    }

    #[cfg(feature = "tls")]
    fn classify(error: BoxError) -> Self {
        let mut next: Option<&(dyn Error + 'static)> = Some(&*error);
        while let Some(current) = next {
            // An I/O error shows the error it wraps in its source only from the second level on.
            let inner = current
                .downcast_ref::<std::io::Error>()
                .and_then(std::io::Error::get_ref);
            if current.is::<rustls::Error>()
                || inner.is_some_and(<dyn Error + Send + Sync>::is::<rustls::Error>)
            {
                return Self::Tls(error);
            }
            next = match inner {
                Some(inner) => Some(inner),
                None => current.source(),
            };
        }
        Self::Io(error)
    }

    #[cfg(not(feature = "tls"))]
    fn classify(error: impl Into<BoxError>) -> Self {
        Self::Io(error.into())
    }
}

impl fmt::Display for NotConnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme => f.write_str("the URL is neither http nor https"),
            #[cfg(not(feature = "tls"))]
            Self::NoTls => f.write_str("https needs the feature `webpki-roots` or `native-roots`"),
            Self::PlainHttp => f.write_str("plain HTTP to another machine is not allowed"),
            Self::Timeout(limit) => write!(f, "no connection within {limit:?}"),
            #[cfg(feature = "tls")]
            Self::Tls(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl Error for NotConnected {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            #[cfg(feature = "tls")]
            Self::Tls(error) => error.source(),
            Self::Io(error) => error.source(),
            _ => None,
        }
    }
}

/// Resolves, connects and, for https, shakes hands, all within one deadline.
#[derive(Clone)]
pub(super) struct Connector {
    inner: Inner,
    limit: Duration,
    plain_http_anywhere: bool,
}

impl Connector {
    pub(super) fn new(inner: Inner, limit: Duration, plain_http_anywhere: bool) -> Self {
        Self {
            inner,
            limit,
            plain_http_anywhere,
        }
    }

    fn check(&self, uri: &Uri) -> Result<(), NotConnected> {
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => {
                #[cfg(not(feature = "tls"))]
                return Err(NotConnected::NoTls);
                #[cfg(feature = "tls")]
                Ok(())
            }
            Some(scheme) if *scheme == Scheme::HTTP => {
                if self.plain_http_anywhere
                    || Url::parse(&uri.to_string()).is_ok_and(|url| url.is_loopback())
                {
                    Ok(())
                } else {
                    Err(NotConnected::PlainHttp)
                }
            }
            _ => Err(NotConnected::Scheme),
        }
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = NotConnected;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, NotConnected>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), NotConnected>> {
        self.inner
            .poll_ready(context)
            .map_err(NotConnected::classify)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        if let Err(refused) = self.check(&uri) {
            return Box::pin(async { Err(refused) });
        }
        let limit = self.limit;
        let connecting = self.inner.call(uri);
        Box::pin(async move {
            match tokio::time::timeout(limit, connecting).await {
                Ok(connected) => connected.map_err(NotConnected::classify),
                Err(_) => Err(NotConnected::Timeout(limit)),
            }
        })
    }
}
