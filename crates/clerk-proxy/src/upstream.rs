//! One exchange with the Frontend API.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use clerk_http::{
    Deadlines, HyperTransport, RequestBody, StreamingBody, TransportError, TransportErrorKind,
};
use http::{Request, Response, StatusCode};
use tokio::time::Instant;

use crate::body::{Progress, UploadFailure};
use crate::limits::Limits;
use crate::{ProxyError, ProxyErrorKind};

/// Sends a request and waits for the head of the answer, as long as something moves. Dropped, it ends the exchange.
pub(crate) async fn exchange(
    transport: &HyperTransport,
    mut request: Request<RequestBody>,
    progress: &Progress,
    limits: &Limits,
    end: Option<Instant>,
) -> Result<Response<StreamingBody>, ProxyError> {
    // The transport would count the upload too, which may take longer than an answer; the time is kept here.
    let patient = Deadlines::new().first_byte(Duration::MAX);
    request.extensions_mut().insert(patient);
    let due = || match (progress.due(limits), end) {
        (Some(due), Some(end)) => Some(due.min(end)),
        (due, end) => due.or(end),
    };
    // The due time comes nearer when the upload ends: look again after the shorter of the two limits.
    let pause = limits.idle.min(limits.first_byte);
    let next_look = || {
        let look = Instant::now().checked_add(pause);
        match (due(), look) {
            (Some(due), Some(look)) => Some(due.min(look)),
            (due, look) => due.or(look),
        }
    };
    let mut call = pin!(transport.stream(request));
    let mut sleep = pin!(tokio::time::sleep_until(
        next_look().unwrap_or_else(Instant::now)
    ));
    let answer = poll_fn(|context| {
        if let Poll::Ready(answer) = call.as_mut().poll(context) {
            return Poll::Ready(Some(answer));
        }
        while sleep.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            if due().is_some_and(|due| due <= now) {
                return Poll::Ready(None);
            }
            let Some(look) = next_look() else {
                return Poll::Pending;
            };
            sleep.as_mut().reset(look);
        }
        Poll::Pending
    });
    match answer.await {
        Some(Ok(answer)) if answer.status() == StatusCode::SWITCHING_PROTOCOLS => Err(
            ProxyError::new(ProxyErrorKind::Upstream, "the answer changes the protocol"),
        ),
        Some(Ok(answer)) => Ok(answer),
        Some(Err(error)) => Err(failure(error, progress)),
        None if progress.awaits_client() => Err(client_too_slow()),
        None => Err(ProxyError::new(
            ProxyErrorKind::Timeout,
            "the Frontend API did not answer in time",
        )),
    }
}

/// A failed call is the client's doing where its body failed.
fn failure(error: TransportError, progress: &Progress) -> ProxyError {
    match progress.failure() {
        Some(failure) => of_upload(failure),
        None if error.kind() == TransportErrorKind::Timeout => ProxyError::new(
            ProxyErrorKind::Timeout,
            "the Frontend API did not answer in time",
        )
        .with_source(error),
        None => ProxyError::new(ProxyErrorKind::Upstream, "the Frontend API did not answer")
            .with_source(error),
    }
}

/// What a client gets whose body did not pass.
pub(crate) fn of_upload(failure: UploadFailure) -> ProxyError {
    match failure {
        UploadFailure::TooLarge => too_large(),
        UploadFailure::Slow => client_too_slow(),
        UploadFailure::Broken => {
            ProxyError::new(ProxyErrorKind::BadRequest, "the client broke off its body")
        }
    }
}

pub(crate) fn too_large() -> ProxyError {
    ProxyError::new(
        ProxyErrorKind::TooLarge,
        "the body is larger than the limit",
    )
}

fn client_too_slow() -> ProxyError {
    ProxyError::new(
        ProxyErrorKind::ClientTimeout,
        "the client sent nothing for too long",
    )
}
