//! The settings of a proxy.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clerk_core::env::names;
use clerk_core::url::Origin;
use clerk_core::{Config, InstanceType, PublishableKey, Secret, SecretKey};
use clerk_errors::{ConfigError, ConfigErrorKind};
use clerk_http::{Deadlines, HyperTransport};
use clerk_internal::request::ForwardedHeaders;
use http::{Extensions, HeaderValue};

use crate::fapi_url::{self, FapiUrl};
use crate::limits::Limits;
use crate::proxy::{PeerLookup, PublicOrigins, SetUp, Shared};
use crate::{ClientAddress, FrontendProxy, ProxyPath};

/// Builds a [`FrontendProxy`].
///
/// ```
/// use clerk_proxy::{ClientAddress, FrontendProxy, IpNetwork};
///
/// let proxy = FrontendProxy::builder()
///     .publishable_key("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")
///     .secret_key("sk_live_...")
///     .public_origin("https://app.example.com".parse()?)
///     .client_address(ClientAddress::behind_proxies(["10.0.0.0/8".parse::<IpNetwork>()?]))
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub struct FrontendProxyBuilder {
    config: Config,
    publishable_key: Option<String>,
    secret_key: Option<Secret>,
    fapi_url: Option<String>,
    path: Option<String>,
    origins: PublicOrigins,
    client_address: ClientAddress,
    peer: Option<PeerLookup>,
    deadlines: Deadlines,
    idle: Duration,
    max_request_body: u64,
    max_response_body: u64,
    transport: Option<HyperTransport>,
    plain_http_anywhere: bool,
}

impl FrontendProxyBuilder {
    pub(crate) fn new() -> Self {
        Self {
            config: Config::new(),
            publishable_key: None,
            secret_key: None,
            fapi_url: None,
            path: None,
            origins: PublicOrigins::default(),
            client_address: ClientAddress::default(),
            peer: None,
            deadlines: Deadlines::new()
                .first_byte(Duration::from_secs(30))
                .total(Duration::from_secs(600)),
            idle: Duration::from_secs(30),
            max_request_body: 32 * 1024 * 1024,
            max_response_body: 256 * 1024 * 1024,
            transport: None,
            plain_http_anywhere: false,
        }
    }

    /// Takes settings read elsewhere, such as [`Config::from_env`]; what is set here besides goes before them.
    ///
    /// A proxy URL among them names the proxy's path, unless [`path`](Self::path) does; and if it is absolute, the
    /// public origin, because authentication sends browsers there.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// The publishable key (`pk_test_...` or `pk_live_...`), which says where the Frontend API is.
    pub fn publishable_key(mut self, key: impl Into<String>) -> Self {
        self.publishable_key = Some(key.into());
        self
    }

    /// The secret key (`sk_test_...` or `sk_live_...`), which only the Frontend API gets.
    pub fn secret_key(mut self, key: impl Into<Secret>) -> Self {
        self.secret_key = Some(key.into());
        self
    }

    /// Where the Frontend API is; unless set, where the publishable key's instance has it.
    pub fn fapi_url(mut self, url: impl Into<String>) -> Self {
        self.fapi_url = Some(url.into());
        self
    }

    /// Where the proxy is on the application's origin; unless set, that of the configured proxy URL or `/__clerk`.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The application's public origin, such as `https://app.example.com`, whatever a request says. Recommended.
    pub fn public_origin(mut self, origin: Origin) -> Self {
        self.origins.fixed = Some(origin);
        self
    }

    /// Which reports of a proxy in front of the application are believed about the public origin. The same as for
    /// authentication, or the two disagree about the proxy's URL.
    pub fn forwarded_headers(mut self, forwarded: ForwardedHeaders) -> Self {
        self.origins.forwarded = forwarded;
        self
    }

    /// Where the address of the client comes from; unless set, from the connection.
    pub fn client_address(mut self, from: ClientAddress) -> Self {
        self.client_address = from;
        self
    }

    /// Finds the other end of the connection in a request's extensions, where the server does not put a
    /// [`PeerAddress`](crate::PeerAddress) there. With axum:
    ///
    /// ```
    /// # use std::net::SocketAddr;
    /// use axum::extract::ConnectInfo;
    ///
    /// # let builder = clerk_proxy::FrontendProxy::builder();
    /// builder.peer_address(|extensions| {
    ///     extensions.get().map(|ConnectInfo(address): &ConnectInfo<SocketAddr>| address.ip())
    /// });
    /// ```
    pub fn peer_address(
        mut self,
        find: impl Fn(&Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.peer = Some(Arc::new(find));
        self
    }

    /// Sets how long an exchange may take: to connect (2 s unless set), from the end of the request to the head of the
    /// answer (30 s), and as a whole (10 minutes).
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Sets how long a body in either direction may stand still while the proxy waits for more of it; 30 s unless set.
    pub fn idle_timeout(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// Sets the largest request body, in bytes; 32 MiB unless set.
    pub fn max_request_body(mut self, bytes: u64) -> Self {
        self.max_request_body = bytes;
        self
    }

    /// Sets the largest body of an answer, in bytes; 256 MiB unless set.
    pub fn max_response_body(mut self, bytes: u64) -> Self {
        self.max_response_body = bytes;
        self
    }

    /// Sends requests by this transport, whose own time to connect counts then; unless set, by one of the proxy's own.
    pub fn transport(mut self, transport: HyperTransport) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Allows plain HTTP to a Frontend API on another machine, for tests: whoever listens in between can read the
    /// secret key. Refused with a live key.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http_anywhere = true;
        self
    }

    /// Checks the settings. Nothing is connected.
    ///
    /// # Errors
    ///
    /// A setting is missing, cannot be used, or contradicts another; the error names it and says what to do.
    pub fn build(mut self) -> Result<FrontendProxy, ConfigError> {
        let path = self.proxy_path()?;
        let set_up = self.set_up()?;
        Ok(assemble(path, Ok(set_up)))
    }

    /// As [`build`](Self::build), for applications that start without their keys: what is wrong with the settings is
    /// logged with, and answered to, each request, with 500 and `proxy_configuration_error`.
    pub fn build_or_refuse(mut self) -> FrontendProxy {
        match self.proxy_path() {
            Ok(path) => {
                let set_up = self.set_up();
                assemble(path, set_up)
            }
            Err(error) => assemble(ProxyPath::default(), Err(error)),
        }
    }

    /// The path, and with an absolute proxy URL the origin.
    fn proxy_path(&mut self) -> Result<ProxyPath, ConfigError> {
        if let Some(path) = &self.path {
            return ProxyPath::parse(path);
        }
        let Some(url) = &self.config.proxy_url else {
            return Ok(ProxyPath::default());
        };
        let other_server = || {
            ConfigError::new(
                ConfigErrorKind::Conflict,
                names::PROXY_URL,
                "names a whole server, not a path on this one",
            )
            .with_fix("set it to a path such as /__clerk, or leave out the application's own proxy")
        };
        if url.is_relative() {
            // Authentication would send browsers to the root.
            let is_root = url.as_str().trim_matches('/').is_empty();
            return if is_root {
                Err(other_server())
            } else {
                ProxyPath::parse(url.as_str())
            };
        }
        let url = clerk_core::url::Url::parse(url.as_str()).map_err(|_| other_server())?;
        if url.path() == "/" {
            return Err(other_server());
        }
        // Authentication takes an absolute proxy URL as it is.
        self.origins.fixed = Some(url.origin());
        ProxyPath::parse(url.path())
    }

    fn set_up(self) -> Result<SetUp, ConfigError> {
        let mut config = self.config;
        if let Some(text) = self.publishable_key {
            let key = PublishableKey::parse(&text).map_err(|error| {
                let kind = ConfigErrorKind::Malformed;
                ConfigError::new(kind, names::PUBLISHABLE_KEY, error.to_string())
            })?;
            config.publishable_key = Some(key);
        }
        if let Some(secret) = self.secret_key {
            config.secret_key = Some(SecretKey::new(secret)?);
        }
        config.check()?;
        let key = config.require_publishable_key()?;
        let secret = config.require_secret_key()?;
        let is_live = key.instance_type().is_production()
            || secret.instance_type() == Some(InstanceType::Production);
        let fapi = match (&self.fapi_url, &config.fapi_url) {
            (Some(text), _) => FapiUrl::parse(text)?,
            (None, Some(url)) => {
                FapiUrl::parse(url.as_str()).map_err(|error| error.with_setting(names::FAPI_URL))?
            }
            (None, None) => FapiUrl::parse(fapi_url::fapi_url(key))?,
        };
        let is_plain = fapi.url().scheme() == clerk_core::url::Scheme::Http;
        if is_plain && !fapi.url().is_loopback() && (is_live || !self.plain_http_anywhere) {
            return Err(ConfigError::new(
                ConfigErrorKind::Unsafe,
                "the Frontend API URL",
                "is plain HTTP to another machine, which would show the secret key",
            )
            .with_fix("use https"));
        }
        let mut secret_key = HeaderValue::from_str(secret.expose()).map_err(|_| {
            ConfigError::new(
                ConfigErrorKind::Malformed,
                names::SECRET_KEY,
                "has characters that do not fit into a header",
            )
        })?;
        secret_key.set_sensitive(true);
        let transport = match self.transport {
            Some(transport) => transport,
            None => {
                let transport = HyperTransport::builder().deadlines(self.deadlines);
                let allowed = is_plain && self.plain_http_anywhere && !is_live;
                if allowed {
                    transport.allow_plain_http().build()?
                } else {
                    transport.build()?
                }
            }
        };
        Ok(SetUp {
            fapi,
            secret_key,
            origins: self.origins,
            client_address: self.client_address,
            peer: self.peer,
            limits: Limits {
                first_byte: self.deadlines.first_byte,
                idle: self.idle,
                total: self.deadlines.total,
                request_body: self.max_request_body,
                response_body: self.max_response_body,
            },
            transport,
            has_warned: AtomicBool::new(false),
        })
    }
}

fn assemble(path: ProxyPath, set_up: Result<SetUp, ConfigError>) -> FrontendProxy {
    FrontendProxy {
        shared: Arc::new(Shared { path, set_up }),
    }
}

impl fmt::Debug for FrontendProxyBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrontendProxyBuilder")
            .field("config", &self.config)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
