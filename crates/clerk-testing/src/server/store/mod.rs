//! Everything the offline Clerk remembers, and how it looks on the wire.

mod clients;
mod machines;
mod organizations;
mod records;
mod roles;
mod sessions;
mod small;
mod users;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ids::Ids;
use super::webhooks::Outbox;

pub(crate) use clients::{Client, SignInAttempt, SignUpAttempt};
pub(crate) use machines::{ApiKey, M2mToken, Machine, OAuthToken};
pub(crate) use organizations::{Invitation, Membership, OrgInvitation, Organization};
pub(crate) use records::deleted;
pub(crate) use roles::{Permission, Role};
pub(crate) use sessions::Session;
pub(crate) use small::{ActorToken, Identifier, JwtTemplate, Restrictions, SignInToken};
pub(crate) use users::{EmailAddress, PhoneNumber, User, taken};

/// A JSON object.
pub(crate) type Json = Map<String, Value>;

/// The whole state of one offline Clerk, by identifier; `sequence` keeps the order of creation.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Store {
    #[serde(skip)]
    pub(crate) ids: Ids,
    #[serde(skip)]
    pub(crate) outbox: Outbox,
    /// Who has an e-mail address, phone number or username; entries may be stale and are checked.
    #[serde(skip)]
    identifiers: HashMap<String, String>,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) clients: BTreeMap<String, Client>,
    pub(crate) organizations: BTreeMap<String, Organization>,
    pub(crate) memberships: BTreeMap<String, Membership>,
    pub(crate) org_invitations: BTreeMap<String, OrgInvitation>,
    pub(crate) invitations: BTreeMap<String, Invitation>,
    pub(crate) roles: BTreeMap<String, Role>,
    pub(crate) permissions: BTreeMap<String, Permission>,
    pub(crate) sign_in_tokens: BTreeMap<String, SignInToken>,
    pub(crate) actor_tokens: BTreeMap<String, ActorToken>,
    pub(crate) jwt_templates: BTreeMap<String, JwtTemplate>,
    pub(crate) allowlist: BTreeMap<String, Identifier>,
    pub(crate) blocklist: BTreeMap<String, Identifier>,
    pub(crate) restrictions: Restrictions,
    pub(crate) machines: BTreeMap<String, Machine>,
    pub(crate) m2m_tokens: BTreeMap<String, M2mToken>,
    pub(crate) api_keys: BTreeMap<String, ApiKey>,
    pub(crate) oauth_tokens: BTreeMap<String, OAuthToken>,
    /// Resources that are kept as they look on the wire, by collection, oldest first.
    pub(crate) records: BTreeMap<String, Vec<Json>>,
    /// Handshake nonces: single use, with the cookies they stand for and their expiry in milliseconds.
    pub(crate) nonces: BTreeMap<String, (Vec<String>, i64)>,
    /// Refresh tokens by session.
    pub(crate) refresh_tokens: BTreeMap<String, String>,
    /// Creation order, for stable listings within one millisecond.
    pub(crate) sequence: u64,
}

impl Store {
    /// A store with nothing but the roles every instance has.
    pub(crate) fn new(ids: Ids, now: i64) -> Self {
        let mut store = Self {
            ids,
            ..Self::default()
        };
        store.add_system_roles(now);
        store
    }

    /// The next number in order of creation.
    pub(crate) fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }
}

/// Writes `value` into `target`: members are set, `null` members removed, other members stay. Objects merge deeply.
pub(crate) fn merge_metadata(target: &mut Json, value: &Json) {
    for (name, value) in value {
        match (target.get_mut(name), value) {
            (_, Value::Null) => {
                target.remove(name);
            }
            (Some(Value::Object(inner)), Value::Object(value)) => merge_metadata(inner, value),
            _ => {
                target.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_merges_deeply_and_null_removes() {
        let mut target = json!({"a": {"b": 1, "c": 2}, "d": 3})
            .as_object()
            .cloned()
            .unwrap();
        let change = json!({"a": {"b": null, "e": 5}, "d": {"f": 6}, "g": 7})
            .as_object()
            .cloned()
            .unwrap();
        merge_metadata(&mut target, &change);
        assert_eq!(
            Value::Object(target),
            json!({"a": {"c": 2, "e": 5}, "d": {"f": 6}, "g": 7})
        );
    }
}
