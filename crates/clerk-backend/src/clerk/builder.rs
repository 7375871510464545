//! From settings to a client.

use std::fmt;
use std::sync::Arc;

use clerk_core::env::{auto_proxy_url, names};
use clerk_core::url::Url;
use clerk_core::{Clock, Config, MachineSecretKey, ProxyUrl, PublishableKey, SecretKey};
use clerk_errors::{ConfigError, ConfigErrorKind};
use clerk_http::{SharedRuntime, SharedTransport, TokioRuntime};
use clerk_internal::{AuthenticateOptions, Authenticator, CallLimits, Issuer};
use clerk_tokens::VerifyingKey;
use clerk_tokens::jwks::{JwksPolicy, RemoteKeys};

use super::calls::{CallSettings, traced};
use super::{Clerk, SdkMetadata, Shared};

/// Builds a [`Clerk`].
///
/// ```
/// use clerk_backend::Clerk;
///
/// let clerk = Clerk::builder()
///     .publishable_key("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")
///     .secret_key("sk_live_...")
///     .authorized_parties(["https://app.example.com"])
///     .build()?;
/// # Ok::<(), clerk_backend::errors::ConfigError>(())
/// ```
#[derive(Default)]
#[must_use]
pub struct ClerkBuilder {
    pub(super) config: Config,
    publishable_key: Option<String>,
    secret_key: Option<clerk_core::Secret>,
    machine_secret_key: Option<clerk_core::Secret>,
    api_url: Option<String>,
    proxy_url: Option<String>,
    options: AuthenticateOptions,
    has_public_origin: bool,
    transport: Option<SharedTransport>,
    runtime: Option<SharedRuntime>,
    clock: Option<Clock>,
    jwks_policy: JwksPolicy,
    call_limits: CallLimits,
    pub(super) calls: CallSettings,
    allow_test_keys: bool,
    pub(super) user_agent: Option<String>,
    pub(super) sdk_metadata: Option<SdkMetadata>,
    #[cfg(feature = "token-cache")]
    token_cache_bytes: Option<usize>,
    #[cfg(feature = "machine-cache")]
    machine_cache: Option<std::time::Duration>,
}

impl ClerkBuilder {
    /// Takes settings read elsewhere, such as [`Config::from_env`]; what is set here besides goes before them.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// The publishable key (`pk_test_...` or `pk_live_...`).
    pub fn publishable_key(mut self, key: impl Into<String>) -> Self {
        self.publishable_key = Some(key.into());
        self
    }

    /// The secret key (`sk_test_...` or `sk_live_...`).
    pub fn secret_key(mut self, key: impl Into<clerk_core::Secret>) -> Self {
        self.secret_key = Some(key.into());
        self
    }

    /// The machine secret key, for verifying opaque M2M tokens.
    pub fn machine_secret_key(mut self, key: impl Into<clerk_core::Secret>) -> Self {
        self.machine_secret_key = Some(key.into());
        self
    }

    /// The PEM public key of the instance, for verifying tokens without a call.
    pub fn jwt_key(mut self, pem: impl Into<String>) -> Self {
        self.config.jwt_key = Some(pem.into());
        self
    }

    /// Where the Backend API is.
    pub fn api_url(mut self, url: impl Into<String>) -> Self {
        self.api_url = Some(url.into());
        self
    }

    /// Where browsers reach the Frontend API by way of a proxy: a whole URL, or a path of this application such as
    /// `/__clerk`.
    pub fn proxy_url(mut self, url: impl Into<String>) -> Self {
        self.proxy_url = Some(url.into());
        self
    }

    /// The origins that session tokens may have been made for (`azp`).
    pub fn authorized_parties<P: Into<String>>(
        mut self,
        parties: impl IntoIterator<Item = P>,
    ) -> Self {
        self.config.authorized_parties = parties.into_iter().map(Into::into).collect();
        self
    }

    /// The issuers (`iss`) whose session tokens are accepted: any unless set. `Issuer::FromPublishableKey` derives it from the
    /// publishable key; a list suits a proxy of the Frontend API, or a domain that is moving.
    pub fn issuer(mut self, issuer: impl Into<Issuer>) -> Self {
        self.options = self.options.issuer(issuer);
        self
    }

    /// The application's public origin, such as `https://app.example.com`, whatever a request says. Recommended
    /// behind proxies.
    pub fn public_origin(mut self, origin: clerk_core::url::Origin) -> Self {
        self.options = self.options.public_origin(origin);
        self.has_public_origin = true;
        self
    }

    /// Further options of authentication; they go before what the settings say.
    pub fn options(
        mut self,
        change: impl FnOnce(AuthenticateOptions) -> AuthenticateOptions,
    ) -> Self {
        self.options = change(self.options);
        self
    }

    /// Sends calls by this transport; unless set, by hyper and rustls.
    pub fn transport(mut self, transport: impl Into<SharedTransport>) -> Self {
        self.transport = Some(transport.into());
        self
    }

    /// Runs background work on this; unless set, on tokio.
    pub fn runtime(mut self, runtime: SharedRuntime) -> Self {
        self.runtime = Some(runtime);
        self
    }

    /// Judges times by this clock; unless set, the system's.
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = Some(clock.into());
        self
    }

    /// How signing keys are kept.
    pub fn jwks_policy(mut self, policy: JwksPolicy) -> Self {
        self.jwks_policy = policy;
        self
    }

    /// Bounds the calls that unauthenticated requests can cause.
    pub fn call_limits(mut self, limits: CallLimits) -> Self {
        self.call_limits = limits;
        self
    }

    /// Remembers verified session tokens in at most this many bytes; unless set, each presentation is verified in full. A
    /// session token takes about 2.5 KB. Times, parties and keys are judged each time all the same.
    #[cfg(feature = "token-cache")]
    #[cfg_attr(docsrs, doc(cfg(feature = "token-cache")))]
    pub fn token_cache(mut self, max_bytes: usize) -> Self {
        self.token_cache_bytes = Some(max_bytes);
        self
    }

    /// Remembers for this long which opaque machine tokens Clerk vouched for; unless set, Clerk is asked about each
    /// presentation of a token.
    ///
    /// **A token that is revoked stays good here until it is forgotten**, so choose the shortest time that helps; more than
    /// 60 seconds is refused. Only good tokens are remembered, by their hash, never beyond their expiry; and of requests with
    /// the same token at the same time only one asks.
    #[cfg(feature = "machine-cache")]
    #[cfg_attr(docsrs, doc(cfg(feature = "machine-cache")))]
    pub fn machine_cache(mut self, lifetime: std::time::Duration) -> Self {
        self.machine_cache = Some(lifetime);
        self
    }

    /// Accepts keys whose private half is published with this project. For tests only: anyone can sign with them.
    /// Refused with a live key, unless the Backend API is on this machine.
    pub fn allow_test_keys(mut self) -> Self {
        self.allow_test_keys = true;
        self
    }

    /// Checks the settings. Nothing is fetched.
    ///
    /// # Errors
    ///
    /// A setting is missing, cannot be used, or contradicts another; the error names it and says what to do.
    pub fn build(self) -> Result<Clerk, ConfigError> {
        let mut config = self.config;
        if let Some(text) = self.publishable_key {
            config.publishable_key = Some(parse_key(&text)?);
        }
        if let Some(secret) = self.secret_key {
            config.secret_key = Some(SecretKey::new(secret)?);
        }
        if let Some(secret) = self.machine_secret_key {
            config.machine_secret_key = Some(MachineSecretKey::new(secret)?);
        }
        if let Some(url) = self.api_url {
            config.api_url = Some(Url::parse(&url).map_err(|error| {
                ConfigError::new(ConfigErrorKind::Malformed, "the API URL", "is not a URL")
                    .with_source(error)
            })?);
        }
        if let Some(url) = self.proxy_url {
            config.proxy_url = Some(ProxyUrl::parse(&url)?);
        }
        config.check()?;
        let key = config.require_publishable_key()?.clone();
        let has_local_key = config.jwt_key.is_some();
        check_test_keys(self.allow_test_keys, &config, &key)?;

        let mut calls = self.calls;
        let named = self.sdk_metadata.as_ref().map(SdkMetadata::user_agent);
        calls.user_agent = self.user_agent.or(named);
        let clock = self.clock.unwrap_or_else(Clock::system);
        let runtime = self
            .runtime
            .unwrap_or_else(|| SharedRuntime::new(TokioRuntime::new()));
        let transport = match self.transport {
            Some(transport) => transport,
            None => calls.connect()?,
        };
        let transport = traced(transport);
        // Authentication has attempts of its own; both clients send by the same connections.
        let client = calls.plain_client(&config, transport.clone(), &clock)?;
        let api = calls.client(&config, transport.clone(), &runtime, &clock)?;

        let mut options = AuthenticateOptions::new()
            .publishable_key(key.clone())
            .secret_key(config.secret_key.clone())
            .machine_secret_key(config.machine_secret_key.clone())
            .authorized_parties(config.authorized_parties.iter())
            .proxy_url(config.proxy_url.clone())
            .domain(config.domain.clone())
            .is_satellite(config.is_satellite == Some(true))
            .sign_in_url(
                config
                    .sign_in_url
                    .as_ref()
                    .map(|url| url.as_str().to_owned()),
            )
            .sign_up_url(
                config
                    .sign_up_url
                    .as_ref()
                    .map(|url| url.as_str().to_owned()),
            )
            .allow_test_keys(self.allow_test_keys);
        if let Some(pem) = &config.jwt_key {
            let key = VerifyingKey::from_jwt_key(pem)
                .map_err(|error| error.with_setting("CLERK_JWT_KEY"))?;
            options = options.jwt_key(key);
        }
        let options = self.options.over(&options);

        // Without a secret key the Frontend API has the keys too.
        let keys = if has_local_key {
            None
        } else {
            let source = match &config.secret_key {
                Some(_) => RemoteKeys::backend_api(client.clone()),
                None => RemoteKeys::frontend_api(&key, transport)?,
            };
            Some(
                source
                    .policy(self.jwks_policy)
                    .build_on(runtime, clock.clone()),
            )
        };
        let mut engine = Authenticator::builder(options)
            .clock(clock)
            .call_limits(self.call_limits);
        #[cfg(feature = "token-cache")]
        if let Some(max_bytes) = self.token_cache_bytes {
            engine = engine.token_cache(clerk_tokens::TokenCache::new(max_bytes));
        }
        #[cfg(feature = "machine-cache")]
        if let Some(lifetime) = self.machine_cache {
            engine = engine.machine_cache(lifetime);
        }
        if config.secret_key.is_some() || config.machine_secret_key.is_some() {
            engine = engine.calls(Arc::new(client));
        }
        if let Some(keys) = &keys {
            engine = engine.signing_keys(Arc::new(keys.clone()));
        }
        Ok(Clerk {
            authenticator: engine.build()?,
            shared: Arc::new(Shared {
                config,
                #[cfg(feature = "api-client")]
                api: clerk_api::Client::new(api.clone()),
                client: api,
                keys,
                has_public_origin: self.has_public_origin,
            }),
        })
    }
}

/// Adds the proxy that switches itself on where an application has no domain of its own.
pub(super) fn with_auto_proxy(
    mut config: Config,
    lookup: impl Fn(&str) -> Option<String>,
) -> Config {
    let instance_type = config
        .publishable_key
        .as_ref()
        .map(PublishableKey::instance_type);
    let (has_proxy, has_domain) = (config.proxy_url.is_some(), config.domain.is_some());
    if let Some(proxy) = auto_proxy_url(lookup, instance_type, has_proxy, has_domain) {
        config.proxy_url = Some(proxy);
    }
    config
}

fn parse_key(text: &str) -> Result<PublishableKey, ConfigError> {
    PublishableKey::parse(text).map_err(|error| {
        ConfigError::new(
            ConfigErrorKind::Malformed,
            names::PUBLISHABLE_KEY,
            error.to_string(),
        )
    })
}

/// Test keys with a live instance would let anybody in.
fn check_test_keys(allow: bool, config: &Config, key: &PublishableKey) -> Result<(), ConfigError> {
    let is_here = config.api_url.as_ref().is_some_and(Url::is_loopback);
    if !allow || is_here || key.instance_type().is_development() {
        return Ok(());
    }
    Err(ConfigError::new(
        ConfigErrorKind::Unsafe,
        "allow_test_keys",
        "cannot be used with a live key: anybody can sign with test keys",
    )
    .with_fix("use a pk_test_ key, or leave it out"))
}

impl fmt::Debug for ClerkBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClerkBuilder")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
