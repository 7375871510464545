//! Roles of organization members, and what they permit.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Store, taken};
use crate::server::failure::{Failure, Outcome};

/// A permission, by its key `org:<feature>:<action>`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Permission {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Permission {
    pub(crate) fn is_system(&self) -> bool {
        self.key.starts_with("org:sys_")
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "object": "permission",
            "id": self.id,
            "name": self.name,
            "key": self.key,
            "description": self.description,
            "type": if self.is_system() { "system" } else { "user" },
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// A role, by its key `org:<name>`, with the keys of its permissions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) permissions: Vec<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

const ADMIN: [&str; 7] = [
    "org:sys_profile:manage",
    "org:sys_profile:delete",
    "org:sys_memberships:read",
    "org:sys_memberships:manage",
    "org:sys_domains:read",
    "org:sys_domains:manage",
    "org:sys_billing:manage",
];
const MEMBER: [&str; 1] = ["org:sys_memberships:read"];

impl Store {
    /// The two roles that every instance has.
    pub(super) fn add_system_roles(&mut self, now: i64) {
        for key in ADMIN {
            self.add_permission(key, key, "", now);
        }
        for (key, name, permissions) in [
            ("org:admin", "Admin", &ADMIN[..]),
            ("org:member", "Member", &MEMBER),
        ] {
            let permissions = permissions.iter().map(|key| (*key).to_owned()).collect();
            self.add_role(key, name, None, permissions, now);
        }
    }

    /// Adds a permission without a look at whether it exists.
    pub(crate) fn add_permission(
        &mut self,
        key: &str,
        name: &str,
        description: &str,
        now: i64,
    ) -> Permission {
        let permission = Permission {
            id: self.ids.next("perm_"),
            sequence: self.next_sequence(),
            key: key.to_owned(),
            name: name.to_owned(),
            description: description.to_owned(),
            created_at: now,
            updated_at: now,
        };
        self.permissions
            .insert(permission.id.clone(), permission.clone());
        permission
    }

    fn add_role(
        &mut self,
        key: &str,
        name: &str,
        description: Option<&str>,
        permissions: Vec<String>,
        now: i64,
    ) -> Role {
        let role = Role {
            id: self.ids.next("role_"),
            sequence: self.next_sequence(),
            key: key.to_owned(),
            name: name.to_owned(),
            description: description.map(str::to_owned),
            permissions,
            created_at: now,
            updated_at: now,
        };
        self.roles.insert(role.id.clone(), role.clone());
        role
    }

    pub(crate) fn create_permission(
        &mut self,
        key: &str,
        name: &str,
        description: &str,
        now: i64,
    ) -> Outcome<Permission> {
        if self.permission(key).is_ok() {
            return Err(taken("key"));
        }
        Ok(self.add_permission(key, name, description, now))
    }

    pub(crate) fn create_role(
        &mut self,
        key: &str,
        name: &str,
        description: Option<&str>,
        permissions: &[&str],
        now: i64,
    ) -> Outcome<Role> {
        if self.role(key).is_ok() {
            return Err(taken("key"));
        }
        let permissions = self.permission_keys(permissions)?;
        Ok(self.add_role(key, name, description, permissions, now))
    }

    /// A permission by id or key.
    pub(crate) fn permission(&self, id_or_key: &str) -> Outcome<&Permission> {
        self.permissions
            .get(id_or_key)
            .or_else(|| {
                self.permissions
                    .values()
                    .find(|permission| permission.key == id_or_key)
            })
            .ok_or_else(|| Failure::not_found("permission"))
    }

    /// A role by id or key.
    pub(crate) fn role(&self, id_or_key: &str) -> Outcome<&Role> {
        self.roles
            .get(id_or_key)
            .or_else(|| self.roles.values().find(|role| role.key == id_or_key))
            .ok_or_else(|| Failure::not_found("role"))
    }

    /// The keys of permissions given by id or key.
    pub(crate) fn permission_keys(&self, ids_or_keys: &[&str]) -> Outcome<Vec<String>> {
        ids_or_keys
            .iter()
            .map(|id| Ok(self.permission(id)?.key.clone()))
            .collect()
    }

    /// The keys of the permissions of a role; none for a role that does not exist.
    pub(crate) fn permissions_of(&self, role: &str) -> Vec<String> {
        self.role(role)
            .map(|role| role.permissions.clone())
            .unwrap_or_default()
    }

    pub(crate) fn role_name(&self, role: &str) -> String {
        self.role(role)
            .map_or_else(|_| role.to_owned(), |role| role.name.clone())
    }

    pub(crate) fn role_json(&self, role: &Role) -> Value {
        let permissions: Vec<Value> = role
            .permissions
            .iter()
            .filter_map(|key| self.permission(key).ok())
            .map(Permission::to_json)
            .collect();
        json!({
            "object": "role",
            "id": role.id,
            "name": role.name,
            "key": role.key,
            "description": role.description,
            "is_creator_eligible": role.permissions.iter().any(|key| key == "org:sys_memberships:manage"),
            "permissions": permissions,
            "created_at": role.created_at,
            "updated_at": role.updated_at,
        })
    }
}
