//! The body of an answer.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use clerk_http::StreamingBody;
use futures_core::Stream;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Instant;

use crate::limits::{IdleTimer, Limits};

/// Why the rest of an answer does not come. Whoever sends it on has to break off too, so that the client does not take
/// a part for the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyBodyError {
    /// The Frontend API broke off.
    Broken,
    /// The Frontend API sent nothing for too long, or the exchange took too long.
    Timeout,
    /// The answer is larger than the limit.
    TooLarge,
}

impl fmt::Display for ProxyBodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Broken => "the Frontend API broke off its answer",
            Self::Timeout => "the Frontend API did not complete its answer in time",
            Self::TooLarge => "the answer of the Frontend API is larger than the limit",
        })
    }
}

impl Error for ProxyBodyError {}

/// The body of an answer: streamed from the Frontend API as fast as the client takes it, and no faster.
///
/// A body for servers on `http`, and a [`Stream`] of bytes for all others. Dropped before its end, it ends the exchange
/// with the Frontend API.
pub struct ProxyBody {
    inner: Inner,
}

enum Inner {
    Bytes(Option<Bytes>),
    Download(Box<Download>),
}

struct Download {
    body: StreamingBody,
    timer: IdleTimer,
    left: u64,
    is_done: bool,
}

impl ProxyBody {
    pub(crate) fn from_bytes(bytes: Bytes) -> Self {
        let inner = Inner::Bytes(Some(bytes).filter(|bytes| !bytes.is_empty()));
        Self { inner }
    }

    pub(crate) fn streaming(body: StreamingBody, limits: &Limits, end: Option<Instant>) -> Self {
        Self {
            inner: Inner::Download(Box::new(Download {
                body,
                timer: IdleTimer::new(limits.idle, end),
                left: limits.response_body,
                is_done: false,
            })),
        }
    }

    fn poll_data(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, ProxyBodyError>>> {
        match &mut self.inner {
            Inner::Bytes(bytes) => Poll::Ready(bytes.take().map(Ok)),
            Inner::Download(download) => download.poll_data(context),
        }
    }
}

impl Download {
    fn poll_data(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, ProxyBodyError>>> {
        if self.is_done {
            return Poll::Ready(None);
        }
        let next = self.poll_next_data(context);
        self.is_done = matches!(next, Poll::Ready(None | Some(Err(_))));
        next
    }

    fn poll_next_data(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, ProxyBodyError>>> {
        loop {
            // A client that takes its time byte by byte does not hold the connection for ever.
            if self.timer.is_over() {
                return Poll::Ready(Some(Err(ProxyBodyError::Timeout)));
            }
            match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => {
                    self.timer.reset();
                    // Trailers are for the next hop, which is here.
                    let Ok(data) = frame.into_data() else {
                        continue;
                    };
                    let Some(left) = self.left.checked_sub(data.len() as u64) else {
                        return Poll::Ready(Some(Err(ProxyBodyError::TooLarge)));
                    };
                    self.left = left;
                    return Poll::Ready(Some(Ok(data)));
                }
                Poll::Ready(Some(Err(_))) => return Poll::Ready(Some(Err(ProxyBodyError::Broken))),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => {
                    if self.timer.poll_elapsed(context).is_ready() {
                        return Poll::Ready(Some(Err(ProxyBodyError::Timeout)));
                    }
                    return Poll::Pending;
                }
            }
        }
    }
}

impl Body for ProxyBody {
    type Data = Bytes;
    type Error = ProxyBodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ProxyBodyError>>> {
        let data = self.poll_data(context);
        data.map(|data| data.map(|data| data.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match &self.inner {
            Inner::Bytes(bytes) => bytes.is_none(),
            Inner::Download(download) => download.is_done || download.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Inner::Bytes(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |b| b.len() as u64))
            }
            Inner::Download(download) => download.body.size_hint(),
        }
    }
}

impl Stream for ProxyBody {
    type Item = Result<Bytes, ProxyBodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_data(context)
    }
}

impl fmt::Debug for ProxyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Answers hold tokens.
        f.debug_struct("ProxyBody").finish_non_exhaustive()
    }
}
