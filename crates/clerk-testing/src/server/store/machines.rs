//! Machines and the opaque tokens they call with.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Json, Store};
use crate::server::failure::{Failure, Outcome};

/// A machine that may create M2M tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) name: String,
    pub(crate) secret_key: String,
    pub(crate) scoped_machines: Vec<String>,
    pub(crate) default_token_ttl: i64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Machine {
    /// The machine as other machines list it.
    fn brief_json(&self) -> Value {
        json!({
            "object": "machine",
            "id": self.id,
            "name": self.name,
            "instance_id": "ins_offline",
            "default_token_ttl": self.default_token_ttl,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

impl Store {
    pub(crate) fn machine(&self, id: &str) -> Outcome<&Machine> {
        self.machines
            .get(id)
            .ok_or_else(|| Failure::not_found("machine"))
    }

    pub(crate) fn machine_json(&self, machine: &Machine) -> Value {
        let scoped: Vec<Value> = machine
            .scoped_machines
            .iter()
            .filter_map(|id| self.machines.get(id))
            .map(Machine::brief_json)
            .collect();
        let mut value = machine.brief_json();
        if let Some(members) = value.as_object_mut() {
            members.insert("scoped_machines".to_owned(), scoped.into());
        }
        value
    }
}

/// What every opaque machine token has. Times in milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct M2mToken {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) token: String,
    pub(crate) subject: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) claims: Option<Json>,
    pub(crate) revoked: bool,
    pub(crate) revocation_reason: Option<String>,
    pub(crate) expiration: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl M2mToken {
    pub(crate) fn to_json(&self, now: i64) -> Value {
        json!({
            "object": "machine_to_machine_token",
            "id": self.id,
            "subject": self.subject,
            "scopes": self.scopes,
            "claims": self.claims,
            "revoked": self.revoked,
            "revocation_reason": self.revocation_reason,
            "expired": self.expiration.is_some_and(|at| at <= now),
            "expiration": self.expiration,
            "last_used_at": null,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// An API key of a user or organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ApiKey {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) secret: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) subject: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) claims: Option<Json>,
    pub(crate) created_by: Option<String>,
    pub(crate) revoked: bool,
    pub(crate) revocation_reason: Option<String>,
    pub(crate) expiration: Option<i64>,
    pub(crate) last_used_at: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl ApiKey {
    pub(crate) fn is_valid(&self, now: i64) -> bool {
        !self.revoked && self.expiration.is_none_or(|at| at > now)
    }

    pub(crate) fn to_json(&self, now: i64) -> Value {
        json!({
            "object": "api_key",
            "id": self.id,
            "type": "api_key",
            "subject": self.subject,
            "name": self.name,
            "description": self.description,
            "scopes": self.scopes,
            "claims": self.claims,
            "created_by": self.created_by,
            "revoked": self.revoked,
            "revocation_reason": self.revocation_reason,
            "expired": self.expiration.is_some_and(|at| at <= now),
            "expiration": self.expiration,
            "last_used_at": self.last_used_at,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// An OAuth access token that another application got for a user. Times in milliseconds here, in seconds on the wire.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OAuthToken {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) client_id: String,
    pub(crate) subject: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) revoked: bool,
    pub(crate) expiration: Option<i64>,
    pub(crate) created_at: i64,
}

impl OAuthToken {
    pub(crate) fn to_json(&self, now: i64) -> Value {
        json!({
            "object": "clerk_idp_oauth_access_token",
            "id": self.id,
            "client_id": self.client_id,
            "subject": self.subject,
            "scopes": self.scopes,
            "revoked": self.revoked,
            "revocation_reason": null,
            "expired": self.expiration.is_some_and(|at| at <= now),
            "expiration": self.expiration.map(|at| at.div_euclid(1000)),
            "created_at": self.created_at.div_euclid(1000),
            "updated_at": self.created_at.div_euclid(1000),
        })
    }
}
