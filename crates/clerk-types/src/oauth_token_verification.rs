//! Whether an access token is valid.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Value, json};

use crate::models::OauthToken;

/// What the verification of an OAuth access token answers.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum OauthTokenVerification {
    /// The token is known; it may be revoked or expired.
    Known(Box<OauthToken>),
    /// The token is not valid.
    Inactive,
}

impl OauthTokenVerification {
    /// The token, where it is known.
    #[must_use]
    pub fn into_token(self) -> Option<OauthToken> {
        match self {
            Self::Known(token) => Some(*token),
            Self::Inactive => None,
        }
    }
}

impl<'de> Deserialize<'de> for OauthTokenVerification {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if value.get("active") == Some(&Value::Bool(false)) {
            return Ok(Self::Inactive);
        }
        let token = OauthToken::deserialize(&value).map_err(D::Error::custom)?;
        Ok(Self::Known(Box::new(token)))
    }
}

impl Serialize for OauthTokenVerification {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(token) => token.serialize(serializer),
            Self::Inactive => json!({ "active": false }).serialize(serializer),
        }
    }
}
