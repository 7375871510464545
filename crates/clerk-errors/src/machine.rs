//! Why a machine token (API key, M2M token, OAuth access token) was refused.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::TokenVerificationError;
use crate::names::named;

named! {
    /// Why a machine token failed verification.
    ///
    /// Prints and parses Clerk's exact codes.
    pub enum MachineTokenVerificationCode ("machine token verification code") {
        /// The token is unknown, revoked, expired, or not a token.
        TokenInvalid => "token-invalid",
        /// Clerk refused the secret key: the fault is the server's, not the caller's.
        SecretKeyInvalid => "secret-key-invalid",
        /// Verification could not be carried out.
        UnexpectedError => "unexpected-error",
        /// A JWT that failed verification; the source says why.
        TokenVerificationFailed => "token-verification-failed",
    }
}

/// A machine token that was not accepted, and why.
///
/// ```
/// use clerk_errors::{MachineTokenVerificationCode, MachineTokenVerificationError};
///
/// let error = MachineTokenVerificationError::new(
///     MachineTokenVerificationCode::TokenInvalid,
///     "The API key is unknown.",
/// )
/// .with_status(404);
/// assert_eq!(error.to_string(), "The API key is unknown. (code=token-invalid, status=404)");
/// ```
#[derive(Clone, Debug)]
pub struct MachineTokenVerificationError {
    code: MachineTokenVerificationCode,
    message: Cow<'static, str>,
    status: Option<u16>,
    // What few errors have lies apart, so that results stay small to pass on.
    details: Option<Box<Details>>,
}

#[derive(Clone, Debug, Default)]
struct Details {
    retry_after: Option<Duration>,
    outage: bool,
    token: Option<Arc<TokenVerificationError>>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl MachineTokenVerificationError {
    /// An error with a code and a message; the message must not quote secrets.
    pub fn new(code: MachineTokenVerificationCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            status: None,
            details: None,
        }
    }

    /// Adds the HTTP status of Clerk's answer.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds how long Clerk asked to wait.
    #[must_use]
    pub fn with_retry_after(mut self, retry_after: Duration) -> Self {
        self.details_mut().retry_after = Some(retry_after);
        self
    }

    /// Marks the error as an outage: nothing is known about the token.
    #[must_use]
    pub fn as_outage(mut self) -> Self {
        self.details_mut().outage = true;
        self
    }

    /// Adds the JWT verification error behind it.
    #[must_use]
    pub fn with_token_error(mut self, error: TokenVerificationError) -> Self {
        self.details_mut().token = Some(Arc::new(error));
        self
    }

    /// Adds the underlying error.
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.details_mut().source = Some(Arc::new(source));
        self
    }

    /// Why the token was refused.
    #[must_use]
    pub fn code(&self) -> MachineTokenVerificationCode {
        self.code
    }

    /// What happened, without code and status.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The HTTP status of Clerk's answer, where there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// How long Clerk asked to wait before trying again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.details.as_ref()?.retry_after
    }

    /// The JWT verification error behind it, where the token is a JWT: its reason tells an expired token from a forged one.
    #[must_use]
    pub fn token_error(&self) -> Option<&TokenVerificationError> {
        self.details.as_ref()?.token.as_deref()
    }

    /// Whether Clerk could not be asked (network, timeout, 429, 5xx): the token may well be good.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        self.details.as_ref().is_some_and(|details| details.outage)
    }

    fn details_mut(&mut self) -> &mut Details {
        self.details.get_or_insert_default()
    }
}

impl fmt::Display for MachineTokenVerificationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (code={}, status=", self.message, self.code)?;
        match self.status {
            Some(status) => write!(f, "{status})"),
            None => f.write_str("n/a)"),
        }
    }
}

impl Error for MachineTokenVerificationError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let details = self.details.as_ref()?;
        match (&details.token, &details.source) {
            (Some(token), _) => Some(&**token),
            (None, Some(source)) => Some(&**source),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TokenVerificationReason;

    // covers: JWT-32
    #[test]
    fn codes_print_parse_back_and_end_the_message() {
        for text in [
            "token-invalid",
            "secret-key-invalid",
            "unexpected-error",
            "token-verification-failed",
        ] {
            assert_eq!(
                text.parse::<MachineTokenVerificationCode>()
                    .unwrap()
                    .as_str(),
                text
            );
        }
        assert_eq!(MachineTokenVerificationCode::ALL.len(), 4);
        let error = MachineTokenVerificationError::new(
            MachineTokenVerificationCode::UnexpectedError,
            "No answer.",
        );
        assert_eq!(
            error.to_string(),
            "No answer. (code=unexpected-error, status=n/a)"
        );
        assert_eq!(
            error.with_status(500).to_string(),
            "No answer. (code=unexpected-error, status=500)"
        );
    }

    // covers: TOK-33
    #[test]
    fn the_inner_reason_is_kept() {
        let inner = TokenVerificationError::new(TokenVerificationReason::TokenExpired, "Expired.");
        let error = MachineTokenVerificationError::new(
            MachineTokenVerificationCode::TokenVerificationFailed,
            "Expired.",
        )
        .with_token_error(inner);
        assert!(
            error
                .token_error()
                .is_some_and(TokenVerificationError::is_expired)
        );
        assert!(
            error
                .source()
                .unwrap()
                .downcast_ref::<TokenVerificationError>()
                .is_some()
        );
    }
}
