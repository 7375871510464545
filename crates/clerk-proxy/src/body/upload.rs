//! The body of a request, watched on its way to the Frontend API.

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use tokio::time::Instant;

use crate::limits::{IdleTimer, Limits};

type BoxError = Box<dyn Error + Send + Sync>;

/// Why a body did not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UploadFailure {
    /// The client broke off.
    Broken,
    /// The client sent nothing for too long.
    Slow,
    /// More than the limit.
    TooLarge,
}

impl fmt::Display for UploadFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Broken => "the client broke off",
            Self::Slow => "the client sent nothing for too long",
            Self::TooLarge => "the body is larger than the limit",
        })
    }
}

impl Error for UploadFailure {}

/// What is known of a body that another task is sending.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    shared: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// When the body last moved.
    last: Instant,
    /// Whether all of it has been taken.
    is_sent: bool,
    /// Whether the next move is the client's.
    awaits_client: bool,
    failure: Option<UploadFailure>,
}

impl Progress {
    pub(crate) fn new(is_sent: bool) -> Self {
        let state = State {
            last: Instant::now(),
            is_sent,
            awaits_client: false,
            failure: None,
        };
        Self {
            shared: Arc::new(Mutex::new(state)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while holding it.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When waiting for the next move, or for the head of the answer, has taken too long.
    pub(crate) fn due(&self, limits: &Limits) -> Option<Instant> {
        let state = self.state();
        let limit: Duration = if state.is_sent {
            limits.first_byte
        } else {
            limits.idle
        };
        state.last.checked_add(limit)
    }

    /// Whether the client is the one who keeps the others waiting.
    pub(crate) fn awaits_client(&self) -> bool {
        let state = self.state();
        !state.is_sent && state.awaits_client
    }

    pub(crate) fn failure(&self) -> Option<UploadFailure> {
        self.state().failure
    }

    fn moved(&self, is_sent: bool) {
        let mut state = self.state();
        state.last = Instant::now();
        state.is_sent |= is_sent;
        state.awaits_client = false;
    }
}

/// A request body with its limits.
pub(crate) struct Upload<B> {
    body: Pin<Box<B>>,
    progress: Progress,
    timer: IdleTimer,
    left: u64,
    /// What the client announced and has not sent yet.
    announced: Option<u64>,
    /// What was read ahead.
    ahead: Option<Bytes>,
    is_over: bool,
}

impl<B> Upload<B> {
    pub(crate) fn new(
        body: B,
        announced: Option<u64>,
        progress: Progress,
        limits: &Limits,
        end: Option<Instant>,
    ) -> Self {
        Self {
            body: Box::pin(body),
            progress,
            timer: IdleTimer::new(limits.idle, end),
            left: limits.request_body,
            announced,
            ahead: None,
            is_over: false,
        }
    }

    fn fail(&self, failure: UploadFailure) -> UploadFailure {
        self.progress.state().failure = Some(failure);
        failure
    }
}

impl<B> Upload<B>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    /// Waits for the first piece, which tells whether there is a body at all where nothing else does.
    pub(crate) async fn read_ahead(&mut self) -> Result<(), UploadFailure> {
        self.ahead = poll_fn(|context| self.poll_data(context))
            .await
            .transpose()?;
        Ok(())
    }

    fn poll_data(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, UploadFailure>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        loop {
            match self.body.as_mut().poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => {
                    self.timer.reset();
                    // Trailers are between the client and its server.
                    let Ok(mut data) = frame.into_data() else {
                        continue;
                    };
                    let data = data.copy_to_bytes(data.remaining());
                    let length = data.len() as u64;
                    let Some(left) = self.left.checked_sub(length) else {
                        return Poll::Ready(Some(Err(self.fail(UploadFailure::TooLarge))));
                    };
                    self.left = left;
                    self.announced = self.announced.map(|left| left.saturating_sub(length));
                    // A sender that knows the length does not ask for the end.
                    let is_sent = self.announced == Some(0) || self.body.is_end_stream();
                    self.progress.moved(is_sent);
                    return Poll::Ready(Some(Ok(data)));
                }
                Poll::Ready(Some(Err(_))) => {
                    return Poll::Ready(Some(Err(self.fail(UploadFailure::Broken))));
                }
                Poll::Ready(None) => {
                    self.is_over = true;
                    self.progress.moved(true);
                    return Poll::Ready(None);
                }
                Poll::Pending => {
                    self.progress.state().awaits_client = true;
                    if self.timer.poll_elapsed(context).is_ready() {
                        return Poll::Ready(Some(Err(self.fail(UploadFailure::Slow))));
                    }
                    return Poll::Pending;
                }
            }
        }
    }
}

impl<B> Body for Upload<B>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let next = match self.ahead.take() {
            Some(data) => Poll::Ready(Some(Ok(data))),
            None => self.poll_data(context),
        };
        next.map(|next| next.map(|next| next.map(Frame::data).map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.ahead.is_none() && (self.is_over || self.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.ahead {
            // What the body counts is only what is left of it.
            Some(_) => SizeHint::default(),
            None if self.is_over => SizeHint::with_exact(0),
            None => self.body.size_hint(),
        }
    }
}
