//! From options to an engine.

use std::fmt;
use std::sync::Arc;

use clerk_core::Clock;
use clerk_errors::ConfigError;

use super::{Authenticator, Inner};
#[cfg(feature = "machine-cache")]
use crate::driver::MachineCache;
use crate::driver::{BackendCalls, Call, CallLimits, Driver, SigningKeys};
use crate::options::AuthenticateOptions;
use crate::settings::Settings;

/// Builds an [`Authenticator`].
pub struct AuthenticatorBuilder {
    options: AuthenticateOptions,
    clock: Option<Clock>,
    calls: Option<Arc<dyn BackendCalls>>,
    keys: Option<Arc<dyn SigningKeys>>,
    limits: CallLimits,
    #[cfg(feature = "token-cache")]
    cache: Option<clerk_tokens::TokenCache>,
    #[cfg(feature = "machine-cache")]
    machine_cache: Option<std::time::Duration>,
}

impl AuthenticatorBuilder {
    pub(super) fn new(options: AuthenticateOptions) -> Self {
        Self {
            options,
            clock: None,
            calls: None,
            keys: None,
            limits: CallLimits::default(),
            #[cfg(feature = "token-cache")]
            cache: None,
            #[cfg(feature = "machine-cache")]
            machine_cache: None,
        }
    }

    /// Judges times by this clock; unless set, the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = Some(clock.into());
        self
    }

    /// Makes calls to the Backend API with this.
    #[must_use]
    pub fn calls(mut self, calls: Arc<dyn BackendCalls>) -> Self {
        self.calls = Some(calls);
        self
    }

    /// Takes signing keys from this, where no JWT key is set.
    #[must_use]
    pub fn signing_keys(mut self, keys: Arc<dyn SigningKeys>) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Bounds the calls that unauthenticated requests can cause.
    #[must_use]
    pub fn call_limits(mut self, limits: CallLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Remembers verified session tokens; unless set, each is verified anew. Not to be shared between instances.
    #[cfg(feature = "token-cache")]
    #[cfg_attr(docsrs, doc(cfg(feature = "token-cache")))]
    #[must_use]
    pub fn token_cache(mut self, cache: clerk_tokens::TokenCache) -> Self {
        self.cache = Some(cache);
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
    #[must_use]
    pub fn machine_cache(mut self, lifetime: std::time::Duration) -> Self {
        self.machine_cache = Some(lifetime);
        self
    }

    /// Checks the options.
    ///
    /// # Errors
    ///
    /// An option is missing, cannot be used, or contradicts another; or the target has no clock and none was set.
    pub fn build(self) -> Result<Authenticator, ConfigError> {
        self.build_with(Settings::new)
    }

    pub(super) fn for_nobody(self) -> Result<Authenticator, ConfigError> {
        self.build_with(|options, clock, _| Settings::for_nobody(options, clock))
    }

    fn build_with(
        self,
        settings: impl FnOnce(AuthenticateOptions, &Clock, bool) -> Result<Settings, ConfigError>,
    ) -> Result<Authenticator, ConfigError> {
        let clock = match self.clock {
            Some(clock) => clock,
            None => default_clock()?,
        };
        let settings = Arc::new(settings(self.options.clone(), &clock, self.keys.is_some())?);
        let driver = Driver::new(self.calls, self.keys, self.limits);
        #[cfg(feature = "machine-cache")]
        let driver = match self.machine_cache {
            Some(lifetime) => driver.with_cache(MachineCache::new(lifetime)?),
            None => driver,
        };
        Ok(Authenticator {
            inner: Arc::new(Inner {
                call: Call::of(&settings),
                options: self.options,
                settings,
                clock,
                driver: Arc::new(driver),
                notices: Arc::default(),
                #[cfg(feature = "token-cache")]
                cache: self.cache,
            }),
        })
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn default_clock() -> Result<Clock, ConfigError> {
    Ok(Clock::system())
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn default_clock() -> Result<Clock, ConfigError> {
    Err(ConfigError::new(
        clerk_errors::ConfigErrorKind::Missing,
        "the clock",
        "is missing, and this target has none of its own",
    ))
}

impl fmt::Debug for AuthenticatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticatorBuilder")
            .finish_non_exhaustive()
    }
}
