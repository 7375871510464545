//! Enterprise connections: kept and shown. Nobody signs in through them here.

use serde_json::{Value, json};

use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::{Json, deleted};

const COLLECTION: &str = "enterprise_connections";
const PROVIDERS: [&str; 7] = [
    "saml_custom",
    "saml_okta",
    "saml_google",
    "saml_microsoft",
    "oidc_custom",
    "oidc_github_enterprise",
    "oidc_gitlab",
];

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    match (call.method(), path) {
        ("GET", [_]) => {
            let query = &call.request.query;
            let org = query.get("organization_id");
            let active = query.flag("active");
            let is_wanted = |record: &&Json| {
                org.is_none_or(|org| {
                    record.get("organization_id").and_then(Value::as_str) == Some(org)
                }) && active.is_none_or(|active| record.get("active") == Some(&active.into()))
            };
            let records = call.state.store.records(COLLECTION).iter().rev();
            call.counted(records.filter(is_wanted).collect(), |record| {
                record.clone().into()
            })
        }
        ("POST", [_]) => create(call, &body),
        ("GET", [_, id]) => Ok(Reply::json(
            &call.store().record_mut(COLLECTION, id)?.clone().into(),
        )),
        ("PATCH", [_, id]) => {
            let record = call.store().record_mut(COLLECTION, id)?;
            for name in [
                "name",
                "domains",
                "active",
                "organization_id",
                "sync_user_attributes",
                "disable_additional_identifications",
                "allow_organization_account_linking",
                "custom_attributes",
            ] {
                if let Some(value) = body.value(name).filter(|value| !value.is_null()) {
                    record.insert(name.to_owned(), value.clone());
                }
            }
            for (parameter, member) in [("saml", "saml_connection"), ("oidc", "oauth_config")] {
                if let (Some(changes), Some(Value::Object(own))) =
                    (body.object(parameter), record.get_mut(member))
                {
                    take(own, changes);
                }
            }
            record.insert("updated_at".to_owned(), now.into());
            Ok(Reply::json(&record.clone().into()))
        }
        ("DELETE", [_, id]) => {
            call.store().remove_record(COLLECTION, id)?;
            Ok(Reply::json(&deleted("enterprise_connection", id)))
        }
        ("GET", [_, id, "test_runs"]) => {
            call.store().record_mut(COLLECTION, id)?;
            // No identity provider is within reach: there is never a run.
            call.counted(Vec::<Value>::new(), |run| run)
        }
        _ => Err(unknown_route()),
    }
}

/// Takes over the members that are there, which leaves secrets and certificates out.
fn take(own: &mut Json, changes: &Json) {
    for (name, value) in changes.iter().filter(|(_, value)| !value.is_null()) {
        if let Some(member) = own.get_mut(name) {
            *member = value.clone();
        }
    }
}

fn create(call: &mut Call<'_>, body: &Body) -> Outcome<Reply> {
    let now = call.now;
    let (name, provider) = (body.required("name")?, body.required("provider")?);
    if !PROVIDERS.contains(&provider) {
        return Err(Failure::invalid_parameter(
            "provider",
            "is not one there is",
        ));
    }
    let domains = body.texts("domains");
    if domains.is_empty() {
        return Err(Failure::missing_parameter("domains"));
    }
    let frontend = call.world.origin(call.world.frontend_port);
    let store = call.store();
    let organization = match body.text("organization_id") {
        Some(id) => Some(store.organization(id)?.id.clone()),
        None => None,
    };
    let mut members = json!({
        "name": name,
        "provider": provider,
        "logo_public_url": null,
        "active": body.flag("active"),
        "domains": domains,
        "organization_id": organization,
        "authenticatable": true,
        "disable_jit_provisioning": false,
        "sync_user_attributes": true,
        "disable_additional_identifications": false,
        "allow_organization_account_linking": body.flag("allow_organization_account_linking"),
        "custom_attributes": body.value("custom_attributes").cloned().unwrap_or_else(|| json!([])),
    })
    .as_object()
    .cloned()
    .unwrap_or_default();
    let (parameter, member, config) = if provider.starts_with("saml_") {
        let config = json!({
            "id": store.ids.next("samlc_"),
            "name": name,
            "idp_entity_id": null,
            "idp_sso_url": null,
            "idp_metadata_url": null,
            "acs_url": format!("{frontend}/v1/saml/acs"),
            "sp_entity_id": format!("{frontend}/saml"),
            "sp_metadata_url": format!("{frontend}/v1/saml/metadata"),
            "active": body.flag("active"),
            "allow_idp_initiated": false,
            "allow_subdomains": false,
            "force_authn": false,
        });
        ("saml", "saml_connection", config)
    } else {
        let config = json!({
            "id": store.ids.next("eaoc_"),
            "name": name,
            "provider_key": provider,
            "client_id": null,
            "discovery_url": null,
            "auth_url": null,
            "token_url": null,
            "user_info_url": null,
            "requires_pkce": false,
            "logo_public_url": null,
            "created_at": now,
            "updated_at": now,
        });
        ("oidc", "oauth_config", config)
    };
    let mut config = config.as_object().cloned().unwrap_or_default();
    if let Some(changes) = body.object(parameter) {
        take(&mut config, changes);
    }
    members.insert(member.to_owned(), config.into());
    let record = store.add_record(COLLECTION, "enterprise_connection", "entc_", members, now);
    Ok(Reply::with_status(201, &record.into()))
}
