//! How calls to the Backend API are sent.

use clerk_core::{Clock, Config};
use clerk_errors::ConfigError;
use clerk_http::{
    ApiClient, Deadlines, HyperTransport, Retry, RetryPolicy, SharedRuntime, SharedTransport,
};

use super::ClerkBuilder;

/// What applies to every call, unless the call says otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct CallSettings {
    deadlines: Option<Deadlines>,
    retry: Option<RetryPolicy>,
}

impl ClerkBuilder {
    /// How long calls to the Backend API may take; unless set, 2 s to connect, 10 s to the first byte, 30 s in total.
    ///
    /// Loading signing keys has a limit of its own. With a [transport](Self::transport) of yours, connecting is its
    /// business.
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.calls.deadlines = Some(deadlines);
        self
    }

    /// Repeats failed calls, as the policy says; unless set, nothing is sent twice.
    ///
    /// It is about the calls that you make. Authentication never repeats a call but that for signing keys, which has
    /// a policy of its own: [`jwks_policy`](Self::jwks_policy).
    ///
    /// ```
    /// use clerk_backend::{Clerk, http::RetryPolicy};
    ///
    /// let clerk = Clerk::builder()
    ///     .publishable_key("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")
    ///     .secret_key("sk_live_...")
    ///     .retry(RetryPolicy::safe())
    ///     .build()?;
    /// # Ok::<(), clerk_backend::errors::ConfigError>(())
    /// ```
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.calls.retry = Some(policy);
        self
    }

    /// The version segment in the path of calls; unless set, `v1`.
    ///
    /// The dated version in a header is pinned: the types are made for it. A single call can
    /// [ask for another](clerk_http::ApiRequest::header).
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.config.api_version = Some(version.into());
        self
    }
}

impl CallSettings {
    /// Connections of our own.
    pub(super) fn connect(&self) -> Result<SharedTransport, ConfigError> {
        let builder = HyperTransport::builder().deadlines(self.deadlines.unwrap_or_default());
        Ok(SharedTransport::new(builder.build()?))
    }

    /// The client that authentication uses: nothing is repeated behind its back.
    pub(super) fn plain_client(
        &self,
        config: &Config,
        transport: SharedTransport,
        clock: &Clock,
    ) -> Result<ApiClient, ConfigError> {
        let mut client = ApiClient::builder(transport)
            .api_url(config.api_url())
            .api_version(config.api_version())
            .clock(clock.clone());
        if let Some(deadlines) = self.deadlines {
            client = client.deadlines(deadlines);
        }
        if let Some(secret) = &config.secret_key {
            client = client.secret_key(secret.expose());
        }
        if let Some(secret) = &config.machine_secret_key {
            client = client.machine_secret_key(secret.expose());
        }
        client.build()
    }

    /// The client for everybody else, over the same connections.
    pub(super) fn client(
        &self,
        config: &Config,
        transport: SharedTransport,
        runtime: &SharedRuntime,
        clock: &Clock,
    ) -> Result<ApiClient, ConfigError> {
        let transport = match self.retry {
            Some(policy) => SharedTransport::new(Retry::new(
                transport,
                policy,
                runtime.clone(),
                clock.clone(),
            )),
            None => transport,
        };
        self.plain_client(config, transport, clock)
    }
}

/// Tells `tracing` of every call.
pub(super) fn traced(transport: SharedTransport) -> SharedTransport {
    #[cfg(feature = "tracing")]
    return SharedTransport::new(clerk_http::Traced::new(transport));
    #[cfg(not(feature = "tracing"))]
    transport
}
