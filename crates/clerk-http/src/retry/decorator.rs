//! A transport that tries again.

use bytes::Bytes;
use clerk_core::Clock;
use clerk_errors::api::Sent;
use http::Request;

use super::RetryPolicy;
use crate::{
    Deadlines, Runtime, SharedRuntime, SharedTransport, Transport, TransportError,
    TransportErrorKind, TransportFuture, within,
};

/// Repeats failed requests of another transport, as a [`RetryPolicy`] says.
///
/// ```
/// use clerk_core::Clock;
/// use clerk_http::{Retry, RetryPolicy, SharedRuntime, SharedTransport};
///
/// fn with_retries(transport: SharedTransport, runtime: SharedRuntime) -> SharedTransport {
///     SharedTransport::new(Retry::new(transport, RetryPolicy::safe(), runtime, Clock::system()))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Retry {
    inner: SharedTransport,
    policy: RetryPolicy,
    runtime: SharedRuntime,
    clock: Clock,
}

impl Retry {
    /// Repeats requests of `inner`. Waits pass on `runtime`; dates in `Retry-After` are read with `clock`.
    #[must_use]
    pub fn new(
        inner: SharedTransport,
        policy: RetryPolicy,
        runtime: SharedRuntime,
        clock: Clock,
    ) -> Self {
        Self {
            inner,
            policy,
            runtime,
            clock,
        }
    }
}

impl Transport for Retry {
    fn send(&self, request: Request<Bytes>) -> TransportFuture {
        if !self.policy.covers(request.method()) {
            return self.inner.send(request);
        }
        let this = self.clone();
        Box::pin(async move {
            let deadline = request.extensions().get::<Deadlines>();
            let budget = this
                .policy
                .total()
                .min(deadline.map_or(this.policy.total(), |deadlines| deadlines.total));
            let policy = this.policy.budget(budget);
            let started = this.runtime.monotonic();
            let mut failures = 0;
            loop {
                let elapsed = this.runtime.monotonic().saturating_sub(started);
                let attempt = this.inner.send(request.clone());
                let left = budget.saturating_sub(elapsed);
                let result = match within(&this.runtime, left, attempt).await {
                    Ok(result) => result,
                    Err(_) => Err(TransportError::new(
                        TransportErrorKind::Timeout,
                        Sent::Maybe,
                        "the time for all attempts is up",
                    )),
                };
                let elapsed = this.runtime.monotonic().saturating_sub(started);
                match policy.next(&result, failures, elapsed, &this.clock) {
                    Some(wait) => this.runtime.sleep(wait).await,
                    None => return result,
                }
                failures += 1;
            }
        })
    }
}

#[cfg(test)]
mod tests;
