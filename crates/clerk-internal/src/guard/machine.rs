//! A machine, of any kind.

use clerk_tokens::TokenType;

use crate::auth::{ApiKeyAuth, Auth, M2mAuth, OAuthAuth};

/// An authenticated machine. Cloning is cheap.
#[derive(Clone, Debug)]
pub enum Machine {
    /// A caller with an API key.
    ApiKey(ApiKeyAuth),
    /// A machine of the instance.
    M2m(M2mAuth),
    /// An OAuth application on behalf of a user.
    OAuth(OAuthAuth),
}

impl Machine {
    /// The kind of token.
    #[must_use]
    pub fn token_type(&self) -> TokenType {
        match self {
            Self::ApiKey(_) => TokenType::ApiKey,
            Self::M2m(_) => TokenType::M2m,
            Self::OAuth(_) => TokenType::OAuth,
        }
    }

    /// The token's id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::ApiKey(key) => key.id(),
            Self::M2m(machine) => machine.id(),
            Self::OAuth(oauth) => oauth.id(),
        }
    }

    /// Whom the token stands for, by its id: a user, an organization, or a machine.
    #[must_use]
    pub fn subject(&self) -> &str {
        match self {
            Self::ApiKey(key) => key.subject(),
            Self::M2m(machine) => machine.subject(),
            Self::OAuth(oauth) => oauth.subject(),
        }
    }

    /// What the token may be used for.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        match self {
            Self::ApiKey(key) => key.scopes(),
            Self::M2m(machine) => machine.scopes(),
            Self::OAuth(oauth) => oauth.scopes(),
        }
    }

    /// Whether the token may be used for this.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().iter().any(|held| held == scope)
    }

    /// The machine of an authenticated caller, if it is one.
    #[must_use]
    pub fn of(caller: Auth) -> Option<Self> {
        match caller {
            Auth::ApiKey(key) => Some(Self::ApiKey(key)),
            Auth::M2m(machine) => Some(Self::M2m(machine)),
            Auth::OAuth(oauth) => Some(Self::OAuth(oauth)),
            _ => None,
        }
    }
}
