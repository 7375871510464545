//! Tokens that look like session tokens and are none: JWT templates and handshakes.

use serde_json::json;

use super::token::{Token, token_setters};

/// Makes tokens of a JWT template: their claims are chosen by the application, so they never sign anybody in.
#[derive(Clone, Debug)]
pub struct TemplateTokenBuilder {
    token: Token,
}

impl TemplateTokenBuilder {
    /// A template token of the user with this id.
    pub fn new(user_id: impl Into<String>) -> Self {
        let mut token = Token::new(Some("cl_B7d4PD222AAA"));
        token.set("iss", "https://clerk.test.invalid");
        token.set("sub", user_id.into());
        Self { token }
    }

    token_setters!();

    /// Makes the token.
    #[must_use]
    pub fn mint(&self) -> String {
        self.token.mint()
    }
}

/// Makes handshake tokens: what the Frontend API hands back in the token form of a handshake.
#[derive(Clone, Debug)]
pub struct HandshakeTokenBuilder {
    token: Token,
}

impl HandshakeTokenBuilder {
    /// A handshake token with these cookies, each a complete `Set-Cookie` value.
    pub fn new<D: Into<String>>(directives: impl IntoIterator<Item = D>) -> Self {
        let mut token = Token::new(Some("cl_B7d4PD111AAA"));
        let directives: Vec<String> = directives.into_iter().map(Into::into).collect();
        token.set("handshake", json!(directives));
        Self { token }
    }

    token_setters!();

    /// Makes the token.
    #[must_use]
    pub fn mint(&self) -> String {
        self.token.mint()
    }
}
