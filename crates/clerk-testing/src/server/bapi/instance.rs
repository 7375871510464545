//! The instance: keys, settings, accountless applications, webhook portal.

use serde_json::json;

use super::instance_settings;
use crate::mint::TestKey;
use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::Reply;

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    match (call.method(), path) {
        ("GET", ["jwks"]) => Ok(Reply::json(&TestKey::jwk_set(&call.state.published_keys))),
        ("GET", ["instance"]) => Ok(Reply::json(&json!({
            "object": "instance",
            "id": "ins_offline",
            "environment_type": if call.world.settings.live_shaped { "production" } else { "development" },
            "allowed_origins": null,
            "workspace_id": null,
        }))),
        ("PATCH", ["instance"]) => {
            call.body()?;
            Ok(Reply::empty(204))
        }
        ("PATCH", ["instance", "restrictions"]) => {
            let body = call.body()?;
            let restrictions = &mut call.store().restrictions;
            for (name, setting) in [
                ("allowlist", &mut restrictions.allowlist),
                ("blocklist", &mut restrictions.blocklist),
                (
                    "block_email_subaddresses",
                    &mut restrictions.block_email_subaddresses,
                ),
            ] {
                if body.value(name).is_some() {
                    *setting = body.flag(name);
                }
            }
            Ok(Reply::json(&restrictions.to_json()))
        }
        (_, ["instance", ..]) => instance_settings::route(call, path),
        ("GET", ["sign_ups", id]) => {
            let sign_up = call
                .state
                .store
                .clients
                .values()
                .filter_map(|client| client.sign_up.as_ref());
            let sign_up = sign_up.into_iter().find(|sign_up| sign_up.id == *id);
            Ok(Reply::json(
                &sign_up
                    .ok_or_else(|| Failure::not_found("sign-up"))?
                    .to_backend_json(),
            ))
        }
        ("POST", ["webhooks", "svix" | "svix_url"]) => {
            let url = format!("{}/webhooks", call.world.origin(call.world.frontend_port));
            Ok(Reply::json(&json!({"svix_url": url})))
        }
        ("DELETE", ["webhooks", "svix"]) => {
            call.state.endpoints.clear();
            Ok(Reply::empty(204))
        }
        ("POST", ["accountless_applications"] | ["accountless_applications", "complete"]) => {
            let frontend = call.world.origin(call.world.frontend_port);
            Ok(Reply::json(&json!({
                "object": "accountless_application",
                "publishable_key": call.world.publishable_key.as_str(),
                "secret_key": call.world.secret_key,
                "claim_url": format!("{frontend}/claim"),
                "api_keys_url": format!("{frontend}/api-keys"),
            })))
        }
        _ => Err(unknown_route()),
    }
}
