//! Invitations into the application, and who may sign up.

use crate::server::call::{Call, sort_by, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::{Identifier, Invitation, Json, deleted, taken};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let now = call.now;
    match (call.method(), path) {
        ("GET", ["invitations"]) => list(call),
        ("POST", ["invitations"]) => {
            let body = call.body()?;
            Ok(Reply::json(&invite(call, &body)?.to_json()))
        }
        ("POST", ["invitations", "bulk"]) => {
            let mut created = Vec::new();
            for body in call.request.body_list()? {
                created.push(invite(call, &body)?.to_json());
            }
            Ok(Reply::json(&created.into()))
        }
        ("POST", ["invitations", id, "revoke"]) => {
            let invitation = call
                .store()
                .invitations
                .get_mut(*id)
                .ok_or_else(|| Failure::not_found("invitation"))?;
            if invitation.status != "pending" {
                return Err(Failure::new(
                    400,
                    "invitation_not_pending",
                    "the invitation is not pending any more",
                ));
            }
            invitation.status = "revoked".to_owned();
            invitation.updated_at = now;
            Ok(Reply::json(&invitation.to_json()))
        }
        ("DELETE", ["invitations", id]) => {
            call.store()
                .invitations
                .remove(*id)
                .ok_or_else(|| Failure::not_found("invitation"))?;
            Ok(Reply::json(&deleted("invitation", id)))
        }
        _ => Err(unknown_route()),
    }
}

fn list(call: &mut Call<'_>) -> Outcome<Reply> {
    let (field, descending) = call.order(
        &["created_at", "email_address", "expires_at"],
        "-created_at",
    )?;
    let query = &call.request.query;
    let search = query.get("query").unwrap_or_default().to_lowercase();
    let statuses = query.list("status");
    let mut invitations: Vec<&Invitation> = call
        .state
        .store
        .invitations
        .values()
        .filter(|invitation| statuses.is_empty() || statuses.contains(&invitation.status.as_str()))
        .filter(|invitation| invitation.email_address.contains(&search) || invitation.id == search)
        .collect();
    match field {
        "email_address" => sort_by(&mut invitations, descending, |invitation| {
            invitation.email_address.clone()
        }),
        "expires_at" => sort_by(&mut invitations, descending, |invitation| {
            invitation.expires_at
        }),
        _ => sort_by(&mut invitations, descending, |invitation| {
            invitation.sequence
        }),
    }
    call.listed(invitations, Invitation::to_json)
}

fn invite(call: &mut Call<'_>, body: &Body) -> Outcome<Invitation> {
    let now = call.now;
    let store = call.store();
    let email = body.required("email_address")?.to_ascii_lowercase();
    if !body.flag("ignore_existing") {
        if store.user_by_identifier(&email).is_some() {
            return Err(taken("email_address"));
        }
        let pending = |invitation: &&Invitation| {
            invitation.status == "pending" && invitation.email_address == email
        };
        if store
            .invitations
            .values()
            .any(|invitation| pending(&invitation))
        {
            return Err(Failure::new(
                400,
                "duplicate_record",
                "that address has been invited already",
            )
            .param("email_address"));
        }
    }
    let invitation = Invitation {
        id: store.ids.next("inv_"),
        sequence: store.next_sequence(),
        email_address: email,
        status: "pending".to_owned(),
        public_metadata: body
            .object("public_metadata")
            .cloned()
            .unwrap_or_else(Json::new),
        expires_at: Some(
            now + body
                .number("expires_in_days")
                .unwrap_or(30)
                .saturating_mul(86_400_000),
        ),
        created_at: now,
        updated_at: now,
    };
    store
        .invitations
        .insert(invitation.id.clone(), invitation.clone());
    Ok(invitation)
}

/// The allow list and the block list.
pub(super) fn lists(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    let is_allowlist = path.first() == Some(&"allowlist_identifiers");
    let object = if is_allowlist {
        "allowlist_identifier"
    } else {
        "blocklist_identifier"
    };
    match (call.method(), path) {
        ("GET", [_]) => {
            let store = &call.state.store;
            let list = if is_allowlist {
                &store.allowlist
            } else {
                &store.blocklist
            };
            let mut entries: Vec<&Identifier> = list.values().collect();
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.created_at));
            if is_allowlist {
                call.listed(entries, |entry| entry.to_json(object))
            } else {
                call.counted(entries, |entry| entry.to_json(object))
            }
        }
        ("POST", [_]) => {
            let identifier = body.required("identifier")?.to_ascii_lowercase();
            let store = call.store();
            let id = store.ids.next(if is_allowlist { "alid_" } else { "blid_" });
            let list = if is_allowlist {
                &mut store.allowlist
            } else {
                &mut store.blocklist
            };
            if list.values().any(|entry| entry.identifier == identifier) {
                return Err(
                    Failure::new(400, "duplicate_record", "the identifier is in the list")
                        .param("identifier"),
                );
            }
            let entry = Identifier {
                id,
                identifier,
                created_at: now,
            };
            list.insert(entry.id.clone(), entry.clone());
            Ok(Reply::json(&entry.to_json(object)))
        }
        ("DELETE", [_, id]) => {
            let store = call.store();
            let list = if is_allowlist {
                &mut store.allowlist
            } else {
                &mut store.blocklist
            };
            list.remove(*id)
                .ok_or_else(|| Failure::not_found("identifier"))?;
            Ok(Reply::json(&deleted(object, id)))
        }
        _ => Err(unknown_route()),
    }
}
