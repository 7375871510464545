//! Why a JWT was refused.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::names::named;

named! {
    /// Why a token failed verification.
    ///
    /// Prints and parses Clerk's exact reason strings.
    pub enum TokenVerificationReason ("token verification reason") {
        /// The token's `exp` plus the allowed skew has passed.
        TokenExpired => "token-expired",
        /// The text is not a token, or not one of the right kind.
        TokenInvalid => "token-invalid",
        /// The header's `alg` is not on the allow-list, or does not fit the key.
        TokenInvalidAlgorithm => "token-invalid-algorithm",
        /// `azp` is missing or not one of the authorized parties.
        TokenInvalidAuthorizedParties => "token-invalid-authorized-parties",
        /// `iss` is not one of the accepted issuers.
        TokenInvalidIssuer => "token-invalid-issuer",
        /// The signature is not the key's.
        TokenInvalidSignature => "token-invalid-signature",
        /// `nbf` lies further ahead than the allowed skew.
        TokenNotActiveYet => "token-not-active-yet",
        /// `iat` lies further ahead than the allowed skew.
        TokenIatInTheFuture => "token-iat-in-the-future",
        /// A claim has an unusable value, or the key cannot verify this token.
        TokenVerificationFailed => "token-verification-failed",
        /// Clerk refused the secret key.
        SecretKeyInvalid => "secret-key-invalid",
        /// No local key was given although one was asked for.
        LocalJwkMissing => "jwk-local-missing",
        /// The remote key set could not be loaded.
        RemoteJwkFailedToLoad => "jwk-remote-failed-to-load",
        /// The remote key set is not a key set.
        RemoteJwkInvalid => "jwk-remote-invalid",
        /// The remote key set holds no key.
        RemoteJwkMissing => "jwk-remote-missing",
        /// There is neither a local key nor a way to load one.
        JwkFailedToResolve => "jwk-failed-to-resolve",
        /// No key of the instance has the token's `kid`.
        JwkKidMismatch => "jwk-kid-mismatch",
    }
}

named! {
    /// What to do about a refused token.
    pub enum TokenVerificationAction ("token verification action") {
        /// Ask Clerk's support.
        ContactSupport => "Contact support@clerk.com",
        /// Present a JWT that Clerk made.
        EnsureClerkJwt => "Make sure that this is a valid Clerk-generated JWT.",
        /// Compare the keys with those of the instance in the Dashboard.
        CheckKeys => "Go to your Dashboard and validate your secret and public keys are correct. Contact support@clerk.com if the issue persists.",
        /// Configure the JWT key.
        SetClerkJwtKey => "Set the CLERK_JWT_KEY environment variable.",
        /// Configure the secret key.
        SetClerkSecretKey => "Set the CLERK_SECRET_KEY environment variable.",
        /// Synchronise the clock of this machine.
        EnsureClockSync => "Make sure your system clock is in sync (e.g. turn off and on automatic time synchronization).",
    }
}

named! {
    /// Where a token was found in the request.
    pub enum TokenCarrier ("token carrier") {
        /// The `Authorization` header.
        Header => "header",
        /// A cookie.
        Cookie => "cookie",
    }
}

/// How far a time claim and this machine's clock were apart, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MeasuredSkew {
    /// The claim that was judged: `exp`, `nbf` or `iat`.
    pub claim: &'static str,
    /// The claim's time, in milliseconds since the Unix epoch.
    pub claim_ms: i64,
    /// The clock's time, in milliseconds since the Unix epoch.
    pub now_ms: i64,
    /// The skew that was allowed, in milliseconds.
    pub allowed_ms: i64,
}

impl MeasuredSkew {
    /// Records a judged time claim; all times in milliseconds.
    #[must_use]
    pub const fn new(claim: &'static str, claim_ms: i64, now_ms: i64, allowed_ms: i64) -> Self {
        Self {
            claim,
            claim_ms,
            now_ms,
            allowed_ms,
        }
    }

    /// The claim's time minus the clock's, in milliseconds: positive where the claim lies ahead.
    #[must_use]
    pub const fn offset_ms(&self) -> i64 {
        self.claim_ms.saturating_sub(self.now_ms)
    }
}

/// A JWT that was not accepted, and why.
///
/// [`reason`](Self::reason) is what callers branch on. `Display` prints one line with the message, the
/// remedy, the reason and the carrier; it never contains the token or a key.
///
/// ```
/// use clerk_errors::{TokenVerificationError, TokenVerificationReason};
///
/// let error = TokenVerificationError::new(TokenVerificationReason::TokenExpired, "The token has expired.");
/// assert!(error.is_expired());
/// assert_eq!(
///     error.to_string(),
///     "The token has expired. (reason=token-expired, token-carrier=undefined)",
/// );
/// ```
#[derive(Clone, Debug)]
pub struct TokenVerificationError {
    reason: TokenVerificationReason,
    action: Option<TokenVerificationAction>,
    carrier: Option<TokenCarrier>,
    message: Cow<'static, str>,
    // What few errors have lies apart, so that results stay small to pass on.
    details: Option<Box<Details>>,
}

#[derive(Clone, Debug, Default)]
struct Details {
    skew: Option<MeasuredSkew>,
    outage: bool,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl TokenVerificationError {
    /// An error with a reason and a message; the message must not quote secrets.
    pub fn new(reason: TokenVerificationReason, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason,
            action: None,
            carrier: None,
            message: message.into(),
            details: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_action(mut self, action: TokenVerificationAction) -> Self {
        self.action = Some(action);
        self
    }

    /// Adds where the token was found.
    #[must_use]
    pub fn with_carrier(mut self, carrier: TokenCarrier) -> Self {
        self.carrier = Some(carrier);
        self
    }

    /// Adds the measured times, where time is the matter.
    #[must_use]
    pub fn with_skew(mut self, skew: MeasuredSkew) -> Self {
        self.details_mut().skew = Some(skew);
        self
    }

    /// Says that nobody could tell, because the keys' source could not be asked or could not answer.
    #[must_use]
    pub fn with_outage(mut self) -> Self {
        self.details_mut().outage = true;
        self
    }

    /// Adds when another try makes sense.
    #[must_use]
    pub fn with_retry_after(mut self, retry_after: Duration) -> Self {
        self.details_mut().retry_after = Some(retry_after);
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
    pub fn reason(&self) -> TokenVerificationReason {
        self.reason
    }

    /// What to do about it, where something can be done.
    #[must_use]
    pub fn action(&self) -> Option<TokenVerificationAction> {
        self.action
    }

    /// Where the token was found, where it came with a request.
    #[must_use]
    pub fn carrier(&self) -> Option<TokenCarrier> {
        self.carrier
    }

    /// What happened, without reason and remedy.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The times that were compared, for `token-expired`, `token-not-active-yet` and `token-iat-in-the-future`.
    #[must_use]
    pub fn measured_skew(&self) -> Option<MeasuredSkew> {
        self.details.as_ref()?.skew
    }

    /// Whether nobody could tell, because the keys' source could not be asked or could not answer: network, timeout,
    /// 429, 5xx, or an answer that is no key set. The caller is neither accepted nor refused.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        self.details.as_ref().is_some_and(|details| details.outage)
    }

    /// When another try makes sense, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.details.as_ref()?.retry_after
    }

    /// Whether the token was genuine but has expired: a fresh one will do.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.reason == TokenVerificationReason::TokenExpired
    }

    /// Whether two clocks disagree: the token is dated ahead of this machine's time.
    #[must_use]
    pub fn is_early(&self) -> bool {
        matches!(
            self.reason,
            TokenVerificationReason::TokenNotActiveYet
                | TokenVerificationReason::TokenIatInTheFuture
        )
    }

    /// Whether the token is fine as far as anyone knows, and the keys to judge it are missing or could not be loaded.
    #[must_use]
    pub fn is_key_problem(&self) -> bool {
        use TokenVerificationReason as Reason;
        matches!(
            self.reason,
            Reason::SecretKeyInvalid
                | Reason::LocalJwkMissing
                | Reason::RemoteJwkFailedToLoad
                | Reason::RemoteJwkInvalid
                | Reason::RemoteJwkMissing
                | Reason::JwkFailedToResolve
        )
    }

    fn details_mut(&mut self) -> &mut Details {
        self.details.get_or_insert_default()
    }
}

impl fmt::Display for TokenVerificationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(action) = self.action {
            if !self.message.is_empty() {
                f.write_str(" ")?;
            }
            f.write_str(action.as_str())?;
        }
        if !self.message.is_empty() || self.action.is_some() {
            f.write_str(" ")?;
        }
        // JWT-27: a carrier that is not known prints as the reference prints it.
        let carrier = self.carrier.map_or("undefined", TokenCarrier::as_str);
        write!(f, "(reason={}, token-carrier={carrier})", self.reason)
    }
}

impl Error for TokenVerificationError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.details.as_ref()?.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: JWT-30, JWT-31
    #[test]
    fn names_print_and_parse_back() {
        let reasons = [
            "token-expired",
            "token-invalid",
            "token-invalid-algorithm",
            "token-invalid-authorized-parties",
            "token-invalid-issuer",
            "token-invalid-signature",
            "token-not-active-yet",
            "token-iat-in-the-future",
            "token-verification-failed",
            "secret-key-invalid",
            "jwk-local-missing",
            "jwk-remote-failed-to-load",
            "jwk-remote-invalid",
            "jwk-remote-missing",
            "jwk-failed-to-resolve",
            "jwk-kid-mismatch",
        ];
        assert_eq!(TokenVerificationReason::ALL.len(), reasons.len());
        for text in reasons {
            assert_eq!(
                text.parse::<TokenVerificationReason>().unwrap().as_str(),
                text
            );
        }
        for action in TokenVerificationAction::ALL {
            assert_eq!(
                action.to_string().parse::<TokenVerificationAction>(),
                Ok(*action)
            );
        }
        assert_eq!(
            TokenVerificationAction::ContactSupport.as_str(),
            "Contact support@clerk.com"
        );
        for carrier in ["header", "cookie"] {
            assert_eq!(
                carrier.parse::<TokenCarrier>().unwrap().to_string(),
                carrier
            );
        }
        assert!("Token-Expired".parse::<TokenVerificationReason>().is_err());
    }

    // covers: JWT-27
    #[test]
    fn full_message_has_no_double_blank() {
        let bare = TokenVerificationError::new(TokenVerificationReason::TokenInvalid, "Bad.");
        assert_eq!(
            bare.to_string(),
            "Bad. (reason=token-invalid, token-carrier=undefined)"
        );
        let full = bare
            .clone()
            .with_action(TokenVerificationAction::ContactSupport)
            .with_carrier(TokenCarrier::Cookie);
        assert_eq!(
            full.to_string(),
            "Bad. Contact support@clerk.com (reason=token-invalid, token-carrier=cookie)"
        );
        let silent = TokenVerificationError::new(TokenVerificationReason::TokenInvalid, "");
        assert_eq!(
            silent.to_string(),
            "(reason=token-invalid, token-carrier=undefined)"
        );
    }

    #[test]
    fn measured_skew_is_kept() {
        let skew = MeasuredSkew::new("nbf", 20_000, 5_000, 5_000);
        let error =
            TokenVerificationError::new(TokenVerificationReason::TokenNotActiveYet, "Early.")
                .with_skew(skew);
        assert_eq!(
            error.measured_skew().map(|skew| skew.offset_ms()),
            Some(15_000)
        );
        assert!(error.is_early() && !error.is_expired() && !error.is_key_problem());
    }
}
