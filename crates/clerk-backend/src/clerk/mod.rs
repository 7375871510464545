//! The client of an instance: everything in one value.

mod authenticate;
mod builder;
mod calls;
mod diagnose;
#[cfg(feature = "proxy")]
mod frontend_proxy;
#[cfg(feature = "api")]
mod load;
mod machine;
#[cfg(feature = "testing")]
mod offline;
mod sdk;
mod verify;

use std::fmt;
use std::sync::Arc;

use clerk_core::{Config, PublishableKey};
use clerk_errors::ConfigError;
use clerk_http::ApiClient;
use clerk_internal::request::RequestView;
use clerk_internal::state::StateSummary;
use clerk_internal::{Authenticator, RequestState};
use clerk_tokens::jwks::RemoteKeys;

pub use authenticate::AuthenticateRequest;
pub use builder::ClerkBuilder;
pub use diagnose::{Diagnosis, Finding, Severity};
#[cfg(feature = "api")]
pub use load::{LoadResources, Resources};
pub use sdk::SdkMetadata;
pub use verify::VerifyToken;

/// A Clerk instance: authenticates requests and makes calls. Cloning is cheap; clones share connections and keys.
///
/// ```no_run
/// use clerk_backend::{Clerk, RequestState};
///
/// # async fn handle(parts: http::request::Parts) -> Result<(), Box<dyn std::error::Error>> {
/// let clerk = Clerk::from_env()? // CLERK_SECRET_KEY, CLERK_PUBLISHABLE_KEY, CLERK_JWT_KEY and so on
///     .with_authorized_parties(["https://app.example.com"]);
///
/// match clerk.authenticate_request(&parts).await? {
///     RequestState::SignedIn(state) => println!("hello {:?}", state.auth().user_id()),
///     RequestState::SignedOut(state) => println!("sign in first: {}", state.reason()),
///     RequestState::Handshake(state) => println!("307 with {} headers", state.headers().len()),
///     RequestState::Unavailable(state) => println!("503, retry after {:?}", state.retry_after()),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Clerk {
    authenticator: Authenticator,
    shared: Arc<Shared>,
}

struct Shared {
    config: Config,
    #[cfg(feature = "api-client")]
    api: clerk_api::Client,
    client: ApiClient,
    keys: Option<RemoteKeys>,
    has_public_origin: bool,
}

impl Clerk {
    /// The instance that the environment names: `CLERK_PUBLISHABLE_KEY`, `CLERK_SECRET_KEY`, `CLERK_JWT_KEY` and the
    /// others that [`Config`] lists.
    ///
    /// Nothing is fetched yet.
    ///
    /// # Errors
    ///
    /// A variable is missing or cannot be used; the error names it and says what to do.
    pub fn from_env() -> Result<Self, ConfigError> {
        let lookup =
            |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        let config = builder::with_auto_proxy(Config::from_env()?, lookup);
        Self::builder().config(config).build()
    }

    /// Starts with nothing configured.
    pub fn builder() -> ClerkBuilder {
        ClerkBuilder::default()
    }

    /// The same, accepting only session tokens that were made for one of these origins (`azp`).
    ///
    /// Set them wherever tokens come in cookies: without them, a token made for another application on the same
    /// Clerk instance is accepted here.
    #[must_use]
    pub fn with_authorized_parties<P: Into<String>>(
        mut self,
        parties: impl IntoIterator<Item = P>,
    ) -> Self {
        self.authenticator = self.authenticator.with_authorized_parties(parties);
        self
    }

    /// Who makes a request. Await it, or choose [options](AuthenticateRequest) first.
    ///
    /// The request is looked at through a [`RequestView`]: `&http::request::Parts` and `&http::Request<B>` make one.
    pub fn authenticate_request<'a>(
        &'a self,
        request: impl Into<RequestView<'a>>,
    ) -> AuthenticateRequest<'a> {
        AuthenticateRequest::new(&self.authenticator, request.into())
    }

    /// Verifies a token of any kind that came by another way than a request: in a message, a queue, a socket. Await it, or
    /// choose [options](VerifyToken) first.
    pub fn verify<'a>(&'a self, token: &'a str) -> VerifyToken<'a> {
        VerifyToken::new(&self.authenticator, token)
    }

    /// What of a state may be shown to a developer: what was decided and why, and no secret.
    ///
    /// ```no_run
    /// # async fn handle(clerk: clerk_backend::Clerk, parts: http::request::Parts) -> Result<(), Box<dyn std::error::Error>> {
    /// let state = clerk.authenticate_request(&parts).await?;
    /// eprintln!("{}", clerk.debug_request_state(&state)); // signed-out (token-invalid): ...
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn debug_request_state(&self, state: &RequestState) -> StateSummary {
        state.summary()
    }

    /// The engine behind [`authenticate_request`](Self::authenticate_request), for framework integrations.
    #[must_use]
    pub fn authenticator(&self) -> &Authenticator {
        &self.authenticator
    }

    /// Fetches the signing keys now, unless they are at hand: call it before the first request is accepted.
    ///
    /// # Errors
    ///
    /// The keys could not be loaded. Requests try again.
    pub async fn warm_up(&self) -> Result<(), clerk_errors::TokenVerificationError> {
        match &self.shared.keys {
            Some(keys) => keys.warm_up().await,
            None => Ok(()),
        }
    }

    /// Looks for what is wrong with the configuration and the connection, each with its remedy.
    ///
    /// ```no_run
    /// # async fn example(clerk: clerk_backend::Clerk) {
    /// println!("{}", clerk.diagnose().await);
    /// # }
    /// ```
    pub async fn diagnose(&self) -> Diagnosis {
        diagnose::diagnose(self).await
    }

    /// The publishable key.
    #[must_use]
    pub fn publishable_key(&self) -> Option<&PublishableKey> {
        self.authenticator.publishable_key()
    }

    /// The settings the instance was built with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// The client of the Backend API, for all resources; each has a method of its own here too.
    ///
    /// It shares its connections with authentication.
    #[cfg(feature = "api-client")]
    #[cfg_attr(docsrs, doc(cfg(feature = "api-client")))]
    #[must_use]
    pub fn api(&self) -> &clerk_api::Client {
        &self.shared.api
    }

    /// The HTTP core of calls to the Backend API, for calls that no resource has.
    #[must_use]
    pub fn http(&self) -> &ApiClient {
        &self.shared.client
    }
}

impl From<&Clerk> for Authenticator {
    fn from(clerk: &Clerk) -> Self {
        clerk.authenticator.clone()
    }
}

impl From<Clerk> for Authenticator {
    fn from(clerk: Clerk) -> Self {
        clerk.authenticator
    }
}

impl fmt::Debug for Clerk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clerk")
            .field("authenticator", &self.authenticator)
            .field("client", &self.shared.client)
            .finish_non_exhaustive()
    }
}
