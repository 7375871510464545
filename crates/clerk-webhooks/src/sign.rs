//! Signing, for tests and for whoever plays Clerk.

use clerk_core::crypto::{HmacSha256Key, Provider};

use crate::SigningSecret;
use crate::headers::{STANDARD, SVIX};
use crate::signature::{SIGNATURE_BYTES, encoded_mac};

/// The three headers that make a body a signed message.
///
/// They can be handed to a verifier as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedHeaders {
    /// The message id, the value of `svix-id`.
    pub id: String,
    /// Seconds since the Unix epoch as text, the value of `svix-timestamp`.
    pub timestamp: String,
    /// The version and the signature, the value of `svix-signature`.
    pub signature: String,
}

impl SignedHeaders {
    /// Names and values as Clerk sends them: `svix-id`, `svix-timestamp`, `svix-signature`.
    #[must_use]
    pub fn pairs(&self) -> [(&'static str, &str); 3] {
        [
            (SVIX.id, &self.id),
            (SVIX.timestamp, &self.timestamp),
            (SVIX.signature, &self.signature),
        ]
    }

    /// Names and values as the Standard Webhooks specification has them: `webhook-id`, `webhook-timestamp`,
    /// `webhook-signature`.
    #[must_use]
    pub fn standard_pairs(&self) -> [(&'static str, &str); 3] {
        [
            (STANDARD.id, &self.id),
            (STANDARD.timestamp, &self.timestamp),
            (STANDARD.signature, &self.signature),
        ]
    }
}

/// Signs a message as Clerk does. `timestamp` is in seconds since the Unix epoch.
///
/// ```
/// use clerk_core::Clock;
/// use clerk_webhooks::{SigningSecret, WebhookVerifier, sign};
///
/// let secret: SigningSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse()?;
/// let body = br#"{"type":"user.deleted","object":"event","data":{"id":"user_1","object":"user","deleted":true}}"#;
/// let headers = sign(&secret, "msg_1", 1_700_000_000, body);
///
/// let verifier = WebhookVerifier::from(secret).clock(Clock::fixed(1_700_000_000_000));
/// let delivery = verifier.verify(&headers.pairs(), body)?;
/// assert_eq!(delivery.event_type(), "user.deleted");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn sign(secret: &SigningSecret, id: &str, timestamp: i64, body: &[u8]) -> SignedHeaders {
    let key = HmacSha256Key::with_provider(Provider::default(), secret.as_bytes());
    let mac = encoded_mac(&key, id, timestamp, body);
    let mut signature = String::with_capacity(3 + SIGNATURE_BYTES);
    signature.push_str("v1,");
    signature.extend(mac.iter().map(|byte| char::from(*byte)));
    SignedHeaders {
        id: id.to_owned(),
        timestamp: timestamp.to_string(),
        signature,
    }
}
