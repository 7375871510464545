//! One refresh: several attempts within one deadline.

use std::time::Duration;

use clerk_http::{Runtime, within};

use super::origin::Origin;
use super::{JwksPolicy, KeyDocument, LoadError, LoadErrorKind};

/// JWKS-24: every attempt has a limit, and all of them together have one.
pub(super) async fn load(
    origin: &Origin,
    policy: &JwksPolicy,
    runtime: &dyn Runtime,
) -> Result<KeyDocument, LoadError> {
    let started = runtime.monotonic();
    let mut failures = 0;
    loop {
        let left = left(policy, runtime, started);
        let limit = policy.attempt.min(left);
        let error = match within(runtime, limit, origin.fetch(limit)).await {
            Ok(Ok(keys)) => return Ok(keys),
            Ok(Err(error)) => error,
            Err(_) => LoadError::new(LoadErrorKind::Unreachable, "no answer in time"),
        };
        failures += 1;
        if failures >= policy.attempts || !is_worth_repeating(policy, &error) {
            return Err(error);
        }
        let mut wait = policy.between.wait(failures - 1);
        if !policy.as_reference {
            wait = wait.max(error.retry_after().unwrap_or_default());
        }
        if wait >= self::left(policy, runtime, started) {
            return Err(error);
        }
        if !wait.is_zero() {
            runtime.sleep(wait).await;
        }
    }
}

fn left(policy: &JwksPolicy, runtime: &dyn Runtime, started: Duration) -> Duration {
    let elapsed = runtime.monotonic().saturating_sub(started);
    policy.total.saturating_sub(elapsed)
}

/// JWKS-25: what will not be different a moment later is not asked again.
fn is_worth_repeating(policy: &JwksPolicy, error: &LoadError) -> bool {
    if policy.as_reference {
        // JWKS-12: everything but a document without keys.
        return error.kind() != LoadErrorKind::NotKeys || error.is_unreadable();
    }
    match error.kind() {
        LoadErrorKind::Unreachable => true,
        LoadErrorKind::Overloaded => error
            .status()
            .is_none_or(|status| status == 429 || status >= 500),
        _ => false,
    }
}
