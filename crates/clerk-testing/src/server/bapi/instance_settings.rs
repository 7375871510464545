//! Settings of the instance that are kept and shown, and change nothing here.

use serde_json::{Value, json};

use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::Reply;
use crate::server::store::Json;

const COLLECTION: &str = "instance_settings";

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    match (call.method(), path) {
        ("GET" | "PATCH", ["instance", name]) => {
            let Some(defaults) = defaults(name) else {
                return Err(unknown_route());
            };
            kept(call, name, &defaults)
        }
        ("PATCH", ["beta_features", "instance_settings"]) => {
            let defaults = json!({
                "object": "instance_settings",
                "restricted_to_allowlist": false,
                "from_email_address": "noreply",
                "progressive_sign_up": true,
                "enhanced_email_deliverability": false,
            });
            kept(call, "beta_features", &defaults)
        }
        ("POST", ["instance", "change_domain"]) | ("PUT", ["beta_features", "domain"]) => {
            call.body()?.required("home_url")?;
            if !call.world.settings.live_shaped {
                return Err(Failure::new(
                    400,
                    "production_instance_only",
                    "development instances have no domain of their own",
                ));
            }
            Ok(Reply::with_status(202, &json!({})))
        }
        ("POST", ["proxy_checks"]) => {
            let (now, body) = (call.now, call.body()?);
            let domain = body.required("domain_id")?;
            let proxy_url = body.required("proxy_url")?;
            call.store().record_mut("domains", domain)?;
            let own = call.world.origin(call.world.frontend_port);
            let members = json!({
                "domain_id": domain,
                "last_run_at": now,
                "proxy_url": proxy_url,
                // Only its own Frontend API is within reach of this instance.
                "successful": proxy_url.starts_with(&own),
            });
            let members = members.as_object().cloned().unwrap_or_default();
            let check =
                call.store()
                    .add_record("proxy_checks", "proxy_check", "prchk_", members, now);
            Ok(Reply::json(&check.into()))
        }
        _ => Err(unknown_route()),
    }
}

fn defaults(name: &str) -> Option<Value> {
    Some(match name {
        "protect" => json!({
            "object": "instance_protect",
            "rules_enabled": false,
            "specter_enabled": false,
            "checks_bypassed": false,
        }),
        "communication" => json!({
            "object": "instance_communication",
            "blocked_country_codes": [],
        }),
        "oauth_application_settings" => json!({
            "object": "oauth_application_settings",
            "dynamic_oauth_client_registration": false,
            "default_scopes": [],
            "oauth_jwt_access_tokens": false,
            "client_id_metadata_documents_advertised": false,
            "client_id_metadata_documents_only_allow_pre_registered_clients": false,
            "client_id_metadata_documents_block_implicitly_allowed_clients": false,
        }),
        "organization_settings" => json!({
            "object": "organization_settings",
            "enabled": true,
            "max_allowed_memberships": 0,
            "max_allowed_roles": 10,
            "max_allowed_permissions": 50,
            "max_allowed_domains": 10,
            "creator_role": "org:admin",
            "admin_delete_enabled": true,
            "domains_enabled": false,
            "slug_disabled": false,
            "domains_enrollment_modes": [],
            "domains_default_role": "org:member",
        }),
        _ => return None,
    })
}

/// A group of settings: what was changed over what they were at first. `PATCH` changes those there are.
fn kept(call: &mut Call<'_>, name: &str, defaults: &Value) -> Outcome<Reply> {
    let mut settings: Json = defaults.as_object().cloned().unwrap_or_default();
    let records = call.state.store.records(COLLECTION);
    let is = |record: &&Json| record.get("id").and_then(Value::as_str) == Some(name);
    if let Some(kept) = records.iter().find(is) {
        for (member, value) in kept.iter().filter(|(member, _)| *member != "id") {
            settings.insert(member.clone(), value.clone());
        }
    }
    if call.method() == "PATCH" {
        let body = call.body()?;
        for (member, value) in body
            .members()
            .filter(|(member, value)| *member != "object" && !value.is_null())
        {
            if let Some(own) = settings.get_mut(member) {
                *own = value.clone();
            }
        }
        let mut kept = settings.clone();
        kept.insert("id".to_owned(), name.into());
        let records = call
            .store()
            .records
            .entry(COLLECTION.to_owned())
            .or_default();
        records.retain(|record| record.get("id").and_then(Value::as_str) != Some(name));
        records.push(kept);
    }
    Ok(Reply::json(&settings.into()))
}
