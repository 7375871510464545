//! The claims of a session token.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::{Actor, OrgClaims, Payload};
use crate::{json, time};

/// The claims of a session token, of either version, or of any other JWT of Clerk's.
///
/// Accessors are typed: a claim of another type than expected counts as absent. The payload itself stays
/// available through [`as_json`](Self::as_json), [`claim`](Self::claim) and [`custom`](Self::custom).
/// Cloning is cheap.
///
/// ```
/// # fn show(claims: &clerk_tokens::SessionClaims) -> Result<(), Box<dyn std::error::Error>> {
/// #[derive(serde::Deserialize)]
/// struct Custom {
///     department: String,
/// }
///
/// let user = claims.user_id();
/// let custom: Custom = claims.custom()?;
/// let department: Option<String> = claims.claim("department")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SessionClaims {
    payload: Arc<Payload>,
}

/// Whether a session is complete (`sts`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionStatus<'a> {
    /// The user is signed in.
    Active,
    /// The user still has something to do, such as choosing an organization.
    Pending,
    /// A status that is not known.
    Other(&'a str),
}

impl<'a> SessionStatus<'a> {
    /// The claim's text.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Other(text) => text,
        }
    }
}

impl SessionClaims {
    pub(crate) fn new(payload: Payload) -> Self {
        Self {
            payload: Arc::new(payload),
        }
    }

    pub(crate) fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The user's id (`sub`), empty if the token has none. A verified token has a `sub`.
    #[must_use]
    pub fn user_id(&self) -> &str {
        self.subject().unwrap_or_default()
    }

    /// Whom the token is about (`sub`): the user's id in a session token.
    #[doc(alias = "sub")]
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.payload.known.sub.text(self.document())
    }

    /// The session's id (`sid`). Template tokens have none.
    #[doc(alias = "sid")]
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        self.payload.known.sid.text(self.document())
    }

    /// Who issued the token (`iss`): the instance's frontend API URL.
    #[doc(alias = "iss")]
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.payload.known.iss.text(self.document())
    }

    /// The origin the token was made for (`azp`).
    #[doc(alias = "azp")]
    #[must_use]
    pub fn authorized_party(&self) -> Option<&str> {
        self.payload.known.azp.text(self.document())
    }

    /// The token's own id (`jti`).
    #[doc(alias = "jti")]
    #[must_use]
    pub fn token_id(&self) -> Option<&str> {
        self.payload.known.jti.text(self.document())
    }

    /// Whom the token is for (`aud`): its texts, whether the claim is one or a list.
    #[doc(alias = "aud")]
    #[must_use]
    pub fn audience(&self) -> Vec<String> {
        super::audience_of(&self.payload)
    }

    /// When the token expires (`exp`), in milliseconds since the Unix epoch.
    #[doc(alias = "exp")]
    #[must_use]
    pub fn expires_at_ms(&self) -> Option<i64> {
        self.payload.known.exp.number().and_then(time::claim_ms)
    }

    /// When the token becomes valid (`nbf`), in milliseconds since the Unix epoch.
    #[doc(alias = "nbf")]
    #[must_use]
    pub fn not_before_ms(&self) -> Option<i64> {
        self.payload.known.nbf.number().and_then(time::claim_ms)
    }

    /// When the token was issued (`iat`), in milliseconds since the Unix epoch.
    #[doc(alias = "iat")]
    #[must_use]
    pub fn issued_at_ms(&self) -> Option<i64> {
        self.payload.known.iat.number().and_then(time::claim_ms)
    }

    /// `exp` and `iat` as machine tokens report them, with fractions of a second.
    pub(super) fn reported_times_ms(&self) -> (Option<i64>, Option<i64>) {
        let known = &self.payload.known;
        (
            known.exp.number().and_then(time::reported_ms),
            known.iat.number().and_then(time::reported_ms),
        )
    }

    /// Whether the session is complete (`sts`).
    #[doc(alias = "sts")]
    #[must_use]
    pub fn status(&self) -> Option<SessionStatus<'_>> {
        Some(match self.payload.known.sts.text(self.document())? {
            "active" => SessionStatus::Active,
            "pending" => SessionStatus::Pending,
            other => SessionStatus::Other(other),
        })
    }

    /// Minutes since the first and the second factor were verified, as of the token's issue (`fva`); −1 means
    /// that the factor is not enrolled. Absent unless the claim is exactly two finite numbers.
    #[doc(alias = "fva")]
    #[must_use]
    pub fn factor_verification_age(&self) -> Option<[f64; 2]> {
        let json = self.payload.known.fva.other(self.document())?;
        let mut ages = Vec::with_capacity(2);
        json::elements(json, |age| {
            if ages.len() < 3 {
                ages.push(json::number(age));
            }
        })?;
        match ages[..] {
            [Some(first), Some(second)] if first.is_finite() && second.is_finite() => {
                Some([first, second])
            }
            _ => None,
        }
    }

    /// Who acts as the user (`act`): present where the user is impersonated.
    #[doc(alias = "act")]
    #[must_use]
    pub fn actor(&self) -> Option<Actor<'_>> {
        Actor::read(self.payload.known.act.other(self.document())?)
    }

    /// The active organization; absent unless the token names its id.
    #[must_use]
    pub fn org(&self) -> Option<OrgClaims<'_>> {
        OrgClaims::read(&self.payload)
    }

    /// The features of user and organization, as the claim's text (`fea`): `o:sso,u:drafts`.
    #[doc(alias = "fea")]
    #[must_use]
    pub fn features(&self) -> Option<&str> {
        self.payload.known.fea.text(self.document())
    }

    /// The plans of user and organization, as the claim's text (`pla`): `o:pro,u:free`.
    #[doc(alias = "pla")]
    #[must_use]
    pub fn plans(&self) -> Option<&str> {
        self.payload.known.pla.text(self.document())
    }

    /// The version of the claims: 2 where `v` is the number 2, otherwise 1.
    #[must_use]
    pub fn version(&self) -> u8 {
        if self.payload.known.is_v2() { 2 } else { 1 }
    }

    /// The whole payload as a type of yours; members it does not name are ignored.
    ///
    /// # Errors
    ///
    /// If the payload does not have the type's form. JSON nested deeper than 128 levels is refused too.
    pub fn custom<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.as_json())
    }

    /// One claim by its name.
    ///
    /// # Errors
    ///
    /// If the claim is there and does not have the type's form.
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, serde_json::Error> {
        self.payload
            .member(name)
            .map(serde_json::from_str)
            .transpose()
    }

    /// One claim by its name, as JSON text.
    #[must_use]
    pub fn claim_json(&self, name: &str) -> Option<&str> {
        self.payload.member(name)
    }

    /// The payload as JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        self.payload.as_json()
    }

    fn document(&self) -> &str {
        self.payload.document()
    }
}

impl fmt::Debug for SessionClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SessionClaims")
            .field(&self.as_json())
            .finish()
    }
}

/// Claims are equal if their payloads are, letter by letter.
impl PartialEq for SessionClaims {
    fn eq(&self, other: &Self) -> bool {
        self.as_json() == other.as_json()
    }
}

impl Eq for SessionClaims {}
