//! A transport that keeps to a rate limit.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use clerk_core::Clock;
use clerk_errors::api::Sent;
use http::{Request, StatusCode};

use super::RateLimit;
use super::schedule::{Schedule, TooLong};
use crate::{
    Deadlines, Runtime, SharedRuntime, SharedTransport, Transport, TransportError,
    TransportErrorKind, TransportFuture, retry_after,
};

/// Holds requests of another transport back, so that they stay below a [`RateLimit`].
///
/// Clones share the limit. A request that would have to wait too long, or longer than its own deadline, is refused
/// unsent ([`TransportErrorKind::Throttled`]) and says when it would have been its turn. After a 429 that carries a
/// `Retry-After`, nothing is sent until then, for at most five minutes. Waiting counts against the request's
/// [`Deadlines`]. Whoever gives up while waiting has used up a place.
///
/// ```
/// use clerk_core::Clock;
/// use clerk_http::{RateLimit, RateLimited, SharedRuntime, SharedTransport};
///
/// fn limited(transport: SharedTransport, runtime: SharedRuntime) -> SharedTransport {
///     SharedTransport::new(RateLimited::new(transport, RateLimit::production(), runtime, Clock::system()))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct RateLimited {
    inner: SharedTransport,
    limit: RateLimit,
    runtime: SharedRuntime,
    clock: Clock,
    schedule: Arc<Mutex<Schedule>>,
}

impl RateLimited {
    /// Limits the requests of `inner`. Waits pass on `runtime`; dates in `Retry-After` are read with `clock`.
    #[must_use]
    pub fn new(
        inner: SharedTransport,
        limit: RateLimit,
        runtime: SharedRuntime,
        clock: Clock,
    ) -> Self {
        Self {
            inner,
            limit,
            runtime,
            clock,
            schedule: Arc::default(),
        }
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the request's turn; how long that took in all.
    async fn turn(&self, patience: Duration) -> Result<Duration, TooLong> {
        let begun = self.runtime.monotonic();
        let wait = self.schedule().book(&self.limit, begun, patience)?;
        if wait > Duration::ZERO {
            self.runtime.sleep(wait).await;
        }
        // Another request may have been told to pause in the meantime.
        loop {
            let now = self.runtime.monotonic();
            let waited = now.saturating_sub(begun);
            let pause = self.schedule().pause_left(now);
            if pause.is_zero() {
                return Ok(waited);
            }
            if waited.saturating_add(pause) > patience {
                return Err(TooLong { wait: pause });
            }
            self.runtime.sleep(pause).await;
        }
    }
}

impl Transport for RateLimited {
    fn send(&self, mut request: Request<Bytes>) -> TransportFuture {
        let this = self.clone();
        Box::pin(async move {
            let deadlines = request.extensions().get::<Deadlines>().copied();
            let longest = this.limit.longest_wait;
            let patience = deadlines.map_or(longest, |deadlines| longest.min(deadlines.total));
            let waited = this.turn(patience).await.map_err(refused)?;
            if let Some(deadlines) = deadlines {
                let total = deadlines.total.saturating_sub(waited);
                let left = deadlines
                    .total(total)
                    .first_byte(deadlines.first_byte.min(total));
                request.extensions_mut().insert(left);
            }
            let result = this.inner.send(request).await;
            if let Ok(answer) = &result
                && answer.status() == StatusCode::TOO_MANY_REQUESTS
                && let Some(pause) = retry_after(answer.headers(), &this.clock)
            {
                this.schedule().pause(this.runtime.monotonic(), pause);
            }
            result
        })
    }
}

fn refused(too_long: TooLong) -> TransportError {
    TransportError::new(
        TransportErrorKind::Throttled,
        Sent::No,
        format!("its turn would come in {:?}", too_long.wait),
    )
    .with_retry_after(too_long.wait)
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::testing::{ManualRuntime, Reply, ScriptedTransport};

    struct Limited {
        transport: ScriptedTransport,
        runtime: ManualRuntime,
        limited: RateLimited,
    }

    fn limited(limit: RateLimit, script: Vec<Reply>) -> Limited {
        let runtime = ManualRuntime::new(1_763_158_400_000);
        let transport = ScriptedTransport::new(script);
        let limited = RateLimited::new(
            SharedTransport::new(transport.clone()),
            limit,
            SharedRuntime::new(runtime.clone()),
            runtime.clock(),
        );
        Limited {
            transport,
            runtime,
            limited,
        }
    }

    fn status(code: u16) -> Reply {
        Reply::status(StatusCode::from_u16(code).unwrap())
    }

    const fn secs(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    // covers: HTTP-17
    #[tokio::test]
    async fn requests_wait_for_their_turn_or_are_refused_unsent() {
        let limit = RateLimit::new(2, secs(10)).longest_wait(secs(10));
        let Limited {
            transport,
            runtime,
            limited,
        } = limited(limit, vec![status(200); 4]);
        for _ in 0..3 {
            limited.send(Request::new(Bytes::new())).await.unwrap();
        }
        assert_eq!(runtime.slept(), [secs(10)]);

        // One more begins at once; the next would wait 10 s, which its own deadline does not allow.
        limited.send(Request::new(Bytes::new())).await.unwrap();
        let mut hurried = Request::new(Bytes::new());
        hurried
            .extensions_mut()
            .insert(Deadlines::new().total(secs(3)));
        let error = limited.send(hurried).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Throttled);
        assert_eq!(error.sent(), Sent::No);
        assert_eq!(error.retry_after(), Some(secs(10)));
        assert_eq!(transport.sent(), 4);
        let error = clerk_errors::api::ApiError::from(error);
        assert!(error.is_rate_limited() && !error.may_have_been_sent() && !error.is_outage());
        assert_eq!(error.retry_after(), Some(secs(10)));
    }

    // covers: HTTP-17
    #[tokio::test]
    async fn a_429_pauses_everybody_until_retry_after() {
        let date = "Fri, 14 Nov 2025 22:13:25 GMT"; // five seconds after the start
        for (header, pause) in [("4", Some(secs(4))), (date, Some(secs(5))), ("soon", None)] {
            let busy = status(429).with_header("retry-after", header);
            let limit = RateLimit::new(100, secs(10));
            let Limited {
                runtime, limited, ..
            } = limited(limit, vec![busy, status(200)]);
            let first = limited.send(Request::new(Bytes::new())).await.unwrap();
            assert_eq!(first.status(), StatusCode::TOO_MANY_REQUESTS);
            limited.send(Request::new(Bytes::new())).await.unwrap();
            assert_eq!(runtime.slept(), Vec::from_iter(pause), "{header}");
        }
    }

    #[tokio::test]
    async fn waiting_counts_against_the_deadlines() {
        let limit = RateLimit::new(1, secs(4));
        let Limited {
            transport, limited, ..
        } = limited(limit, vec![status(200); 2]);
        for _ in 0..2 {
            let mut request = Request::new(Bytes::new());
            let deadlines = Deadlines::new().total(secs(6)).first_byte(secs(5));
            request.extensions_mut().insert(deadlines);
            limited.send(request).await.unwrap();
        }
        let left: Vec<(Duration, Duration)> = transport
            .take_requests()
            .iter()
            .map(|request| request.extensions().get::<Deadlines>().unwrap())
            .map(|deadlines| (deadlines.total, deadlines.first_byte))
            .collect();
        assert_eq!(left, [(secs(6), secs(5)), (secs(2), secs(2))]);
    }
}
