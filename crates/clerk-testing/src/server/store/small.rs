//! Resources of a few members.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Json;

/// A token that signs its user in once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SignInToken {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) token: String,
    pub(crate) status: String,
    pub(crate) expires_at: i64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl SignInToken {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "object": "sign_in_token",
            "id": self.id,
            "status": self.status,
            "user_id": self.user_id,
            "token": self.token,
            "url": format!("https://accounts.offline.invalid/sign-in?__clerk_ticket={}", self.token),
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// A token that lets somebody act as a user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ActorToken {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) actor: Value,
    pub(crate) token: String,
    pub(crate) status: String,
    pub(crate) expires_at: i64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl ActorToken {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "object": "actor_token",
            "id": self.id,
            "status": self.status,
            "user_id": self.user_id,
            "actor": self.actor,
            "token": self.token,
            "url": format!("https://accounts.offline.invalid/sign-in?__clerk_ticket={}", self.token),
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// An entry of the allow or block list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Identifier {
    pub(crate) id: String,
    pub(crate) identifier: String,
    pub(crate) created_at: i64,
}

impl Identifier {
    pub(crate) fn to_json(&self, object: &str) -> Value {
        let kind = if self.identifier.starts_with('+') {
            "phone_number"
        } else if self.identifier.starts_with("0x") {
            "web3_wallet"
        } else {
            "email_address"
        };
        json!({
            "object": object,
            "id": self.id,
            "identifier": self.identifier,
            "identifier_type": kind,
            "instance_id": "ins_offline",
            "created_at": self.created_at,
            "updated_at": self.created_at,
        })
    }
}

/// A JWT template.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct JwtTemplate {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) name: String,
    pub(crate) claims: Json,
    pub(crate) lifetime: i64,
    pub(crate) allowed_clock_skew: i64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl JwtTemplate {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "object": "jwt_template",
            "id": self.id,
            "name": self.name,
            "claims": self.claims,
            "lifetime": self.lifetime,
            "allowed_clock_skew": self.allowed_clock_skew,
            "custom_signing_key": false,
            "signing_algorithm": "RS256",
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// Who may sign up.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Restrictions {
    pub(crate) allowlist: bool,
    pub(crate) blocklist: bool,
    pub(crate) block_email_subaddresses: bool,
}

impl Restrictions {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "object": "instance_restrictions",
            "allowlist": self.allowlist,
            "blocklist": self.blocklist,
            "allowlist_blocklist_disabled_on_sign_in": true,
            "block_email_subaddresses": self.block_email_subaddresses,
            "block_disposable_email_domains": false,
            "ignore_dots_for_gmail_addresses": false,
        })
    }
}
