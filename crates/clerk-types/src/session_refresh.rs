//! The two forms of a refreshed session.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;

use crate::models::{SessionCookies, SessionToken};

/// What refreshing a session answers: a token or cookies, as it was asked for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SessionRefresh {
    /// A fresh session token.
    Token(SessionToken),
    /// The cookies to set.
    Cookies(SessionCookies),
    /// A form this version does not know.
    Unknown(Value),
}

impl<'de> Deserialize<'de> for SessionRefresh {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match value.get("object").and_then(Value::as_str) {
            Some("token") => SessionToken::deserialize(&value)
                .map(Self::Token)
                .map_err(D::Error::custom),
            Some("cookies") => SessionCookies::deserialize(&value)
                .map(Self::Cookies)
                .map_err(D::Error::custom),
            _ => Ok(Self::Unknown(value)),
        }
    }
}

impl Serialize for SessionRefresh {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Token(token) => crate::tagged::serialize(serializer, "token", token),
            Self::Cookies(cookies) => crate::tagged::serialize(serializer, "cookies", cookies),
            Self::Unknown(value) => value.serialize(serializer),
        }
    }
}
