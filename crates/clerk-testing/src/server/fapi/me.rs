//! The signed-in user: profile and organizations.

use serde_json::{Value, json};

use super::browser::identify;
use super::shapes::{hide_private, memberships_json, user_json};
use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::Reply;
use crate::server::store::Json;

pub(super) fn route(call: &mut Call<'_>, method: &str, path: &[&str]) -> Outcome<Reply> {
    let browser = identify(call)?;
    let session = call
        .request
        .query
        .get("_clerk_session_id")
        .map(str::to_owned);
    let session = match session {
        Some(id) => browser.session(call, &id).ok(),
        None => browser.active_session(call),
    };
    let session = session
        .ok_or_else(|| Failure::new(401, "authentication_invalid", "nobody is signed in"))?;
    let user_id = session.user_id;
    let (now, body) = (call.now, call.body()?);
    let value = match (method, path) {
        ("GET", ["me"]) => user_json(&call.state.store, call.state.store.user(&user_id)?),
        ("PATCH", ["me"]) => {
            let mut user = call.store().user(&user_id)?.clone();
            for (name, slot) in [
                ("first_name", &mut user.first_name),
                ("last_name", &mut user.last_name),
                ("username", &mut user.username),
            ] {
                if let Some(value) = body.value(name) {
                    *slot = value
                        .as_str()
                        .filter(|text| !text.is_empty())
                        .map(str::to_owned);
                }
            }
            // Forms carry objects as JSON texts.
            let metadata: Option<Json> = match body.value("unsafe_metadata") {
                Some(Value::String(text)) => serde_json::from_str(text).ok(),
                Some(Value::Object(members)) => Some(members.clone()),
                _ => None,
            };
            if let Some(metadata) = metadata {
                user.unsafe_metadata = metadata;
            }
            let user = call.store().update_user(user, now);
            user_json(&call.state.store, &user)
        }
        ("GET", ["me", "organization_memberships"]) => {
            let data = memberships_json(&call.state.store, &user_id);
            json!({"total_count": data.len(), "data": call.page(data)?})
        }
        (
            "GET",
            [
                "me",
                "organization_invitations" | "organization_suggestions",
            ],
        ) => json!({"data": [], "total_count": 0}),
        ("POST", ["organizations"]) => {
            let name = body.required("name")?;
            let org =
                call.store()
                    .create_organization(name, body.text("slug"), Some(&user_id), now)?;
            let mut value = call.state.store.organization_json(&org);
            hide_private(&mut value);
            value
        }
        ("GET", ["organizations", id]) => {
            let store = &call.state.store;
            let org = store.organization(id)?;
            store
                .membership(&org.id, &user_id)
                .ok_or_else(|| Failure::not_found("organization"))?;
            let mut value = store.organization_json(org);
            hide_private(&mut value);
            value
        }
        _ => return Err(unknown_route()),
    };
    browser.wrap(call, &value)
}
