//! Sessions of a browser: touch, tokens, end.

use serde_json::json;

use super::browser::{Browser, identify, sign_out};
use super::shapes::session_json;
use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::Session;

pub(super) fn route(call: &mut Call<'_>, method: &str, path: &[&str]) -> Outcome<Reply> {
    if let ("DELETE", [_, _]) = (method, path) {
        return sign_out(call);
    }
    let browser = identify(call)?;
    let body = call.body()?;
    match (method, path) {
        ("GET", [_, _, id]) => {
            let session = browser.session(call, id)?;
            let value = session_json(call, &session);
            browser.wrap(call, &value)
        }
        ("POST", [_, _, id, "touch"]) => {
            let mut session = browser.session(call, id)?;
            activate(call, &mut session, &body)?;
            session.last_active_at = call.now;
            call.store()
                .sessions
                .insert(session.id.clone(), session.clone());
            browser.client_mut(call)?.last_active_session_id = Some(session.id.clone());
            let value = session_json(call, &session);
            browser.wrap(call, &value)
        }
        ("POST", [_, _, id, "tokens"]) => token(call, &browser, id, None, &body),
        ("POST", [_, _, id, "tokens", template]) => {
            token(call, &browser, id, Some(template), &body)
        }
        ("POST", [_, _, id, action @ ("remove" | "end")]) => {
            let session = browser.session(call, id)?;
            let value = session_json(call, &session);
            let status = if *action == "remove" {
                "removed"
            } else {
                "ended"
            };
            let now = call.now;
            call.store().end_session(id, status, now);
            let mut value = value;
            if let Some(members) = value.as_object_mut() {
                members.insert("status".to_owned(), status.into());
                members.remove("last_active_token");
            }
            browser.wrap(call, &value)
        }
        _ => Err(unknown_route()),
    }
}

/// Makes the organization of the form the active one; an empty text means the personal account.
fn activate(call: &Call<'_>, session: &mut Session, body: &Body) -> Outcome<()> {
    let name = if body.value("active_organization_id").is_some() {
        "active_organization_id"
    } else {
        "organization_id"
    };
    match (body.value(name).is_some(), body.text(name)) {
        (false, _) => {}
        (true, None) => session.org_id = None,
        (true, Some(org)) => {
            let store = &call.state.store;
            let org = store.organization(org)?.id.clone();
            if store.membership(&org, &session.user_id).is_none() {
                return Err(Failure::not_found("organization membership"));
            }
            session.org_id = Some(org);
        }
    }
    Ok(())
}

/// A token, unwrapped: the library reads `jwt` at the top.
fn token(
    call: &mut Call<'_>,
    browser: &Browser,
    id: &str,
    template: Option<&str>,
    body: &Body,
) -> Outcome<Reply> {
    let mut session = browser.session(call, id)?;
    activate(call, &mut session, body)?;
    let origin = call.request.header("origin");
    let state = &*call.state;
    let jwt = match template {
        None => state
            .issuer
            .session_token(&state.store, &session, origin, None, call.now),
        Some(name) => {
            let template = state
                .store
                .jwt_templates
                .values()
                .find(|template| template.name == name);
            let template = template.ok_or_else(|| Failure::not_found("JWT template"))?;
            state
                .issuer
                .template_token(&state.store, &session, template, None, call.now)
        }
    };
    Ok(Reply::json(&json!({"object": "token", "jwt": jwt})))
}
