//! The outcome of verifying a token outside a request.

use std::borrow::Cow;
use std::time::Duration;

use clerk_tokens::TokenType;

use crate::auth::{Auth, PendingSessions};
use crate::state::{AuthErrorReason, Reason};

/// What verifying a token came to.
///
/// ```
/// use clerk_internal::Verification;
///
/// fn describe(verification: &Verification) -> String {
///     match verification {
///         Verification::Verified(token) => format!("from {:?}", token.auth()),
///         Verification::Missing => "no token".to_owned(),
///         Verification::Refused(refusal) => format!("not good: {}", refusal.reason()),
///         Verification::Unavailable(outage) => format!("try again in {:?}", outage.retry_after()),
///     }
/// }
/// assert_eq!(describe(&Verification::Missing), "no token");
/// ```
#[derive(Clone, Debug)]
pub enum Verification {
    /// The token is good.
    Verified(VerifiedToken),
    /// There is no token: the text is empty.
    Missing,
    /// The token is not good, or of a kind that is not accepted.
    Refused(TokenRefusal),
    /// It could not be found out whether the token is good, because Clerk could not be asked: try again later.
    Unavailable(TokenOutage),
}

/// A good token.
#[derive(Clone, Debug)]
pub struct VerifiedToken {
    pub(crate) auth: Auth,
}

/// Why a token is not accepted.
#[derive(Clone, Debug)]
pub struct TokenRefusal {
    pub(crate) token_type: TokenType,
    pub(crate) reason: Reason,
    pub(crate) message: Cow<'static, str>,
}

/// What kept a token from being verified.
#[derive(Clone, Debug)]
pub struct TokenOutage {
    pub(crate) token_type: TokenType,
    pub(crate) reason: Reason,
    pub(crate) message: Cow<'static, str>,
    pub(crate) status: Option<u16>,
    pub(crate) retry_after: Option<Duration>,
}

impl Verification {
    /// The outcome of a verification that did not end.
    pub(crate) fn undecided(token_type: TokenType) -> Self {
        Self::Refused(TokenRefusal {
            token_type,
            reason: Reason::Request(AuthErrorReason::UnexpectedError),
            message: Cow::Borrowed("The token could not be verified."),
        })
    }

    /// Who presents the token; a pending session counts as signed out, and what did not verify is nobody.
    #[must_use]
    pub fn auth(&self) -> &Auth {
        match self {
            Self::Verified(token) => token.auth(),
            Self::Missing => Auth::NOBODY,
            Self::Refused(_) | Self::Unavailable(_) => &Auth::Invalid,
        }
    }

    /// Whether the token is good. A pending session's token is, too.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        matches!(self, Self::Verified(_))
    }

    /// Whether nothing is known about the token, because Clerk could not be asked.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl VerifiedToken {
    /// Who presents the token; a pending session counts as signed out.
    #[must_use]
    pub fn auth(&self) -> &Auth {
        self.auth_with(PendingSessions::SignedOut)
    }

    /// Who presents the token.
    #[must_use]
    pub fn auth_with(&self, pending: PendingSessions) -> &Auth {
        self.auth.with_pending(pending)
    }
}

impl TokenRefusal {
    /// The kind of token; a text that is no token of Clerk's counts as a session token.
    #[must_use]
    pub fn token_type(&self) -> TokenType {
        self.token_type
    }

    /// Why the token is not accepted.
    #[must_use]
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// What is wrong, in words.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl TokenOutage {
    /// The kind of token, as its form has it.
    #[must_use]
    pub fn token_type(&self) -> TokenType {
        self.token_type
    }

    /// What kept the answer from being known.
    #[must_use]
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// What happened, in words.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The HTTP status of Clerk's answer, where there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// How long to wait before trying again, where Clerk said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}
