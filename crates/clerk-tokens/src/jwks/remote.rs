//! Keys that are fetched and kept.

use std::fmt;
use std::sync::{Arc, RwLock};

use clerk_core::Clock;
use clerk_errors::TokenVerificationError;
use clerk_http::{Runtime, SharedRuntime};

use super::decide::{self, Cause, Decision, Rejection};
use super::observe::Watch;
use super::origin::Origin;
use super::refresh::{Refresh, lock};
use super::shared::{End, Shared, Slot, abandon};
use super::{
    JwksEvent, JwksPolicy, JwksStatistics, KeyEntry, KeyScope, LoadError, RemoteKeysBuilder,
    attempts, verdict,
};
use crate::{Kid, VerifyingKey};

/// The keys of one instance, fetched when needed and kept as the [`JwksPolicy`] says.
///
/// Cheap to clone; clones share keys. A fresh key is found without waiting. There is never more than one fetch under
/// way, whoever waits for it, and it goes on when they give up.
#[derive(Clone)]
pub struct RemoteKeys {
    shared: Arc<Shared>,
    slot: Arc<Slot>,
}

impl RemoteKeys {
    pub(super) fn assemble(
        origin: Origin,
        policy: JwksPolicy,
        clock: Clock,
        runtime: SharedRuntime,
        watch: Watch,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                origin,
                policy,
                clock,
                runtime,
                watch,
                snapshot: RwLock::default(),
            }),
            slot: Arc::default(),
        }
    }

    /// The keys the Backend API publishes for the secret key of this client.
    pub fn backend_api(client: clerk_http::ApiClient) -> RemoteKeysBuilder {
        RemoteKeysBuilder::new(Origin::backend_api(client))
    }

    /// The keys the instance's Frontend API publishes for everybody: no secret is needed.
    ///
    /// # Errors
    ///
    /// If the key's host does not make an address.
    pub fn frontend_api(
        key: &clerk_core::PublishableKey,
        transport: clerk_http::SharedTransport,
    ) -> Result<RemoteKeysBuilder, clerk_errors::ConfigError> {
        Origin::frontend_api(key, transport).map(RemoteKeysBuilder::new)
    }

    /// The keys a Frontend API publishes below a base URL, such as that of a proxy.
    ///
    /// # Errors
    ///
    /// If the text is not a base URL, or is plain HTTP to another machine.
    pub fn frontend_api_at(
        base_url: &str,
        transport: clerk_http::SharedTransport,
    ) -> Result<RemoteKeysBuilder, clerk_errors::ConfigError> {
        Origin::public(base_url, transport).map(RemoteKeysBuilder::new)
    }

    /// The key with a `kid`.
    ///
    /// # Errors
    ///
    /// `jwk-kid-mismatch` where the instance has no such key; `jwk-remote-failed-to-load` or `secret-key-invalid`,
    /// with a [`LoadError`] as source, where that could not be found out (see
    /// [`is_outage`](TokenVerificationError::is_outage) and
    /// [`retry_after`](TokenVerificationError::retry_after)); `token-verification-failed` where the key is not for
    /// verifying RSA signatures.
    pub async fn key(&self, kid: Option<&str>) -> Result<VerifyingKey, TokenVerificationError> {
        // JWKS-22: what cannot be the id of a key is not asked for.
        let Some(kid) = kid.filter(|kid| Kid::new(kid).is_ok()) else {
            return self.conclude(unknown(), kid.unwrap_or_default());
        };
        let decision = match self.shared.decide(kid) {
            Decision::Wait(cause) => match self.start_or_join(cause, Some(kid)) {
                Joined::Refresh(refresh) => self.wait(&refresh, cause, kid).await,
                Joined::Settled(decision) => decision,
            },
            decision => decision,
        };
        self.conclude(decision, kid)
    }

    /// The key with a `kid` from a set fetched after this call began, or by a fetch under way then.
    ///
    /// # Errors
    ///
    /// As [`key`](Self::key); kept keys do not help.
    pub async fn key_uncached(
        &self,
        kid: Option<&str>,
    ) -> Result<VerifyingKey, TokenVerificationError> {
        let Some(kid) = kid.filter(|kid| Kid::new(kid).is_ok()) else {
            return self.conclude(unknown(), kid.unwrap_or_default());
        };
        let cause = Cause::NoCache;
        let decision = match self.start_or_join(cause, None) {
            // JWKS-29: callers at the same time share a fetch.
            Joined::Refresh(refresh) => self.wait(&refresh, cause, kid).await,
            Joined::Settled(decision) => decision,
        };
        self.conclude(decision, kid)
    }

    /// The key with a `kid`, if that can be told without waiting: `None` means that a fetch is needed first.
    ///
    /// Starts the refresh that is due in the background, and nothing else.
    ///
    /// # Errors
    ///
    /// As [`key`](Self::key).
    pub fn key_now(
        &self,
        kid: Option<&str>,
    ) -> Option<Result<VerifyingKey, TokenVerificationError>> {
        self.look(kid, true)
    }

    /// [`key_now`](Self::key_now) that starts nothing at all.
    ///
    /// # Errors
    ///
    /// As [`key`](Self::key).
    pub fn peek(&self, kid: Option<&str>) -> Option<Result<VerifyingKey, TokenVerificationError>> {
        self.look(kid, false)
    }

    fn look(
        &self,
        kid: Option<&str>,
        may_start: bool,
    ) -> Option<Result<VerifyingKey, TokenVerificationError>> {
        let Some(kid) = kid.filter(|kid| Kid::new(kid).is_ok()) else {
            return Some(self.conclude(unknown(), kid.unwrap_or_default()));
        };
        match self.shared.decide(kid) {
            Decision::Wait(_) => None,
            Decision::ServeAndRefresh(key) if !may_start => {
                Some(self.conclude(Decision::Serve(key), kid))
            }
            decision => Some(self.conclude(decision, kid)),
        }
    }

    /// Fetches the keys now, unless fresh ones are there: call it before the first request is accepted.
    ///
    /// # Errors
    ///
    /// As [`key`](Self::key), where no keys could be had. Later calls try again.
    pub async fn warm_up(&self) -> Result<(), TokenVerificationError> {
        let shared = &self.shared;
        if shared.is_fresh() {
            return Ok(());
        }
        if let Joined::Refresh(refresh) = self.start_or_join(Cause::Age, None) {
            shared.await_end(&refresh).await;
        }
        if shared.is_fresh() {
            return Ok(());
        }
        let snapshot = shared.load();
        let error = snapshot
            .failure
            .as_ref()
            .map_or_else(LoadError::interrupted, |failure| failure.error.clone());
        let retry_after = error.retry_after();
        let rejection = Rejection::Unavailable { error, retry_after };
        Err(verdict::rejected(rejection, "", &shared.origin))
    }

    /// Whose keys these are.
    #[must_use]
    pub fn scope(&self) -> KeyScope {
        self.shared.origin.scope()
    }

    /// What has happened so far.
    #[must_use]
    pub fn statistics(&self) -> JwksStatistics {
        let shared = &self.shared;
        let snapshot = shared.load();
        let loaded = snapshot.loaded.as_ref();
        let now_ms = shared.clock.now_ms();
        shared.watch.statistics(
            loaded.map(|loaded| loaded.age(&shared.policy, now_ms)),
            loaded.map_or(0, |loaded| loaded.keys.len()),
        )
    }

    /// Ends a lookup: tells what happened, starts what is due, and makes the result.
    fn conclude(
        &self,
        decision: Decision,
        kid: &str,
    ) -> Result<VerifyingKey, TokenVerificationError> {
        let shared = &self.shared;
        let entry = match decision {
            Decision::Serve(entry) => entry,
            Decision::ServeStale(entry, key_age) => {
                shared.watch.tell(&JwksEvent::ServedStale { key_age });
                entry
            }
            Decision::ServeAndRefresh(entry) => {
                self.start_in_background();
                entry
            }
            Decision::Reject(rejection) => {
                shared.watch.tell(&match &rejection {
                    Rejection::UnknownKid { throttled } => JwksEvent::UnknownKid {
                        throttled: *throttled,
                    },
                    Rejection::Unavailable { error, .. } => JwksEvent::Unavailable { error },
                });
                return Err(verdict::rejected(rejection, kid, &shared.origin));
            }
            Decision::Wait(_) => {
                let rejection = Rejection::Unavailable {
                    error: LoadError::interrupted(),
                    retry_after: None,
                };
                return Err(verdict::rejected(rejection, kid, &shared.origin));
            }
        };
        match entry {
            KeyEntry::Usable(key) => Ok(key),
            KeyEntry::Unusable => Err(verdict::unusable(kid, &shared.origin)),
        }
    }

    async fn wait(&self, refresh: &Arc<Refresh>, cause: Cause, kid: &str) -> Decision {
        let shared = &self.shared;
        if shared.await_end(refresh).await {
            let now_ms = shared.clock.now_ms();
            return decide::after(&shared.policy, &shared.load(), kid, cause, now_ms);
        }
        // Its runtime stands still, for instance one that nobody blocks on any more: let others start anew.
        abandon(&self.slot, refresh);
        Decision::Reject(Rejection::Unavailable {
            error: LoadError::interrupted(),
            retry_after: None,
        })
    }

    /// JWKS-20: the refresh under way, or a new one if it is still needed.
    fn start_or_join(&self, cause: Cause, kid: Option<&str>) -> Joined {
        let mut slot = lock(&self.slot);
        if let Some(refresh) = &*slot {
            return Joined::Refresh(Arc::clone(refresh));
        }
        // Another one may have ended since the caller looked.
        let cause = match kid.map(|kid| self.shared.decide(kid)) {
            Some(Decision::Wait(cause)) => cause,
            Some(decision) => return Joined::Settled(decision),
            None => cause,
        };
        let (refresh, task) = self.prepare(cause);
        *slot = Some(Arc::clone(&refresh));
        drop(slot);
        if let Err(task) = self.shared.runtime.spawn(task) {
            refresh.leave_to_waiters(task);
        }
        Joined::Refresh(refresh)
    }

    /// Starts a refresh that nobody waits for, if none is under way.
    fn start_in_background(&self) {
        let mut slot = lock(&self.slot);
        if slot.is_some() {
            return;
        }
        let (refresh, task) = self.prepare(Cause::Age);
        *slot = Some(Arc::clone(&refresh));
        drop(slot);
        if let Err(task) = self.shared.runtime.spawn(task) {
            // Nobody would run it. Without tasks there is no background: the keys are refreshed when they are due.
            abandon(&self.slot, &refresh);
            drop(refresh);
            drop(task);
        }
    }

    fn prepare(&self, cause: Cause) -> (Arc<Refresh>, clerk_http::BoxFuture<()>) {
        let refresh = Refresh::new();
        let end = End {
            shared: Arc::clone(&self.shared),
            slot: Arc::downgrade(&self.slot),
            refresh: Arc::downgrade(&refresh),
            settled: false,
        };
        let shared = Arc::clone(&self.shared);
        if cause == Cause::UnknownKid {
            let now_ms = shared.clock.now_ms();
            shared.replace(|snapshot| snapshot.asked_for_unknown_kid(now_ms));
        }
        let task = Box::pin(async move {
            let mut end = end;
            let runtime = shared.runtime.as_dyn();
            let result = attempts::load(&shared.origin, &shared.policy, runtime).await;
            end.settle(&result);
        });
        (refresh, task)
    }
}

/// What a caller that needs a refresh meets.
enum Joined {
    Refresh(Arc<Refresh>),
    /// There is nothing to wait for any more.
    Settled(Decision),
}

fn unknown() -> Decision {
    Decision::Reject(Rejection::UnknownKid { throttled: true })
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeys")
            .field("origin", &format_args!("{}", self.shared.origin))
            .field("scope", &self.scope())
            .field("policy", &self.shared.policy)
            .finish_non_exhaustive()
    }
}
