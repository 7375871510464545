//! Who makes a request.

mod machine;
mod private_data;
mod serialize;
mod session;
#[cfg(test)]
mod tests;

pub use machine::{ApiKeyAuth, M2mAuth, OAuthAuth};
pub use private_data::strip_private_metadata;
pub use session::{SessionAuth, SignedOutAuth};

use clerk_tokens::authz::Condition;
use clerk_tokens::{AcceptsToken, TokenType};

use crate::token_type::MachineTokenType;

/// Who makes a request: a user, a machine, or nobody. Cloning is cheap.
///
/// ```
/// use clerk_internal::Auth;
///
/// fn greet(auth: &Auth) -> String {
///     match auth {
///         Auth::Session(session) => format!("user {}", session.user_id()),
///         Auth::ApiKey(key) => format!("key {}", key.name()),
///         Auth::M2m(machine) => format!("machine {}", machine.machine_id()),
///         Auth::OAuth(oauth) => format!("application {}", oauth.client_id()),
///         Auth::SignedOut(_) | Auth::UnauthenticatedMachine(_) | Auth::Invalid => "nobody".to_owned(),
///     }
/// }
/// assert_eq!(greet(&Auth::signed_out()), "nobody");
/// ```
#[derive(Clone, Debug)]
pub enum Auth {
    /// A signed-in user.
    Session(SessionAuth),
    /// No user is signed in, or one whose session is pending.
    SignedOut(SignedOutAuth),
    /// A caller with an API key.
    ApiKey(ApiKeyAuth),
    /// A machine.
    M2m(M2mAuth),
    /// An OAuth application on behalf of a user.
    OAuth(OAuthAuth),
    /// A machine token of this kind was asked for, and none that verifies was presented.
    UnauthenticatedMachine(MachineTokenType),
    /// The token presented is of a kind that is not accepted.
    Invalid,
}

/// Whether a pending session counts as signed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PendingSessions {
    /// The user has to complete the session first.
    #[default]
    SignedOut,
    /// The user counts as signed in although something is still to be done.
    SignedIn,
}

impl Auth {
    /// Nobody.
    #[must_use]
    pub const fn signed_out() -> Self {
        Self::SignedOut(SignedOutAuth::NOBODY)
    }

    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    pub(crate) const NOBODY: &'static Self = &Self::signed_out();
    pub(crate) const PENDING: &'static Self = &Self::SignedOut(SignedOutAuth::PENDING);

    /// The same, or nobody yet where a pending session counts as signed out.
    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    pub(crate) fn with_pending(&self, pending: PendingSessions) -> &Self {
        match (self, pending) {
            (Self::Session(session), PendingSessions::SignedOut) if session.is_pending() => {
                Self::PENDING
            }
            (auth, _) => auth,
        }
    }

    pub(crate) fn nobody_of(token_type: TokenType) -> Self {
        match MachineTokenType::of(token_type) {
            Some(machine) => Self::UnauthenticatedMachine(machine),
            None => Self::signed_out(),
        }
    }

    /// Whether somebody is authenticated.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        match self {
            Self::Session(_) | Self::ApiKey(_) | Self::M2m(_) | Self::OAuth(_) => true,
            Self::SignedOut(_) | Self::UnauthenticatedMachine(_) | Self::Invalid => false,
        }
    }

    /// The kind of token this is about; `None` for one that is not accepted.
    #[must_use]
    pub fn token_type(&self) -> Option<TokenType> {
        Some(match self {
            Self::Session(_) | Self::SignedOut(_) => TokenType::Session,
            Self::ApiKey(_) => TokenType::ApiKey,
            Self::M2m(_) => TokenType::M2m,
            Self::OAuth(_) => TokenType::OAuth,
            Self::UnauthenticatedMachine(machine) => machine.token_type(),
            Self::Invalid => return None,
        })
    }

    /// The session, where a user is signed in.
    #[must_use]
    pub fn as_session(&self) -> Option<&SessionAuth> {
        match self {
            Self::Session(session) => Some(session),
            _ => None,
        }
    }

    /// The user's id: of the session, of the API key's owner, or of the user an application acts for.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        match self {
            Self::Session(session) => Some(session.user_id()),
            Self::ApiKey(key) => key.user_id(),
            Self::OAuth(oauth) => Some(oauth.user_id()),
            Self::M2m(_) | Self::SignedOut(_) | Self::UnauthenticatedMachine(_) | Self::Invalid => {
                None
            }
        }
    }

    /// The token itself, of a session or a machine.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        match self {
            Self::Session(session) => Some(session.token()),
            Self::ApiKey(key) => Some(key.token()),
            Self::M2m(machine) => Some(machine.token()),
            Self::OAuth(oauth) => Some(oauth.token()),
            Self::SignedOut(_) | Self::UnauthenticatedMachine(_) | Self::Invalid => None,
        }
    }

    /// Whether a signed-in user holds what is asked for. False for everybody else: judge machines by their scopes.
    #[must_use]
    pub fn has<'c>(&self, condition: impl Into<Condition<'c>>) -> bool {
        match self {
            Self::Session(session) => session.has(condition),
            _ => false,
        }
    }

    /// What a handler gets that accepts these kinds of token: this, or nobody in the form that fits the question.
    #[must_use]
    pub fn for_accepted(&self, accepts: &AcceptsToken) -> Self {
        let accepted = self
            .token_type()
            .is_some_and(|token_type| accepts.accepts(token_type));
        match accepts {
            AcceptsToken::One(token_type) if !accepted => Self::nobody_of(*token_type),
            AcceptsToken::AnyOf(_) if !accepted => Self::Invalid,
            _ => self.clone(),
        }
    }
}
