//! The typed event of a delivery.

use std::error::Error;
use std::fmt;

use clerk_types::DecodeError;
use clerk_types::webhooks::EventData;

use crate::Delivery;

impl Delivery {
    /// The event, typed. What is not listed in [`EventData`] arrives as [`EventData::Unknown`]; so does every future event.
    ///
    /// The data is read anew on each call.
    ///
    /// ```
    /// use clerk_webhooks::EventData;
    /// # use clerk_webhooks::{SigningSecret, WebhookVerifier, sign};
    /// # let secret: SigningSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse()?;
    /// # let body = br#"{"type":"user.deleted","data":{"id":"user_1","deleted":true}}"#;
    /// # let headers = sign(&secret, "msg_1", 1_700_000_000, body);
    /// # let delivery = WebhookVerifier::with_clock(secret, clerk_core::Clock::fixed(1_700_000_000_000))
    /// #     .verify(&headers.pairs(), body)?;
    ///
    /// match delivery.event()? {
    ///     EventData::UserCreated(user) | EventData::UserUpdated(user) => println!("{} is there", user.id),
    ///     EventData::UserDeleted(user) => println!("{:?} is gone", user.id),
    ///     EventData::Unknown { event_type, data } => println!("{event_type}: {data}"),
    ///     _ => {}
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the data is not what the event type carries. The error names the place; the data is still there as
    /// [`data`](Self::data).
    // Compiled where it is used only: the payloads are many.
    #[inline]
    pub fn event(&self) -> Result<EventData, EventError> {
        EventData::from_parts(self.event_type(), self.data().get().as_bytes()).map_err(|source| {
            EventError {
                event_type: self.event_type().to_owned(),
                source,
            }
        })
    }
}

/// Data that is not what its event type carries. Says where, not what was found there.
#[derive(Debug)]
pub struct EventError {
    event_type: String,
    source: DecodeError,
}

impl EventError {
    /// The event type.
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// The place in the data, such as `email_addresses[0].id`; empty for the data as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        self.source.path()
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the data of the event {} cannot be read at {}",
            self.event_type, self.source
        )
    }
}

impl Error for EventError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}
