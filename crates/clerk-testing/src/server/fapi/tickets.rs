//! Addresses that sign a browser in: those of agent tasks.

use serde_json::Value;

use super::browser::{known, new_client};
use super::handshake::loopback_url;
use crate::server::call::Call;
use crate::server::cookies;
use crate::server::failure::{Failure, Outcome};
use crate::server::http::Reply;

/// `GET /v1/tickets/accept`: starts the session of the ticket, and sends the browser on as one that is signed in.
pub(super) fn accept(call: &mut Call<'_>) -> Outcome<Reply> {
    let now = call.now;
    let text = call
        .request
        .query
        .get("ticket")
        .unwrap_or_default()
        .to_owned();
    let used = || {
        Failure::new(
            400,
            "ticket_invalid_code",
            "the ticket is unknown, used or expired",
        )
        .param("ticket")
    };
    let store = &call.state.store;
    let ticket = store.sign_in_tokens.values().find(|ticket| {
        ticket.token == text && ticket.status == "pending" && ticket.expires_at > now
    });
    let (ticket_id, user_id) = ticket
        .map(|ticket| (ticket.id.clone(), ticket.user_id.clone()))
        .ok_or_else(used)?;
    let is_of = |record: &&serde_json::Map<String, Value>| {
        record.get("ticket_id").and_then(Value::as_str) == Some(&ticket_id)
    };
    let task = store
        .records("agent_tasks")
        .iter()
        .find(is_of)
        .ok_or_else(used)?;
    let text = |name: &str| task.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut url = loopback_url(text("redirect_url"))?;
    let task_id = text("id").to_owned();

    let (client_id, token) = match known(call) {
        Some(id) => {
            let client = call.state.store.clients.get(&id);
            let token = client.and_then(|client| client.token.clone());
            (id, token.unwrap_or_default())
        }
        None => new_client(call),
    };
    let store = call.store();
    store.start_session(&user_id, Some(&client_id), now)?;
    store
        .record_mut("agent_tasks", &task_id)?
        .insert("status".to_owned(), "accepted".into());
    if let Some(ticket) = store.sign_in_tokens.get_mut(&ticket_id) {
        "accepted".clone_into(&mut ticket.status);
        ticket.updated_at = now;
    }
    if call.world.settings.live_shaped {
        let mut reply = Reply::redirect(url.as_str());
        reply.add("set-cookie", &cookies::client(&token));
        let client = call.state.store.clients.get(&client_id);
        for cookie in client
            .into_iter()
            .flat_map(|client| cookies::client_uat(call, client))
        {
            reply.add("set-cookie", &cookie);
        }
        Ok(reply)
    } else {
        url.set_query_param("__clerk_db_jwt", &token);
        Ok(Reply::redirect(url.as_str()))
    }
}
