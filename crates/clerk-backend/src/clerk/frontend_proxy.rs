//! The proxy for the Frontend API, with the settings of authentication.

use clerk_core::env::names;
use clerk_errors::{ConfigError, ConfigErrorKind};
use clerk_proxy::{FrontendProxy, FrontendProxyBuilder};

use super::Clerk;

impl Clerk {
    /// The proxy for the Frontend API of this instance: its keys, its proxy URL and its rules about the public origin,
    /// so that authentication and proxy agree.
    ///
    /// ```
    /// use clerk_backend::Clerk;
    ///
    /// let clerk = Clerk::builder()
    ///     .publishable_key("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")
    ///     .secret_key("sk_live_...")
    ///     .proxy_url("/__clerk") // or CLERK_PROXY_URL
    ///     .build()?;
    /// let proxy = clerk.frontend_proxy()?.build()?;
    /// assert!(proxy.matches("/__clerk/v1/client"));
    /// // axum: app.layer(proxy.layer()), outside of authentication
    /// # Ok::<(), clerk_backend::errors::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// There is no proxy URL: browsers would not be sent to the proxy.
    pub fn frontend_proxy(&self) -> Result<FrontendProxyBuilder, ConfigError> {
        let engine = self.authenticator();
        let url = engine.proxy_url().ok_or_else(|| {
            ConfigError::new(ConfigErrorKind::Missing, names::PROXY_URL, "is missing").with_fix(
                "set it, or ClerkBuilder::proxy_url, to the path of the proxy, such as /__clerk",
            )
        })?;
        let mut config = self.config().clone();
        config.proxy_url = Some(url.clone());
        let proxy = FrontendProxy::builder()
            .config(config)
            .forwarded_headers(engine.forwarded_headers().clone());
        Ok(match engine.public_origin() {
            Some(origin) => proxy.public_origin(origin.clone()),
            None => proxy,
        })
    }
}
