//! From a request to a message that is handled once, and what everybody else is answered.

use std::error::Error;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use clerk_errors::ConfigError;
use clerk_errors::{WebhookVerificationError, WebhookVerificationErrorKind};

use crate::{
    Claim, Delivery, Lease, ReplayGuard, ReplayGuardError, WebhookHeaders, WebhookVerifier,
};

/// Receives webhooks of one endpoint: a verifier, and perhaps a replay guard. Made once; cloning is cheap.
///
/// What the integrations of web frameworks build their extractors on. In any other server:
///
/// ```
/// use clerk_webhooks::{WebhookReceiver, WebhookHeaders};
///
/// async fn endpoint(receiver: &WebhookReceiver, headers: &impl WebhookHeaders, body: &[u8]) -> u16 {
///     let claimed = match receiver.verify(headers, body) {
///         Ok(delivery) => receiver.claim(delivery).await,
///         Err(rejection) => Err(rejection),
///     };
///     match claimed {
///         Ok(webhook) => {
///             println!("{} {}", webhook.id(), webhook.event_type());
///             // Only after it was handled: what is dropped instead comes again.
///             match webhook.complete().await {
///                 Ok(()) => 204,
///                 Err(_) => 503,
///             }
///         }
///         Err(rejection) => rejection.status(),
///     }
/// }
/// ```
#[derive(Clone)]
pub struct WebhookReceiver {
    inner: Arc<Parts>,
}

#[derive(Clone)]
struct Parts {
    verifier: WebhookVerifier,
    guard: Option<Arc<dyn ReplayGuard>>,
}

impl WebhookReceiver {
    /// Receives what this verifier accepts.
    #[must_use]
    pub fn new(verifier: WebhookVerifier) -> Self {
        Self {
            inner: Arc::new(Parts {
                verifier,
                guard: None,
            }),
        }
    }

    /// Receives what is signed with the secret in the environment variable `CLERK_WEBHOOK_SIGNING_SECRET`.
    ///
    /// # Errors
    ///
    /// As of [`WebhookVerifier::from_env`].
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    pub fn from_env() -> Result<Self, ConfigError> {
        WebhookVerifier::from_env().map(Self::new)
    }

    /// Receives each message once.
    #[must_use]
    pub fn replay_guard(mut self, guard: impl ReplayGuard + 'static) -> Self {
        Arc::make_mut(&mut self.inner).guard = Some(Arc::new(guard));
        self
    }

    /// The largest body that is looked at, in bytes: read no more of it than that, and answer
    /// [`too_large`](WebhookRejection::too_large).
    #[must_use]
    pub fn max_body_bytes(&self) -> usize {
        self.inner.verifier.max_body_bytes
    }

    /// Verifies a message.
    ///
    /// # Errors
    ///
    /// It does not verify: 400, or 413 for a body that is too large.
    pub fn verify(
        &self,
        headers: &(impl WebhookHeaders + ?Sized),
        body: &[u8],
    ) -> Result<Delivery, WebhookRejection> {
        let verified = self.inner.verifier.verify(headers, body);
        verified.map_err(WebhookRejection::Unverified)
    }

    /// Claims a verified message, so that nobody else handles it.
    ///
    /// # Errors
    ///
    /// It was handled: 200. It is being handled: 409. The replay guard cannot tell: 503.
    pub async fn claim(&self, delivery: Delivery) -> Result<ReceivedWebhook, WebhookRejection> {
        let lease = match &self.inner.guard {
            None => None,
            Some(guard) => match guard.claim(delivery.id()).await {
                Ok(Claim::New(lease)) => Some(lease),
                Ok(Claim::InProgress) => return Err(WebhookRejection::InProgress),
                Ok(Claim::Done) => return Err(WebhookRejection::Done),
                Err(error) => return Err(WebhookRejection::Unavailable(error)),
            },
        };
        Ok(ReceivedWebhook { delivery, lease })
    }
}

impl From<WebhookVerifier> for WebhookReceiver {
    fn from(verifier: WebhookVerifier) -> Self {
        Self::new(verifier)
    }
}

impl fmt::Debug for WebhookReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookReceiver")
            .field("verifier", &self.inner.verifier)
            .field("has_replay_guard", &self.inner.guard.is_some())
            .finish()
    }
}

/// A verified message that is this handler's to handle. Dereferences to the [`Delivery`].
///
/// Where the receiver has a replay guard: call [`complete`](Self::complete) after the event was handled. Dropping this instead gives
/// the message back, so that it is handled when Clerk sends it again.
#[derive(Debug)]
#[must_use = "a webhook that is dropped counts as not handled"]
pub struct ReceivedWebhook {
    delivery: Delivery,
    lease: Option<Lease>,
}

impl ReceivedWebhook {
    /// What was delivered.
    #[must_use]
    pub fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// The event was handled: it is not handled again. Does nothing without a replay guard.
    ///
    /// # Errors
    ///
    /// The replay guard could not store that. The event may come again.
    pub async fn complete(self) -> Result<(), ReplayGuardError> {
        match self.lease {
            Some(lease) => lease.complete().await,
            None => Ok(()),
        }
    }

    /// The delivery and the lease on it, where there is a replay guard.
    #[must_use]
    pub fn into_parts(self) -> (Delivery, Option<Lease>) {
        (self.delivery, self.lease)
    }
}

impl Deref for ReceivedWebhook {
    type Target = Delivery;

    fn deref(&self) -> &Delivery {
        &self.delivery
    }
}

/// Why a webhook is not for the handler to handle, and what it is answered.
#[derive(Debug)]
#[non_exhaustive]
pub enum WebhookRejection {
    /// It does not verify: 400, or 413 for a body that is too large.
    Unverified(WebhookVerificationError),
    /// The body could not be read to its end: 400.
    Unreadable,
    /// It was handled before: 200, so that Clerk stops sending it.
    Done,
    /// It is being handled: 409, so that Clerk sends it again later.
    InProgress,
    /// The replay guard cannot tell: 503, so that Clerk sends it again later.
    Unavailable(ReplayGuardError),
}

impl WebhookRejection {
    /// The body was not read to its end, because it is longer than it may be.
    #[must_use]
    pub fn too_large() -> Self {
        Self::Unverified(WebhookVerificationError::new(
            WebhookVerificationErrorKind::TooLarge,
            "the body is too large",
        ))
    }

    /// The HTTP status to answer with.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Unverified(error) if error.kind() == WebhookVerificationErrorKind::TooLarge => {
                413
            }
            Self::Unverified(_) | Self::Unreadable => 400,
            Self::Done => 200,
            Self::InProgress => 409,
            Self::Unavailable(_) => 503,
        }
    }

    /// The text to answer with, which is shown in the Clerk Dashboard: no more than a sender may know.
    #[must_use]
    pub fn message(&self) -> &'static str {
        match self {
            Self::Unverified(_) => "the webhook could not be verified",
            Self::Unreadable => "the body could not be read",
            Self::Done => "handled before",
            Self::InProgress => "being handled",
            Self::Unavailable(_) => "try again later",
        }
    }
}

impl fmt::Display for WebhookRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unverified(error) => error.fmt(f),
            Self::Unavailable(error) => error.fmt(f),
            Self::Unreadable | Self::Done | Self::InProgress => f.write_str(self.message()),
        }
    }
}

impl Error for WebhookRejection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unverified(error) => error.source(),
            Self::Unavailable(error) => error.source(),
            Self::Unreadable | Self::Done | Self::InProgress => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use clerk_core::Clock;
    use futures_util::FutureExt;

    use super::*;
    use crate::{LeaseHolder, ReplayFuture, SigningSecret, sign};

    const BODY: &[u8] = br#"{"type":"user.deleted","data":{"id":"user_1","deleted":true}}"#;

    fn secret() -> SigningSecret {
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap()
    }

    fn receiver() -> WebhookReceiver {
        WebhookReceiver::new(WebhookVerifier::with_clock(secret(), Clock::fixed(0)))
    }

    /// Remembers one message; may be out of order.
    #[derive(Clone, Default)]
    struct OneMessage(Arc<State>);

    #[derive(Default)]
    struct State {
        claimed: AtomicBool,
        done: AtomicBool,
        broken: AtomicBool,
    }

    impl ReplayGuard for OneMessage {
        fn claim<'a>(&'a self, _: &'a str) -> ReplayFuture<'a, Claim> {
            Box::pin(async move {
                if self.0.broken.load(Ordering::Relaxed) {
                    return Err(ReplayGuardError::new("no connection"));
                }
                if self.0.done.load(Ordering::Relaxed) {
                    return Ok(Claim::Done);
                }
                if self.0.claimed.swap(true, Ordering::Relaxed) {
                    return Ok(Claim::InProgress);
                }
                Ok(Claim::New(Lease::new(self.clone())))
            })
        }
    }

    impl LeaseHolder for OneMessage {
        fn complete(self: Box<Self>) -> ReplayFuture<'static, ()> {
            self.0.done.store(true, Ordering::Relaxed);
            Box::pin(async { Ok(()) })
        }

        fn release(self: Box<Self>) {
            self.0.claimed.store(false, Ordering::Relaxed);
        }
    }

    fn receive(receiver: &WebhookReceiver) -> Result<ReceivedWebhook, WebhookRejection> {
        let headers = sign(&secret(), "msg_1", 0, BODY);
        let delivery = receiver.verify(&headers.pairs(), BODY)?;
        receiver.claim(delivery).now_or_never().unwrap()
    }

    // covers: WH-11
    #[test]
    fn each_outcome_of_a_claim_has_its_status() {
        let guard = OneMessage::default();
        let receiver = receiver().replay_guard(guard.clone());
        let first = receive(&receiver).unwrap();
        assert_eq!((first.id(), first.event_type()), ("msg_1", "user.deleted"));
        assert_eq!(receive(&receiver).unwrap_err().status(), 409);
        // A handler that fails drops it, and the next attempt is not refused.
        drop(first);
        let second = receive(&receiver).unwrap();
        second.complete().now_or_never().unwrap().unwrap();
        let done = receive(&receiver).unwrap_err();
        assert_eq!((done.status(), done.message()), (200, "handled before"));
        guard.0.broken.store(true, Ordering::Relaxed);
        assert_eq!(receive(&receiver).unwrap_err().status(), 503);
    }

    #[test]
    fn without_a_guard_every_verified_message_is_handled() {
        for _ in 0..2 {
            let received = receive(&receiver()).unwrap();
            let (delivery, lease) = received.into_parts();
            assert_eq!(delivery.id(), "msg_1");
            assert!(lease.is_none());
        }
    }

    #[test]
    fn what_does_not_verify_is_told_no_more_than_that() {
        let headers = sign(&secret(), "msg_1", 0, b"{}");
        let forged = receiver().verify(&headers.pairs(), BODY).unwrap_err();
        assert_eq!(forged.status(), 400);
        assert_eq!(forged.message(), "the webhook could not be verified");
        assert!(forged.to_string().contains("no signature matches"));
        let small = WebhookVerifier::with_clock(secret(), Clock::fixed(0)).max_body_bytes(10);
        let receiver = WebhookReceiver::from(small);
        assert_eq!(receiver.max_body_bytes(), 10);
        assert_eq!(receive(&receiver).unwrap_err().status(), 413);
        assert_eq!(WebhookRejection::too_large().status(), 413);
        assert_eq!(WebhookRejection::Unreadable.status(), 400);
    }
}
