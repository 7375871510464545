//! Resources as browsers see them.

use serde_json::{Value, json};

use crate::server::call::Call;
use crate::server::store::{Client, Session, Store, User};

pub(super) fn client_json(call: &Call<'_>, client: &Client) -> Value {
    let store = &call.state.store;
    let sessions: Vec<Value> = client
        .session_ids
        .iter()
        .filter_map(|id| store.sessions.get(id))
        .filter(|session| session.is_live(call.now))
        .map(|session| session_json(call, session))
        .collect();
    let user_of = |id: &Option<String>| id.as_ref().and_then(|id| store.users.get(id));
    json!({
        "object": "client",
        "id": client.id,
        "sessions": sessions,
        "sign_in": client.sign_in.as_ref().map(|attempt| attempt.to_json(user_of(&attempt.user_id))),
        "sign_up": client.sign_up.as_ref().map(crate::server::store::SignUpAttempt::to_json),
        "last_active_session_id": client.last_active_session_id,
        "last_authentication_strategy": null,
        "cookie_expires_at": null,
        "captcha_bypass": true,
        "created_at": client.created_at,
        "updated_at": client.updated_at,
    })
}

pub(super) fn session_json(call: &Call<'_>, session: &Session) -> Value {
    let store = &call.state.store;
    let origin = call.request.header("origin");
    let token = call
        .state
        .issuer
        .session_token(store, session, origin, None, call.now);
    let user = store.users.get(&session.user_id);
    let mut value = session.to_json();
    if let Some(members) = value.as_object_mut() {
        members.remove("client_id");
        members.remove("user_id");
        members.insert(
            "user".to_owned(),
            user.map_or(Value::Null, |user| user_json(store, user)),
        );
        members.insert(
            "public_user_data".to_owned(),
            json!({
                "first_name": user.and_then(|user| user.first_name.as_ref()),
                "last_name": user.and_then(|user| user.last_name.as_ref()),
                "image_url": "",
                "has_image": false,
                "identifier": user.and_then(User::primary_email_address),
                "user_id": session.user_id,
            }),
        );
        let minutes = (call.now - session.created_at).div_euclid(60_000);
        members.insert("factor_verification_age".to_owned(), json!([minutes, -1]));
        members.insert(
            "last_active_token".to_owned(),
            json!({"object": "token", "jwt": token}),
        );
    }
    value
}

/// The user with memberships and without private metadata.
pub(super) fn user_json(store: &Store, user: &User) -> Value {
    let mut value = user.to_json();
    if let Some(members) = value.as_object_mut() {
        members.remove("private_metadata");
        members.insert(
            "organization_memberships".to_owned(),
            memberships_json(store, &user.id).into(),
        );
    }
    value
}

pub(super) fn memberships_json(store: &Store, user_id: &str) -> Vec<Value> {
    let mut memberships: Vec<_> = store
        .memberships
        .values()
        .filter(|membership| membership.user_id == user_id)
        .collect();
    memberships.sort_by_key(|membership| membership.sequence);
    memberships
        .into_iter()
        .map(|membership| {
            let mut value = store.membership_json(membership);
            hide_private(&mut value);
            value
        })
        .collect()
}

/// Removes private metadata from an object and from the organization in it.
pub(super) fn hide_private(value: &mut Value) {
    if let Some(members) = value.as_object_mut() {
        members.remove("private_metadata");
        if let Some(organization) = members.get_mut("organization") {
            hide_private(organization);
        }
    }
}
