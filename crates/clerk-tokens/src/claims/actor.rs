//! Who acts on behalf of somebody.

use std::borrow::Cow;

use crate::json;

/// The `act` claim (RFC 8693 section 4.1): who really makes the request, where a user is impersonated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor<'a> {
    json: &'a str,
    subject: Option<Cow<'a, str>>,
    issuer: Option<Cow<'a, str>>,
}

impl<'a> Actor<'a> {
    /// Reads an actor from a JSON object; other values are no actor.
    pub(super) fn read(json: &'a str) -> Option<Self> {
        let mut subject = None;
        let mut issuer = None;
        json::members(json, |name, value| match name {
            b"sub" => subject = json::text(value),
            b"iss" => issuer = json::text(value),
            _ => {}
        })?;
        Some(Self {
            json,
            subject,
            issuer,
        })
    }

    /// The impersonator's id (`sub`).
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Who vouches for the actor (`iss`).
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The claim as JSON text.
    #[must_use]
    pub fn as_json(&self) -> &'a str {
        self.json
    }
}
