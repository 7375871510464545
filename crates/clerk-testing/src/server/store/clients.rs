//! Clients: browsers, each with its sessions and its attempts to sign in or up.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Store, User};

/// A sign-in in progress.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SignInAttempt {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) identifier: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) created_session_id: Option<String>,
}

impl Default for SignInAttempt {
    fn default() -> Self {
        Self {
            id: String::new(),
            status: "needs_identifier".to_owned(),
            identifier: None,
            user_id: None,
            created_session_id: None,
        }
    }
}

impl SignInAttempt {
    pub(crate) fn to_json(&self, user: Option<&User>) -> Value {
        let factors: Vec<Value> = user
            .map(|user| {
                let mut factors = Vec::new();
                if user.password.is_some() {
                    factors.push(json!({"strategy": "password"}));
                }
                factors.extend(user.emails.iter().map(|email| {
                    json!({
                        "strategy": "email_code",
                        "safe_identifier": email.address,
                        "email_address_id": email.id,
                        "primary": Some(&email.id) == user.primary_email.as_ref(),
                    })
                }));
                factors
            })
            .unwrap_or_default();
        json!({
            "object": "sign_in_attempt",
            "id": self.id,
            "status": self.status,
            "supported_identifiers": ["email_address"],
            "identifier": self.identifier,
            "supported_first_factors": factors,
            "supported_second_factors": null,
            "first_factor_verification": null,
            "second_factor_verification": null,
            "user_data": null,
            "created_session_id": self.created_session_id,
        })
    }
}

/// A sign-up in progress.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SignUpAttempt {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) email_address: Option<String>,
    pub(crate) email_verified: bool,
    pub(crate) password: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) created_session_id: Option<String>,
    pub(crate) created_user_id: Option<String>,
}

impl Default for SignUpAttempt {
    fn default() -> Self {
        Self {
            id: String::new(),
            status: "missing_requirements".to_owned(),
            email_address: None,
            email_verified: false,
            password: None,
            first_name: None,
            last_name: None,
            created_session_id: None,
            created_user_id: None,
        }
    }
}

impl SignUpAttempt {
    /// The sign-up as the Backend API shows it: fewer members in the verifications.
    pub(crate) fn to_backend_json(&self) -> Value {
        let mut value = self.to_json();
        if let Some(verification) = value.pointer_mut("/verifications/email_address") {
            *verification = json!({
                "next_action": if self.email_verified { "" } else { "needs_attempt" },
                "supported_strategies": ["email_code"],
            });
        }
        value
    }

    pub(crate) fn to_json(&self) -> Value {
        let missing: Vec<&str> = [
            ("email_address", self.email_address.is_none()),
            ("password", self.password.is_none()),
        ]
        .into_iter()
        .filter_map(|(name, missing)| missing.then_some(name))
        .collect();
        let unverified: &[&str] = if self.email_address.is_some() && !self.email_verified {
            &["email_address"]
        } else {
            &[]
        };
        json!({
            "object": "sign_up_attempt",
            "id": self.id,
            "status": self.status,
            "required_fields": ["email_address", "password"],
            "optional_fields": ["first_name", "last_name"],
            "missing_fields": missing,
            "unverified_fields": unverified,
            "verifications": {
                "email_address": {
                    "status": if self.email_verified { "verified" } else { "unverified" },
                    "strategy": "email_code",
                    "next_action": if self.email_verified { "" } else { "needs_attempt" },
                    "supported_strategies": ["email_code"],
                    "attempts": 0,
                    "expire_at": null,
                },
                "phone_number": null,
                "web3_wallet": null,
                "external_account": null,
            },
            "username": null,
            "email_address": self.email_address,
            "phone_number": null,
            "web3_wallet": null,
            "password_enabled": self.password.is_some(),
            "first_name": self.first_name,
            "last_name": self.last_name,
            "unsafe_metadata": {},
            "public_metadata": {},
            "custom_action": false,
            "external_id": null,
            "created_session_id": self.created_session_id,
            "created_user_id": self.created_user_id,
            "abandon_at": 0,
            "legal_accepted_at": null,
            "locale": null,
        })
    }
}

/// A browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    /// The dev browser token or the `__client` cookie by which the browser is known.
    pub(crate) token: Option<String>,
    pub(crate) session_ids: Vec<String>,
    pub(crate) last_active_session_id: Option<String>,
    pub(crate) sign_in: Option<SignInAttempt>,
    pub(crate) sign_up: Option<SignUpAttempt>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Store {
    /// Creates a client and returns its id.
    pub(crate) fn new_client(&mut self, now: i64) -> String {
        let id = self.ids.next("client_");
        let client = Client {
            id: id.clone(),
            sequence: self.next_sequence(),
            token: None,
            session_ids: Vec::new(),
            last_active_session_id: None,
            sign_in: None,
            sign_up: None,
            created_at: now,
            updated_at: now,
        };
        self.clients.insert(id.clone(), client);
        id
    }

    /// The client known by this dev browser token or cookie.
    pub(crate) fn client_by_token(&self, token: &str) -> Option<&Client> {
        self.clients
            .values()
            .find(|client| client.token.as_deref() == Some(token))
    }

    /// The client as the Backend API shows it.
    pub(crate) fn client_json(&self, client: &Client) -> Value {
        let sessions: Vec<Value> = client
            .session_ids
            .iter()
            .filter_map(|id| self.sessions.get(id))
            .map(super::Session::to_json)
            .collect();
        json!({
            "object": "client",
            "id": client.id,
            "session_ids": client.session_ids,
            "sessions": sessions,
            "sign_in_id": client.sign_in.as_ref().map(|attempt| &attempt.id),
            "sign_up_id": client.sign_up.as_ref().map(|attempt| &attempt.id),
            "last_active_session_id": client.last_active_session_id,
            "last_authentication_strategy": null,
            "updated_at": client.updated_at,
            "created_at": client.created_at,
        })
    }
}
