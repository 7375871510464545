//! An offline Clerk with people and machines.

use std::net::SocketAddr;

use clerk_backend::{Clerk, ClerkBuilder};
use clerk_testing::mint::{
    M2mTokenBuilder, OAuthTokenBuilder, SessionTokenBuilder, TestKey, TestOrg,
};
use clerk_testing::server::{OfflineClerk, OfflineClerkBuilder, OfflineOrg, OfflineUser};
use clerk_webhooks::{MemoryReplayGuard, WebhookReceiver, WebhookVerifier};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::client::Request;
use crate::{App, Setup, start};

/// Where browsers find the application.
pub const ORIGIN: &str = "http://localhost:3000";

/// An offline Clerk, an application on it, and whoever calls the application.
pub struct World {
    /// The application.
    pub app: SocketAddr,
    /// The offline Clerk.
    pub offline: OfflineClerk,
    /// An admin of [`acme`](Self::acme).
    pub ada: OfflineUser,
    /// A member of [`acme`](Self::acme).
    pub bob: OfflineUser,
    /// An organization.
    pub acme: OfflineOrg,
    /// Another one of the admin's.
    pub beta: OfflineOrg,
    runtime: Runtime,
}

/// The settings of a world.
pub struct Builder {
    offline: OfflineClerkBuilder,
    options: Option<Box<dyn FnOnce(ClerkBuilder) -> ClerkBuilder>>,
}

impl World {
    /// The usual world: a development instance.
    #[must_use]
    pub fn new<A: App>() -> Self {
        Self::builder().start::<A>()
    }

    /// Settings of a world.
    #[must_use]
    pub fn builder() -> Builder {
        Builder {
            offline: OfflineClerk::builder(),
            options: None,
        }
    }

    /// A session token of the admin in the organization.
    #[must_use]
    pub fn admin(&self) -> String {
        self.offline.session(&self.ada).org(&self.acme).token()
    }

    /// A session token of the member in the organization.
    #[must_use]
    pub fn member(&self) -> String {
        self.offline.session(&self.bob).org(&self.acme).token()
    }

    /// A session token that Clerk could have issued.
    #[must_use]
    pub fn token(&self) -> SessionTokenBuilder {
        SessionTokenBuilder::new("user_minted")
            .issuer(self.offline.issuer())
            .clock(&self.offline.verifier_clock())
            .org(TestOrg::new("org_minted").role("org:admin"))
    }

    /// A session token with another instance's signature.
    #[must_use]
    pub fn forged(&self) -> String {
        let signed_by_another = self.token().key(TestKey::ALL[3]);
        signed_by_another.header("kid", TestKey::FIRST.kid()).mint()
    }

    /// An M2M token.
    #[must_use]
    pub fn m2m(&self) -> String {
        M2mTokenBuilder::new("mch_1")
            .claim("iss", self.offline.issuer())
            .clock(&self.offline.verifier_clock())
            .scopes(["mch_2"])
            .mint()
    }

    /// An OAuth access token with the scope `reports:read`.
    #[must_use]
    pub fn oauth(&self) -> String {
        OAuthTokenBuilder::new("user_oauth")
            .claim("iss", self.offline.issuer())
            .clock(&self.offline.verifier_clock())
            .scopes(["reports:read"])
            .mint()
    }

    /// An API key of the admin with these scopes.
    #[must_use]
    pub fn api_key(&self, scopes: &[&str]) -> String {
        let body = serde_json::json!({"name": "reports", "subject": self.ada.id, "scopes": scopes});
        let backend = self.offline.backend_url();
        let host = backend.trim_start_matches("http://");
        let answer = Request::post("/v1/api_keys", body.to_string())
            .host(Some(host.as_bytes()))
            .header("content-type", "application/json")
            .bearer(self.offline.secret_key())
            .send(host.parse().expect("an address"));
        let key: Value = serde_json::from_str(&answer.body).expect("JSON");
        let secret = key["secret"].as_str().unwrap_or_default();
        assert!(secret.starts_with("ak_"), "{answer:?}");
        secret.to_owned()
    }

    /// Runs something of the offline Clerk's.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

impl Builder {
    /// Changes the offline Clerk.
    #[must_use]
    pub fn offline(
        mut self,
        change: impl FnOnce(OfflineClerkBuilder) -> OfflineClerkBuilder,
    ) -> Self {
        self.offline = change(self.offline);
        self
    }

    /// Changes the application's client.
    #[must_use]
    pub fn clerk(mut self, change: impl FnOnce(ClerkBuilder) -> ClerkBuilder + 'static) -> Self {
        self.options = Some(Box::new(change));
        self
    }

    /// Starts it.
    #[must_use]
    pub fn start<A: App>(self) -> World {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let (offline, ada, bob, acme, beta) = runtime.block_on(async {
            let offline = self
                .offline
                .feature("o:sso")
                .plan("u:pro")
                .start()
                .await
                .expect("a free port");
            let ada = offline.create_user("ada@example.com").await;
            let bob = offline.create_user("bob@example.com").await;
            let acme = offline
                .create_org("Acme")
                .member(&ada, "org:admin", ["org:invoices:create"])
                .member(&bob, "org:member", ["org:invoices:read"])
                .await;
            let beta = offline
                .create_org("Beta")
                .member(&ada, "org:member", ["org:invoices:read"])
                .await;
            (offline, ada, bob, acme, beta)
        });
        let builder = Clerk::builder().offline(&offline);
        let builder = match self.options {
            Some(change) => change(builder),
            None => builder,
        };
        let verifier = WebhookVerifier::new(offline.webhook_secret()).expect("a secret");
        let verifier = verifier.max_body_bytes(64 * 1024);
        let app = start::<A>(Setup {
            clerk: builder.build().expect("settings"),
            webhooks: WebhookReceiver::new(verifier).replay_guard(MemoryReplayGuard::new()),
        });
        World {
            app,
            offline,
            ada,
            bob,
            acme,
            beta,
            runtime,
        }
    }
}
