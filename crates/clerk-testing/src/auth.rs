//! Ready auth objects: what a protected handler gets, without a request, a token or a verification.
//!
//! ```
//! use clerk_internal::Auth;
//! use clerk_testing::auth;
//! use clerk_testing::mint::TestOrg;
//! use clerk_tokens::authz::Permission;
//!
//! // The handler under test.
//! fn reports(auth: &Auth) -> Option<&'static str> {
//!     auth.has(Permission::new("org:reports:read")).then_some("the reports")
//! }
//!
//! let acme = TestOrg::new("org_acme").permissions(["org:reports:read"]);
//! assert!(reports(&auth::user("user_ada").org(acme).auth()).is_some());
//! assert!(reports(&auth::user("user_bob").auth()).is_none());
//! assert!(reports(&auth::api_key("user_ada").scopes(["reports"]).auth()).is_none());
//! assert!(reports(&auth::nobody()).is_none());
//! ```

use clerk_internal::machine::{ApiKey, M2mToken, MachineToken, OAuthAccessToken};
use clerk_internal::{Auth, PendingSessions};
use serde_json::{Map, Value};

use crate::mint::SessionTokenBuilder;

/// A signed-in user, with whatever her session token shall say; end with [`auth`](SessionTokenBuilder::auth).
pub fn user(user_id: impl Into<String>) -> SessionTokenBuilder {
    SessionTokenBuilder::new(user_id)
}

/// Nobody.
#[must_use]
pub fn nobody() -> Auth {
    Auth::signed_out()
}

/// A caller with an API key of this user or organization.
pub fn api_key(subject: impl Into<String>) -> MachineAuthBuilder {
    let mut key = ApiKey::default();
    key.facts.id = "ak_test".to_owned();
    key.facts.subject = subject.into();
    key.name = "test".to_owned();
    MachineAuthBuilder::new(MachineToken::ApiKey(key))
}

/// A machine (`mch_...`).
pub fn machine(machine_id: impl Into<String>) -> MachineAuthBuilder {
    let mut token = M2mToken::default();
    token.facts.id = "m2m_test".to_owned();
    token.facts.subject = machine_id.into();
    MachineAuthBuilder::new(MachineToken::M2m(token))
}

/// An OAuth application that calls on behalf of a user.
pub fn oauth(user_id: impl Into<String>, client_id: impl Into<String>) -> MachineAuthBuilder {
    let mut token = OAuthAccessToken::default();
    token.facts.id = "oat_test".to_owned();
    token.facts.subject = user_id.into();
    token.client_id = client_id.into();
    MachineAuthBuilder::new(MachineToken::OAuth(token))
}

impl SessionTokenBuilder {
    /// The auth object of this session: nobody yet where it is [pending](Self::pending).
    #[must_use]
    pub fn auth(&self) -> Auth {
        self.auth_with(PendingSessions::SignedOut)
    }

    /// The auth object of this session, with a word on pending sessions.
    #[must_use]
    pub fn auth_with(&self, pending: PendingSessions) -> Auth {
        let token = self.mint();
        match clerk_tokens::decode_jwt(&token) {
            Ok(decoded) => Auth::session(decoded.unverified_claims().clone(), token, pending),
            // Only claims that no token may have bring one here: nobody is signed in by them.
            Err(_) => Auth::signed_out(),
        }
    }
}

/// An authenticated machine in the making; end with [`auth`](Self::auth).
#[derive(Clone, Debug)]
#[must_use]
pub struct MachineAuthBuilder {
    token: MachineToken,
}

impl MachineAuthBuilder {
    fn new(token: MachineToken) -> Self {
        Self { token }
    }

    /// Sets the scopes.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        let facts = match &mut self.token {
            MachineToken::ApiKey(key) => &mut key.facts,
            MachineToken::M2m(token) => &mut token.facts,
            MachineToken::OAuth(token) => &mut token.facts,
            _ => return self,
        };
        facts.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Sets a custom claim, which API keys and M2M tokens may have.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let (name, value) = (name.into(), value.into());
        match &mut self.token {
            MachineToken::ApiKey(key) => {
                key.claims.get_or_insert_with(Map::new).insert(name, value);
            }
            MachineToken::M2m(token) => {
                let mut claims = token.claims().cloned().unwrap_or_default();
                claims.insert(name, value);
                *token = M2mToken::with_claims(token.facts.clone(), Some(claims));
            }
            _ => {}
        }
        self
    }

    /// The auth object.
    #[must_use]
    pub fn auth(self) -> Auth {
        Auth::machine("token_of_a_test", self.token)
    }
}
