//! The signing secret of a webhook endpoint.

use std::fmt;
use std::str::FromStr;

use clerk_errors::{ConfigError, ConfigErrorKind};
use zeroize::Zeroizing;

const PREFIX: &str = "whsec_";
const SETTING: &str = "webhook signing secret";
const WHERE: &str =
    "copy it from the endpoint's page under Webhooks in the Clerk Dashboard; it starts with whsec_";

/// The signing secret of one webhook endpoint: `whsec_` and base64, as the Clerk Dashboard shows it.
///
/// The prefix may be missing, and so may the padding. The bytes are zeroed when the value is dropped and never shown.
///
/// ```
/// use clerk_webhooks::SigningSecret;
///
/// let secret: SigningSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse()?;
/// assert_eq!(format!("{secret:?}"), "SigningSecret([redacted])");
///
/// let mistake = "sk_test_abc".parse::<SigningSecret>().unwrap_err();
/// assert!(mistake.to_string().contains("is a secret key"));
/// # Ok::<(), clerk_errors::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct SigningSecret {
    bytes: Zeroizing<Vec<u8>>,
}

impl SigningSecret {
    /// Reads a secret.
    ///
    /// # Errors
    ///
    /// If the text is empty, is another kind of key, or is not base64. The message never contains the text.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let text = text.trim_ascii_end();
        if text.is_empty() {
            return Err(problem(ConfigErrorKind::Missing, "is missing"));
        }
        if let Some(mistake) = named_mistake(text) {
            return Err(mistake);
        }
        let encoded = text.strip_prefix(PREFIX).unwrap_or(text);
        if encoded.is_empty() {
            return Err(problem(
                ConfigErrorKind::Malformed,
                "has nothing after whsec_",
            ));
        }
        match decode(encoded) {
            Some(bytes) => Ok(Self { bytes }),
            None => Err(problem(
                ConfigErrorKind::Malformed,
                "is not base64 after whsec_",
            )),
        }
    }

    /// The key itself.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl FromStr for SigningSecret {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret([redacted])")
    }
}

/// What people put there instead, in words that help.
fn named_mistake(text: &str) -> Option<ConfigError> {
    let misplaced = |what: &'static str| Some(problem(ConfigErrorKind::Misplaced, what));
    let malformed = |what: &'static str| Some(problem(ConfigErrorKind::Malformed, what));
    if text.starts_with("sk_") {
        return misplaced(
            "is a secret key of the Backend API, not the secret of a webhook endpoint",
        );
    }
    if text.starts_with("pk_") {
        return misplaced("is a publishable key, not the secret of a webhook endpoint");
    }
    if text.starts_with("whpk_") || text.starts_with("whsk_") {
        return misplaced("is an asymmetric key; Clerk signs webhooks with a shared secret");
    }
    if text.starts_with("http://") || text.starts_with("https://") {
        return misplaced("is a URL, not the secret of a webhook endpoint");
    }
    if text.starts_with(|first: char| first.is_ascii_whitespace()) {
        return malformed("starts with white space");
    }
    if text.starts_with(['"', '\'']) {
        return malformed("is in quotation marks");
    }
    let prefixed = text
        .get(..PREFIX.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
    if prefixed && !text.starts_with(PREFIX) {
        return malformed("has a prefix in upper case");
    }
    if text.strip_prefix(PREFIX)?.starts_with(PREFIX) {
        return malformed("has its prefix twice");
    }
    None
}

/// Standard base64 whose padding may be missing. The reference wants four characters or more, and so do we.
fn decode(encoded: &str) -> Option<Zeroizing<Vec<u8>>> {
    if encoded.len() < 4 {
        return None;
    }
    let unpadded = encoded.trim_end_matches('=');
    if encoded.len() - unpadded.len() > 2 {
        return None;
    }
    let bytes = base64_simd::STANDARD_NO_PAD.decode_to_vec(unpadded).ok()?;
    (!bytes.is_empty()).then(|| Zeroizing::new(bytes))
}

fn problem(kind: ConfigErrorKind, problem: &'static str) -> ConfigError {
    ConfigError::new(kind, SETTING, problem).with_fix(WHERE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    // covers: WH-3
    #[test]
    fn secrets_are_read_with_and_without_prefix_and_padding() {
        let expected: &[u8] = SigningSecret::parse(KEY)
            .unwrap()
            .as_bytes()
            .to_vec()
            .leak();
        assert_eq!(expected.len(), 24);
        let ok = |text: &str| SigningSecret::parse(text).map(|secret| secret.as_bytes().to_vec());
        assert_eq!(ok(&format!("whsec_{KEY}")).unwrap(), expected);
        assert_eq!(ok(&format!("whsec_{KEY}\n")).unwrap(), expected);
        assert_eq!(ok(&format!("{KEY}=")).unwrap(), expected);
        assert_eq!(ok("whsec_YWJjZA==").unwrap(), b"abcd");
        assert_eq!(ok("whsec_YWJjZA").unwrap(), b"abcd");
        assert_eq!(ok("whsec_YWI=").unwrap(), b"ab");
    }

    // covers: WH-3
    #[test]
    fn what_is_no_secret_is_named_and_never_shown() {
        use ConfigErrorKind::{Malformed, Misplaced, Missing};
        let cases = [
            ("", Missing, "is missing"),
            (" \n", Missing, "is missing"),
            ("whsec_", Malformed, "nothing after"),
            ("whsec_ ", Malformed, "nothing after"),
            ("whsec_!!!!", Malformed, "not base64"),
            ("whsec_-_-_", Malformed, "not base64"),
            ("whsec_YQ", Malformed, "not base64"),
            ("whsec_YWI", Malformed, "not base64"),
            ("whsec_YWJjZ", Malformed, "not base64"),
            ("whsec_YW==Jj", Malformed, "not base64"),
            ("whsec_====", Malformed, "not base64"),
            ("whsec_A===", Malformed, "not base64"),
            ("whsec_é", Malformed, "not base64"),
            ("é", Malformed, "not base64"),
            ("whsec_whsec_YWJj", Malformed, "twice"),
            ("WHSEC_YWJj", Malformed, "upper case"),
            (" whsec_YWJj", Malformed, "white space"),
            ("\"whsec_YWJj\"", Malformed, "quotation"),
            ("sk_test_YWJj", Misplaced, "secret key"),
            ("pk_live_YWJj", Misplaced, "publishable key"),
            ("whpk_YWJj", Misplaced, "asymmetric"),
            ("https://example.com/hook", Misplaced, "URL"),
        ];
        for (text, kind, words) in cases {
            let error = SigningSecret::parse(text).unwrap_err();
            assert_eq!(error.kind(), kind, "{text}");
            let message = error.to_string();
            assert!(message.contains(words), "{text}: {message}");
            assert!(!message.contains("YWJj"), "{text}: {message}");
        }
    }
}
