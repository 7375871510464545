//! The response to come.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use clerk_internal::guard::Rejection;
use http::Response;
use pin_project_lite::pin_project;

pin_project! {
    /// The response of a [`RequireAuthService`](crate::RequireAuthService).
    pub struct RequireAuthFuture<F> {
        #[pin]
        step: Step<F>,
    }
}

pin_project! {
    #[project = StepProjection]
    enum Step<F> {
        Handling { #[pin] handling: F },
        Rejected { rejection: Rejection },
    }
}

impl<F> RequireAuthFuture<F> {
    pub(super) fn handling(handling: F) -> Self {
        Self {
            step: Step::Handling { handling },
        }
    }

    pub(super) fn rejected(rejection: Rejection) -> Self {
        Self {
            step: Step::Rejected { rejection },
        }
    }
}

impl<F, R, E> Future for RequireAuthFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: From<String>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().step.project() {
            StepProjection::Handling { handling } => handling.poll(cx),
            StepProjection::Rejected { rejection } => {
                Poll::Ready(Ok(rejection.to_response().map(R::from)))
            }
        }
    }
}

impl<F> fmt::Debug for RequireAuthFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequireAuthFuture")
    }
}
