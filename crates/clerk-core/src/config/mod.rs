//! The settings of a backend, typed.

mod keys;
mod page_url;
mod read;
#[cfg(test)]
mod tests;

use clerk_errors::ConfigError;

pub use page_url::PageUrl;

use crate::constants;
use crate::domains::{Domain, FrontendApis, ProxyUrl};
use crate::publishable_key::PublishableKey;
use crate::secret::Secret;
use crate::secret_key::{MachineSecretKey, SecretKey};
use crate::url::Url;

/// The settings of a backend. Every one is optional here; what a use needs, it asks for.
///
/// ```
/// use clerk_core::Config;
///
/// let config = Config::from_lookup(|name| match name {
///     "CLERK_PUBLISHABLE_KEY" => Some("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k".to_owned()),
///     "CLERK_AUTHORIZED_PARTIES" => Some("https://example.com, https://app.example.com".to_owned()),
///     _ => None,
/// })?;
/// assert_eq!(config.authorized_parties.len(), 2);
/// assert_eq!(
///     config.require_secret_key().unwrap_err().to_string(),
///     "CLERK_SECRET_KEY is missing: copy it from the API keys page of the Clerk Dashboard (https://dashboard.clerk.com)",
/// );
/// # Ok::<(), clerk_errors::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Config {
    /// The publishable key of the instance (`CLERK_PUBLISHABLE_KEY`).
    pub publishable_key: Option<PublishableKey>,
    /// The secret key of the instance (`CLERK_SECRET_KEY`).
    pub secret_key: Option<SecretKey>,
    /// The text of the PEM public key for verification without network (`CLERK_JWT_KEY`).
    pub jwt_key: Option<String>,
    /// The secret key of this machine (`CLERK_MACHINE_SECRET_KEY`).
    pub machine_secret_key: Option<MachineSecretKey>,
    /// The origin of the Backend API, perhaps with a path (`CLERK_API_URL`).
    pub api_url: Option<Url>,
    /// The version segment of the Backend API (`CLERK_API_VERSION`).
    pub api_version: Option<String>,
    /// The secret that webhooks are signed with (`CLERK_WEBHOOK_SIGNING_SECRET`).
    pub webhook_signing_secret: Option<Secret>,
    /// Where a proxy for the Frontend API is (`CLERK_PROXY_URL`).
    pub proxy_url: Option<ProxyUrl>,
    /// The domain of a satellite application (`CLERK_DOMAIN`).
    pub domain: Option<Domain>,
    /// Whether this is a satellite application (`CLERK_IS_SATELLITE`).
    pub is_satellite: Option<bool>,
    /// The application's sign-in page (`CLERK_SIGN_IN_URL`).
    pub sign_in_url: Option<PageUrl>,
    /// The application's sign-up page (`CLERK_SIGN_UP_URL`).
    pub sign_up_url: Option<PageUrl>,
    /// The origins that session tokens may have been made for (`CLERK_AUTHORIZED_PARTIES`, separated by commas).
    pub authorized_parties: Vec<String>,
    /// The origin of the Frontend API for the proxy (`CLERK_FAPI_URL`).
    pub fapi_url: Option<Url>,
    /// What stands in the environment under a name that is close to a missing one.
    near_misses: keys::NearMisses,
}

impl Config {
    /// No settings at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the environment of the process.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the variable, what is wrong with it and what to do.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| {
            std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
        })
    }

    /// Reads variables through a function. White space around values does not count, an empty value is none.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the variable, what is wrong with it and what to do.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let config = read::read(&lookup)?;
        config.check()?;
        Ok(config)
    }

    /// Checks that the settings do not contradict each other.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if one key is a test key and the other a live key.
    pub fn check(&self) -> Result<(), ConfigError> {
        keys::check_same_instance_type(self.publishable_key.as_ref(), self.secret_key.as_ref())
    }

    /// The publishable key.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if there is none; it points out a key that stands under another name.
    pub fn require_publishable_key(&self) -> Result<&PublishableKey, ConfigError> {
        self.publishable_key
            .as_ref()
            .ok_or_else(|| self.near_misses.missing_publishable_key())
    }

    /// The secret key.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if there is none; it points out a key that stands under another name.
    pub fn require_secret_key(&self) -> Result<&SecretKey, ConfigError> {
        self.secret_key
            .as_ref()
            .ok_or_else(|| self.near_misses.missing_secret_key())
    }

    /// Where the Backend API is: as configured, or else where the publishable key's instance has it.
    #[must_use]
    pub fn api_url(&self) -> &str {
        match (&self.api_url, &self.publishable_key) {
            (Some(url), _) => url.as_str(),
            (None, Some(key)) => key.frontend_api().environment().api_url(),
            (None, None) => constants::API_URL,
        }
    }

    /// The version segment of the Backend API: as configured, or `v1`.
    #[must_use]
    pub fn api_version(&self) -> &str {
        self.api_version
            .as_deref()
            .unwrap_or(constants::API_VERSION)
    }

    /// Which Frontend API the application talks to; `None` without a publishable key.
    #[must_use]
    pub fn frontend_apis(&self) -> Option<FrontendApis> {
        let key = self.publishable_key.as_ref()?;
        Some(FrontendApis::new(
            key,
            self.proxy_url.clone(),
            self.domain.as_ref(),
            self.is_satellite == Some(true),
        ))
    }
}
