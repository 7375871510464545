//! E-mail addresses and phone numbers of users.

use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::{User, deleted};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let body = call.body()?;
    match (call.method(), path) {
        ("POST", ["email_addresses"]) => create_email(call, &body),
        ("POST", ["phone_numbers"]) => create_phone(call, &body),
        ("GET", [_, id]) => {
            let user = owner(call, id)?;
            answer(&user, id)
        }
        ("PATCH", [_, id]) => update(call, id, &body),
        ("DELETE", [kind, id]) => {
            let mut user = owner(call, id)?;
            user.emails.retain(|email| email.id != *id);
            user.phones.retain(|phone| phone.id != *id);
            if user.primary_email.as_deref() == Some(id) {
                user.primary_email = user.emails.first().map(|email| email.id.clone());
            }
            if user.primary_phone.as_deref() == Some(id) {
                user.primary_phone = user.phones.first().map(|phone| phone.id.clone());
            }
            let now = call.now;
            call.store().update_user(user, now);
            let object = if *kind == "email_addresses" {
                "email_address"
            } else {
                "phone_number"
            };
            Ok(Reply::json(&deleted(object, id)))
        }
        _ => Err(unknown_route()),
    }
}

fn create_email(call: &mut Call<'_>, body: &Body) -> Outcome<Reply> {
    let now = call.now;
    let mut user = call.store().user(body.required("user_id")?)?.clone();
    let email =
        call.store()
            .new_email(body.required("email_address")?, body.flag("verified"), now)?;
    if body.flag("primary") || user.primary_email.is_none() {
        user.primary_email = Some(email.id.clone());
    }
    let value = email.to_json();
    user.emails.push(email);
    call.store().update_user(user, now);
    Ok(Reply::json(&value))
}

fn create_phone(call: &mut Call<'_>, body: &Body) -> Outcome<Reply> {
    let now = call.now;
    let mut user = call.store().user(body.required("user_id")?)?.clone();
    let mut phone =
        call.store()
            .new_phone(body.required("phone_number")?, body.flag("verified"), now)?;
    phone.second_factor = body.flag("reserved_for_second_factor");
    if body.flag("primary") || user.primary_phone.is_none() {
        user.primary_phone = Some(phone.id.clone());
    }
    let value = phone.to_json();
    user.phones.push(phone);
    call.store().update_user(user, now);
    Ok(Reply::json(&value))
}

fn update(call: &mut Call<'_>, id: &str, body: &Body) -> Outcome<Reply> {
    let now = call.now;
    let mut user = owner(call, id)?;
    for email in user.emails.iter_mut().filter(|email| email.id == id) {
        if body.value("verified").is_some() {
            email.verified = body.flag("verified");
        }
        email.updated_at = now;
        if body.flag("primary") {
            user.primary_email = Some(id.to_owned());
        }
    }
    for phone in user.phones.iter_mut().filter(|phone| phone.id == id) {
        if body.value("verified").is_some() {
            phone.verified = body.flag("verified");
        }
        if body.value("reserved_for_second_factor").is_some() {
            phone.second_factor = body.flag("reserved_for_second_factor");
        }
        phone.updated_at = now;
        if body.flag("primary") {
            user.primary_phone = Some(id.to_owned());
        }
    }
    let user = call.store().update_user(user, now);
    answer(&user, id)
}

/// The user an address or number belongs to.
fn owner(call: &Call<'_>, id: &str) -> Outcome<User> {
    let owns = |user: &&User| {
        user.emails.iter().any(|email| email.id == id)
            || user.phones.iter().any(|phone| phone.id == id)
    };
    call.state
        .store
        .users
        .values()
        .find(owns)
        .cloned()
        .ok_or_else(|| Failure::not_found("address or number"))
}

fn answer(user: &User, id: &str) -> Outcome<Reply> {
    let email = user
        .emails
        .iter()
        .find(|email| email.id == id)
        .map(crate::server::store::EmailAddress::to_json);
    let phone = user
        .phones
        .iter()
        .find(|phone| phone.id == id)
        .map(crate::server::store::PhoneNumber::to_json);
    email
        .or(phone)
        .map(|value| Reply::json(&value))
        .ok_or_else(|| Failure::not_found("address or number"))
}
