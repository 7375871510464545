//! How long an exchange may take and how much may pass.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

/// What bounds one exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// From the end of the request to the head of the answer.
    pub(crate) first_byte: Duration,
    /// Without progress of a body.
    pub(crate) idle: Duration,
    /// The whole exchange.
    pub(crate) total: Duration,
    /// The largest request body, in bytes.
    pub(crate) request_body: u64,
    /// The largest body of an answer, in bytes.
    pub(crate) response_body: u64,
}

/// The end of an exchange that begins now; none where it is beyond what clocks can tell.
pub(crate) fn end_of(total: Duration) -> Option<Instant> {
    Instant::now().checked_add(total)
}

/// Runs out when nothing has happened for a while, or at the end of the exchange.
pub(crate) struct IdleTimer {
    idle: Duration,
    end: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl IdleTimer {
    pub(crate) fn new(idle: Duration, end: Option<Instant>) -> Self {
        Self {
            idle,
            end,
            sleep: None,
        }
    }

    /// Something happened: the waiting starts anew.
    pub(crate) fn reset(&mut self) {
        self.sleep = None;
    }

    /// Ready when the time is up. Counts from the first call after a reset, so that only waiting counts.
    pub(crate) fn poll_elapsed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Self { idle, end, sleep } = self;
        let sleep = sleep.get_or_insert_with(|| {
            let idle = Instant::now().checked_add(*idle);
            let until = match (idle, *end) {
                (Some(idle), Some(end)) => Some(idle.min(end)),
                (idle, end) => idle.or(end),
            };
            Box::pin(match until {
                Some(until) => tokio::time::sleep_until(until),
                None => tokio::time::sleep(Duration::MAX),
            })
        });
        sleep.as_mut().poll(context)
    }

    /// Whether the end of the exchange has passed.
    pub(crate) fn is_over(&self) -> bool {
        self.end.is_some_and(|end| end <= Instant::now())
    }
}
