//! The settings of the transport.

use std::time::Duration;

use clerk_errors::ConfigError;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::HyperTransport;
use super::connector::Connector;
#[cfg(feature = "tls")]
use super::tls::{Roots, TlsProvider, TlsSettings};
use crate::Deadlines;

/// Builds a [`HyperTransport`].
///
/// ```
/// use std::time::Duration;
/// use clerk_http::{Deadlines, HyperTransport};
///
/// let transport = HyperTransport::builder()
///     .deadlines(Deadlines::new().total(Duration::from_secs(10)))
///     .max_body(1024 * 1024)
///     .build()?;
/// # Ok::<(), clerk_errors::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct HyperTransportBuilder {
    deadlines: Deadlines,
    idle: Duration,
    max_body: usize,
    plain_http_anywhere: bool,
    #[cfg(feature = "tls")]
    tls: TlsSettings,
}

impl HyperTransportBuilder {
    pub(super) fn new() -> Self {
        Self {
            deadlines: Deadlines::default(),
            idle: Duration::from_secs(90),
            max_body: 16 * 1024 * 1024,
            plain_http_anywhere: false,
            #[cfg(feature = "tls")]
            tls: TlsSettings::default(),
        }
    }

    /// Sets how long calls may take.
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Sets how long an idle connection is kept.
    pub fn idle_timeout(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// Sets the largest answer that is read, in bytes.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Allows plain HTTP to other machines, for tests: whoever listens in between can read and change everything.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http_anywhere = true;
        self
    }

    /// Chooses the TLS cryptography where both providers are turned on.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn tls_provider(mut self, provider: TlsProvider) -> Self {
        self.tls.provider = provider;
        self
    }

    /// Chooses whose certificates are trusted.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn roots(mut self, roots: Roots) -> Self {
        self.tls.roots = roots;
        self
    }

    /// Trusts the certificates in a PEM text as roots too, such as those of a company's own authority.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn add_root_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.added_pem.push(pem.into());
        self
    }

    /// Makes the transport. Nothing is connected yet, and no runtime is needed yet.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] where a certificate cannot be read, or the system's cannot.
    pub fn build(self) -> Result<HyperTransport, ConfigError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // Several addresses share the time, so that a dead one does not take it all.
        tcp.set_connect_timeout(Some(self.deadlines.connect));
        #[cfg(feature = "tls")]
        let inner = {
            let builder = hyper_rustls::HttpsConnectorBuilder::new()
                .with_tls_config(self.tls.build()?)
                .https_or_http();
            #[cfg(feature = "http2")]
            let builder = builder.enable_all_versions();
            #[cfg(not(feature = "http2"))]
            let builder = builder.enable_http1();
            builder.wrap_connector(tcp)
        };
        #[cfg(not(feature = "tls"))]
        let inner = tcp;
        let connector = Connector::new(inner, self.deadlines.connect, self.plain_http_anywhere);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(self.idle)
            .build(connector);
        Ok(HyperTransport::assemble(
            client,
            self.deadlines,
            self.max_body,
        ))
    }
}
