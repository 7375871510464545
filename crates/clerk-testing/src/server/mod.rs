//! The offline Clerk: a whole Clerk on this machine, for development and tests only.
//!
//! It serves the Backend API and the Frontend API on loopback, with real tokens, cookies and handshakes, from memory.
//! What it answers follows Clerk's published descriptions. It shows that an application and Clerk's libraries work
//! together; it does not prove how Clerk's servers behave in every detail.
//!
//! ```
//! use clerk_testing::server::OfflineClerk;
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let offline = OfflineClerk::start().await;
//! let ada = offline.create_user("ada@example.com").await;
//! let org = offline.create_org("Acme").member(&ada, "org:member", ["org:reports:read"]).await;
//!
//! let token = offline.session(&ada).org(&org).token();
//! # assert_eq!(token.split('.').count(), 3);
//! for (name, value) in offline.env() {
//!     // CLERK_SECRET_KEY, CLERK_API_URL, ...: what an application needs to use it.
//!     # assert!(name.starts_with("CLERK_") && !value.is_empty());
//! }
//! # });
//! ```

mod bapi;
mod call;
mod clock;
mod control;
mod cookies;
mod failure;
mod fapi;
mod faults;
mod http;
mod ids;
mod listen;
mod npm;
mod seed;
mod settings;
mod store;
mod tokens;
mod webhooks;
mod world;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use clerk_core::{Clock, PublishableKey, env::names};
use serde_json::Value;
use tokio::sync::oneshot;

pub use clock::OfflineClock;
pub use faults::{Fault, LoggedRequest};
pub use seed::{CreateOrg, CreateUser, OfflineOrg, OfflineSession, OfflineUser};
pub use settings::{OfflineClerkBuilder, StartError};

use settings::Settings;
use world::World;

/// A running offline Clerk. It stops when this value is dropped.
///
/// It runs on a thread of its own, so that blocking tests can use it too.
pub struct OfflineClerk {
    world: Arc<World>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for OfflineClerk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfflineClerk")
            .field("backend_url", &self.backend_url())
            .field("frontend_url", &self.frontend_url())
            .finish_non_exhaustive()
    }
}

impl OfflineClerk {
    /// Starts one with the usual settings, on free ports of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// Where it cannot start; use [`builder`](Self::builder) to handle that.
    #[expect(
        clippy::panic,
        reason = "a test that cannot start its server has failed"
    )]
    pub async fn start() -> Self {
        match Self::builder().start().await {
            Ok(offline) => offline,
            Err(error) => panic!("{error}"),
        }
    }

    /// Sets one up.
    #[must_use]
    pub fn builder() -> OfflineClerkBuilder {
        OfflineClerkBuilder {
            settings: Settings::default(),
        }
    }

    async fn launch(
        settings: Settings,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StartError> {
        settings::check_environment(lookup)?;
        let (stop, stopped) = oneshot::channel();
        let (ready, started) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("offline-clerk".to_owned())
            .spawn(move || run(settings, ready, stopped))
            .map_err(StartError::Io)?;
        let world = started
            .await
            .unwrap_or_else(|_| Err(StartError::Io(std::io::Error::other("its thread died"))))?;
        Ok(Self {
            world,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The origin of the Backend API, for `CLERK_API_URL`.
    #[must_use]
    pub fn backend_url(&self) -> String {
        self.world.origin(self.world.backend_port)
    }

    /// The origin of the Frontend API, for `CLERK_PROXY_URL`.
    #[must_use]
    pub fn frontend_url(&self) -> String {
        self.world.origin(self.world.frontend_port)
    }

    /// The publishable key. Its host exists nowhere; browsers reach the Frontend API through the proxy URL.
    #[must_use]
    pub fn publishable_key(&self) -> &PublishableKey {
        &self.world.publishable_key
    }

    /// The secret key that the Backend API asks for.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.world.secret_key
    }

    /// The secret that webhooks are signed with.
    #[must_use]
    pub fn webhook_secret(&self) -> &str {
        &self.world.webhook_secret_text
    }

    /// The token that the control routes below `/__offline` of the Backend API ask for.
    #[must_use]
    pub fn control_token(&self) -> &str {
        &self.world.control_token
    }

    /// The issuer of session tokens.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.world
            .publishable_key
            .frontend_api()
            .origin()
            .as_str()
            .to_owned()
    }

    /// The environment variables that point an application at it.
    #[must_use]
    pub fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            (names::SECRET_KEY, self.secret_key().to_owned()),
            (
                names::PUBLISHABLE_KEY,
                self.publishable_key().as_str().to_owned(),
            ),
            (names::API_URL, self.backend_url()),
            (names::PROXY_URL, self.frontend_url()),
            (
                names::WEBHOOK_SIGNING_SECRET,
                self.webhook_secret().to_owned(),
            ),
        ]
    }

    /// Its clock. Share it with clients, so that both agree after a shift; other processes are not shifted.
    #[must_use]
    pub fn clock(&self) -> OfflineClock {
        self.world.clock.clone()
    }

    /// Its clock as verifiers take it.
    #[must_use]
    pub fn verifier_clock(&self) -> Clock {
        self.clock().into()
    }

    /// Sets how long session tokens live from now on.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        self.world.state().issuer.lifetime = lifetime;
    }

    /// Signs with the next key. The old one stays in the key set, as in a planned rotation.
    pub fn rotate_keys(&self) {
        self.world.rotate_keys(true);
    }

    /// Signs with the next key and withdraws all others: tokens made before verify no more.
    pub fn replace_keys(&self) {
        self.world.rotate_keys(false);
    }

    /// Fails the next request whose path begins with `route` with this status, on either API.
    pub fn fail_next(&self, status: u16, route: &str) {
        self.inject(route, Fault::Status(status), Some(1));
    }

    /// Plans a failure for requests whose path begins with `route`: so many times, or until
    /// [`clear_faults`](Self::clear_faults).
    pub fn inject(&self, route: &str, fault: Fault, times: Option<u32>) {
        self.world.state().faults.plan(route, fault, times);
    }

    /// Forgets planned failures.
    pub fn clear_faults(&self) {
        self.world.state().faults.clear();
    }

    /// The latest requests, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.world.state().log.entries()
    }

    /// How many requests to paths that begin with `route` were answered.
    #[must_use]
    pub fn request_count(&self, route: &str) -> usize {
        self.requests()
            .iter()
            .filter(|request| request.path.starts_with(route))
            .count()
    }

    /// What was issued although it may not work with Clerk, such as custom claims above 1.2 kB.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let state = self.world.state();
        let warnings = state.issuer.warnings.borrow();
        warnings.iter().cloned().collect()
    }

    /// Empties the request log.
    pub fn clear_requests(&self) {
        self.world.state().log.clear();
    }

    /// Sends webhooks of every event from now on to this `http://` URL of this machine; false for any other URL.
    pub fn add_webhook_endpoint(&self, url: &str) -> bool {
        let endpoint = webhooks::Endpoint::parse(url);
        let accepted = endpoint.is_some();
        self.world.state().endpoints.extend(endpoint);
        accepted
    }

    /// How webhook deliveries ended so far: the event type, and whether the endpoint accepted it.
    #[must_use]
    pub fn deliveries(&self) -> Vec<(&'static str, bool)> {
        self.world.state().deliveries.clone()
    }

    /// Forgets users, sessions, organizations, planned failures and everything else. Keys, ports and clock stay.
    pub fn reset(&self) {
        self.world.reset();
    }

    /// Everything it remembers, as JSON that [`load`](Self::load) takes back. It holds passwords and tokens in clear.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        self.world.snapshot()
    }

    /// Replaces what it remembers by a snapshot.
    ///
    /// # Errors
    ///
    /// A sentence that says why the value is no snapshot.
    pub fn load(&self, snapshot: &Value) -> Result<(), String> {
        self.world.load(snapshot)
    }
}

impl Drop for OfflineClerk {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // The ports are free again once this returns.
            let _ = thread.join();
        }
    }
}

/// The thread: opens the listeners, reports, serves until told to stop.
fn run(
    settings: Settings,
    ready: oneshot::Sender<Result<Arc<World>, StartError>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(StartError::Io(error)));
            return;
        }
    };
    let handle = runtime.handle().clone();
    runtime.block_on(async move {
        let opened = async {
            let backend = listen::bind(SocketAddr::new(settings.address, settings.backend_port)).await?;
            let frontend = listen::bind(SocketAddr::new(settings.address, settings.frontend_port)).await?;
            let ports = (backend.local_addr()?.port(), frontend.local_addr()?.port());
            Ok((backend, frontend, ports))
        };
        let world = opened
            .await
            .map_err(StartError::Io)
            .and_then(|(backend, frontend, ports)| {
                Ok((backend, frontend, Arc::new(World::new(settings, ports, handle)?)))
            });
        match world {
            Ok((backend, frontend, world)) => {
                let _ = ready.send(Ok(Arc::clone(&world)));
                tokio::select! {
                    _ = stopped => {}
                    never = listen::serve(backend, listen::Api::Backend, Arc::clone(&world)) => match never {},
                    never = listen::serve(frontend, listen::Api::Frontend, world) => match never {},
                }
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        }
    });
}
