//! A request body by way of a channel, for frameworks whose own bodies cannot cross threads.

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http_body::Frame;
use tokio::sync::mpsc;

type BoxError = Box<dyn Error + Send + Sync>;

enum Message {
    Data(Bytes),
    End,
}

/// A body that somebody else fills, piece by piece; at most one piece waits.
///
/// ```
/// # async fn example<S>(payload: S) -> clerk_proxy::ChannelBody
/// # where S: futures_core::Stream<Item = Result<bytes::Bytes, std::io::Error>> + Send + 'static {
/// let (sender, body) = clerk_proxy::body_channel();
/// tokio::spawn(sender.send_all(payload)); // or `spawn_local`
/// # body
/// # }
/// ```
#[must_use]
pub fn body_channel() -> (BodySender, ChannelBody) {
    let (sender, receiver) = mpsc::channel(1);
    let body = ChannelBody {
        receiver,
        is_done: false,
    };
    (BodySender { sender }, body)
}

/// Nobody reads the body any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyGone;

impl fmt::Display for BodyGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody reads the body any more")
    }
}

impl Error for BodyGone {}

/// Fills a [`ChannelBody`]. Dropped without [`finish`](Self::finish), it leaves a body that broke off.
#[derive(Debug)]
pub struct BodySender {
    sender: mpsc::Sender<Message>,
}

impl BodySender {
    /// Sends a piece, once there is room for it.
    ///
    /// # Errors
    ///
    /// [`BodyGone`] if nobody reads any more.
    pub async fn send(&mut self, data: Bytes) -> Result<(), BodyGone> {
        let sent = self.sender.send(Message::Data(data)).await;
        sent.map_err(|_| BodyGone)
    }

    /// Says that the body is complete.
    ///
    /// # Errors
    ///
    /// [`BodyGone`] if nobody reads any more.
    pub async fn finish(self) -> Result<(), BodyGone> {
        let sent = self.sender.send(Message::End).await;
        sent.map_err(|_| BodyGone)
    }

    /// Sends all pieces of a stream and ends the body with it: completely, or broken off where the stream has an
    /// error. Returns early where nobody reads any more.
    pub async fn send_all<S, E>(mut self, stream: S)
    where
        S: Stream<Item = Result<Bytes, E>>,
    {
        let gone = self.sender.clone();
        let mut gone = pin!(gone.closed());
        let mut stream = pin!(stream);
        loop {
            let next = poll_fn(|context| {
                if gone.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Err(BodyGone));
                }
                stream.as_mut().poll_next(context).map(Ok)
            });
            match next.await {
                Ok(Some(Ok(data))) => {
                    if self.send(data).await.is_err() {
                        return;
                    }
                }
                Ok(None) => {
                    // Where nobody reads, nobody misses the end.
                    let _ = self.finish().await;
                    return;
                }
                Ok(Some(Err(_))) | Err(BodyGone) => return,
            }
        }
    }
}

/// The reading half of [`body_channel`].
#[derive(Debug)]
pub struct ChannelBody {
    receiver: mpsc::Receiver<Message>,
    is_done: bool,
}

impl http_body::Body for ChannelBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.is_done {
            return Poll::Ready(None);
        }
        self.receiver
            .poll_recv(context)
            .map(|message| match message {
                Some(Message::Data(data)) => Some(Ok(Frame::data(data))),
                Some(Message::End) => {
                    self.is_done = true;
                    None
                }
                None => {
                    self.is_done = true;
                    Some(Err("the body broke off".into()))
                }
            })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http_body_util::BodyExt;

    use super::*;

    fn run<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(future)
    }

    // covers: PXY-12
    #[test]
    fn a_body_is_complete_only_if_it_was_finished() {
        run(async {
            let pieces = || {
                [
                    Ok::<_, std::io::Error>(Bytes::from_static(b"ab")),
                    Ok(Bytes::from_static(b"c")),
                ]
            };
            let (sender, body) = body_channel();
            tokio::spawn(sender.send_all(stream::iter(pieces())));
            assert_eq!(body.collect().await.unwrap().to_bytes(), "abc");

            let (sender, body) = body_channel();
            let broken = pieces()
                .into_iter()
                .chain([Err(std::io::Error::other("x"))]);
            tokio::spawn(sender.send_all(stream::iter(broken.collect::<Vec<_>>())));
            assert!(body.collect().await.is_err());

            let (mut sender, body) = body_channel();
            tokio::spawn(async move { sender.send(Bytes::from_static(b"ab")).await });
            assert!(body.collect().await.is_err());
        });
    }

    // covers: PXY-14
    #[test]
    fn a_sender_learns_that_nobody_reads() {
        run(async {
            let (sender, body) = body_channel();
            let sending =
                tokio::spawn(sender.send_all(stream::pending::<Result<Bytes, std::io::Error>>()));
            drop(body);
            sending.await.unwrap();
            let (mut sender, body) = body_channel();
            drop(body);
            assert_eq!(sender.send(Bytes::new()).await, Err(BodyGone));
        });
    }
}
