//! Session tokens.

use serde_json::{Value, json};

use super::org::TestOrg;
use super::token::{Token, token_setters};

/// Makes session tokens as Clerk does, version 2 unless told otherwise.
///
/// ```
/// use std::time::Duration;
/// use clerk_testing::mint::SessionTokenBuilder;
///
/// let token = SessionTokenBuilder::new("user_ada")
///     .authorized_party("https://app.example.com")
///     .lifetime(Duration::from_secs(60))
///     .mint();
/// # assert_eq!(token.split('.').count(), 3);
/// ```
#[derive(Clone, Debug)]
pub struct SessionTokenBuilder {
    token: Token,
    version: u8,
    org: Option<TestOrg>,
    features: Vec<String>,
    plans: Vec<String>,
}

impl SessionTokenBuilder {
    /// A token of the user with this id (`user_...`), in the session `sess_test`.
    pub fn new(user_id: impl Into<String>) -> Self {
        let mut token = Token::new(Some("cl_B7d4PD111AAA"));
        token.set("iss", "https://clerk.test.invalid");
        token.set("sub", user_id.into());
        token.set("sid", "sess_test");
        token.set("sts", "active");
        token.set("fva", json!([0, -1]));
        Self {
            token,
            version: 2,
            org: None,
            features: Vec::new(),
            plans: Vec::new(),
        }
    }

    /// Sets the session id (`sess_...`).
    #[must_use]
    pub fn session_id(mut self, session_id: impl Into<String>) -> Self {
        self.token.set("sid", session_id.into());
        self
    }

    /// Sets the issuer, `https://` and the Frontend API host of the instance.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.token.set("iss", issuer.into());
        self
    }

    /// Sets `azp`, the origin the token was made for.
    #[must_use]
    pub fn authorized_party(mut self, origin: impl Into<String>) -> Self {
        self.token.set("azp", origin.into());
        self
    }

    /// Sets the active organization.
    #[must_use]
    pub fn org(mut self, org: TestOrg) -> Self {
        self.org = Some(org);
        self
    }

    /// Adds a feature with its scope, such as `o:sso` or `u:drafts`.
    #[must_use]
    pub fn feature(mut self, scoped: impl Into<String>) -> Self {
        self.features.push(scoped.into());
        self
    }

    /// Adds a plan with its scope, such as `o:pro`.
    #[must_use]
    pub fn plan(mut self, scoped: impl Into<String>) -> Self {
        self.plans.push(scoped.into());
        self
    }

    /// Marks the session as pending: the user still has tasks to finish.
    #[must_use]
    pub fn pending(mut self) -> Self {
        self.token.set("sts", "pending");
        self
    }

    /// Sets how long ago, in minutes, each factor was verified; −1 for a factor that is not enrolled.
    #[must_use]
    pub fn factor_verification_age(mut self, first: i64, second: i64) -> Self {
        self.token.set("fva", json!([first, second]));
        self
    }

    /// Marks the session as an impersonation by this user.
    #[must_use]
    pub fn impersonated_by(mut self, user_id: impl Into<String>) -> Self {
        self.token.set("act", json!({ "sub": user_id.into() }));
        self
    }

    /// Writes the claims of version 1: flat organization members, no `v`, `sts` or features.
    #[must_use]
    pub fn version_1(mut self) -> Self {
        self.version = 1;
        self
    }

    token_setters!();

    /// Makes the token.
    #[must_use]
    pub fn mint(&self) -> String {
        let mut token = self.token.clone();
        if self.version == 1 {
            token.claims.remove("sts");
            if let Some(org) = &self.org {
                org.write_v1(&mut token.claims);
            }
            return token.mint();
        }
        token.set("v", 2);
        let mut features = self.features.clone();
        if let Some(org) = &self.org {
            org.write_v2(&mut token.claims, &mut features);
        }
        for (name, list) in [("fea", &features), ("pla", &self.plans)] {
            if !list.is_empty() {
                token.set(name, Value::String(list.join(",")));
            }
        }
        token.mint()
    }
}
