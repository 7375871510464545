//! Webhooks.

use std::ops::Deref;

use axum_core::extract::{FromRef, FromRequest, Request};
use clerk_webhooks::{ReceivedWebhook, ReplayGuardError, WebhookReceiver};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::WebhookRejection;

/// A verified webhook that is this handler's to handle. Dereferences to [`Delivery`](clerk_webhooks::Delivery).
///
/// Reads the raw body, at most as much as the verifier allows (1 MiB unless set), so it comes last among the handler's arguments.
/// The [`WebhookReceiver`] comes from the router's state.
///
/// ```
/// use axum::http::StatusCode;
/// use axum::{Router, routing::post};
/// use clerk_axum::{Webhook, WebhookReceiver};
/// use clerk_webhooks::{EventData, MemoryReplayGuard, WebhookVerifier};
///
/// async fn clerk_events(webhook: Webhook) -> Result<StatusCode, StatusCode> {
///     match webhook.event().map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)? {
///         EventData::UserCreated(user) => println!("{} is new", user.id),
///         _ => {}
///     }
///     // What is dropped instead of completed is handled when Clerk sends it again.
///     webhook.complete().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
///     Ok(StatusCode::NO_CONTENT)
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let verifier = WebhookVerifier::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// // WebhookVerifier::from_env()? reads CLERK_WEBHOOK_SIGNING_SECRET.
/// let receiver = WebhookReceiver::new(verifier).replay_guard(MemoryReplayGuard::new());
/// let app: Router = Router::new().route("/webhooks", post(clerk_events)).with_state(receiver);
/// # Ok(())
/// # }
/// ```
///
/// # Rejections
///
/// 400 for what does not verify, 413 for a body that is too large, 200 for what was handled before, 409 for what is being handled, 503
/// where the replay guard cannot tell.
#[derive(Debug)]
#[must_use = "a webhook that is dropped counts as not handled"]
pub struct Webhook(pub ReceivedWebhook);

impl Webhook {
    /// The event was handled: it is not handled again. Does nothing without a replay guard.
    ///
    /// # Errors
    ///
    /// The replay guard could not store that. The event may come again.
    pub async fn complete(self) -> Result<(), ReplayGuardError> {
        self.0.complete().await
    }
}

impl Deref for Webhook {
    type Target = clerk_webhooks::Delivery;

    fn deref(&self) -> &Self::Target {
        self.0.delivery()
    }
}

impl<S> FromRequest<S> for Webhook
where
    S: Sync,
    WebhookReceiver: FromRef<S>,
{
    type Rejection = WebhookRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebhookRejection> {
        let receiver = WebhookReceiver::from_ref(state);
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, receiver.max_body_bytes())
            .collect()
            .await;
        let body = body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                clerk_webhooks::WebhookRejection::too_large()
            } else {
                clerk_webhooks::WebhookRejection::Unreadable
            }
        })?;
        let delivery = receiver.verify(&parts.headers, &body.to_bytes())?;
        Ok(Self(receiver.claim(delivery).await?))
    }
}
