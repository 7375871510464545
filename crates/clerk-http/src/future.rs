//! Boxed futures that may cross threads wherever there are threads.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// A boxed future; `Send` everywhere but on wasm, where the host's futures are not.
#[cfg(not(target_family = "wasm"))]
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send + 'static>>;

/// A boxed future; `Send` everywhere but on wasm, where the host's futures are not.
#[cfg(target_family = "wasm")]
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + 'static>>;

/// Waits for two futures at once; the first error ends both.
///
/// ```
/// use clerk_http::{BoxFuture, try_both};
///
/// # async fn example(a: BoxFuture<Result<u8, String>>, b: BoxFuture<Result<char, String>>) -> Result<(), String> {
/// let (number, letter) = try_both(a, b).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// The error of whichever future fails first; the other one is dropped.
pub async fn try_both<A, B, E>(
    mut first: BoxFuture<Result<A, E>>,
    mut second: BoxFuture<Result<B, E>>,
) -> Result<(A, B), E> {
    let (mut left, mut right) = (None, None);
    poll_fn(move |context| {
        if left.is_none()
            && let Poll::Ready(result) = first.as_mut().poll(context)
        {
            match result {
                Ok(value) => left = Some(value),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        if right.is_none()
            && let Poll::Ready(result) = second.as_mut().poll(context)
        {
            match result {
                Ok(value) => right = Some(value),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        match (left.take(), right.take()) {
            (Some(left), Some(right)) => Poll::Ready(Ok((left, right))),
            (one, other) => {
                (left, right) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}
