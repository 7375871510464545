//! What the examples stand on: an offline Clerk with two people, in place of an instance of your own.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use clerk_backend::Clerk;
use clerk_testing::server::OfflineClerk;
use clerk_webhooks::{MemoryReplayGuard, WebhookReceiver, WebhookVerifier};

/// An offline Clerk for an example. In an application of your own, `Clerk::from_env()` takes its place.
pub struct Demo {
    offline: OfflineClerk,
    member: String,
    admin: String,
}

impl Demo {
    /// Starts it, with a member and an admin of an organization.
    pub async fn start() -> Self {
        let offline = OfflineClerk::builder()
            .token_lifetime(Duration::from_secs(3600))
            .start()
            .await
            .expect("free ports");
        let ada = offline.create_user("ada@example.com").await;
        let bob = offline.create_user("bob@example.com").await;
        let acme = offline
            .create_org("Acme")
            .member(&ada, "org:admin", [""; 0])
            .member(&bob, "org:member", [""; 0])
            .await;
        Self {
            admin: offline.session(&ada).org(&acme).token(),
            member: offline.session(&bob).org(&acme).token(),
            offline,
        }
    }

    /// The client: `Clerk::from_env()?` in an application of your own.
    #[must_use]
    pub fn clerk(&self) -> Clerk {
        Clerk::offline(&self.offline)
    }

    /// What receives webhooks: `WebhookReceiver::from_env()?` in an application of your own.
    #[must_use]
    pub fn webhooks(&self) -> WebhookReceiver {
        let verifier = WebhookVerifier::new(self.offline.webhook_secret()).expect("a secret");
        WebhookReceiver::new(verifier).replay_guard(MemoryReplayGuard::new())
    }

    /// The address to listen on: port 3000, or the one in the environment variable `PORT`.
    #[must_use]
    pub fn address() -> SocketAddr {
        let port = std::env::var("PORT").ok();
        let port = port.and_then(|port| port.parse().ok()).unwrap_or(3000);
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    /// Has events sent to the application, and says how to try it.
    pub fn announce(&self, address: SocketAddr) {
        let app = format!("http://{address}");
        self.offline
            .add_webhook_endpoint(&format!("{app}/webhooks"));
        let mut out = io::stdout().lock();
        let api = self.offline.backend_url();
        let secret = self.offline.secret_key();
        let lines = [
            format!("app={app}"),
            format!("member={}", self.member),
            format!("admin={}", self.admin),
            format!("secret={secret}"),
            format!("api={api}"),
            String::new(),
            format!("  curl -i {app}/api/me"),
            format!("  curl -i {app}/api/me -H \"authorization: Bearer $member\""),
            format!("  curl -i {app}/admin -H \"authorization: Bearer $admin\""),
            format!(
                "  curl {api}/v1/users -H \"authorization: Bearer $secret\" -d '{{\"email_address\":[\"eve@example.com\"]}}' -H 'content-type: application/json'"
            ),
            format!("  curl {app}/"),
        ];
        for line in lines {
            let _ = io::Write::write_all(&mut out, format!("{line}\n").as_bytes());
        }
        let _ = io::Write::flush(&mut out);
    }
}
