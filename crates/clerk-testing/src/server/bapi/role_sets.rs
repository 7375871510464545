//! Role sets: which roles an organization offers its members.

use serde_json::{Value, json};

use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::{Json, Store, deleted};

const COLLECTION: &str = "role_sets";
/// Members that hold role keys, and are shown as roles.
const CHOSEN: [(&str, &str); 2] = [
    ("default_role", "default_role_key"),
    ("creator_role", "creator_role_key"),
];

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    match (call.method(), path) {
        ("GET", [_]) => {
            let store = &call.state.store;
            let records: Vec<&Json> = store.records(COLLECTION).iter().rev().collect();
            call.counted(records, |record| shown(store, record))
        }
        ("POST", [_]) => create(call, &body),
        ("GET", [_, id]) => {
            let id = resolve(call, id)?;
            show(call, &id)
        }
        ("PATCH", [_, id]) => {
            let id = resolve(call, id)?;
            choose(call, &id, &body)?;
            let record = call.store().record_mut(COLLECTION, &id)?;
            for name in ["name", "key", "type", "description"] {
                if let Some(value) = body.value(name).filter(|value| !value.is_null()) {
                    record.insert(name.to_owned(), value.clone());
                }
            }
            record.insert("updated_at".to_owned(), now.into());
            show(call, &id)
        }
        ("POST", [_, id, "replace"]) => {
            let id = resolve(call, id)?;
            let other = resolve(call, body.required("dest_role_set_key")?)?;
            if other == id {
                return Err(Failure::invalid_parameter(
                    "dest_role_set_key",
                    "is the role set itself",
                ));
            }
            call.store().remove_record(COLLECTION, &id)?;
            Ok(Reply::json(&deleted("role_set", &id)))
        }
        ("POST", [_, id, "roles"]) => {
            let id = resolve(call, id)?;
            let added = keys(&call.state.store, &body.texts("role_keys"))?;
            change_roles(call, &id, |roles| {
                for key in added {
                    if !roles.contains(&key) {
                        roles.push(key);
                    }
                }
            })?;
            choose(call, &id, &body)?;
            show(call, &id)
        }
        ("POST", [_, id, "roles", "replace"]) => {
            let id = resolve(call, id)?;
            let old = call
                .state
                .store
                .role(body.required("role_key")?)?
                .key
                .clone();
            let new = call
                .state
                .store
                .role(body.required("to_role_key")?)?
                .key
                .clone();
            change_roles(call, &id, |roles| {
                roles.retain(|key| *key != old && *key != new);
                roles.push(new.clone());
            })?;
            let record = call.store().record_mut(COLLECTION, &id)?;
            for (member, _) in CHOSEN {
                if record.get(member).and_then(Value::as_str) == Some(&old) {
                    record.insert(member.to_owned(), new.as_str().into());
                }
            }
            show(call, &id)
        }
        _ => Err(unknown_route()),
    }
}

/// The id of a role set given by id or key.
fn resolve(call: &Call<'_>, id_or_key: &str) -> Outcome<String> {
    let is =
        |record: &&Json, name: &str| record.get(name).and_then(Value::as_str) == Some(id_or_key);
    let records = call.state.store.records(COLLECTION);
    let found = records
        .iter()
        .find(|record| is(record, "id") || is(record, "key"));
    found
        .and_then(|record| record.get("id")?.as_str())
        .map(str::to_owned)
        .ok_or_else(|| Failure::not_found("role set"))
}

/// The keys of roles given by id or key.
fn keys(store: &Store, ids_or_keys: &[&str]) -> Outcome<Vec<String>> {
    let keys = ids_or_keys.iter().map(|id| Ok(store.role(id)?.key.clone()));
    keys.collect()
}

fn role_keys(record: &Json) -> Vec<String> {
    let keys = record.get("roles").and_then(Value::as_array);
    let keys = keys.into_iter().flatten().filter_map(Value::as_str);
    keys.map(str::to_owned).collect()
}

fn change_roles(
    call: &mut Call<'_>,
    id: &str,
    change: impl FnOnce(&mut Vec<String>),
) -> Outcome<()> {
    let now = call.now;
    let record = call.store().record_mut(COLLECTION, id)?;
    let mut roles = role_keys(record);
    change(&mut roles);
    record.insert("roles".to_owned(), roles.into());
    record.insert("updated_at".to_owned(), now.into());
    Ok(())
}

/// Sets default and creator role, which must be in the set.
fn choose(call: &mut Call<'_>, id: &str, body: &Body) -> Outcome<()> {
    for (member, parameter) in CHOSEN {
        let Some(key) = body.text(parameter) else {
            continue;
        };
        let key = call.state.store.role(key)?.key.clone();
        let record = call.store().record_mut(COLLECTION, id)?;
        if !role_keys(record).contains(&key) {
            return Err(Failure::invalid_parameter(
                parameter,
                "is not in the role set",
            ));
        }
        record.insert(member.to_owned(), key.into());
    }
    Ok(())
}

fn create(call: &mut Call<'_>, body: &Body) -> Outcome<Reply> {
    let now = call.now;
    let name = body.required("name")?;
    let key = match body.text("key") {
        Some(key) => key.to_owned(),
        None => format!("role_set:{}", name.to_lowercase().replace(' ', "_")),
    };
    if resolve(call, &key).is_ok() {
        return Err(
            Failure::new(422, "form_identifier_exists", "a role set has this key").param("key"),
        );
    }
    let roles = keys(&call.state.store, &body.texts("roles"))?;
    for (_, parameter) in CHOSEN {
        body.required(parameter)?;
    }
    let members = json!({
        "name": name,
        "key": key,
        "description": body.text("description"),
        "roles": roles,
        "default_role": null,
        "creator_role": null,
        "type": body.text("type").unwrap_or("custom"),
    });
    let members = members.as_object().cloned().unwrap_or_default();
    let record = call
        .store()
        .add_record(COLLECTION, "role_set", "rset_", members, now);
    let id = record
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if let Err(failure) = choose(call, &id, body) {
        call.store().remove_record(COLLECTION, &id)?;
        return Err(failure);
    }
    show(call, &id)
}

fn show(call: &mut Call<'_>, id: &str) -> Outcome<Reply> {
    let record = call.store().record_mut(COLLECTION, id)?.clone();
    Ok(Reply::json(&shown(&call.state.store, &record)))
}

/// A role set as it looks on the wire: with its roles, where only their keys are kept.
fn shown(store: &Store, record: &Json) -> Value {
    let mut shown = record.clone();
    let items: Vec<Value> = role_keys(record)
        .iter()
        .filter_map(|key| item(store, key))
        .collect();
    shown.insert("roles".to_owned(), items.into());
    for (member, _) in CHOSEN {
        let key = record.get(member).and_then(Value::as_str);
        let role = key.and_then(|key| item(store, key));
        shown.insert(member.to_owned(), role.unwrap_or_default());
    }
    shown.insert("role_set_migration".to_owned(), Value::Null);
    shown.into()
}

fn item(store: &Store, key: &str) -> Option<Value> {
    let role = store.role(key).ok()?;
    let members = store
        .memberships
        .values()
        .filter(|member| member.role == role.key)
        .count();
    Some(json!({
        "object": "role_set_item",
        "id": role.id,
        "name": role.name,
        "key": role.key,
        "description": role.description,
        "members_count": members,
        "has_members": members > 0,
        "created_at": role.created_at,
        "updated_at": role.updated_at,
    }))
}
