//! Users: create, read, update, delete, and what is done to them.

use serde_json::{Value, json};

use super::members::membership_list;
use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::{Json, Store, User, deleted, merge_metadata, taken};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    match (call.method(), path) {
        ("POST", ["users"]) => create(call),
        ("POST", ["users", "ban"]) => ban_many(call, true),
        ("POST", ["users", "unban"]) => ban_many(call, false),
        ("GET", ["users", id]) => Ok(Reply::json(&call.store().user(id)?.to_json())),
        ("PATCH", ["users", id]) => update(call, id),
        ("DELETE", ["users", id]) => {
            call.store().delete_user(id, now)?;
            Ok(Reply::json(&deleted("user", id)))
        }
        ("PATCH", ["users", id, "metadata"]) => {
            change(call, id, |user| write_metadata(user, &body, true))
        }
        ("PUT", ["users", id, "metadata"]) => {
            change(call, id, |user| write_metadata(user, &body, false))
        }
        ("POST", ["users", id, "ban"]) => ban(call, id, true),
        ("POST", ["users", id, "unban"]) => ban(call, id, false),
        ("POST", ["users", id, "lock"]) => change(call, id, |user| user.locked = true),
        ("POST", ["users", id, "unlock"]) => change(call, id, |user| user.locked = false),
        ("POST", ["users", id, "verify_password"]) => verify_password(call, id, &body),
        ("POST", ["users", id, "verify_totp"]) => {
            call.store().user(id)?;
            Err(Failure::new(
                400,
                "totp_not_enabled",
                "the user has no authenticator app",
            ))
        }
        ("POST", ["users", id, "remove_password"]) => change(call, id, |user| user.password = None),
        ("POST", ["users", id, "password", "set_compromised"]) => {
            let reply = change(call, id, |user| user.password_compromised = true)?;
            if body.flag("revoke_all_sessions") {
                call.store().end_sessions_of(id, "revoked", now);
            }
            Ok(reply)
        }
        ("POST", ["users", id, "password", "unset_compromised"]) => {
            change(call, id, |user| user.password_compromised = false)
        }
        ("DELETE", ["users", id, "mfa" | "totp" | "backup_code"]) => {
            call.store().user(id)?;
            Ok(Reply::json(&json!({"user_id": id})))
        }
        ("DELETE", ["users", id, "profile_image"]) => change(call, id, |_| ()),
        ("GET", ["users", id, "organization_memberships"]) => {
            let id = call.store().user(id)?.id.clone();
            membership_list(call, |membership| membership.user_id == id)
        }
        ("GET", ["users", id, "organization_invitations"]) => org_invitations(call, id),
        ("GET", ["users", id, "oauth_access_tokens", _]) => {
            call.store().user(id)?;
            call.listed(Vec::<Value>::new(), |value| value)
        }
        ("PUT", ["users", id, "email_address"]) => replace_email(call, id, &body),
        ("PUT", ["users", id, "phone_number"]) => replace_phone(call, id, &body),
        _ => Err(unknown_route()),
    }
}

fn create(call: &mut Call<'_>) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    let skip_checks = body.flag("skip_password_checks");
    let store = call.store();
    let mut user = store.blank_user(now);
    let statuses = body.texts("email_address_identification_status");
    for (index, address) in body.texts("email_address").into_iter().enumerate() {
        let verified = statuses
            .get(index)
            .is_none_or(|status| *status == "verified");
        let email = store.new_email(address, verified, now)?;
        user.primary_email.get_or_insert_with(|| email.id.clone());
        user.emails.push(email);
    }
    for number in body.texts("phone_number") {
        let phone = store.new_phone(number, true, now)?;
        user.primary_phone.get_or_insert_with(|| phone.id.clone());
        user.phones.push(phone);
    }
    write_profile(store, &mut user, &body, skip_checks)?;
    if user.emails.is_empty() && user.phones.is_empty() && user.username.is_none() {
        return Err(Failure::new(
            422,
            "form_data_missing",
            "an e-mail address, a phone number or a username is required",
        ));
    }
    write_metadata(&mut user, &body, false);
    let value = user.to_json();
    store.create_user(user, now);
    Ok(Reply::json(&value))
}

fn update(call: &mut Call<'_>, id: &str) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    let store = call.store();
    let mut user = store.user(id)?.clone();
    write_profile(store, &mut user, &body, body.flag("skip_password_checks"))?;
    if let Some(email) = body.text("primary_email_address_id") {
        if !user.emails.iter().any(|own| own.id == email) {
            return Err(Failure::not_found("e-mail address").param("primary_email_address_id"));
        }
        user.primary_email = Some(email.to_owned());
    }
    if let Some(phone) = body.text("primary_phone_number_id") {
        if !user.phones.iter().any(|own| own.id == phone) {
            return Err(Failure::not_found("phone number").param("primary_phone_number_id"));
        }
        user.primary_phone = Some(phone.to_owned());
    }
    write_metadata(&mut user, &body, false);
    if body.flag("sign_out_of_other_sessions") {
        store.end_sessions_of(id, "revoked", now);
    }
    Ok(Reply::json(&store.update_user(user, now).to_json()))
}

/// Names, username, external id and password; `null` clears.
fn write_profile(store: &Store, user: &mut User, body: &Body, skip_checks: bool) -> Outcome<()> {
    for name in ["first_name", "last_name", "username", "external_id"] {
        let Some(value) = body.value(name) else {
            continue;
        };
        let text = value
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned);
        let slot = match name {
            "first_name" => &mut user.first_name,
            "last_name" => &mut user.last_name,
            "username" => &mut user.username,
            _ => &mut user.external_id,
        };
        *slot = text;
    }
    if let Some(username) = &user.username {
        let other = store
            .user_by_identifier(username)
            .filter(|other| other.id != user.id);
        if other.is_some() {
            return Err(taken("username"));
        }
    }
    if let Some(external_id) = &user.external_id
        && store
            .users
            .values()
            .any(|other| other.id != user.id && other.external_id.as_ref() == Some(external_id))
    {
        return Err(taken("external_id"));
    }
    if let Some(password) = body.text("password") {
        if !skip_checks && password.chars().count() < 8 {
            return Err(Failure::new(
                422,
                "form_password_length_too_short",
                "the password has less than 8 characters",
            )
            .param("password"));
        }
        user.password = Some(password.to_owned());
        user.password_compromised = false;
    } else if let Some(digest) = body.text("password_digest") {
        body.required("password_hasher")?;
        // Kept, never matched: only its presence shows.
        user.password = Some(format!("digest:{digest}"));
    }
    Ok(())
}

/// Merges or replaces the three kinds of metadata.
fn write_metadata(user: &mut User, body: &Body, merge: bool) {
    let write = |target: &mut Json, name: &str| {
        let Some(value) = body.object(name) else {
            return;
        };
        if !merge {
            target.clear();
        }
        merge_metadata(target, value);
    };
    write(&mut user.public_metadata, "public_metadata");
    write(&mut user.private_metadata, "private_metadata");
    write(&mut user.unsafe_metadata, "unsafe_metadata");
}

fn change(call: &mut Call<'_>, id: &str, change: impl FnOnce(&mut User)) -> Outcome<Reply> {
    let now = call.now;
    let mut user = call.store().user(id)?.clone();
    change(&mut user);
    Ok(Reply::json(&call.store().update_user(user, now).to_json()))
}

fn ban(call: &mut Call<'_>, id: &str, banned: bool) -> Outcome<Reply> {
    let now = call.now;
    let reply = change(call, id, |user| user.banned = banned)?;
    if banned {
        call.store().end_sessions_of(id, "revoked", now);
    }
    Ok(reply)
}

fn ban_many(call: &mut Call<'_>, banned: bool) -> Outcome<Reply> {
    let body = call.body()?;
    let ids = body.texts("user_ids");
    for id in &ids {
        call.store().user(id)?;
    }
    let mut users = Vec::new();
    for id in ids {
        ban(call, id, banned)?;
        users.push(call.store().user(id)?.to_json());
    }
    Ok(Reply::json(&users.into()))
}

fn verify_password(call: &mut Call<'_>, id: &str, body: &Body) -> Outcome<Reply> {
    let password = body.required("password")?;
    let user = call.store().user(id)?;
    match &user.password {
        None => Err(Failure::new(
            400,
            "no_password_set",
            "the user has no password",
        )),
        Some(own) if own == password => Ok(Reply::json(&json!({"verified": true}))),
        Some(_) => {
            Err(Failure::new(422, "incorrect_password", "the password is wrong").param("password"))
        }
    }
}

fn org_invitations(call: &mut Call<'_>, id: &str) -> Outcome<Reply> {
    let statuses: Vec<String> = call
        .request
        .query
        .list("status")
        .into_iter()
        .map(str::to_owned)
        .collect();
    let store = &call.state.store;
    let user = store.user(id)?;
    let mut invitations: Vec<_> = store
        .org_invitations
        .values()
        .filter(|invitation| user.is_identified_by(&invitation.email_address))
        .filter(|invitation| statuses.is_empty() || statuses.contains(&invitation.status))
        .collect();
    invitations.sort_by_key(|invitation| invitation.sequence);
    call.counted(invitations, |invitation| {
        store.org_invitation_with_organization_json(invitation)
    })
}

fn replace_email(call: &mut Call<'_>, id: &str, body: &Body) -> Outcome<Reply> {
    let now = call.now;
    let mut user = call.store().user(id)?.clone();
    let email = call
        .store()
        .new_email(body.required("email_address")?, true, now)?;
    user.primary_email = Some(email.id.clone());
    let value = email.to_json();
    user.emails = vec![email];
    call.store().update_user(user, now);
    Ok(Reply::json(&value))
}

fn replace_phone(call: &mut Call<'_>, id: &str, body: &Body) -> Outcome<Reply> {
    let now = call.now;
    let mut user = call.store().user(id)?.clone();
    let phone = call
        .store()
        .new_phone(body.required("phone_number")?, true, now)?;
    user.primary_phone = Some(phone.id.clone());
    let value = phone.to_json();
    user.phones = vec![phone];
    call.store().update_user(user, now);
    Ok(Reply::json(&value))
}
