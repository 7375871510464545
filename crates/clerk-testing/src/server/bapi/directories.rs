//! Directories of enterprise connections, under their name and their older one (`scim_directories`).

use serde_json::{Value, json};

use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::{Json, deleted};

const COLLECTION: &str = "directories";
const MAPPINGS: &str = "group_role_mappings";

/// The names of objects, which go with the name of the route.
struct Names {
    directory: &'static str,
    mapping: &'static str,
}

const NAMES: [Names; 2] = [
    Names {
        directory: "directory",
        mapping: "directory_group_role_mapping",
    },
    Names {
        directory: "scim_directory",
        mapping: "scim_group_role_mapping",
    },
];

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let [directories, scim] = &NAMES;
    let is_older = path.first() == Some(&"scim_directories");
    let names = if is_older { scim } else { directories };
    let (now, body) = (call.now, call.body()?);
    match (call.method(), path) {
        ("GET", [_]) => {
            let records: Vec<&Json> = call.state.store.records(COLLECTION).iter().rev().collect();
            call.counted(records, |record| shown(record, names))
        }
        ("POST", [_]) => create(call, names, &body),
        ("GET", [_, id]) => show(call, names, id),
        ("PATCH", [_, id]) => {
            let record = call.store().record_mut(COLLECTION, id)?;
            for name in [
                "name",
                "enabled",
                "provider",
                "attribute_mapping",
                "group_role_mapping_enabled",
            ] {
                if let Some(value) = body.value(name).filter(|value| !value.is_null()) {
                    record.insert(name.to_owned(), value.clone());
                }
            }
            record.insert("updated_at".to_owned(), now.into());
            show(call, names, id)
        }
        ("DELETE", [_, id]) => {
            call.store().remove_record(COLLECTION, id)?;
            Ok(Reply::json(&deleted(names.directory, id)))
        }
        ("POST", [_, id, "rotate_api_key"]) => {
            let key = call.store().ids.next("dir_key_");
            let record = call.store().record_mut(COLLECTION, id)?;
            record.insert("updated_at".to_owned(), now.into());
            Ok(Reply::json(&with_key(shown(record, names), &key)))
        }
        (_, [_, id, "group_role_mappings", rest @ ..]) => {
            call.store().record_mut(COLLECTION, id)?;
            mappings(call, names, id, rest, &body)
        }
        _ => Err(unknown_route()),
    }
}

fn show(call: &mut Call<'_>, names: &Names, id: &str) -> Outcome<Reply> {
    Ok(Reply::json(&shown(
        call.store().record_mut(COLLECTION, id)?,
        names,
    )))
}

fn shown(record: &Json, names: &Names) -> Value {
    let mut shown = record.clone();
    shown.insert("object".to_owned(), names.directory.into());
    shown.into()
}

/// The key is shown when it is made, and never again.
fn with_key(mut directory: Value, key: &str) -> Value {
    if let Some(members) = directory.as_object_mut() {
        members.insert("api_key".to_owned(), key.into());
    }
    directory
}

fn create(call: &mut Call<'_>, names: &Names, body: &Body) -> Outcome<Reply> {
    let now = call.now;
    let connection = body.required("enterprise_connection_id")?;
    let provider = body.required("provider")?;
    let frontend = call.world.origin(call.world.frontend_port);
    let store = call.store();
    store.record_mut("enterprise_connections", connection)?;
    let members = json!({
        "name": body.text("name").unwrap_or(provider),
        "enterprise_connection_id": connection,
        "endpoint_url": format!("{frontend}/v1/scim/v2"),
        "provider": provider,
        "enabled": true,
        "group_role_mapping_enabled": false,
        "attribute_mapping": {},
        "custom_attributes": [],
        "api_key": null,
    });
    let members = members.as_object().cloned().unwrap_or_default();
    let key = store.ids.next("dir_key_");
    let record = store.add_record(COLLECTION, "directory", "dir_", members, now);
    let id = record
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    for entry in entries(body, "group_role_mappings") {
        add_mapping(call, &id, &entry)?;
    }
    Ok(Reply::json(&with_key(shown(&record, names), &key)))
}

/// The objects of a list.
fn entries(body: &Body, name: &str) -> Vec<Json> {
    let list = body.value(name).and_then(Value::as_array);
    let objects = list.into_iter().flatten().filter_map(Value::as_object);
    objects.cloned().collect()
}

fn mappings(
    call: &mut Call<'_>,
    names: &Names,
    id: &str,
    rest: &[&str],
    body: &Body,
) -> Outcome<Reply> {
    match (call.method(), rest) {
        ("GET", []) => list_mappings(call, names, id),
        ("POST", []) => {
            let entry: Json = body
                .members()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            let mapping = add_mapping(call, id, &entry)?;
            Ok(Reply::json(&shown_mapping(call, &mapping, names)))
        }
        ("PUT", []) => {
            let is_of =
                |record: &Json| record.get("directory_id").and_then(Value::as_str) == Some(id);
            let records = call.store().records.entry(MAPPINGS.to_owned()).or_default();
            records.retain(|record| !is_of(record));
            for entry in entries(body, "mappings") {
                add_mapping(call, id, &entry)?;
            }
            list_mappings(call, names, id)
        }
        ("DELETE", [mapping]) => {
            call.store().remove_record(MAPPINGS, mapping)?;
            Ok(Reply::json(&deleted(names.mapping, mapping)))
        }
        _ => Err(unknown_route()),
    }
}

fn list_mappings(call: &Call<'_>, names: &Names, id: &str) -> Outcome<Reply> {
    let is_of = |record: &&Json| record.get("directory_id").and_then(Value::as_str) == Some(id);
    let records = call.state.store.records(MAPPINGS).iter();
    call.counted(records.filter(is_of).collect(), |record| {
        shown_mapping(call, record, names)
    })
}

fn add_mapping(call: &mut Call<'_>, directory: &str, entry: &Json) -> Outcome<Json> {
    let now = call.now;
    let text = |names: [&str; 2]| names.iter().find_map(|name| entry.get(*name)?.as_str());
    let group = text(["directory_group_id", "scim_group_id"])
        .ok_or_else(|| Failure::missing_parameter("directory_group_id"))?;
    let role = text(["role_id", "role_id"]).ok_or_else(|| Failure::missing_parameter("role_id"))?;
    let store = call.store();
    let role = store.role(role)?.id.clone();
    let name = text(["directory_group_display_name", "scim_group_display_name"]).unwrap_or(group);
    let precedence = store.records(MAPPINGS).len();
    let members = json!({
        "directory_id": directory,
        "scim_directory_id": directory,
        "directory_group_id": group,
        "scim_group_id": group,
        "directory_group_display_name": name,
        "scim_group_display_name": name,
        "role": role,
        "precedence": entry.get("precedence").cloned().unwrap_or_else(|| precedence.into()),
    });
    let members = members.as_object().cloned().unwrap_or_default();
    Ok(store.add_record(
        MAPPINGS,
        "directory_group_role_mapping",
        "grm_",
        members,
        now,
    ))
}

/// A mapping as it looks on the wire: with its role, where only the id is kept.
fn shown_mapping(call: &Call<'_>, record: &Json, names: &Names) -> Value {
    let store = &call.state.store;
    let mut shown = record.clone();
    shown.insert("object".to_owned(), names.mapping.into());
    match record
        .get("role")
        .and_then(Value::as_str)
        .and_then(|id| store.role(id).ok())
    {
        Some(role) => shown.insert("role".to_owned(), store.role_json(role)),
        None => shown.remove("role"),
    };
    shown.into()
}
