//! The verifier: secrets, tolerance, bounds, and the order of the checks.

use std::time::Duration;

use clerk_core::Clock;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use clerk_core::Config;
use clerk_core::crypto::{HmacSha256Key, Provider};
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use clerk_errors::ConfigError;
use clerk_errors::{WebhookVerificationError, WebhookVerificationErrorKind};

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use crate::environment;
use crate::headers::{MessageHeaders, WebhookHeaders};
use crate::signature::{encoded_mac, list_contains};
use crate::{Delivery, SigningSecret};

/// How far the timestamp of a message may be from the clock, either way, unless set otherwise: 300 seconds.
const TOLERANCE: Duration = Duration::from_secs(300);

/// The largest body read unless set otherwise: 1 MiB. Clerk's own events are some kilobytes.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Verifies webhooks of one endpoint.
///
/// Made once and shared: verification takes `&self`, does no I/O and keeps no state.
///
/// ```
/// use clerk_webhooks::WebhookVerifier;
///
/// let verifier = WebhookVerifier::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// # let headers = [("svix-id", "msg_1")];
/// # let body = b"{}";
/// match verifier.verify(&headers, body) {
///     Ok(delivery) => println!("{} {}", delivery.id(), delivery.event_type()),
///     Err(error) => println!("{error}"), // the webhook could not be verified: missing webhook headers: ...
/// }
/// # Ok::<(), clerk_errors::ConfigError>(())
/// ```
///
/// # The body is bytes
///
/// The signature is over the exact bytes that came in. Take the body as bytes (axum: `Bytes`, last in the argument list;
/// actix: `web::Bytes`; rocket: `Data`; poem: `Body` or `Vec<u8>`) and parse it through the [`Delivery`]. A body that was
/// parsed and serialized again is another body, and fails.
///
/// # Security
///
/// A message that verifies was sent by Clerk within the tolerance of now, and may still be the second copy of one you have
/// handled: Clerk retries, and whoever recorded a message can send it again within the tolerance. Use [`Delivery::id`], which
/// stays the same across retries, to handle each message once, by hand or with a [`ReplayGuard`](crate::ReplayGuard).
#[derive(Clone, Debug)]
pub struct WebhookVerifier {
    provider: Provider,
    secrets: Vec<SigningSecret>,
    keys: Vec<HmacSha256Key>,
    tolerance: Duration,
    pub(crate) max_body_bytes: usize,
    clock: Clock,
}

impl WebhookVerifier {
    /// A verifier with a secret as the Clerk Dashboard shows it (`whsec_...`), on the system's clock.
    ///
    /// # Errors
    ///
    /// If the text is not a signing secret; see [`SigningSecret::parse`].
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    pub fn new(secret: &str) -> Result<Self, ConfigError> {
        Ok(Self::from(SigningSecret::parse(secret)?))
    }

    /// A verifier with the secret in the environment variable `CLERK_WEBHOOK_SIGNING_SECRET`, on the system's clock.
    ///
    /// # Errors
    ///
    /// If the variable is missing or empty, or holds something else. Where it is missing and another variable is set that people
    /// use for the same purpose, such as `WEBHOOK_SECRET`, the error says so.
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    pub fn from_env() -> Result<Self, ConfigError> {
        environment::of_variables(|name| {
            std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
        })
        .map(Self::from)
    }

    /// A verifier with the secret among settings that were read, on the system's clock.
    ///
    /// # Errors
    ///
    /// If the settings have no signing secret, or one that is damaged.
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    pub fn from_config(config: &Config) -> Result<Self, ConfigError> {
        environment::of_config(config).map(Self::from)
    }

    /// A verifier with a secret and a clock; for hosts without a system clock, and for tests.
    #[must_use]
    pub fn with_clock(secret: SigningSecret, clock: impl Into<Clock>) -> Self {
        let provider = Provider::default();
        Self {
            provider,
            keys: vec![HmacSha256Key::with_provider(provider, secret.as_bytes())],
            secrets: vec![secret],
            tolerance: TOLERANCE,
            max_body_bytes: MAX_BODY_BYTES,
            clock: clock.into(),
        }
    }

    /// Accepts messages signed with this secret as well, as long as a rotation takes.
    #[must_use]
    pub fn additional_secret(mut self, secret: SigningSecret) -> Self {
        let key = HmacSha256Key::with_provider(self.provider, secret.as_bytes());
        self.keys.push(key);
        self.secrets.push(secret);
        self
    }

    /// How far the timestamp of a message may be from the clock, either way, in whole seconds; 300 unless set.
    ///
    /// A wider window is a longer time in which a recorded message can be sent again.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// The largest body that is looked at, in bytes; 1 MiB unless set.
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// The clock that timestamps are compared with.
    #[must_use]
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// The cryptography library that computes the signatures.
    #[must_use]
    pub fn provider(mut self, provider: Provider) -> Self {
        self.provider = provider;
        self.keys = self
            .secrets
            .iter()
            .map(|secret| HmacSha256Key::with_provider(provider, secret.as_bytes()))
            .collect();
        self
    }

    /// Verifies a message and reads its envelope; the event itself is typed on demand by [`Delivery::event`].
    ///
    /// The headers are `svix-id`, `svix-timestamp` and `svix-signature`, or the names of the
    /// [Standard Webhooks](https://www.standardwebhooks.com) specification (`webhook-id`, ...). `body` is the exact bytes received.
    ///
    /// # Errors
    ///
    /// With the kind that says what failed: headers missing (named) or unreadable, body too large, timestamp too old or too new, no
    /// matching signature, or a signed body that is not an event. The error contains neither the secret nor the expected signature.
    #[doc(alias = "verifyWebhook")]
    pub fn verify(
        &self,
        headers: &(impl WebhookHeaders + ?Sized),
        body: &[u8],
    ) -> Result<Delivery, WebhookVerificationError> {
        let message = self.verify_signature(headers, body)?;
        Delivery::read(message, body)
    }

    /// Verifies a message without reading its body, which may then be anything: not only JSON, not only Clerk's.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify), apart from what concerns the content of the body.
    pub fn verify_signature(
        &self,
        headers: &(impl WebhookHeaders + ?Sized),
        body: &[u8],
    ) -> Result<VerifiedMessage, WebhookVerificationError> {
        let message = MessageHeaders::read(headers)?;
        if body.len() > self.max_body_bytes {
            return Err(WebhookVerificationError::new(
                WebhookVerificationErrorKind::TooLarge,
                format!("the body is larger than {} bytes", self.max_body_bytes),
            ));
        }
        self.check_time(message.timestamp)?;
        let matches = self.keys.iter().any(|key| {
            let expected = encoded_mac(key, &message.id, message.timestamp, body);
            let mut found = false;
            headers.each_value(message.signature, &mut |list| {
                found |= list_contains(list.trim_ascii(), &expected);
            });
            found
        });
        if !matches {
            return Err(WebhookVerificationError::new(
                WebhookVerificationErrorKind::InvalidSignature,
                "no signature matches: is it the secret of this endpoint, and the body exactly as received?",
            ));
        }
        Ok(VerifiedMessage {
            id: message.id,
            sent_at: message.timestamp,
        })
    }

    fn check_time(&self, timestamp: i64) -> Result<(), WebhookVerificationError> {
        let now = self.clock.now_ms().div_euclid(1000);
        let tolerance = i64::try_from(self.tolerance.as_secs()).unwrap_or(i64::MAX);
        if now.saturating_sub(timestamp) > tolerance {
            return Err(WebhookVerificationError::new(
                WebhookVerificationErrorKind::TooOld,
                format!("the message is older than {tolerance} seconds"),
            ));
        }
        if timestamp.saturating_sub(now) > tolerance {
            return Err(WebhookVerificationError::new(
                WebhookVerificationErrorKind::TooNew,
                format!(
                    "the message is dated more than {tolerance} seconds ahead; is the clock right?"
                ),
            ));
        }
        Ok(())
    }
}

/// On the system's clock.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl From<SigningSecret> for WebhookVerifier {
    fn from(secret: SigningSecret) -> Self {
        Self::with_clock(secret, Clock::system())
    }
}

/// What the signature of a message vouches for beside its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedMessage {
    pub(crate) id: String,
    pub(crate) sent_at: i64,
}

impl VerifiedMessage {
    /// The id of the message: unique, and the same whenever it is sent again.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When this attempt was sent, in seconds since the Unix epoch.
    #[must_use]
    pub fn sent_at(&self) -> i64 {
        self.sent_at
    }
}
