//! Signing in: by password, by e-mail code, by ticket.

use super::VERIFICATION_CODE;
use super::browser::{Browser, identify};
use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::SignInAttempt;

pub(super) fn route(call: &mut Call<'_>, method: &str, path: &[&str]) -> Outcome<Reply> {
    let browser = identify(call)?;
    let body = call.body()?;
    let sign_in = match (method, path) {
        ("POST", [_, _]) => create(call, &browser, &body)?,
        ("GET", [_, _, id]) => current(call, &browser, id)?,
        ("POST", [_, _, id, "prepare_first_factor"]) => {
            let sign_in = current(call, &browser, id)?;
            match body.required("strategy")? {
                "email_code" => sign_in,
                _ => return Err(Failure::invalid_parameter("strategy", "is not offered")),
            }
        }
        ("POST", [_, _, id, "attempt_first_factor"]) => {
            let sign_in = current(call, &browser, id)?;
            match body.required("strategy")? {
                "password" => check_password(call, &sign_in, body.required("password")?)?,
                "email_code" if body.required("code")? == VERIFICATION_CODE => {}
                "email_code" => {
                    return Err(
                        Failure::new(422, "form_code_incorrect", "the code is wrong").param("code"),
                    );
                }
                _ => return Err(Failure::invalid_parameter("strategy", "is not offered")),
            }
            finish(call, &browser, sign_in)?
        }
        _ => return Err(unknown_route()),
    };
    let user = sign_in
        .user_id
        .as_ref()
        .and_then(|id| call.state.store.users.get(id));
    let value = sign_in.to_json(user);
    browser.wrap(call, &value)
}

fn current(call: &Call<'_>, browser: &Browser, id: &str) -> Outcome<SignInAttempt> {
    let sign_in = browser
        .client(call)?
        .sign_in
        .clone()
        .filter(|sign_in| sign_in.id == id);
    sign_in.ok_or_else(|| Failure::not_found("sign-in"))
}

fn create(call: &mut Call<'_>, browser: &Browser, body: &Body) -> Outcome<SignInAttempt> {
    if browser.active_session(call).is_some() {
        return Err(Failure::new(
            400,
            "session_exists",
            "somebody is signed in in this browser",
        ));
    }
    let mut sign_in = SignInAttempt {
        id: call.store().ids.next("sia_"),
        ..SignInAttempt::default()
    };
    if let (Some("ticket"), Some(ticket)) | (None, Some(ticket)) =
        (body.text("strategy"), body.text("ticket"))
    {
        let actor = take_ticket(call, ticket, &mut sign_in)?;
        let sign_in = finish(call, browser, sign_in)?;
        if let (Some(actor), Some(id)) = (actor, &sign_in.created_session_id)
            && let Some(session) = call.store().sessions.get_mut(id)
        {
            session.actor = Some(actor);
        }
        return Ok(sign_in);
    }
    let Some(identifier) = body.text("identifier") else {
        browser.client_mut(call)?.sign_in = Some(sign_in.clone());
        return Ok(sign_in);
    };
    let user = call
        .state
        .store
        .user_by_identifier(identifier)
        .ok_or_else(|| {
            Failure::new(
                422,
                "form_identifier_not_found",
                "nobody has this address or name",
            )
            .param("identifier")
        })?;
    sign_in.user_id = Some(user.id.clone());
    sign_in.identifier = Some(identifier.to_owned());
    sign_in.status = "needs_first_factor".to_owned();
    if let Some(password) = body.text("password") {
        check_password(call, &sign_in, password)?;
        return finish(call, browser, sign_in);
    }
    browser.client_mut(call)?.sign_in = Some(sign_in.clone());
    Ok(sign_in)
}

fn check_password(call: &Call<'_>, sign_in: &SignInAttempt, password: &str) -> Outcome<()> {
    let user = sign_in
        .user_id
        .as_ref()
        .and_then(|id| call.state.store.users.get(id));
    let user = user.ok_or_else(|| Failure::not_found("user"))?;
    if user.password.as_deref() != Some(password) {
        return Err(
            Failure::new(422, "form_password_incorrect", "the password is wrong").param("password"),
        );
    }
    if user.password_compromised {
        return Err(Failure::new(
            422,
            "form_password_pwned",
            "the password is known to be compromised",
        )
        .param("password"));
    }
    Ok(())
}

/// Uses up a sign-in token or an actor token; the actor of the latter.
fn take_ticket(
    call: &mut Call<'_>,
    ticket: &str,
    sign_in: &mut SignInAttempt,
) -> Outcome<Option<serde_json::Value>> {
    let now = call.now;
    let store = call.store();
    let is_open = |token: &str, status: &str, expires_at: i64| {
        token == ticket && status == "pending" && expires_at > now
    };
    if let Some(token) = store
        .sign_in_tokens
        .values_mut()
        .find(|token| is_open(&token.token, &token.status, token.expires_at))
    {
        token.status = "accepted".to_owned();
        token.updated_at = now;
        sign_in.user_id = Some(token.user_id.clone());
        return Ok(None);
    }
    if let Some(token) = store
        .actor_tokens
        .values_mut()
        .find(|token| is_open(&token.token, &token.status, token.expires_at))
    {
        token.status = "accepted".to_owned();
        token.updated_at = now;
        sign_in.user_id = Some(token.user_id.clone());
        return Ok(Some(token.actor.clone()));
    }
    Err(Failure::new(
        400,
        "ticket_invalid_code",
        "the ticket is unknown, used or expired",
    )
    .param("ticket"))
}

fn finish(
    call: &mut Call<'_>,
    browser: &Browser,
    mut sign_in: SignInAttempt,
) -> Outcome<SignInAttempt> {
    let now = call.now;
    let user_id = sign_in
        .user_id
        .clone()
        .ok_or_else(|| Failure::not_found("user"))?;
    let session = call
        .store()
        .start_session(&user_id, Some(&browser.client_id), now)?;
    sign_in.status = "complete".to_owned();
    sign_in.created_session_id = Some(session.id);
    browser.client_mut(call)?.sign_in = None;
    Ok(sign_in)
}
