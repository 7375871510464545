//! Roles and permissions of organizations.

use crate::server::call::{Call, sort_by, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::Reply;
use crate::server::store::{Permission, Role, deleted};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    if path.first() == Some(&"organization_roles") {
        roles(call, path)
    } else {
        permissions(call, path)
    }
}

fn roles(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let body = call.body()?;
    match (call.method(), path) {
        ("GET", [_]) => {
            let (field, descending) = call.order(&["name", "key", "created_at"], "-created_at")?;
            let store = &call.state.store;
            let search = call
                .request
                .query
                .get("query")
                .unwrap_or_default()
                .to_lowercase();
            let mut roles: Vec<&Role> = store
                .roles
                .values()
                .filter(|role| {
                    role.id == search
                        || role.key.contains(&search)
                        || role.name.to_lowercase().contains(&search)
                })
                .collect();
            match field {
                "name" => sort_by(&mut roles, descending, |role| role.name.clone()),
                "key" => sort_by(&mut roles, descending, |role| role.key.clone()),
                _ => sort_by(&mut roles, descending, |role| role.sequence),
            }
            call.counted(roles, |role| store.role_json(role))
        }
        ("POST", [_]) => {
            let now = call.now;
            let key = organization_key(body.required("key")?)?;
            let permissions = body.texts("permissions");
            let role = call.store().create_role(
                key,
                body.required("name")?,
                body.text("description"),
                &permissions,
                now,
            )?;
            Ok(Reply::json(&call.state.store.role_json(&role)))
        }
        ("GET", [_, id]) => {
            let store = &call.state.store;
            Ok(Reply::json(&store.role_json(store.role(id)?)))
        }
        ("PATCH", [_, id]) => {
            let permissions = body.texts("permissions");
            let keys = call.store().permission_keys(&permissions)?;
            let key = body
                .text("key")
                .map(organization_key)
                .transpose()?
                .map(str::to_owned);
            change(call, id, |role| {
                if let Some(name) = body.text("name") {
                    name.clone_into(&mut role.name);
                }
                if let Some(key) = key {
                    role.key = key;
                }
                if let Some(value) = body.value("description") {
                    role.description = value.as_str().map(str::to_owned);
                }
                if body.value("permissions").is_some() {
                    role.permissions = keys;
                }
            })
        }
        ("DELETE", [_, id]) => {
            let store = call.store();
            let role = store.role(id)?.clone();
            if store
                .memberships
                .values()
                .any(|member| member.role == role.key)
            {
                return Err(Failure::new(
                    400,
                    "organization_role_assigned_to_members",
                    "members have this role",
                ));
            }
            store.roles.remove(&role.id);
            Ok(Reply::json(&deleted("role", &role.id)))
        }
        ("POST", [_, id, "permissions", permission]) => {
            let key = call.store().permission(permission)?.key.clone();
            change(call, id, |role| {
                if !role.permissions.contains(&key) {
                    role.permissions.push(key);
                }
            })
        }
        ("DELETE", [_, id, "permissions", permission]) => {
            let key = call.store().permission(permission)?.key.clone();
            change(call, id, |role| role.permissions.retain(|own| *own != key))
        }
        _ => Err(unknown_route()),
    }
}

/// Changes a role, and the permissions of the members who have it.
fn change(call: &mut Call<'_>, id: &str, change: impl FnOnce(&mut Role)) -> Outcome<Reply> {
    let now = call.now;
    let store = call.store();
    let mut role = store.role(id)?.clone();
    let old_key = role.key.clone();
    change(&mut role);
    role.updated_at = now;
    store.roles.insert(role.id.clone(), role.clone());
    for member in store
        .memberships
        .values_mut()
        .filter(|member| member.role == old_key)
    {
        member.role.clone_from(&role.key);
        member.permissions.clone_from(&role.permissions);
    }
    Ok(Reply::json(&store.role_json(&role)))
}

fn organization_key(key: &str) -> Outcome<&str> {
    if key.starts_with("org:") {
        Ok(key)
    } else {
        Err(Failure::invalid_parameter("key", "must begin with org:"))
    }
}

fn permissions(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    match (call.method(), path) {
        ("GET", [_]) => {
            let (field, descending) = call.order(&["name", "key", "created_at"], "-created_at")?;
            let search = call
                .request
                .query
                .get("query")
                .unwrap_or_default()
                .to_lowercase();
            let mut permissions: Vec<&Permission> = call
                .state
                .store
                .permissions
                .values()
                .filter(|permission| {
                    permission.key.contains(&search)
                        || permission.name.to_lowercase().contains(&search)
                })
                .collect();
            match field {
                "name" => sort_by(&mut permissions, descending, |permission| {
                    permission.name.clone()
                }),
                "key" => sort_by(&mut permissions, descending, |permission| {
                    permission.key.clone()
                }),
                _ => sort_by(&mut permissions, descending, |permission| {
                    permission.sequence
                }),
            }
            call.counted(permissions, Permission::to_json)
        }
        ("POST", [_]) => {
            let key = organization_key(body.required("key")?)?;
            let description = body.text("description").unwrap_or_default();
            let permission =
                call.store()
                    .create_permission(key, body.required("name")?, description, now)?;
            Ok(Reply::json(&permission.to_json()))
        }
        ("GET", [_, id]) => Ok(Reply::json(&call.store().permission(id)?.to_json())),
        ("PATCH", [_, id]) => {
            let mut permission = own_permission(call, id)?;
            if let Some(name) = body.text("name") {
                name.clone_into(&mut permission.name);
            }
            if let Some(description) = body.text("description") {
                description.clone_into(&mut permission.description);
            }
            permission.updated_at = now;
            call.store()
                .permissions
                .insert(permission.id.clone(), permission.clone());
            Ok(Reply::json(&permission.to_json()))
        }
        ("DELETE", [_, id]) => {
            let permission = own_permission(call, id)?;
            let store = call.store();
            store.permissions.remove(&permission.id);
            for role in store.roles.values_mut() {
                role.permissions.retain(|key| *key != permission.key);
            }
            Ok(Reply::json(&deleted("permission", &permission.id)))
        }
        _ => Err(unknown_route()),
    }
}

fn own_permission(call: &Call<'_>, id: &str) -> Outcome<Permission> {
    let permission = call.state.store.permission(id)?;
    if permission.is_system() {
        return Err(Failure::new(
            403,
            "system_permission",
            "system permissions cannot be changed",
        ));
    }
    Ok(permission.clone())
}
