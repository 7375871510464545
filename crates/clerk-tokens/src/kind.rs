//! What kind of token a text is, before anything is verified.

use std::fmt;
use std::str::FromStr;

use clerk_errors::TokenVerificationError;

use crate::{DEFAULT_MAX_TOKEN_LENGTH, DecodedJwt, Header, HeaderValue, decode_jwt_within};

const M2M_PREFIX: &str = "mt_";
const OAUTH_PREFIX: &str = "oat_";
const API_KEY_PREFIX: &str = "ak_";
const M2M_SUBJECT_PREFIX: &str = "mch_";
/// The header types of OAuth access tokens (RFC 9068).
pub(crate) const OAUTH_HEADER_TYPES: [&str; 2] = ["at+jwt", "application/at+jwt"];

/// The kinds of token that Clerk issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenType {
    /// A signed-in user's session.
    Session,
    /// An API key.
    ApiKey,
    /// A machine talking to a machine.
    M2m,
    /// An OAuth access token.
    OAuth,
}

impl TokenType {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Session, Self::ApiKey, Self::M2m, Self::OAuth];

    /// Clerk's name for the kind.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session_token",
            Self::ApiKey => "api_key",
            Self::M2m => "m2m_token",
            Self::OAuth => "oauth_token",
        }
    }

    /// Whether machines, not signed-in users, present such tokens.
    #[must_use]
    pub const fn is_machine(self) -> bool {
        !matches!(self, Self::Session)
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
        f.write_str("the text is none of session_token, api_key, m2m_token and oauth_token")
    }
}

impl std::error::Error for UnknownTokenType {}

impl FromStr for TokenType {
    type Err = UnknownTokenType;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == name)
            .ok_or(UnknownTokenType)
    }
}

/// A token as it was presented: its kind and, where it is a JWT, its parts. Nothing is verified.
///
/// ```
/// use clerk_tokens::{PresentedToken, TokenType};
///
/// assert_eq!(PresentedToken::read("ak_1234").token_type(), TokenType::ApiKey);
/// assert_eq!(PresentedToken::read("anything else").token_type(), TokenType::Session);
/// ```
#[derive(Clone, Debug)]
pub struct PresentedToken<'a> {
    token_type: TokenType,
    form: Form<'a>,
}

#[derive(Clone)]
enum Form<'a> {
    Opaque(&'a str),
    Jwt(Box<DecodedJwt<'a>>),
    Undecodable(TokenVerificationError),
}

impl fmt::Debug for Form<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opaque(_) => f.write_str("Opaque([redacted])"),
            Self::Jwt(decoded) => decoded.fmt(f),
            Self::Undecodable(error) => f.debug_tuple("Undecodable").field(error).finish(),
        }
    }
}

impl<'a> PresentedToken<'a> {
    /// Finds out what kind of token a text is. Never fails: what is nothing else counts as a session token.
    #[must_use]
    pub fn read(token: &'a str) -> Self {
        Self::read_within(token, DEFAULT_MAX_TOKEN_LENGTH)
    }

    /// [`read`](Self::read) with another bound for the length of JWTs, in bytes.
    #[must_use]
    pub fn read_within(token: &'a str, max_length: usize) -> Self {
        // TOK-16: prefixes first, so that `ak_a.b.c` is an API key.
        if let Some(token_type) = opaque_type(token) {
            return Self {
                token_type,
                form: Form::Opaque(token),
            };
        }
        // TOK-8: decoded here, once; TOK-5: whatever cannot be decoded is no machine token.
        match decode_jwt_within(token, max_length) {
            Ok(decoded) => Self {
                token_type: jwt_type(&decoded),
                form: Form::Jwt(Box::new(decoded)),
            },
            Err(error) => Self {
                token_type: TokenType::Session,
                form: Form::Undecodable(error),
            },
        }
    }

    /// The kind of token.
    #[must_use]
    pub fn token_type(&self) -> TokenType {
        self.token_type
    }

    /// The kind of machine token this is, where only machine tokens are in question: a JWT that is no M2M token is
    /// judged as an OAuth access token, and a text that is nothing at all as an M2M token.
    #[must_use]
    pub fn machine_token_type(&self) -> TokenType {
        // TOK-10 to TOK-13.
        match (&self.form, self.token_type) {
            (Form::Jwt(_), TokenType::Session) => TokenType::OAuth,
            (Form::Undecodable(_), _) => TokenType::M2m,
            (_, token_type) => token_type,
        }
    }

    /// The opaque token, which only Clerk can verify.
    #[must_use]
    pub fn opaque(&self) -> Option<&'a str> {
        match &self.form {
            Form::Opaque(token) => Some(token),
            _ => None,
        }
    }

    /// The JWT, taken apart.
    #[must_use]
    pub fn decoded(&self) -> Option<&DecodedJwt<'a>> {
        match &self.form {
            Form::Jwt(decoded) => Some(decoded),
            _ => None,
        }
    }

    /// Why the text is neither an opaque token nor a JWT.
    #[must_use]
    pub fn decode_error(&self) -> Option<&TokenVerificationError> {
        match &self.form {
            Form::Undecodable(error) => Some(error),
            _ => None,
        }
    }

    /// The JWT, taken apart; for an opaque token `None`.
    ///
    /// # Errors
    ///
    /// `token-invalid` if the text is neither an opaque token nor a JWT.
    pub fn into_decoded(self) -> Result<Option<DecodedJwt<'a>>, TokenVerificationError> {
        match self.form {
            Form::Opaque(_) => Ok(None),
            Form::Jwt(decoded) => Ok(Some(*decoded)),
            Form::Undecodable(error) => Err(error),
        }
    }
}

/// Whether a text is an API key, an M2M token or an OAuth access token, opaque or JWT. Nothing is verified.
#[must_use]
pub fn is_machine_token(token: &str) -> bool {
    PresentedToken::read(token).token_type().is_machine()
}

/// Whether a text starts as an opaque machine token does.
#[must_use]
pub fn is_machine_token_by_prefix(token: &str) -> bool {
    opaque_type(token).is_some()
}

/// Which kinds of token a place accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcceptsToken {
    /// Every kind.
    Any,
    /// One kind.
    One(TokenType),
    /// The kinds of a list.
    AnyOf(Vec<TokenType>),
}

impl AcceptsToken {
    /// Whether tokens of a kind are accepted.
    #[must_use]
    pub fn accepts(&self, token_type: TokenType) -> bool {
        match self {
            Self::Any => true,
            Self::One(accepted) => *accepted == token_type,
            Self::AnyOf(accepted) => accepted.contains(&token_type),
        }
    }
}

impl Default for AcceptsToken {
    fn default() -> Self {
        Self::One(TokenType::Session)
    }
}

impl From<TokenType> for AcceptsToken {
    fn from(token_type: TokenType) -> Self {
        Self::One(token_type)
    }
}

impl From<Vec<TokenType>> for AcceptsToken {
    fn from(token_types: Vec<TokenType>) -> Self {
        Self::AnyOf(token_types)
    }
}

impl<const N: usize> From<[TokenType; N]> for AcceptsToken {
    fn from(token_types: [TokenType; N]) -> Self {
        Self::AnyOf(token_types.into())
    }
}

/// Whether a token of a kind is accepted; an unknown kind (`None`) never is.
#[must_use]
pub fn is_token_type_accepted(token_type: Option<TokenType>, accepts: &AcceptsToken) -> bool {
    token_type.is_some_and(|token_type| accepts.accepts(token_type))
}

/// TOK-1.
fn opaque_type(token: &str) -> Option<TokenType> {
    [
        (M2M_PREFIX, TokenType::M2m),
        (OAUTH_PREFIX, TokenType::OAuth),
        (API_KEY_PREFIX, TokenType::ApiKey),
    ]
    .into_iter()
    .find_map(|(prefix, token_type)| token.starts_with(prefix).then_some(token_type))
}

/// TOK-3, TOK-4, TOK-6.
fn jwt_type(decoded: &DecodedJwt<'_>) -> TokenType {
    let is_machine = decoded
        .unverified_claims()
        .subject()
        .is_some_and(|subject| subject.starts_with(M2M_SUBJECT_PREFIX));
    if !has_jwt_format(decoded.token()) {
        TokenType::Session
    } else if is_machine {
        TokenType::M2m
    } else if is_oauth_header(decoded.header()) {
        TokenType::OAuth
    } else {
        TokenType::Session
    }
}

pub(crate) fn is_oauth_header(header: &Header) -> bool {
    matches!(header.typ(), HeaderValue::Text(typ) if OAUTH_HEADER_TYPES.contains(&typ))
}

/// TOK-2: a decoded token consists of the alphabet and padding; what remains is that there is no padding and
/// that no part is empty (an empty header or payload does not decode).
fn has_jwt_format(token: &str) -> bool {
    !token.ends_with('.') && !token.contains('=')
}
