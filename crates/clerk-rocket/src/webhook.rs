//! Webhooks.

use std::ops::Deref;

use clerk_webhooks::{ReceivedWebhook, ReplayGuardError, WebhookReceiver};
use rocket::data::{self, Data, FromData, ToByteUnit};
use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::{Ignite, Request, Rocket, Sentinel};

use crate::WebhookRejection;
use crate::headers::Headers;
use crate::record::Record;

/// A verified webhook that is this handler's to handle. Dereferences to [`Delivery`](clerk_webhooks::Delivery).
///
/// A data guard: it reads the raw body, at most as much as the verifier allows (1 MiB unless set), whatever Rocket's own limits are.
/// The [`WebhookReceiver`] is managed by Rocket, which does not start without.
///
/// ```
/// use clerk_rocket::{Webhook, WebhookReceiver};
/// use clerk_webhooks::{EventData, MemoryReplayGuard, WebhookVerifier};
/// use rocket::http::Status;
///
/// #[rocket::post("/webhooks", data = "<webhook>")]
/// async fn clerk_events(webhook: Webhook) -> Status {
///     match webhook.event() {
///         Ok(EventData::UserCreated(user)) => println!("{} is new", user.id),
///         Ok(_) => {}
///         Err(_) => return Status::UnprocessableEntity,
///     }
///     // What is dropped instead of completed is handled when Clerk sends it again.
///     match webhook.complete().await {
///         Ok(()) => Status::NoContent,
///         Err(_) => Status::ServiceUnavailable,
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let verifier = WebhookVerifier::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// // WebhookVerifier::from_env()? reads CLERK_WEBHOOK_SIGNING_SECRET.
/// let receiver = WebhookReceiver::new(verifier).replay_guard(MemoryReplayGuard::new());
/// let rocket = rocket::build().manage(receiver).mount("/", rocket::routes![clerk_events]);
/// # Ok(())
/// # }
/// ```
///
/// # Rejections
///
/// 400 for what does not verify, 413 for a body that is too large, 200 for what was handled before, 409 for what is being handled, 503
/// where the replay guard cannot tell. With [`ClerkFairing`](crate::ClerkFairing) attached, a text says so in place of Rocket's page.
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

#[rocket::async_trait]
impl<'r> FromData<'r> for Webhook {
    type Error = WebhookRejection;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        match receive(request, data).await {
            Ok(webhook) => Outcome::Success(Self(webhook)),
            Err(rejection) => {
                let rejection = WebhookRejection(rejection);
                Record::of(request).refuse(rejection.to_response());
                Outcome::Error((Status::new(rejection.status()), rejection))
            }
        }
    }
}

async fn receive(
    request: &Request<'_>,
    data: Data<'_>,
) -> Result<ReceivedWebhook, clerk_webhooks::WebhookRejection> {
    use clerk_webhooks::WebhookRejection;

    let Some(receiver) = request.rocket().state::<WebhookReceiver>() else {
        // Only where the guard is hidden in another one: otherwise Rocket does not start.
        let error = ReplayGuardError::new("Rocket manages no WebhookReceiver");
        return Err(WebhookRejection::Unavailable(error));
    };
    let limit = receiver.max_body_bytes().bytes();
    let body = data.open(limit).into_bytes().await;
    let body = body.map_err(|_| WebhookRejection::Unreadable)?;
    if !body.is_complete() {
        return Err(WebhookRejection::too_large());
    }
    let delivery = receiver.verify(&Headers::of(request), &body)?;
    receiver.claim(delivery).await
}

impl Sentinel for Webhook {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        rocket.state::<WebhookReceiver>().is_none()
    }
}
