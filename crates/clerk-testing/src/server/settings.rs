//! How an offline Clerk is set up, and why it may refuse to start.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use clerk_core::env::names;
use serde_json::{Map, Value};

use super::OfflineClerk;

/// Settings of an offline Clerk. Made by [`OfflineClerk::builder`].
#[derive(Clone, Debug)]
pub struct OfflineClerkBuilder {
    pub(super) settings: Settings,
}

/// What does not change while the offline Clerk runs, and the initial values of what may.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) live_shaped: bool,
    pub(crate) token_lifetime: Duration,
    pub(crate) token_version: u8,
    pub(crate) features: Vec<String>,
    pub(crate) plans: Vec<String>,
    pub(crate) claims: Map<String, Value>,
    pub(crate) npm_folder: Option<PathBuf>,
    pub(crate) backend_port: u16,
    pub(crate) frontend_port: u16,
    pub(crate) address: IpAddr,
    pub(crate) secret_key: Option<String>,
    pub(crate) control_token: Option<String>,
    pub(crate) refresh_cookies: bool,
    pub(crate) rate_limit: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            live_shaped: false,
            token_lifetime: Duration::from_secs(60),
            token_version: 2,
            features: Vec::new(),
            plans: Vec::new(),
            claims: Map::new(),
            npm_folder: None,
            backend_port: 0,
            frontend_port: 0,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            secret_key: None,
            control_token: None,
            refresh_cookies: true,
            rate_limit: None,
        }
    }
}

impl OfflineClerkBuilder {
    /// Behaves like a production instance: a `pk_live_` key, the browser known by the `__client` cookie, handshakes
    /// answered by cookie. The key still names a host that cannot exist.
    #[must_use]
    pub fn live_shaped(mut self) -> Self {
        self.settings.live_shaped = true;
        self
    }

    /// How long session tokens live; sixty seconds unless set.
    #[must_use]
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = lifetime;
        self
    }

    /// Issues session tokens of version 1.
    #[must_use]
    pub fn version_1_tokens(mut self) -> Self {
        self.settings.token_version = 1;
        self
    }

    /// Adds a feature to every session token, with its scope, such as `u:drafts` or `o:sso`.
    #[must_use]
    pub fn feature(mut self, scoped: impl Into<String>) -> Self {
        self.settings.features.push(scoped.into());
        self
    }

    /// Adds a plan to every session token, with its scope, such as `u:pro`.
    #[must_use]
    pub fn plan(mut self, scoped: impl Into<String>) -> Self {
        self.settings.plans.push(scoped.into());
        self
    }

    /// Adds a claim to every session token; texts may hold shortcodes such as `{{user.public_metadata.tier}}`.
    #[must_use]
    pub fn session_claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.settings.claims.insert(name.into(), value.into());
        self
    }

    /// The folder that `/npm/...` is served from: `FOLDER/@clerk/clerk-js/dist/...`, as `npm install` or an unpacked
    /// `npm pack` leave it. Versions in requested paths (`clerk-js@6`) are ignored.
    #[must_use]
    pub fn npm_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.settings.npm_folder = Some(folder.into());
        self
    }

    /// The port of the Backend API; a free one unless set.
    #[must_use]
    pub fn backend_port(mut self, port: u16) -> Self {
        self.settings.backend_port = port;
        self
    }

    /// The port of the Frontend API; a free one unless set.
    #[must_use]
    pub fn frontend_port(mut self, port: u16) -> Self {
        self.settings.frontend_port = port;
        self
    }

    /// The secret key that callers of the Backend API must send; a random one unless set. Must start with
    /// `sk_test_`, or `sk_live_offline_` for a live-shaped instance.
    #[must_use]
    pub fn secret_key(mut self, key: impl Into<String>) -> Self {
        self.settings.secret_key = Some(key.into());
        self
    }

    /// The token that the control routes ask for; a random one unless set.
    #[must_use]
    pub fn control_token(mut self, token: impl Into<String>) -> Self {
        self.settings.control_token = Some(token.into());
        self
    }

    /// Hands out no refresh cookies: expired page loads are renewed by handshake alone.
    #[must_use]
    pub fn without_refresh_cookies(mut self) -> Self {
        self.settings.refresh_cookies = false;
        self
    }

    /// Answers 429 with `Retry-After` above this many Backend API requests in ten seconds; unlimited unless set.
    #[must_use]
    pub fn rate_limit(mut self, requests_per_ten_seconds: u32) -> Self {
        self.settings.rate_limit = Some(requests_per_ten_seconds);
        self
    }

    /// Listens on an address that other machines may reach. Everybody who reaches it can sign in as anybody.
    #[must_use]
    pub fn dangerously_listen_beyond_loopback(mut self, address: IpAddr) -> Self {
        self.settings.address = address;
        self
    }

    /// Starts it.
    ///
    /// # Errors
    ///
    /// [`StartError`] says what is in the way.
    pub async fn start(self) -> Result<OfflineClerk, StartError> {
        OfflineClerk::launch(self.settings, |name| std::env::var(name).ok()).await
    }
}

/// Why an offline Clerk did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The environment holds the secret key of a live instance: this is no place for experiments.
    LiveSecretKey,
    /// The given secret key does not start with `sk_test_`, or `sk_live_offline_` for a live-shaped instance.
    SecretKey {
        /// What it must start with.
        prefix: &'static str,
    },
    /// A port could not be opened, or the operating system gave no random numbers.
    Io(std::io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LiveSecretKey => write!(
                f,
                "{} holds a live secret key: unset it before the offline Clerk is started",
                names::SECRET_KEY
            ),
            Self::SecretKey { prefix } => {
                write!(
                    f,
                    "the secret key of this offline Clerk must start with {prefix}"
                )
            }
            Self::Io(error) => write!(f, "the offline Clerk cannot listen: {error}"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

/// Begins the secret keys of live-shaped instances: Clerk's have no underscore there.
pub(super) const LIVE_SHAPED_SECRET_KEY: &str = "sk_live_offline_";

/// Refuses environments that hold live keys.
pub(super) fn check_environment(lookup: impl Fn(&str) -> Option<String>) -> Result<(), StartError> {
    let key = lookup(names::SECRET_KEY).unwrap_or_default();
    let key = key.trim_start();
    if key.starts_with("sk_live_") && !key.starts_with(LIVE_SHAPED_SECRET_KEY) {
        return Err(StartError::LiveSecretKey);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_secret_keys_in_the_environment_are_refused() {
        for (value, refused) in [
            (Some("sk_live_abc"), true),
            (Some(" sk_live_abc"), true),
            (Some("sk_live_offlineabc"), true),
            (Some("sk_live_offline_abc"), false),
            (Some("sk_test_abc"), false),
            (Some(""), false),
            (None, false),
        ] {
            let lookup = |name: &str| {
                assert_eq!(name, "CLERK_SECRET_KEY");
                value.map(str::to_owned)
            };
            assert_eq!(check_environment(lookup).is_err(), refused, "{value:?}");
        }
    }
}
