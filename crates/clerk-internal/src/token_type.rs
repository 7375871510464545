//! The kinds of machine token.

use std::fmt;

use clerk_tokens::TokenType;

/// A kind of machine token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MachineTokenType {
    /// An API key.
    ApiKey,
    /// A machine-to-machine token.
    M2m,
    /// An OAuth access token.
    OAuth,
}

impl MachineTokenType {
    /// The machine token's kind among all kinds; `None` for sessions.
    #[must_use]
    pub const fn of(token_type: TokenType) -> Option<Self> {
        match token_type {
            TokenType::ApiKey => Some(Self::ApiKey),
            TokenType::M2m => Some(Self::M2m),
            TokenType::OAuth => Some(Self::OAuth),
            _ => None,
        }
    }

    /// The same among all kinds of token.
    #[must_use]
    pub const fn token_type(self) -> TokenType {
        match self {
            Self::ApiKey => TokenType::ApiKey,
            Self::M2m => TokenType::M2m,
            Self::OAuth => TokenType::OAuth,
        }
    }

    /// Clerk's name for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.token_type().as_str()
    }
}

impl fmt::Display for MachineTokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<MachineTokenType> for TokenType {
    fn from(machine: MachineTokenType) -> Self {
        machine.token_type()
    }
}
