//! Development without keys: an application that Clerk makes for this folder.

mod error;
mod store;
mod surroundings;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use clerk_api::Client;
use clerk_api::accountless_applications::{
    CompleteAccountlessApplication, CreateAccountlessApplication,
};
use clerk_core::{Clock, Config, SecretKey};
use clerk_http::{ApiClient, HyperTransport, SharedRuntime, SharedTransport, TokioRuntime};
use clerk_internal::Authenticator;
use http::HeaderName;

pub use error::{KeylessError, KeylessErrorKind};
pub use store::KeylessApplication;

use crate::{Clerk, ClerkBuilder};
use store::Store;

/// The claim URL is shown this often, in milliseconds.
const NOTICE_EVERY_MS: i64 = 10 * 60 * 1000;

/// A completed set-up is remembered this long, in milliseconds.
const COMPLETED_FOR_MS: i64 = 24 * 60 * 60 * 1000;

const FRAMEWORK: HeaderName = HeaderName::from_static("clerk-framework");
const FRAMEWORK_VERSION: HeaderName = HeaderName::from_static("clerk-framework-version");

/// Keys for development without an account: where the environment has none, Clerk makes an application, and its keys are
/// kept in `.clerk/.tmp/keyless.json` for the next start. Whoever opens the claim URL takes the application over.
///
/// Only in builds with debug assertions, never in automated runs (`CI` and the like), never where an environment variable says
/// production, never beside a key that is configured, and not with `CLERK_KEYLESS_DISABLED=1`.
///
/// ```no_run
/// use clerk_backend::keyless::Keyless;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let keyless = Keyless::from_env()?;
/// let clerk = keyless.client().await?.build()?;
/// if let Some(notice) = keyless.notice() {
///     println!("{notice}"); // where to claim the application
/// }
/// # Ok(())
/// # }
/// ```
pub struct Keyless {
    config: Config,
    /// Why no application may be made here.
    refusal: Option<KeylessError>,
    store: Store,
    source: String,
    framework: (String, String),
    transport: Option<SharedTransport>,
    runtime: SharedRuntime,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    claim_url: Option<String>,
    noticed_at: Option<i64>,
    completed_at: Option<i64>,
}

impl Keyless {
    /// Reads the environment of the process, and keeps its files in the current folder.
    ///
    /// # Errors
    ///
    /// A variable cannot be used. Missing keys are no error here.
    pub fn from_env() -> Result<Self, KeylessError> {
        Self::from_lookup(|name| {
            std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
        })
    }

    /// Reads variables through a function.
    ///
    /// # Errors
    ///
    /// A variable cannot be used. Missing keys are no error here.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, KeylessError> {
        let config = Config::from_lookup(&lookup).map_err(KeylessError::settings)?;
        let refusal = surroundings::check(&lookup, cfg!(debug_assertions)).err();
        Ok(Self {
            config,
            refusal,
            store: Store::new(PathBuf::from(".")),
            source: "rust".to_owned(),
            framework: ("rust".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            transport: None,
            runtime: SharedRuntime::new(TokioRuntime::new()),
            clock: Clock::system(),
            state: Mutex::default(),
        })
    }

    /// Keeps files in this folder, the root of the project, in place of the current one.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.store = Store::new(folder.into());
        self
    }

    /// What asks for the application: the name and version of a framework's integration.
    #[must_use]
    pub fn framework(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.framework = (name.into(), version.into());
        self
    }

    /// Where the application comes from, as Clerk counts it; `rust` unless set.
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }

    /// Sends calls by this transport; unless set, by hyper and rustls.
    #[must_use]
    pub fn transport(mut self, transport: impl Into<SharedTransport>) -> Self {
        self.transport = Some(transport.into());
        self
    }

    /// Waits for other processes on this runtime; unless set, on tokio.
    #[must_use]
    pub fn runtime(mut self, runtime: SharedRuntime) -> Self {
        self.runtime = runtime;
        self
    }

    /// Judges times by this clock; unless set, the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// Whether an application may be made here, and if not, why.
    ///
    /// # Errors
    ///
    /// What stands against it.
    pub fn check(&self) -> Result<(), KeylessError> {
        if self.config.publishable_key.is_some() || self.config.secret_key.is_some() {
            return Err(KeylessError::refused("a key is configured"));
        }
        self.refusal.clone().map_or(Ok(()), Err)
    }

    /// A client with the configured keys, or where there are none, with those of the application of this folder.
    ///
    /// Configured keys that are those of the folder's application mean that somebody has claimed it: Clerk is told so
    /// once, and if that fails, again another time.
    ///
    /// # Errors
    ///
    /// There are no keys and none may be made here, or making them failed.
    pub async fn client(&self) -> Result<ClerkBuilder, KeylessError> {
        let mut config = self.config.clone();
        if config.publishable_key.is_none() && config.secret_key.is_none() {
            let application = self.application().await?;
            config.publishable_key = Some(application.publishable_key().clone());
            config.secret_key = Some(application.secret_key().clone());
        } else if self.refusal.is_none() {
            self.complete().await;
        }
        Ok(Clerk::builder().config(config))
    }

    /// What a framework's layer works with while there are no keys because of an outage: everybody is signed out, routes that need
    /// somebody answer 401, and nobody is redirected. So development goes on without a network; the next start tries again.
    ///
    /// ```no_run
    /// use clerk_backend::Authenticator;
    /// use clerk_backend::keyless::Keyless;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let keyless = Keyless::from_env()?;
    /// let authenticator = match keyless.client().await {
    ///     Ok(client) => Authenticator::from(client.build()?),
    ///     Err(error) => {
    ///         eprintln!("{error}");
    ///         keyless.signed_out(error)?
    ///     }
    /// };
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The error itself, where it is no outage but a mistake to be put right; and a refusal where keyless mode is off, as in
    /// release builds, in automated runs and beside a configured key: there an application without keys must not start.
    pub fn signed_out(&self, error: KeylessError) -> Result<Authenticator, KeylessError> {
        self.check()?;
        match error.kind() {
            KeylessErrorKind::Api | KeylessErrorKind::Files | KeylessErrorKind::Busy => {
                Authenticator::for_nobody(self.clock.clone()).map_err(KeylessError::settings)
            }
            KeylessErrorKind::Refused | KeylessErrorKind::Settings | KeylessErrorKind::Unusable => {
                Err(error)
            }
        }
    }

    /// The application of this folder; made, if there is none yet.
    ///
    /// # Errors
    ///
    /// None may be made here, or making it failed: no connection, an answer that is not an application of a development
    /// instance, files that cannot be written.
    pub async fn application(&self) -> Result<KeylessApplication, KeylessError> {
        self.check()?;
        let application = match self.store.read()? {
            Some(application) => application,
            None => {
                let _lock = self.store.lock(&self.runtime).await?;
                // Whoever had the lock before may have made it.
                match self.store.read()? {
                    Some(application) => application,
                    None => self.store.keep(self.create().await?)?,
                }
            }
        };
        self.state().claim_url = Some(application.claim_url().to_owned());
        Ok(application)
    }

    /// The sentence that says where to claim the application, for the terminal: at most every ten minutes, and only
    /// once there is an application.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        let now = self.clock.now_ms();
        let mut state = self.state();
        let url = state.claim_url.clone()?;
        if state
            .noticed_at
            .is_some_and(|at| now - at < NOTICE_EVERY_MS)
        {
            return None;
        }
        state.noticed_at = Some(now);
        Some(format!(
            "This application runs on keys that Clerk made for it. Claim it at {url}"
        ))
    }

    async fn create(&self) -> Result<KeylessApplication, KeylessError> {
        let params = CreateAccountlessApplication::new().source(&self.source);
        let (name, version) = &self.framework;
        let client = self.api(None)?;
        let call = client.accountless_applications().create_with(params);
        let call = call
            .header(FRAMEWORK, name)
            .header(FRAMEWORK_VERSION, version);
        let made = call.await.map_err(KeylessError::api)?;
        KeylessApplication::new(&made)
    }

    /// Tells Clerk that the folder's application was claimed, where the configured keys are its keys.
    async fn complete(&self) {
        let now = self.clock.now_ms();
        let is_known = |at: i64| now - at < COMPLETED_FOR_MS;
        if self.state().completed_at.is_some_and(is_known) {
            return;
        }
        let (Some(key), Some(secret)) = (&self.config.publishable_key, &self.config.secret_key)
        else {
            return;
        };
        let stored = self.store.read().ok().flatten();
        if !stored.is_some_and(|stored| stored.has_keys(key, secret)) {
            return;
        }
        let params = CompleteAccountlessApplication::new().source(&self.source);
        let (name, version) = &self.framework;
        let Ok(client) = self.api(Some(secret)) else {
            return;
        };
        let call = client
            .accountless_applications()
            .complete_onboarding_with(params);
        let call = call
            .header(FRAMEWORK, name)
            .header(FRAMEWORK_VERSION, version);
        // The application works without it; it is tried again with the next client.
        if call.await.is_ok() {
            self.state().completed_at = Some(now);
        }
    }

    fn api(&self, secret: Option<&SecretKey>) -> Result<Client, KeylessError> {
        let transport = match &self.transport {
            Some(transport) => transport.clone(),
            None => {
                let transport = HyperTransport::builder().build();
                SharedTransport::new(transport.map_err(KeylessError::settings)?)
            }
        };
        let mut client = ApiClient::builder(transport)
            .api_url(self.config.api_url())
            .api_version(self.config.api_version())
            .clock(self.clock.clone());
        if let Some(secret) = secret {
            client = client.secret_key(secret.expose());
        }
        client
            .build()
            .map(Client::new)
            .map_err(KeylessError::settings)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Nothing panics while holding it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Keyless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyless")
            .field("folder", &self.store.folder())
            .field("refusal", &self.refusal)
            .finish_non_exhaustive()
    }
}
