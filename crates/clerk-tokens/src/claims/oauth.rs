//! The claims of an OAuth access token that is a JWT.

use std::borrow::Cow;

use super::m2m::texts;
use super::{SessionClaims, audience_of};
use crate::json;

/// The claims of a verified OAuth access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthClaims {
    claims: SessionClaims,
    client_id: Option<String>,
}

/// Who acts on behalf of a token's subject (RFC 8693 section 4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OAuthActor {
    /// The actor's id.
    pub subject: String,
    /// Who vouches for the actor.
    pub issuer: Option<String>,
    /// Who acted before; one level is kept.
    pub actor: Option<Box<OAuthActor>>,
}

impl OAuthClaims {
    /// Reads verified claims as those of an OAuth access token.
    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    pub(crate) fn new(claims: SessionClaims) -> Self {
        let client_id = claims
            .claim_json("client_id")
            .and_then(json::text)
            .map(Cow::into_owned);
        Self { claims, client_id }
    }

    /// The token's id (`jti`); empty if it has none.
    #[must_use]
    pub fn id(&self) -> &str {
        self.claims.token_id().unwrap_or_default()
    }

    /// The OAuth application's client id; empty if the token has none.
    #[must_use]
    pub fn client_id(&self) -> &str {
        self.client_id.as_deref().unwrap_or_default()
    }

    /// The user the application acts for (`sub`).
    #[must_use]
    pub fn subject(&self) -> &str {
        self.claims.user_id()
    }

    /// What the user allowed: the list `scp`, else the text `scope` split at blanks.
    #[must_use]
    pub fn scopes(&self) -> Vec<String> {
        // TOK-41.
        if let Some(scopes) = self.claims.claim_json("scp").and_then(texts) {
            return scopes;
        }
        match self.claims.claim_json("scope").and_then(json::text) {
            Some(scope) => scope.split(' ').map(str::to_owned).collect(),
            None => Vec::new(),
        }
    }

    /// The resources the token is for (`aud`).
    #[must_use]
    pub fn audience(&self) -> Vec<String> {
        audience_of(self.claims.payload())
    }

    /// Who acts on behalf of the subject (`act`); a malformed actor counts as none.
    #[must_use]
    pub fn actor(&self) -> Option<OAuthActor> {
        // TOK-43: one nested level is kept.
        OAuthActor::read(self.claims.claim_json("act")?, 1)
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

impl OAuthActor {
    fn read(json: &str, nested: u8) -> Option<Self> {
        let mut subject = None;
        let mut issuer = None;
        let mut actor = None;
        json::members(json, |name, value| match name {
            b"sub" => subject = json::text(value).map(Cow::into_owned),
            b"iss" => issuer = json::text(value).map(Cow::into_owned),
            b"act" => actor = Some(value),
            _ => {}
        })?;
        Some(Self {
            subject: subject?,
            issuer,
            actor: match nested {
                0 => None,
                _ => actor
                    .and_then(|actor| Self::read(actor, nested - 1))
                    .map(Box::new),
            },
        })
    }
}
