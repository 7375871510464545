//! A verified message, read as an event: the envelope parsed, the data left as it came.

use serde_json::value::RawValue;

use clerk_errors::{WebhookVerificationError, WebhookVerificationErrorKind};

use crate::VerifiedMessage;
use crate::envelope::Envelope;

/// A verified webhook: what happened, when, where, and the data as raw JSON.
///
/// Comes from [`WebhookVerifier::verify`](crate::WebhookVerifier::verify), and only from there: who holds one knows that Clerk sent
/// it. Typing the data is left to [`event`](Self::event), so that handlers that look at the type only pay for no more.
#[derive(Clone, Debug)]
pub struct Delivery {
    message: VerifiedMessage,
    envelope: Envelope,
}

impl Delivery {
    pub(crate) fn read(
        message: VerifiedMessage,
        body: &[u8],
    ) -> Result<Self, WebhookVerificationError> {
        match serde_json::from_slice(body) {
            Ok(envelope) => Ok(Self { message, envelope }),
            Err(error) => Err(WebhookVerificationError::new(
                WebhookVerificationErrorKind::InvalidBody,
                format!("the signature is good, and the body is not an event: {error}"),
            )
            .with_source(error)),
        }
    }

    /// The id of the message: unique, and the same whenever the message is sent again. The key to handle each event once.
    #[must_use]
    pub fn id(&self) -> &str {
        self.message.id()
    }

    /// When this attempt was sent, in seconds since the Unix epoch. A retry has a new one.
    #[must_use]
    pub fn sent_at(&self) -> i64 {
        self.message.sent_at()
    }

    /// The event type, such as `user.created`.
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.envelope.event_type
    }

    /// When the event happened, in milliseconds since the Unix epoch. A retry has the same.
    #[must_use]
    #[doc(alias = "timestamp")]
    pub fn occurred_at(&self) -> Option<i64> {
        self.envelope.timestamp
    }

    /// The id of the Clerk instance the event comes from.
    #[must_use]
    pub fn instance_id(&self) -> Option<&str> {
        self.envelope.instance_id.as_deref()
    }

    /// The address of the client whose request caused the event.
    #[must_use]
    #[doc(alias = "event_attributes")]
    pub fn client_ip(&self) -> Option<&str> {
        self.envelope.client_ip.as_deref()
    }

    /// The user agent of the request that caused the event.
    #[must_use]
    #[doc(alias = "event_attributes")]
    pub fn user_agent(&self) -> Option<&str> {
        self.envelope.user_agent.as_deref()
    }

    /// The data of the event, exactly as it came: every member, those unknown to this crate included. `null` where the
    /// event has none.
    #[must_use]
    pub fn data(&self) -> &RawValue {
        self.envelope.data.as_deref().unwrap_or(RawValue::NULL)
    }

    /// The data of the event, taken out.
    #[must_use]
    pub fn into_data(self) -> Box<RawValue> {
        self.envelope
            .data
            .unwrap_or_else(|| RawValue::NULL.to_owned())
    }
}
