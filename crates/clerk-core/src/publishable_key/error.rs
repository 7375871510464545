//! Why a text is not a publishable key.

use std::fmt;

use clerk_errors::{ConfigError, ConfigErrorKind};

/// Why a text is not a publishable key. Never holds the text: it may be a secret in the wrong place.
///
/// Turns into a [`ConfigError`] about the publishable key, with the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublishableKeyError {
    /// There is no key.
    Missing,
    /// The text does not have the form `pk_test_...` or `pk_live_...`.
    Format {
        /// What the text is instead.
        found: FoundKey,
    },
    /// What follows the prefix is not base64.
    Undecodable,
    /// What follows the prefix is base64 of something else than a host name and `$`.
    Payload,
    /// A key cannot be made, because the text is not a host name.
    Host,
}

/// What was found in place of a publishable key, as far as its beginning tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FoundKey {
    /// `sk_test_...` or `sk_live_...`
    SecretKey {
        /// Whether it is a live key.
        live: bool,
    },
    /// `ak_...`: a machine secret key or an API key.
    MachineSecretKey,
    /// `whsec_...`
    WebhookSecret,
    /// A PEM text.
    Pem,
    /// `pk_test_...` or `pk_live_...`
    PublishableKey,
    /// A text in quotes.
    Quoted,
    /// Anything else.
    Unknown,
}

impl FoundKey {
    pub(crate) fn recognise(text: &str) -> Self {
        const STARTS: [(&str, FoundKey); 9] = [
            ("sk_test_", FoundKey::SecretKey { live: false }),
            ("sk_live_", FoundKey::SecretKey { live: true }),
            ("ak_", FoundKey::MachineSecretKey),
            ("whsec_", FoundKey::WebhookSecret),
            ("-----BEGIN", FoundKey::Pem),
            ("pk_test_", FoundKey::PublishableKey),
            ("pk_live_", FoundKey::PublishableKey),
            ("\"", FoundKey::Quoted),
            ("'", FoundKey::Quoted),
        ];
        STARTS
            .into_iter()
            .find(|(start, _)| text.starts_with(start))
            .map_or(Self::Unknown, |(_, found)| found)
    }

    /// What was found, in words; nothing of the text beyond its well-known beginning.
    pub(crate) const fn describe(self) -> &'static str {
        match self {
            Self::SecretKey { live: false } => "sk_test_... (a secret key)",
            Self::SecretKey { live: true } => "sk_live_... (a secret key)",
            Self::MachineSecretKey => "ak_... (a machine secret key or an API key)",
            Self::WebhookSecret => "whsec_... (a webhook signing secret)",
            Self::Pem => "a PEM text (perhaps the JWT key)",
            Self::PublishableKey => "pk_... (a publishable key)",
            Self::Quoted => "quotes around the value",
            Self::Unknown => "something else",
        }
    }
}

impl fmt::Display for PublishableKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (problem, fix) = self.words();
        write!(f, "{} {problem}: {fix}", self.subject())
    }
}

impl std::error::Error for PublishableKeyError {}

impl PublishableKeyError {
    const fn subject(self) -> &'static str {
        match self {
            Self::Missing => "the publishable key",
            _ => "the key",
        }
    }

    fn words(self) -> (&'static str, String) {
        const COPY: &str = "copy it again from the API keys page of the Clerk Dashboard";
        match self {
            Self::Missing => (
                "is missing",
                "copy it from the API keys page of the Clerk Dashboard (pk_test_... or pk_live_...)"
                    .to_owned(),
            ),
            Self::Format {
                found: FoundKey::PublishableKey,
            } => (
                "is damaged: something is missing or added after its prefix",
                COPY.to_owned(),
            ),
            Self::Format { found } => (
                "is not a publishable key",
                format!(
                    "expected pk_test_... or pk_live_..., found {}",
                    found.describe()
                ),
            ),
            Self::Undecodable => (
                "is damaged: what follows its prefix is not base64",
                COPY.to_owned(),
            ),
            Self::Payload => (
                "is damaged: it does not name the instance's host",
                COPY.to_owned(),
            ),
            Self::Host => (
                "cannot be made from the host",
                "expected a host name such as example.com".to_owned(),
            ),
        }
    }
}

impl From<PublishableKeyError> for ConfigError {
    fn from(error: PublishableKeyError) -> Self {
        let kind = match error {
            PublishableKeyError::Missing => ConfigErrorKind::Missing,
            PublishableKeyError::Format {
                found:
                    FoundKey::SecretKey { .. }
                    | FoundKey::MachineSecretKey
                    | FoundKey::WebhookSecret
                    | FoundKey::Pem,
            } => ConfigErrorKind::Misplaced,
            _ => ConfigErrorKind::Malformed,
        };
        let (problem, fix) = error.words();
        Self::new(kind, error.subject(), problem).with_fix(fix)
    }
}
