//! What every connection of one offline Clerk shares.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clerk_core::{CookieNames, PublishableKey};
use clerk_webhooks::SigningSecret;
use serde_json::{Value, json};

use super::clock::OfflineClock;
use super::faults::{Faults, RequestLog};
use super::ids::Ids;
use super::settings::{LIVE_SHAPED_SECRET_KEY, Settings, StartError};
use super::store::Store;
use super::tokens::Issuer;
use super::webhooks::{Endpoint, deliver};
use crate::mint::TestKey;

/// One offline Clerk: what is fixed at its start, and its state.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) publishable_key: PublishableKey,
    pub(crate) cookies: CookieNames,
    pub(crate) secret_key: String,
    pub(crate) control_token: String,
    pub(crate) webhook_secret_text: String,
    webhook_secret: SigningSecret,
    pub(crate) clock: OfflineClock,
    pub(crate) backend_port: u16,
    pub(crate) frontend_port: u16,
    runtime: tokio::runtime::Handle,
    state: Mutex<State>,
}

/// What changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) issuer: Issuer,
    /// The keys that are published, the signing one first.
    pub(crate) published_keys: Vec<TestKey>,
    pub(crate) faults: Faults,
    pub(crate) log: RequestLog,
    pub(crate) endpoints: Vec<Endpoint>,
    /// How deliveries ended: event type and success.
    pub(crate) deliveries: Vec<(&'static str, bool)>,
    /// Start of the current window in milliseconds, and the requests in it.
    pub(crate) rate_window: (i64, u32),
}

impl State {
    fn new(settings: &Settings, publishable_key: &PublishableKey, ids: Ids, now: i64) -> Self {
        Self {
            store: Store::new(ids, now),
            issuer: Issuer {
                issuer: publishable_key.frontend_api().origin().as_str().to_owned(),
                key: TestKey::FIRST,
                lifetime: settings.token_lifetime,
                version: settings.token_version,
                features: settings.features.clone(),
                plans: settings.plans.clone(),
                claims: settings.claims.clone(),
                warnings: RefCell::default(),
            },
            published_keys: vec![TestKey::FIRST],
            faults: Faults::default(),
            log: RequestLog::default(),
            endpoints: Vec::new(),
            deliveries: Vec::new(),
            rate_window: (0, 0),
        }
    }
}

/// The key of a development instance that Clerk cannot have given out: its names are numbered from 1, and no shorter
/// than real words. Behind a proxy URL nothing asks for the host anyway.
const DEVELOPMENT_HOST: &str = "offline-clerk-00.clerk.accounts.dev";
/// A host that cannot exist ([RFC 2606](https://www.rfc-editor.org/rfc/rfc2606)).
const LIVE_HOST: &str = "clerk.offline.invalid";

impl World {
    pub(crate) fn new(
        settings: Settings,
        ports: (u16, u16),
        runtime: tokio::runtime::Handle,
    ) -> Result<Self, StartError> {
        let mut ids = Ids::random().map_err(StartError::Io)?;
        let host = if settings.live_shaped {
            LIVE_HOST
        } else {
            DEVELOPMENT_HOST
        };
        let publishable_key = PublishableKey::for_frontend_api(host)
            .map_err(|error| StartError::Io(std::io::Error::other(error)))?;
        let prefix = if settings.live_shaped {
            LIVE_SHAPED_SECRET_KEY
        } else {
            "sk_test_"
        };
        let secret_key = settings
            .secret_key
            .clone()
            .unwrap_or_else(|| ids.next(prefix));
        if !secret_key.starts_with(prefix) {
            return Err(StartError::SecretKey { prefix });
        }
        let control_token = settings
            .control_token
            .clone()
            .unwrap_or_else(|| ids.next("control_"));
        let webhook_secret_text = format!(
            "whsec_{}",
            base64_simd::STANDARD.encode_to_string(ids.bytes())
        );
        let webhook_secret = SigningSecret::parse(&webhook_secret_text)
            .map_err(|error| StartError::Io(std::io::Error::other(error)))?;
        let clock = OfflineClock::default();
        let state = State::new(&settings, &publishable_key, ids, clock.now_ms());
        Ok(Self {
            cookies: CookieNames::for_key_text(publishable_key.as_str()),
            publishable_key,
            secret_key,
            control_token,
            webhook_secret_text,
            webhook_secret,
            clock,
            backend_port: ports.0,
            frontend_port: ports.1,
            runtime,
            state: Mutex::new(state),
            settings,
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everything but settings, keys in the environment and the clock.
    pub(crate) fn reset(&self) {
        let mut state = self.state();
        let ids = std::mem::take(&mut state.store.ids);
        *state = State::new(
            &self.settings,
            &self.publishable_key,
            ids,
            self.clock.now_ms(),
        );
    }

    pub(crate) fn snapshot(&self) -> Value {
        let state = self.state();
        json!({"format": "offline-clerk 1", "store": state.store})
    }

    pub(crate) fn load(&self, snapshot: &Value) -> Result<(), String> {
        if snapshot.get("format").and_then(Value::as_str) != Some("offline-clerk 1") {
            return Err("this is no snapshot of an offline Clerk".to_owned());
        }
        let store = snapshot.get("store").cloned().unwrap_or_default();
        let mut store: Store = serde_json::from_value(store)
            .map_err(|error| format!("the snapshot is damaged: {error}"))?;
        store.index_users();
        let mut state = self.state();
        store.ids = std::mem::take(&mut state.store.ids);
        state.store = store;
        Ok(())
    }

    /// Uses the next published pair; the previous one stays in the key set when `keep` is set.
    pub(crate) fn rotate_keys(&self, keep: bool) {
        let mut state = self.state();
        let current = TestKey::ALL
            .iter()
            .position(|key| *key == state.issuer.key)
            .unwrap_or_default();
        let next = TestKey::ALL
            .get((current + 1) % TestKey::ALL.len())
            .copied()
            .unwrap_or(TestKey::FIRST);
        state.issuer.key = next;
        if keep {
            state.published_keys.retain(|key| *key != next);
        } else {
            state.published_keys.clear();
        }
        state.published_keys.insert(0, next);
    }

    /// Sends the waiting events to the registered places.
    pub(crate) fn flush(self: &Arc<Self>) {
        let mut state = self.state();
        let events = state.store.outbox.take();
        let endpoints = state.endpoints.clone();
        if endpoints.is_empty() {
            return;
        }
        for event in events {
            let id = state.store.ids.next("msg_");
            for endpoint in &endpoints {
                let (world, event, id, endpoint) = (
                    Arc::clone(self),
                    event.clone(),
                    id.clone(),
                    endpoint.clone(),
                );
                self.runtime.spawn(async move {
                    let event_type = event.event_type;
                    let delivered = deliver(endpoint, &world.webhook_secret, &id, event).await;
                    let mut state = world.state();
                    if state.deliveries.len() < 10_000 {
                        state.deliveries.push((event_type, delivered));
                    }
                });
            }
        }
    }

    pub(crate) fn origin(&self, port: u16) -> String {
        match self.settings.address {
            std::net::IpAddr::V4(address) => format!("http://{address}:{port}"),
            std::net::IpAddr::V6(address) => format!("http://[{address}]:{port}"),
        }
    }
}
