//! Webhooks.

use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use clerk_webhooks::{ReceivedWebhook, ReplayGuardError, WebhookReceiver};

use crate::WebhookRejection;
use crate::request::Headers;

/// A verified webhook that is this handler's to handle. Dereferences to [`Delivery`](clerk_webhooks::Delivery).
///
/// Reads the raw body, at most as much as the verifier allows (1 MiB unless set), whatever limits other extractors of the
/// application have. The [`WebhookReceiver`] comes from the application's data. Make it outside of the closure that makes the
/// application: each worker calls that, and all of them have to share one memory of what was handled.
///
/// ```no_run
/// use actix_web::{App, HttpResponse, HttpServer, error, web};
/// use clerk_actix::{Webhook, WebhookReceiver};
/// use clerk_webhooks::{EventData, MemoryReplayGuard, WebhookVerifier};
///
/// async fn clerk_events(webhook: Webhook) -> actix_web::Result<HttpResponse> {
///     match webhook.event().map_err(error::ErrorUnprocessableEntity)? {
///         EventData::UserCreated(user) => println!("{} is new", user.id),
///         _ => {}
///     }
///     // What is dropped instead of completed is handled when Clerk sends it again.
///     webhook.complete().await.map_err(error::ErrorServiceUnavailable)?;
///     Ok(HttpResponse::NoContent().finish())
/// }
///
/// # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = WebhookVerifier::from_env()?; // CLERK_WEBHOOK_SIGNING_SECRET
/// let receiver = WebhookReceiver::new(verifier).replay_guard(MemoryReplayGuard::new());
/// let app = move || {
///     App::new()
///         .app_data(web::Data::new(receiver.clone()))
///         .route("/webhooks", web::post().to(clerk_events))
/// };
/// HttpServer::new(app).bind("127.0.0.1:3000")?.run().await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// 400 for what does not verify, 413 for a body that is too large, 200 for what was handled before, 409 for what is being handled, 503
/// where the replay guard cannot tell, 500 where the application has no receiver.
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

impl FromRequest for Webhook {
    type Error = WebhookRejection;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebhookRejection>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = web::Payload::from_request(&request, payload);
        Box::pin(async move {
            let receiver = receiver(&request)?;
            let payload = payload.await.map_err(|_| unreadable())?;
            let body = payload.to_bytes_limited(receiver.max_body_bytes()).await;
            let body = body.map_err(|_| clerk_webhooks::WebhookRejection::too_large())?;
            let body = body.map_err(|_| unreadable())?;
            let delivery = receiver.verify(&Headers::of(request.head()), &body)?;
            Ok(Self(receiver.claim(delivery).await?))
        })
    }
}

fn receiver(request: &HttpRequest) -> Result<WebhookReceiver, WebhookRejection> {
    let shared = request.app_data::<web::Data<WebhookReceiver>>();
    let receiver = shared.map(web::Data::get_ref);
    let receiver = receiver.or_else(|| request.app_data::<WebhookReceiver>());
    receiver.cloned().ok_or_else(|| {
        #[cfg(feature = "tracing")]
        tracing::error!(
            "a route takes webhooks, and the application's data has no WebhookReceiver: add one"
        );
        WebhookRejection::NoReceiver
    })
}

fn unreadable() -> WebhookRejection {
    clerk_webhooks::WebhookRejection::Unreadable.into()
}
