//! Webhooks.

use std::ops::Deref;

use clerk_webhooks::{ReceivedWebhook, ReplayGuardError, WebhookReceiver};
use poem::error::ReadBodyError;
use poem::{FromRequest, Request, RequestBody, Result};

use crate::WebhookRejection;

/// A verified webhook that is this handler's to handle. Dereferences to [`Delivery`](clerk_webhooks::Delivery).
///
/// Reads the raw body, at most as much as the verifier allows (1 MiB unless set). The [`WebhookReceiver`] comes from the
/// endpoint's data.
///
/// ```
/// use clerk_poem::{Webhook, WebhookReceiver};
/// use clerk_webhooks::{EventData, MemoryReplayGuard, WebhookVerifier};
/// use poem::error::{ServiceUnavailable, UnprocessableEntity};
/// use poem::{EndpointExt, Result, Route, handler, http::StatusCode, post};
///
/// #[handler]
/// async fn clerk_events(webhook: Webhook) -> Result<StatusCode> {
///     match webhook.event().map_err(UnprocessableEntity)? {
///         EventData::UserCreated(user) => println!("{} is new", user.id),
///         _ => {}
///     }
///     // What is dropped instead of completed is handled when Clerk sends it again.
///     webhook.complete().await.map_err(ServiceUnavailable)?;
///     Ok(StatusCode::NO_CONTENT)
/// }
///
/// # fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
/// # let verifier = WebhookVerifier::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// // WebhookVerifier::from_env()? reads CLERK_WEBHOOK_SIGNING_SECRET.
/// let receiver = WebhookReceiver::new(verifier).replay_guard(MemoryReplayGuard::new());
/// let app = Route::new().at("/webhooks", post(clerk_events)).data(receiver);
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// 400 for what does not verify, 413 for a body that is too large, 200 for what was handled before, 409 for what is being handled, 503
/// where the replay guard cannot tell, 500 where there is no receiver.
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

impl<'a> FromRequest<'a> for Webhook {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        Ok(Self(receive(request, body).await?))
    }
}

async fn receive(
    request: &Request,
    body: &mut RequestBody,
) -> Result<ReceivedWebhook, WebhookRejection> {
    let receiver = receiver(request)?;
    let body = body.take().map_err(unread)?;
    let body = body.into_bytes_limit(receiver.max_body_bytes()).await;
    let delivery = receiver.verify(request.headers(), &body.map_err(unread)?)?;
    Ok(receiver.claim(delivery).await?)
}

fn receiver(request: &Request) -> Result<&WebhookReceiver, WebhookRejection> {
    request.data().ok_or_else(|| {
        #[cfg(feature = "tracing")]
        tracing::error!(
            "a route takes webhooks, and its data has no WebhookReceiver: add one around it"
        );
        WebhookRejection::NoReceiver
    })
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "the form that `map_err` takes"
)]
fn unread(error: ReadBodyError) -> clerk_webhooks::WebhookRejection {
    match error {
        ReadBodyError::PayloadTooLarge => clerk_webhooks::WebhookRejection::too_large(),
        _ => clerk_webhooks::WebhookRejection::Unreadable,
    }
}
