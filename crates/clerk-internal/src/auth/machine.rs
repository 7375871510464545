//! An authenticated machine.

use std::fmt;
use std::sync::Arc;

use clerk_core::Secret;
use serde_json::{Map, Value};

use crate::machine::{ApiKey, M2mToken, MachineToken, OAuthAccessToken};

/// Declares the authenticated form of one kind of machine token.
macro_rules! machine_auth {
    ($(#[$meta:meta])* $name:ident of $token:ident) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name {
            inner: Arc<(Secret, $token)>,
        }

        impl $name {
            pub(super) fn new(token: Secret, verified: $token) -> Self {
                Self { inner: Arc::new((token, verified)) }
            }

            /// The token's id.
            #[must_use]
            pub fn id(&self) -> &str {
                &self.details().facts.id
            }

            /// Whom the token stands for, by its id.
            #[must_use]
            pub fn subject(&self) -> &str {
                &self.details().facts.subject
            }

            /// What the token may be used for.
            #[must_use]
            pub fn scopes(&self) -> &[String] {
                &self.details().facts.scopes
            }

            /// Whether the token may be used for this.
            #[must_use]
            pub fn has_scope(&self, scope: &str) -> bool {
                self.scopes().iter().any(|held| held == scope)
            }

            /// Everything known about the token.
            #[must_use]
            pub fn details(&self) -> &$token {
                &self.inner.1
            }

            /// The token itself.
            #[must_use]
            pub fn token(&self) -> &str {
                self.inner.0.expose()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("id", &self.id())
                    .field("subject", &self.subject())
                    .field("scopes", &self.scopes())
                    .finish_non_exhaustive()
            }
        }
    };
}

machine_auth! {
    /// A caller with a verified API key. Cloning is cheap.
    ApiKeyAuth of ApiKey
}

machine_auth! {
    /// A caller with a verified machine-to-machine token. Cloning is cheap.
    M2mAuth of M2mToken
}

machine_auth! {
    /// A caller with a verified OAuth access token. Cloning is cheap.
    OAuthAuth of OAuthAccessToken
}

impl ApiKeyAuth {
    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.details().name
    }

    /// Custom claims.
    #[must_use]
    pub fn claims(&self) -> Option<&Map<String, Value>> {
        self.details().claims.as_ref()
    }

    /// The user the key belongs to, if it belongs to one.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        Some(self.subject()).filter(|subject| subject.starts_with("user_"))
    }

    /// The organization the key belongs to, if it belongs to one.
    #[must_use]
    pub fn org_id(&self) -> Option<&str> {
        Some(self.subject()).filter(|subject| subject.starts_with("org_"))
    }
}

impl M2mAuth {
    /// The machine.
    #[must_use]
    pub fn machine_id(&self) -> &str {
        self.subject()
    }

    /// Custom claims.
    #[must_use]
    pub fn claims(&self) -> Option<&Map<String, Value>> {
        self.details().claims()
    }
}

impl OAuthAuth {
    /// The user on whose behalf the application calls.
    #[must_use]
    pub fn user_id(&self) -> &str {
        self.subject()
    }

    /// The OAuth application.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.details().client_id
    }
}

impl super::Auth {
    /// The caller of a verified machine token.
    ///
    /// Everything that follows rests on the verification: hand in no token that did not verify.
    #[must_use]
    pub fn machine(token: impl Into<Secret>, verified: MachineToken) -> Self {
        let token = token.into();
        match verified {
            MachineToken::ApiKey(key) => Self::ApiKey(ApiKeyAuth::new(token, key)),
            MachineToken::M2m(machine) => Self::M2m(M2mAuth::new(token, machine)),
            MachineToken::OAuth(oauth) => Self::OAuth(OAuthAuth::new(token, oauth)),
        }
    }
}
