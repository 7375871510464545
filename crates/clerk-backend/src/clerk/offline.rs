//! A client of the offline Clerk.

use clerk_core::{Config, ProxyUrl, Secret};
use clerk_testing::server::OfflineClerk;

use super::{Clerk, ClerkBuilder};

impl Clerk {
    /// A client of an offline Clerk: its keys and addresses, and its clock, so that time moves for both at once.
    ///
    /// ```
    /// use std::time::Duration;
    /// use clerk_backend::testing::server::OfflineClerk;
    /// use clerk_backend::{Clerk, RequestState};
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let offline = OfflineClerk::start().await;
    /// let clerk = Clerk::offline(&offline);
    ///
    /// let ada = offline.create_user("ada@example.com").await;
    /// let request = http::Request::get("http://localhost:3000/me")
    ///     .header("authorization", format!("Bearer {}", offline.session(&ada).token()))
    ///     .body(())?;
    ///
    /// assert!(matches!(clerk.authenticate_request(&request).await?, RequestState::SignedIn(_)));
    /// offline.clock().advance(Duration::from_secs(66)); // sixty seconds, and five of tolerance
    /// assert!(matches!(clerk.authenticate_request(&request).await?, RequestState::SignedOut(_)));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(example())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// With further settings: [`ClerkBuilder::offline`].
    ///
    /// # Panics
    ///
    /// Where [`ClerkBuilder::build`] gives an error: a live-shaped offline Clerk that listens beyond this machine is
    /// refused.
    #[must_use]
    #[expect(
        clippy::panic,
        reason = "its only input is an offline Clerk that the test itself started: no request, token or variable reaches it, and a test \
                  that cannot build its client has failed"
    )]
    pub fn offline(offline: &OfflineClerk) -> Self {
        match Self::builder().offline(offline).build() {
            Ok(clerk) => clerk,
            Err(error) => panic!("{error}"),
        }
    }
}

impl ClerkBuilder {
    /// Takes keys, addresses and the clock of an offline Clerk, and [allows its published
    /// keys](Self::allow_test_keys).
    ///
    /// ```
    /// use clerk_backend::Clerk;
    /// use clerk_backend::testing::server::OfflineClerk;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let offline = OfflineClerk::start().await;
    /// let clerk = Clerk::builder()
    ///     .offline(&offline)
    ///     .authorized_parties(["http://localhost:3000"])
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(example())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn offline(self, offline: &OfflineClerk) -> Self {
        let mut config = Config::new();
        config.publishable_key = Some(offline.publishable_key().clone());
        // A URL of this machine parses; were there none, redirects would go to the key's host, which exists nowhere.
        config.proxy_url = ProxyUrl::parse(&offline.frontend_url()).ok();
        config.webhook_signing_secret = Some(Secret::new(offline.webhook_secret()));
        self.config(config)
            .secret_key(offline.secret_key())
            .api_url(offline.backend_url())
            .clock(offline.verifier_clock())
            .allow_test_keys()
    }
}
