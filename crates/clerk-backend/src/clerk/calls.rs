//! How calls to the Backend API are sent.

use clerk_core::{Clock, Config};
use clerk_errors::ConfigError;
use clerk_http::{
    ApiClient, Deadlines, HyperTransport, RateLimit, RateLimited, Retry, RetryPolicy,
    SharedRuntime, SharedTransport,
};

use super::ClerkBuilder;

/// What applies to every call, unless the call says otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct CallSettings {
    deadlines: Option<Deadlines>,
    retry: Option<RetryPolicy>,
    rate_limit: Option<RateLimit>,
    pub(super) user_agent: Option<String>,
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

    /// Holds calls back, so that they stay below a rate limit; unless set, every call is sent at once.
    ///
    /// Use it where this process makes many calls, such as an import: clients on the same instance share Clerk's
    /// limit, so leave room for the others. After a 429 that says when to come back, nothing is sent until then. A
    /// call that would wait too long is refused unsent, with
    /// [`is_rate_limited`](clerk_errors::api::ApiError::is_rate_limited) and the time to wait. Each attempt of a
    /// repeated call counts; authentication is never held back.
    ///
    /// ```
    /// use clerk_backend::{Clerk, http::RateLimit};
    ///
    /// let clerk = Clerk::builder()
    ///     .publishable_key("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")
    ///     .secret_key("sk_live_...")
    ///     .rate_limit(RateLimit::production())
    ///     .build()?;
    /// # Ok::<(), clerk_backend::errors::ConfigError>(())
    /// ```
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.calls.rate_limit = Some(limit);
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
        // Waiting for a turn counts against the deadlines, so that they have to be known.
        let deadlines = self.deadlines.or(self.rate_limit.map(|_| Deadlines::new()));
        if let Some(deadlines) = deadlines {
            client = client.deadlines(deadlines);
        }
        if let Some(user_agent) = &self.user_agent {
            client = client.user_agent(user_agent);
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
        mut transport: SharedTransport,
        runtime: &SharedRuntime,
        clock: &Clock,
    ) -> Result<ApiClient, ConfigError> {
        if let Some(limit) = self.rate_limit {
            let limited = RateLimited::new(transport, limit, runtime.clone(), clock.clone());
            transport = SharedTransport::new(limited);
        }
        if let Some(policy) = self.retry {
            let retry = Retry::new(transport, policy, runtime.clone(), clock.clone());
            transport = SharedTransport::new(retry);
        }
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
