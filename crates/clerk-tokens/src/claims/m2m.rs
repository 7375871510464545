//! The claims of an M2M JWT.

use serde_json::{Map, Value};

use super::{SessionClaims, audience_of};
use crate::json;

/// What the registered claims already say.
const REGISTERED: [&str; 6] = ["iss", "sub", "exp", "nbf", "iat", "jti"];

/// The claims of a verified M2M JWT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct M2mClaims {
    claims: SessionClaims,
}

impl M2mClaims {
    /// Reads verified claims as those of an M2M token.
    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    pub(crate) fn new(claims: SessionClaims) -> Self {
        Self { claims }
    }

    /// The token's id (`jti`); empty if it has none.
    #[must_use]
    pub fn id(&self) -> &str {
        self.claims.token_id().unwrap_or_default()
    }

    /// The machine's id (`sub`), such as `mch_...`.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.claims.user_id()
    }

    /// The machines the token may talk to: the claim `scopes` (text split at blanks, or a list), else `aud`.
    #[must_use]
    pub fn scopes(&self) -> Vec<String> {
        // TOK-40, TOK-45.
        let scopes = self.claims.claim_json("scopes");
        if let Some(text) = scopes.and_then(json::text) {
            return text.split(' ').map(str::to_owned).collect();
        }
        scopes
            .and_then(texts)
            .unwrap_or_else(|| audience_of(self.claims.payload()))
    }

    /// The claims beyond the registered ones (`iss sub exp nbf iat jti`); `None` if there are none.
    ///
    /// # Errors
    ///
    /// If they are nested deeper than 128 levels.
    pub fn custom_claims(&self) -> Result<Option<Map<String, Value>>, serde_json::Error> {
        let mut claims: Map<String, Value> = self.claims.custom()?;
        for name in REGISTERED {
            claims.remove(name);
        }
        Ok(Some(claims).filter(|claims| !claims.is_empty()))
    }

    /// When the token expires, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn expires_at_ms(&self) -> Option<i64> {
        self.claims.reported_times_ms().0
    }

    /// When the token was issued, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn issued_at_ms(&self) -> Option<i64> {
        self.claims.reported_times_ms().1
    }

    /// All claims.
    #[must_use]
    pub fn claims(&self) -> &SessionClaims {
        &self.claims
    }
}

/// The members of a JSON list of texts; `None` if `json` is anything else.
pub(super) fn texts(json: &str) -> Option<Vec<String>> {
    let mut texts = Some(Vec::new());
    json::elements(json, |element| match (json::text(element), &mut texts) {
        (Some(text), Some(texts)) => texts.push(text.into_owned()),
        _ => texts = None,
    })?;
    texts
}
