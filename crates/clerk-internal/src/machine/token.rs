//! Machine tokens that verified.

use std::fmt;
use std::sync::OnceLock;

use clerk_tokens::M2mClaims;
use serde_json::{Map, Value};

use crate::token_type::MachineTokenType;

/// A verified machine token: what Clerk or the token itself says about it. All times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum MachineToken {
    /// An API key.
    ApiKey(ApiKey),
    /// A machine-to-machine token.
    M2m(M2mToken),
    /// An OAuth access token.
    OAuth(OAuthAccessToken),
}

impl MachineToken {
    /// The kind.
    #[must_use]
    pub fn token_type(&self) -> MachineTokenType {
        match self {
            Self::ApiKey(_) => MachineTokenType::ApiKey,
            Self::M2m(_) => MachineTokenType::M2m,
            Self::OAuth(_) => MachineTokenType::OAuth,
        }
    }

    /// What all kinds have.
    #[must_use]
    pub fn common(&self) -> &MachineTokenFacts {
        match self {
            Self::ApiKey(key) => &key.facts,
            Self::M2m(token) => &token.facts,
            Self::OAuth(token) => &token.facts,
        }
    }
}

/// What every machine token has. All times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct MachineTokenFacts {
    /// The token's id; empty for a JWT that has none.
    pub id: String,
    /// Whom the token stands for: a user, an organization or a machine, by its id.
    pub subject: String,
    /// What the token may be used for.
    pub scopes: Vec<String>,
    /// When it expires, if ever.
    pub expires_at_ms: Option<i64>,
    /// When it was made, where that is known.
    pub created_at_ms: Option<i64>,
    /// When it was last changed, where that is known.
    pub updated_at_ms: Option<i64>,
}

/// A verified API key.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ApiKey {
    /// What every machine token has.
    pub facts: MachineTokenFacts,
    /// The kind of key, as Clerk names it.
    pub kind: Option<String>,
    /// The key's name.
    pub name: String,
    /// Custom claims.
    pub claims: Option<Map<String, Value>>,
    /// Who made it.
    pub created_by: Option<String>,
    /// What it is for, in words.
    pub description: Option<String>,
    /// When it was last used, in milliseconds since the Unix epoch.
    pub last_used_at_ms: Option<i64>,
}

/// A verified machine-to-machine token.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct M2mToken {
    /// What every machine token has.
    pub facts: MachineTokenFacts,
    claims: OnceLock<Option<Map<String, Value>>>,
    /// Where the custom claims are read from when somebody asks for them: most handlers never do.
    payload: Option<M2mClaims>,
}

impl M2mToken {
    /// A token whose custom claims are known.
    #[must_use]
    pub fn with_claims(facts: MachineTokenFacts, claims: Option<Map<String, Value>>) -> Self {
        Self {
            facts,
            claims: OnceLock::from(claims),
            payload: None,
        }
    }

    /// A token whose custom claims are in this payload.
    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    pub(crate) fn with_payload(facts: MachineTokenFacts, payload: M2mClaims) -> Self {
        Self {
            facts,
            claims: OnceLock::new(),
            payload: Some(payload),
        }
    }

    /// Custom claims; `None` where there are none.
    #[must_use]
    pub fn claims(&self) -> Option<&Map<String, Value>> {
        let read = || {
            let payload = self.payload.as_ref()?;
            // Claims that are nested too deeply to be read are none.
            payload.custom_claims().ok().flatten()
        };
        self.claims.get_or_init(read).as_ref()
    }
}

impl PartialEq for M2mToken {
    fn eq(&self, other: &Self) -> bool {
        self.facts == other.facts && self.claims() == other.claims()
    }
}

/// A verified OAuth access token.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct OAuthAccessToken {
    /// What every machine token has.
    pub facts: MachineTokenFacts,
    /// The OAuth application.
    pub client_id: String,
    /// The kind of token, as Clerk names it.
    pub kind: Option<String>,
    /// Whom the token is for.
    pub audience: Option<Vec<String>>,
    /// Who acts as the subject.
    pub actor: Option<OAuthActor>,
}

/// Who acts on behalf of the subject (RFC 8693, section 4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OAuthActor {
    /// The actor.
    pub subject: String,
    /// Who vouches for it.
    pub issuer: Option<String>,
    /// Who acts as the actor; deeper levels are left out.
    pub actor: Option<Box<OAuthActor>>,
}

impl OAuthActor {
    /// Reads an `act` member; anything malformed is no actor.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        Self::read_within(value, 1)
    }

    // TOK-43: one nested level is kept.
    fn read_within(value: &Value, nested: usize) -> Option<Self> {
        let members = value.as_object()?;
        let subject = members.get("sub")?.as_str()?.to_owned();
        let issuer = match members.get("iss") {
            None => None,
            Some(issuer) => Some(issuer.as_str()?.to_owned()),
        };
        let actor = match members.get("act") {
            Some(actor) if nested > 0 => Self::read_within(actor, nested - 1).map(Box::new),
            _ => None,
        };
        Some(Self {
            subject,
            issuer,
            actor,
        })
    }
}

impl From<clerk_tokens::OAuthActor> for OAuthActor {
    fn from(actor: clerk_tokens::OAuthActor) -> Self {
        Self {
            subject: actor.subject,
            issuer: actor.issuer,
            actor: actor.actor.map(|actor| Box::new(Self::from(*actor))),
        }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("facts", &self.facts)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for M2mToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("M2mToken")
            .field("facts", &self.facts)
            .finish_non_exhaustive()
    }
}
