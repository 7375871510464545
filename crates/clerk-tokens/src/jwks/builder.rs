//! The settings of remote keys.

use std::fmt;
use std::sync::Arc;

use clerk_core::Clock;
use clerk_http::SharedRuntime;

use super::observe::Watch;
use super::origin::Origin;
use super::{JwksObserver, JwksPolicy, RemoteKeys};

/// Builds [`RemoteKeys`].
#[derive(Clone)]
#[must_use]
pub struct RemoteKeysBuilder {
    origin: Origin,
    policy: JwksPolicy,
    observer: Option<Arc<dyn JwksObserver>>,
}

impl RemoteKeysBuilder {
    pub(super) fn new(origin: Origin) -> Self {
        Self {
            origin,
            policy: JwksPolicy::default(),
            observer: None,
        }
    }

    /// Sets how keys are kept.
    pub fn policy(mut self, policy: JwksPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets who is told what happens.
    pub fn observer(mut self, observer: impl JwksObserver) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Makes the holder, on tokio and the system's clock. Nothing is fetched yet.
    #[cfg(not(target_family = "wasm"))]
    #[must_use]
    pub fn build(self) -> RemoteKeys {
        let runtime = SharedRuntime::new(clerk_http::TokioRuntime::new());
        self.build_on(runtime, Clock::system())
    }

    /// Makes the holder, on another runtime and clock.
    #[must_use]
    pub fn build_on(self, runtime: SharedRuntime, clock: Clock) -> RemoteKeys {
        let watch = Watch::new(self.observer);
        RemoteKeys::assemble(self.origin, self.policy, clock, runtime, watch)
    }
}

impl fmt::Debug for RemoteKeysBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeysBuilder")
            .field("origin", &self.origin)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
