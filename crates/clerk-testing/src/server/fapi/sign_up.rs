//! Signing up.

use super::VERIFICATION_CODE;
use super::browser::{Browser, identify};
use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::{SignUpAttempt, taken};

pub(super) fn route(call: &mut Call<'_>, method: &str, path: &[&str]) -> Outcome<Reply> {
    let browser = identify(call)?;
    let body = call.body()?;
    let sign_up = match (method, path) {
        ("POST", [_, _]) => {
            if browser.active_session(call).is_some() {
                return Err(Failure::new(
                    400,
                    "session_exists",
                    "somebody is signed in in this browser",
                ));
            }
            let blank = SignUpAttempt {
                id: call.store().ids.next("sua_"),
                ..SignUpAttempt::default()
            };
            change(call, &browser, blank, &body)?
        }
        ("GET", [_, _, id]) => current(call, &browser, id)?,
        ("PATCH", [_, _, id]) => {
            let sign_up = current(call, &browser, id)?;
            change(call, &browser, sign_up, &body)?
        }
        ("POST", [_, _, id, "prepare_verification"]) => {
            let sign_up = current(call, &browser, id)?;
            match body.required("strategy")? {
                "email_code" if sign_up.email_address.is_some() => sign_up,
                "email_code" => return Err(Failure::missing_parameter("email_address")),
                _ => return Err(Failure::invalid_parameter("strategy", "is not offered")),
            }
        }
        ("POST", [_, _, id, "attempt_verification"]) => {
            let mut sign_up = current(call, &browser, id)?;
            if body.required("code")? != VERIFICATION_CODE {
                return Err(
                    Failure::new(422, "form_code_incorrect", "the code is wrong").param("code"),
                );
            }
            sign_up.email_verified = true;
            finish(call, &browser, sign_up)?
        }
        _ => return Err(unknown_route()),
    };
    browser.wrap(call, &sign_up.to_json())
}

fn current(call: &Call<'_>, browser: &Browser, id: &str) -> Outcome<SignUpAttempt> {
    let sign_up = browser
        .client(call)?
        .sign_up
        .clone()
        .filter(|sign_up| sign_up.id == id);
    sign_up.ok_or_else(|| Failure::not_found("sign-up"))
}

/// Takes over what the form holds.
fn change(
    call: &mut Call<'_>,
    browser: &Browser,
    mut sign_up: SignUpAttempt,
    body: &Body,
) -> Outcome<SignUpAttempt> {
    if let Some(address) = body.text("email_address") {
        check_address(call, address)?;
        if sign_up.email_address.as_deref() != Some(address) {
            sign_up.email_verified = false;
        }
        sign_up.email_address = Some(address.to_ascii_lowercase());
    }
    if let Some(password) = body.text("password") {
        if password.chars().count() < 8 {
            return Err(Failure::new(
                422,
                "form_password_length_too_short",
                "the password has less than 8 characters",
            )
            .param("password"));
        }
        sign_up.password = Some(password.to_owned());
    }
    for (name, slot) in [
        ("first_name", &mut sign_up.first_name),
        ("last_name", &mut sign_up.last_name),
    ] {
        if let Some(text) = body.text(name) {
            *slot = Some(text.to_owned());
        }
    }
    finish(call, browser, sign_up)
}

fn check_address(call: &mut Call<'_>, address: &str) -> Outcome<()> {
    let now = call.now;
    // Says whether the form and its uniqueness hold; the entry itself is made when the user is.
    call.store().new_email(address, false, now)?;
    let store = &call.state.store;
    let address = address.to_ascii_lowercase();
    let domain = address
        .split_once('@')
        .map(|(_, domain)| format!("*@{domain}"))
        .unwrap_or_default();
    let is_in = |entry: &crate::server::store::Identifier| {
        entry.identifier == address || entry.identifier == domain
    };
    let blocked = store.restrictions.blocklist && store.blocklist.values().any(is_in);
    let not_allowed = store.restrictions.allowlist && !store.allowlist.values().any(is_in);
    let subaddress = store.restrictions.block_email_subaddresses && address.contains('+');
    if blocked || not_allowed || subaddress {
        return Err(
            Failure::new(403, "not_allowed_access", "this address may not sign up")
                .param("email_address"),
        );
    }
    if store.user_by_identifier(&address).is_some() {
        return Err(taken("email_address"));
    }
    Ok(())
}

/// Stores the attempt; creates user and session once nothing is missing.
fn finish(
    call: &mut Call<'_>,
    browser: &Browser,
    mut sign_up: SignUpAttempt,
) -> Outcome<SignUpAttempt> {
    let now = call.now;
    let complete =
        sign_up.email_verified && sign_up.password.is_some() && sign_up.created_user_id.is_none();
    if let (true, Some(address)) = (complete, sign_up.email_address.clone()) {
        let store = call.store();
        let mut user = store.blank_user(now);
        let email = store.new_email(&address, true, now)?;
        user.primary_email = Some(email.id.clone());
        user.emails.push(email);
        user.password.clone_from(&sign_up.password);
        user.first_name.clone_from(&sign_up.first_name);
        user.last_name.clone_from(&sign_up.last_name);
        let user_id = user.id.clone();
        store.create_user(user, now);
        let session = store.start_session(&user_id, Some(&browser.client_id), now)?;
        sign_up.status = "complete".to_owned();
        sign_up.created_user_id = Some(user_id);
        sign_up.created_session_id = Some(session.id);
    }
    browser.client_mut(call)?.sign_up = (sign_up.status != "complete").then(|| sign_up.clone());
    Ok(sign_up)
}
