//! Machines.

use serde_json::json;

use crate::server::call::{Call, sort_by, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::{Machine, deleted};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    match (call.method(), path) {
        ("GET", ["machines"]) => list(call),
        ("POST", ["machines"]) => create(call, &body),
        ("GET", ["machines", id]) => {
            let store = &call.state.store;
            Ok(Reply::json(&store.machine_json(store.machine(id)?)))
        }
        ("PATCH", ["machines", id]) => {
            let mut machine = call.store().machine(id)?.clone();
            if let Some(name) = body.text("name") {
                name.clone_into(&mut machine.name);
            }
            if let Some(ttl) = body.number("default_token_ttl") {
                machine.default_token_ttl = ttl;
            }
            machine.updated_at = now;
            call.store()
                .machines
                .insert(machine.id.clone(), machine.clone());
            Ok(Reply::json(&call.state.store.machine_json(&machine)))
        }
        ("DELETE", ["machines", id]) => {
            call.store().machine(id)?;
            call.store().machines.remove(*id);
            Ok(Reply::json(&deleted("machine", id)))
        }
        ("GET", ["machines", id, "secret_key"]) => {
            let secret = &call.store().machine(id)?.secret_key;
            Ok(Reply::json(
                &json!({"object": "machine_secret_key", "secret": secret}),
            ))
        }
        ("POST", ["machines", id, "secret_key", "rotate"]) => {
            let secret = call.store().ids.next("ak_");
            call.store().machine(id)?;
            if let Some(machine) = call.store().machines.get_mut(*id) {
                machine.secret_key.clone_from(&secret);
                machine.updated_at = now;
            }
            Ok(Reply::json(
                &json!({"object": "machine_secret_key", "secret": secret}),
            ))
        }
        ("POST", ["machines", id, "scopes"]) => {
            let to = body.required("to_machine_id")?;
            call.store().machine(to)?;
            let machine = call
                .store()
                .machines
                .get_mut(*id)
                .ok_or_else(|| Failure::not_found("machine"))?;
            if machine.scoped_machines.iter().any(|scoped| scoped == to) {
                return Err(
                    Failure::new(400, "duplicate_record", "the machine has that scope")
                        .param("to_machine_id"),
                );
            }
            machine.scoped_machines.push(to.to_owned());
            Ok(Reply::json(
                &json!({"object": "machine_scope", "from_machine_id": id, "to_machine_id": to, "created_at": now}),
            ))
        }
        ("DELETE", ["machines", id, "scopes", to]) => {
            let machine = call
                .store()
                .machines
                .get_mut(*id)
                .ok_or_else(|| Failure::not_found("machine"))?;
            machine.scoped_machines.retain(|scoped| scoped != to);
            Ok(Reply::json(
                &json!({"object": "machine_scope", "from_machine_id": id, "to_machine_id": to, "deleted": true}),
            ))
        }
        _ => Err(unknown_route()),
    }
}

fn list(call: &mut Call<'_>) -> Outcome<Reply> {
    let (field, descending) = call.order(&["name", "created_at"], "-created_at")?;
    let search = call
        .request
        .query
        .get("query")
        .unwrap_or_default()
        .to_lowercase();
    let store = &call.state.store;
    let mut machines: Vec<&Machine> = store
        .machines
        .values()
        .filter(|machine| machine.id == search || machine.name.to_lowercase().contains(&search))
        .collect();
    match field {
        "name" => sort_by(&mut machines, descending, |machine| machine.name.clone()),
        _ => sort_by(&mut machines, descending, |machine| machine.sequence),
    }
    call.counted(machines, |machine| store.machine_json(machine))
}

fn create(call: &mut Call<'_>, body: &Body) -> Outcome<Reply> {
    let now = call.now;
    let store = call.store();
    let scoped = body.texts("scoped_machines");
    for id in &scoped {
        store.machine(id)?;
    }
    let machine = Machine {
        id: store.ids.next("mch_"),
        sequence: store.next_sequence(),
        name: body.required("name")?.to_owned(),
        secret_key: store.ids.next("ak_"),
        scoped_machines: scoped.into_iter().map(str::to_owned).collect(),
        default_token_ttl: body.number("default_token_ttl").unwrap_or(3_600),
        created_at: now,
        updated_at: now,
    };
    store.machines.insert(machine.id.clone(), machine.clone());
    let mut value = store.machine_json(&machine);
    if let Some(members) = value.as_object_mut() {
        members.insert("secret_key".to_owned(), machine.secret_key.into());
    }
    Ok(Reply::json(&value))
}
