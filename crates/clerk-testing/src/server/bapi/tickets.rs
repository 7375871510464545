//! Tokens that sign in: for a user, as a user, past bot checks.

use serde_json::json;

use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::Reply;
use crate::server::store::{ActorToken, SignInToken};

/// Thirty days, in seconds: how long a sign-in token lives unless told otherwise.
const SIGN_IN_TOKEN_SECONDS: i64 = 2_592_000;

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    match (call.method(), path) {
        ("POST", ["sign_in_tokens"]) => {
            let store = call.store();
            let user_id = store.user(body.required("user_id")?)?.id.clone();
            let seconds = body
                .number("expires_in_seconds")
                .unwrap_or(SIGN_IN_TOKEN_SECONDS);
            let token = SignInToken {
                id: store.ids.next("sit_"),
                user_id,
                token: store.ids.next("ticket_"),
                status: "pending".to_owned(),
                expires_at: now.saturating_add(seconds.saturating_mul(1000)),
                created_at: now,
                updated_at: now,
            };
            store.sign_in_tokens.insert(token.id.clone(), token.clone());
            Ok(Reply::json(&token.to_json()))
        }
        ("POST", ["sign_in_tokens", id, "revoke"]) => {
            let token = call
                .store()
                .sign_in_tokens
                .get_mut(*id)
                .ok_or_else(|| Failure::not_found("sign-in token"))?;
            revoke(&mut token.status, &mut token.updated_at, now)?;
            Ok(Reply::json(&token.to_json()))
        }
        ("POST", ["actor_tokens"]) => {
            let store = call.store();
            let user_id = store.user(body.required("user_id")?)?.id.clone();
            let actor = body
                .object("actor")
                .filter(|actor| actor.get("sub").is_some_and(serde_json::Value::is_string));
            let actor = actor
                .cloned()
                .ok_or_else(|| Failure::missing_parameter("actor"))?;
            let seconds = body.number("expires_in_seconds").unwrap_or(3_600);
            let token = ActorToken {
                id: store.ids.next("act_"),
                user_id,
                actor: actor.into(),
                token: store.ids.next("ticket_"),
                status: "pending".to_owned(),
                expires_at: now.saturating_add(seconds.saturating_mul(1000)),
                created_at: now,
                updated_at: now,
            };
            store.actor_tokens.insert(token.id.clone(), token.clone());
            Ok(Reply::json(&token.to_json()))
        }
        ("POST", ["actor_tokens", id, "revoke"]) => {
            let token = call
                .store()
                .actor_tokens
                .get_mut(*id)
                .ok_or_else(|| Failure::not_found("actor token"))?;
            revoke(&mut token.status, &mut token.updated_at, now)?;
            Ok(Reply::json(&token.to_json()))
        }
        ("POST", ["testing_tokens"]) => {
            let token = call.store().ids.next("testing_");
            let expires_at = now.div_euclid(1000) + 3_600;
            Ok(Reply::json(
                &json!({"object": "testing_token", "token": token, "expires_at": expires_at}),
            ))
        }
        _ => Err(unknown_route()),
    }
}

fn revoke(status: &mut String, updated_at: &mut i64, now: i64) -> Outcome<()> {
    if status != "pending" {
        return Err(Failure::new(
            400,
            "token_not_pending",
            "the token is not pending any more",
        ));
    }
    "revoked".clone_into(status);
    *updated_at = now;
    Ok(())
}
