//! M2M and OAuth JWTs.

use serde_json::json;

use super::token::{Token, token_setters};

/// Makes M2M JWTs: tokens with which one machine of yours calls another.
#[derive(Clone, Debug)]
pub struct M2mTokenBuilder {
    token: Token,
}

impl M2mTokenBuilder {
    /// A token of the machine with this id (`mch_...`).
    pub fn new(machine_id: impl Into<String>) -> Self {
        let mut token = Token::new(Some("cl_B7d4PD333AAA"));
        token.set("iss", "https://clerk.test.invalid");
        token.set("sub", machine_id.into());
        token.set("jti", "mt_test");
        Self { token }
    }

    /// Sets the scopes.
    #[must_use]
    pub fn scopes<'a>(mut self, scopes: impl IntoIterator<Item = &'a str>) -> Self {
        let scopes: Vec<&str> = scopes.into_iter().collect();
        self.token.set("aud", json!(scopes));
        self.token.set("scopes", scopes.join(" "));
        self
    }

    token_setters!();

    /// Makes the token.
    #[must_use]
    pub fn mint(&self) -> String {
        self.token.mint()
    }
}

/// Makes OAuth access tokens in JWT form ([RFC 9068](https://www.rfc-editor.org/rfc/rfc9068)).
#[derive(Clone, Debug)]
pub struct OAuthTokenBuilder {
    token: Token,
}

impl OAuthTokenBuilder {
    /// A token of the user with this id, for the client `client_test`.
    pub fn new(user_id: impl Into<String>) -> Self {
        let mut token = Token::new(None);
        token.header.insert("typ".to_owned(), "at+jwt".into());
        token.set("iss", "https://clerk.test.invalid");
        token.set("sub", user_id.into());
        token.set("client_id", "client_test");
        token.set("jti", "oat_test");
        token.set("scope", "");
        Self { token }
    }

    /// Sets the OAuth client.
    #[must_use]
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        self.token.set("client_id", client_id.into());
        self
    }

    /// Sets the scopes.
    #[must_use]
    pub fn scopes<'a>(mut self, scopes: impl IntoIterator<Item = &'a str>) -> Self {
        self.token
            .set("scope", scopes.into_iter().collect::<Vec<_>>().join(" "));
        self
    }

    /// Sets the audience.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.token.set("aud", audience.into());
        self
    }

    token_setters!();

    /// Makes the token.
    #[must_use]
    pub fn mint(&self) -> String {
        self.token.mint()
    }
}
