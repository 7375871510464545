//! The organization a session is active in.

use std::fmt;

use super::Payload;

/// The organization claims of a session token, of either version.
#[derive(Clone, Copy)]
pub struct OrgClaims<'a> {
    payload: &'a Payload,
    id: &'a str,
}

impl<'a> OrgClaims<'a> {
    /// AUTH-21, AUTH-22: without an id there is no organization.
    pub(super) fn read(payload: &'a Payload) -> Option<Self> {
        let id = payload.known.org.id.non_empty_text(payload.document())?;
        Some(Self { payload, id })
    }

    /// The organization's id.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// The organization's slug.
    #[must_use]
    pub fn slug(&self) -> Option<&'a str> {
        self.payload.known.org.slug.text(self.payload.document())
    }

    /// The user's role, such as `org:admin`. Tokens of version 1 may leave out the prefix.
    #[must_use]
    pub fn role(&self) -> Option<&'a str> {
        self.payload.known.org.role.text(self.payload.document())
    }

    /// The payload these claims are part of.
    pub(crate) fn payload(&self) -> &'a Payload {
        self.payload
    }
}

impl fmt::Debug for OrgClaims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrgClaims")
            .field("id", &self.id)
            .field("slug", &self.slug())
            .field("role", &self.role())
            .finish_non_exhaustive()
    }
}
