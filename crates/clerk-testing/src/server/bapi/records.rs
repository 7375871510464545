//! Resources that are only kept: OAuth applications, redirect URLs, domains, waitlist entries.

use serde_json::{Value, json};

use super::same_text;
use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::{Json, deleted};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let body = call.request.body_params().unwrap_or_default();
    let collection = path.first().copied().unwrap_or_default();
    let (object, prefix) = match collection {
        "oauth_applications" => ("oauth_application", "oa_"),
        "redirect_urls" => ("redirect_url", "ru_"),
        "domains" => ("domain", "dmn_"),
        _ => ("waitlist_entry", "wle_"),
    };
    match (call.method(), path) {
        ("POST", ["oauth_applications", "access_tokens", "verify"]) => {
            verify_access_token(call, &body)
        }
        ("POST", ["oauth_applications", id, "revoke_token"]) => {
            call.store().record_mut(collection, id)?;
            let token = body.required("token")?;
            for own in call
                .store()
                .oauth_tokens
                .values_mut()
                .filter(|own| same_text(&own.token, token))
            {
                own.revoked = true;
            }
            Ok(Reply::empty(204))
        }
        ("POST", ["oauth_applications", id, "rotate_secret"]) => {
            let secret = call.store().ids.next("");
            let mut record = call.store().record_mut(collection, id)?.clone();
            record.insert("client_secret".to_owned(), secret.into());
            Ok(Reply::json(&record.into()))
        }
        ("POST", ["waitlist_entries", "bulk"]) => {
            let mut created = Vec::new();
            for body in call.request.body_list()? {
                let members = new_members(call, collection, &body)?;
                let now = call.now;
                created.push(Value::Object(
                    call.store()
                        .add_record(collection, object, prefix, members, now),
                ));
            }
            Ok(Reply::json(&created.into()))
        }
        ("POST", ["waitlist_entries", id, action @ ("invite" | "reject")]) => {
            let now = call.now;
            let status = if *action == "invite" {
                "invited"
            } else {
                "rejected"
            };
            let record = call.store().record_mut(collection, id)?;
            record.insert("status".to_owned(), status.into());
            record.insert("updated_at".to_owned(), now.into());
            Ok(Reply::json(&record.clone().into()))
        }
        ("GET", [_]) => {
            let records: Vec<&Json> = call.state.store.records(collection).iter().rev().collect();
            let show = |record: &Json| Value::Object(record.clone());
            if collection == "redirect_urls" {
                call.listed(records, show)
            } else {
                call.counted(records, show)
            }
        }
        ("POST", [_]) => {
            let members = new_members(call, collection, &body)?;
            let now = call.now;
            let mut record = call
                .store()
                .add_record(collection, object, prefix, members, now);
            if collection == "oauth_applications" {
                // Shown once.
                record.insert("client_secret".to_owned(), call.store().ids.next("").into());
            }
            Ok(Reply::json(&record.into()))
        }
        ("GET", [_, id]) => Ok(Reply::json(
            &call.store().record_mut(collection, id)?.clone().into(),
        )),
        ("PATCH", [_, id]) => {
            let now = call.now;
            let record = call.store().record_mut(collection, id)?;
            for (name, value) in body.members() {
                if let Some(member) = record.get_mut(name) {
                    *member = value.clone();
                }
            }
            record.insert("updated_at".to_owned(), now.into());
            Ok(Reply::json(&record.clone().into()))
        }
        ("DELETE", [_, id]) => {
            call.store().remove_record(collection, id)?;
            Ok(Reply::json(&deleted(object, id)))
        }
        _ => Err(unknown_route()),
    }
}

/// What a new record holds besides identifier and times.
fn new_members(call: &mut Call<'_>, collection: &str, body: &Body) -> Outcome<Json> {
    let frontend = call.world.origin(call.world.frontend_port);
    let members = match collection {
        "oauth_applications" => json!({
            "instance_id": "ins_offline",
            "name": body.required("name")?,
            "client_id": call.store().ids.next("oac_"),
            "client_uri": null,
            "client_image_url": null,
            "dynamically_registered": false,
            "consent_screen_enabled": body.value("consent_screen_enabled").is_none() || body.flag("consent_screen_enabled"),
            "pkce_required": body.flag("pkce_required"),
            "public": body.flag("public"),
            "scopes": body.text("scopes").unwrap_or("profile email"),
            "redirect_uris": body.texts("redirect_uris"),
            "callback_url": body.texts("redirect_uris").first().copied().unwrap_or_default(),
            "authorize_url": format!("{frontend}/oauth/authorize"),
            "token_fetch_url": format!("{frontend}/oauth/token"),
            "user_info_url": format!("{frontend}/oauth/userinfo"),
            "discovery_url": format!("{frontend}/.well-known/openid-configuration"),
            "token_introspection_url": format!("{frontend}/oauth/token_info"),
        }),
        "redirect_urls" => json!({"url": body.required("url")?}),
        "domains" => json!({
            "name": body.required("name")?,
            "is_satellite": body.flag("is_satellite"),
            "frontend_api_url": frontend,
            "accounts_portal_url": null,
            "proxy_url": body.text("proxy_url"),
            "development_origin": "",
            "cname_targets": [],
        }),
        _ => json!({
            "email_address": body.required("email_address")?,
            "status": "pending",
            "is_locked": false,
            "invitation": null,
        }),
    };
    members
        .as_object()
        .cloned()
        .ok_or_else(|| Failure::missing_parameter("name"))
}

fn verify_access_token(call: &mut Call<'_>, body: &Body) -> Outcome<Reply> {
    let text = body.required("access_token")?;
    let now = call.now;
    let token = call
        .state
        .store
        .oauth_tokens
        .values()
        .find(|token| same_text(&token.token, text));
    let token = token.filter(|token| !token.revoked && token.expiration.is_none_or(|at| at > now));
    let token = token.ok_or_else(|| Failure::not_found("OAuth access token"))?;
    Ok(Reply::json(&token.to_json(now)))
}
