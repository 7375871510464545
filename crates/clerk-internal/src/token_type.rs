//! The kinds of token a request can be authenticated with.

use std::fmt;
use std::str::FromStr;

/// A kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenType {
    /// A session token of a user.
    Session,
    /// An API key.
    ApiKey,
    /// A machine-to-machine token.
    M2m,
    /// An OAuth access token.
    OAuth,
}

impl TokenType {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Session, Self::ApiKey, Self::M2m, Self::OAuth];

    /// Clerk's name for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session_token",
            Self::ApiKey => "api_key",
            Self::M2m => "m2m_token",
            Self::OAuth => "oauth_token",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for TokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownTokenType;

impl fmt::Display for UnknownTokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text names none of the token types session_token, api_key, m2m_token and oauth_token")
    }
}

impl std::error::Error for UnknownTokenType {}

impl FromStr for TokenType {
    type Err = UnknownTokenType;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|token_type| token_type.as_str() == name)
            .ok_or(UnknownTokenType)
    }
}

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
    /// Clerk's name for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.token_type().as_str()
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
}

impl From<MachineTokenType> for TokenType {
    fn from(machine: MachineTokenType) -> Self {
        machine.token_type()
    }
}

/// Which kinds of token are accepted, and how the question was put: that decides what an unaccepted one leads to.
///
/// ```
/// use clerk_internal::{Accepts, TokenType};
///
/// assert!(Accepts::default().includes(TokenType::Session));
/// assert!(!Accepts::from([TokenType::ApiKey, TokenType::M2m]).includes(TokenType::Session));
/// assert!(Accepts::Any.includes(TokenType::OAuth));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepts {
    /// One kind. Another one leads to signed out, as a request without that kind.
    One(TokenType),
    /// Any of a list. Another one is an invalid token.
    List(TokenTypes),
    /// Every kind.
    Any,
}

/// A set of kinds of token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenTypes {
    bits: u8,
}

impl TokenTypes {
    /// Whether the set holds a kind.
    #[must_use]
    pub const fn contains(self, token_type: TokenType) -> bool {
        self.bits & token_type.bit() != 0
    }
}

impl FromIterator<TokenType> for TokenTypes {
    fn from_iter<I: IntoIterator<Item = TokenType>>(types: I) -> Self {
        Self {
            bits: types
                .into_iter()
                .fold(0, |bits, token_type| bits | token_type.bit()),
        }
    }
}

impl Accepts {
    /// Whether a kind is accepted.
    #[must_use]
    pub fn includes(self, token_type: TokenType) -> bool {
        match self {
            Self::One(one) => one == token_type,
            Self::List(list) => list.contains(token_type),
            Self::Any => true,
        }
    }

    /// CTX-15: exactly these two read nothing but headers.
    pub(crate) fn reads_headers_only(self) -> bool {
        matches!(self, Self::One(TokenType::M2m | TokenType::ApiKey))
    }
}

/// Session tokens only.
impl Default for Accepts {
    fn default() -> Self {
        Self::One(TokenType::Session)
    }
}

impl From<TokenType> for Accepts {
    fn from(token_type: TokenType) -> Self {
        Self::One(token_type)
    }
}

impl<const N: usize> From<[TokenType; N]> for Accepts {
    fn from(types: [TokenType; N]) -> Self {
        Self::List(types.into_iter().collect())
    }
}

impl From<&[TokenType]> for Accepts {
    fn from(types: &[TokenType]) -> Self {
        Self::List(types.iter().copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: TOK-7, CST-12
    #[test]
    fn kinds_print_parse_and_are_accepted() {
        for token_type in TokenType::ALL {
            assert_eq!(token_type.as_str().parse(), Ok(*token_type));
            assert!(Accepts::Any.includes(*token_type));
            assert!(Accepts::from(*token_type).includes(*token_type));
            assert!(!Accepts::from([]).includes(*token_type));
        }
        assert_eq!("session".parse::<TokenType>(), Err(UnknownTokenType));
        let machines = Accepts::from([TokenType::ApiKey, TokenType::M2m]);
        assert!(machines.includes(TokenType::M2m) && !machines.includes(TokenType::OAuth));
    }
}
