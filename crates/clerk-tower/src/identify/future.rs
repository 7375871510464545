//! The response to come.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use clerk_internal::guard::{Passage, RequestAuth};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

type Entering<B> = Pin<Box<dyn Future<Output = (Passage, Request<B>)> + Send>>;

pin_project! {
    /// The response of a [`ClerkService`](crate::ClerkService).
    pub struct ClerkFuture<S, B>
    where
        S: Service<Request<B>>,
    {
        #[pin]
        step: Step<S, S::Future, B>,
    }
}

pin_project! {
    #[project = StepProjection]
    enum Step<S, F, B> {
        /// Clerk is being asked, and the handler waits.
        Entering { entering: Entering<B>, inner: S },
        /// The handler is at work.
        Handling { #[pin] handling: F, auth: Option<RequestAuth> },
        /// The handler is not called.
        Answer { answer: Option<Response<String>> },
    }
}

impl<S, B> ClerkFuture<S, B>
where
    S: Service<Request<B>>,
{
    pub(super) fn entering(entering: Entering<B>, inner: S) -> Self {
        Self {
            step: Step::Entering { entering, inner },
        }
    }

    pub(super) fn handling(handling: S::Future, auth: Option<RequestAuth>) -> Self {
        Self {
            step: Step::Handling { handling, auth },
        }
    }

    pub(super) fn answer(answer: Response<String>) -> Self {
        Self {
            step: Step::Answer {
                answer: Some(answer),
            },
        }
    }
}

impl<S, B, R> Future for ClerkFuture<S, B>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Default,
{
    type Output = Result<Response<R>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut step = self.project().step;
        loop {
            let next = match step.as_mut().project() {
                StepProjection::Entering { entering, inner } => {
                    match ready!(entering.as_mut().poll(cx)) {
                        (Passage::Answer(answer), _) => Step::Answer {
                            answer: Some(answer),
                        },
                        (Passage::Proceed(auth), mut request) => {
                            request.extensions_mut().insert(auth.clone());
                            Step::Handling {
                                handling: inner.call(request),
                                auth: Some(auth),
                            }
                        }
                    }
                }
                StepProjection::Handling { handling, auth } => {
                    let mut response = ready!(handling.poll(cx))?;
                    if let Some(auth) = auth {
                        auth.append_headers(response.headers_mut());
                    }
                    return Poll::Ready(Ok(response));
                }
                StepProjection::Answer { answer } => {
                    // A future that is polled after its end may do anything but panic.
                    return match answer.take() {
                        Some(answer) => Poll::Ready(Ok(answer.map(|_| R::default()))),
                        None => Poll::Pending,
                    };
                }
            };
            step.set(next);
        }
    }
}

impl<S, B> fmt::Debug for ClerkFuture<S, B>
where
    S: Service<Request<B>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClerkFuture")
    }
}
