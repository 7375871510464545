//! Memberships of organizations, and invitations into them.

use serde_json::{Value, json};

use crate::server::call::{Call, sort_by, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::{Json, Membership, OrgInvitation, merge_metadata};

/// Thirty days, in milliseconds.
const INVITATION_LIFETIME_MS: i64 = 30 * 24 * 3_600_000;

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let org_id = match path {
        ["organizations", id, ..] => call.store().organization(id)?.id.clone(),
        _ => String::new(),
    };
    match (call.method(), path) {
        ("GET", ["organization_memberships"]) => membership_list(call, |_| true),
        ("GET", ["organization_invitations"]) => invitation_list(call, None),
        ("GET", ["organizations", _, "memberships"]) => {
            membership_list(call, |member| member.org_id == org_id)
        }
        ("POST", ["organizations", _, "memberships"]) => {
            let (now, body) = (call.now, call.body()?);
            let (user, role) = (body.required("user_id")?, body.required("role")?);
            let member = call.store().add_member(&org_id, user, role, now)?;
            let id = member.id.clone();
            write_metadata(&mut call.store().memberships, &id, &body);
            membership_reply(call, &org_id, user)
        }
        ("PATCH", ["organizations", _, "memberships", user]) => {
            let body = call.body()?;
            let role = body.required("role")?.to_owned();
            let permissions = call.store().role(&role)?.permissions.clone();
            change_member(call, &org_id, user, |member| {
                member.role = role;
                member.permissions = permissions;
            })
        }
        ("PATCH", ["organizations", _, "memberships", user, "metadata"]) => {
            let body = call.body()?;
            change_member(call, &org_id, user, |member| {
                merge(&mut member.public_metadata, &body, "public_metadata");
                merge(&mut member.private_metadata, &body, "private_metadata");
            })
        }
        ("DELETE", ["organizations", _, "memberships", user]) => {
            let now = call.now;
            let store = call.store();
            let member = store.membership_mut(&org_id, user)?.clone();
            let value = store.membership_json(&member);
            store.memberships.remove(&member.id);
            store
                .outbox
                .emit("organizationMembership.deleted", value.clone(), now);
            Ok(Reply::json(&value))
        }
        ("GET", ["organizations", _, "invitations"]) => invitation_list(call, Some(&org_id)),
        ("POST", ["organizations", _, "invitations"]) => {
            let body = call.body()?;
            let invitation = invite(call, &org_id, &body)?;
            Ok(Reply::json(
                &call.state.store.org_invitation_json(&invitation),
            ))
        }
        ("POST", ["organizations", _, "invitations", "bulk"]) => {
            let mut data = Vec::new();
            for body in call.request.body_list()? {
                let invitation = invite(call, &org_id, &body)?;
                data.push(call.state.store.org_invitation_json(&invitation));
            }
            Ok(Reply::json(
                &json!({"total_count": data.len(), "data": data}),
            ))
        }
        ("GET", ["organizations", _, "invitations", id]) => {
            let store = &call.state.store;
            let invitation = store.org_invitation(&org_id, id)?;
            Ok(Reply::json(&store.org_invitation_json(invitation)))
        }
        ("POST", ["organizations", _, "invitations", id, "revoke"]) => revoke(call, &org_id, id),
        _ => Err(unknown_route()),
    }
}

/// The memberships that fit, filtered and ordered as the query asks.
pub(super) fn membership_list(
    call: &mut Call<'_>,
    fits: impl Fn(&Membership) -> bool,
) -> Outcome<Reply> {
    let (field, descending) = call.order(
        &[
            "created_at",
            "updated_at",
            "phone_number",
            "email_address",
            "first_name",
            "last_name",
            "username",
        ],
        "-created_at",
    )?;
    let query = &call.request.query;
    let store = &call.state.store;
    let (roles, users) = (query.list("role"), query.list("user_id"));
    let search = query.get("query").unwrap_or_default().to_lowercase();
    let user = |member: &Membership| store.users.get(&member.user_id);
    let mut members: Vec<&Membership> = store
        .memberships
        .values()
        .filter(|member| fits(member))
        .filter(|member| roles.is_empty() || roles.contains(&member.role.as_str()))
        .filter(|member| users.is_empty() || users.contains(&member.user_id.as_str()))
        .filter(|member| {
            search.is_empty() || user(member).is_some_and(|user| user.is_found_by(&search))
        })
        .collect();
    match field {
        "created_at" => sort_by(&mut members, descending, |member| {
            (member.created_at, member.sequence)
        }),
        "updated_at" => sort_by(&mut members, descending, |member| {
            (member.updated_at, member.sequence)
        }),
        _ => sort_by(&mut members, descending, |member| {
            let user = user(member)?;
            match field {
                "phone_number" => user.phones.first().map(|phone| phone.number.clone()),
                "email_address" => user.primary_email_address().map(str::to_owned),
                "first_name" => user.first_name.clone(),
                "last_name" => user.last_name.clone(),
                _ => user.username.clone(),
            }
        }),
    }
    call.counted(members, |member| store.membership_json(member))
}

fn write_metadata(
    members: &mut std::collections::BTreeMap<String, Membership>,
    id: &str,
    body: &Body,
) {
    if let Some(member) = members.get_mut(id) {
        merge(&mut member.public_metadata, body, "public_metadata");
        merge(&mut member.private_metadata, body, "private_metadata");
    }
}

fn merge(target: &mut Json, body: &Body, name: &str) {
    if let Some(value) = body.object(name) {
        merge_metadata(target, value);
    }
}

fn change_member(
    call: &mut Call<'_>,
    org: &str,
    user: &str,
    change: impl FnOnce(&mut Membership),
) -> Outcome<Reply> {
    let now = call.now;
    let member = call.store().membership_mut(org, user)?;
    change(member);
    member.updated_at = now;
    let member = member.clone();
    let value = call.store().membership_json(&member);
    call.store()
        .outbox
        .emit("organizationMembership.updated", value.clone(), now);
    Ok(Reply::json(&value))
}

fn membership_reply(call: &Call<'_>, org: &str, user: &str) -> Outcome<Reply> {
    let store = &call.state.store;
    let member = store
        .membership(org, user)
        .ok_or_else(|| Failure::not_found("organization membership"))?;
    Ok(Reply::json(&store.membership_json(member)))
}

fn invitation_list(call: &mut Call<'_>, org: Option<&str>) -> Outcome<Reply> {
    let query = &call.request.query;
    let statuses = query.list("status");
    let store = &call.state.store;
    let mut invitations: Vec<&OrgInvitation> = store
        .org_invitations
        .values()
        .filter(|invitation| org.is_none_or(|org| invitation.org_id == org))
        .filter(|invitation| statuses.is_empty() || statuses.contains(&invitation.status.as_str()))
        .collect();
    invitations.sort_by_key(|invitation| std::cmp::Reverse(invitation.sequence));
    call.counted(invitations, |invitation| match org {
        Some(_) => store.org_invitation_json(invitation),
        None => store.org_invitation_with_organization_json(invitation),
    })
}

fn invite(call: &mut Call<'_>, org: &str, body: &Body) -> Outcome<OrgInvitation> {
    let now = call.now;
    let store = call.store();
    let (email, role) = (body.required("email_address")?, body.required("role")?);
    store.role(role)?;
    let inviter = body.text("inviter_user_id");
    if let Some(inviter) = inviter {
        store.user(inviter)?;
    }
    let pending = |invitation: &&OrgInvitation| {
        invitation.org_id == org
            && invitation.status == "pending"
            && invitation.email_address.eq_ignore_ascii_case(email)
    };
    if store
        .org_invitations
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
    if store
        .user_by_identifier(email)
        .is_some_and(|user| store.membership(org, &user.id).is_some())
    {
        return Err(Failure::new(
            400,
            "already_a_member_in_organization",
            "that address is a member already",
        )
        .param("email_address"));
    }
    let mut invitation = OrgInvitation {
        id: store.ids.next("orginv_"),
        sequence: store.next_sequence(),
        org_id: org.to_owned(),
        email_address: email.to_ascii_lowercase(),
        role: role.to_owned(),
        inviter_id: inviter.map(str::to_owned),
        status: "pending".to_owned(),
        public_metadata: Json::new(),
        private_metadata: Json::new(),
        expires_at: now
            + body
                .number("expires_in_days")
                .map_or(INVITATION_LIFETIME_MS, |days| {
                    days.saturating_mul(86_400_000)
                }),
        created_at: now,
        updated_at: now,
    };
    merge(&mut invitation.public_metadata, body, "public_metadata");
    merge(&mut invitation.private_metadata, body, "private_metadata");
    store
        .org_invitations
        .insert(invitation.id.clone(), invitation.clone());
    let value: Value = store.org_invitation_json(&invitation);
    store
        .outbox
        .emit("organizationInvitation.created", value, now);
    Ok(invitation)
}

fn revoke(call: &mut Call<'_>, org: &str, id: &str) -> Outcome<Reply> {
    let now = call.now;
    let store = call.store();
    let mut invitation = store.org_invitation(org, id)?.clone();
    if invitation.status != "pending" {
        return Err(Failure::new(
            400,
            "organization_invitation_not_pending",
            "the invitation is not pending any more",
        ));
    }
    invitation.status = "revoked".to_owned();
    invitation.updated_at = now;
    store
        .org_invitations
        .insert(invitation.id.clone(), invitation.clone());
    let value = store.org_invitation_json(&invitation);
    store
        .outbox
        .emit("organizationInvitation.revoked", value.clone(), now);
    Ok(Reply::json(&value))
}
