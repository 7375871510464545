//! Agent tasks: addresses that sign a browser in as a user.

use serde_json::{Map, Value, json};

use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::Reply;
use crate::server::store::SignInToken;

const COLLECTION: &str = "agent_tasks";

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    match (call.method(), path) {
        ("POST", ["agents", "tasks"]) => create(call),
        ("POST", ["agents", "tasks", id, "revoke"]) => {
            let now = call.now;
            let store = call.store();
            let record = store.record_mut(COLLECTION, id)?;
            if record.get("status").and_then(Value::as_str) != Some("pending") {
                return Err(Failure::new(
                    400,
                    "agent_task_not_pending",
                    "the agent task is not pending any more",
                ));
            }
            record.insert("status".to_owned(), "revoked".into());
            let shown = shown(record);
            let ticket = record
                .get("ticket_id")
                .and_then(Value::as_str)
                .map(str::to_owned);
            if let Some(token) = ticket.and_then(|id| store.sign_in_tokens.get_mut(&id)) {
                "revoked".clone_into(&mut token.status);
                token.updated_at = now;
            }
            Ok(Reply::json(&shown))
        }
        _ => Err(unknown_route()),
    }
}

fn create(call: &mut Call<'_>) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    let who = body
        .object("on_behalf_of")
        .ok_or_else(|| Failure::missing_parameter("on_behalf_of"))?;
    let text = |name: &str| who.get(name).and_then(Value::as_str);
    let user_id = match (text("user_id"), text("identifier")) {
        (Some(id), None) => call.store().user(id)?.id.clone(),
        (None, Some(identifier)) => {
            let user = call.store().user_by_identifier(identifier);
            user.ok_or_else(|| Failure::not_found("user"))?.id.clone()
        }
        _ => {
            return Err(Failure::invalid_parameter(
                "on_behalf_of",
                "takes either user_id or identifier",
            ));
        }
    };
    if body.required("permissions")? != "*" {
        return Err(Failure::invalid_parameter("permissions", "must be *"));
    }
    let agent = body.required("agent_name")?;
    body.required("task_description")?;
    let redirect_url = body.required("redirect_url")?.to_owned();
    let frontend = call.world.origin(call.world.frontend_port);
    // The same agent has the same id in every task.
    let digest = clerk_core::crypto::sha256(agent.as_bytes());
    let agent_id: String = digest
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let store = call.store();
    let ticket = SignInToken {
        id: store.ids.next("sit_"),
        user_id,
        token: store.ids.next("ticket_"),
        status: "pending".to_owned(),
        expires_at: now.saturating_add(1_800_000),
        created_at: now,
        updated_at: now,
    };
    let url = format!("{frontend}/v1/tickets/accept?ticket={}", ticket.token);
    let members = json!({
        "agent_id": format!("agent_{agent_id}"),
        "status": "pending",
        "ticket_id": ticket.id,
        "redirect_url": redirect_url,
    });
    store.sign_in_tokens.insert(ticket.id.clone(), ticket);
    let members = members.as_object().cloned().unwrap_or_default();
    let record = store.add_record(COLLECTION, "agent_task", "agt_", members, now);
    let mut shown = shown(&record);
    if let Some(members) = shown.as_object_mut() {
        members.insert("url".to_owned(), url.into());
    }
    Ok(Reply::json(&shown))
}

/// A task as it looks on the wire. Its address is shown once.
fn shown(record: &Map<String, Value>) -> Value {
    json!({
        "object": "agent_task",
        "agent_id": record.get("agent_id"),
        "agent_task_id": record.get("id"),
        "task_id": record.get("id"),
    })
}
