//! Domains of organizations: whose addresses may join.

use serde_json::{Map, Value, json};

use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::{Json, deleted};

const COLLECTION: &str = "organization_domains";
const MODES: [&str; 4] = [
    "manual_invitation",
    "automatic_invitation",
    "automatic_suggestion",
    "enterprise_sso",
];

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    match (call.method(), path) {
        ("GET", ["organization_domains"]) => list(call, None),
        ("GET", ["organizations", org, "domains"]) => {
            let org = call.state.store.organization(org)?.id.clone();
            list(call, Some(&org))
        }
        ("POST", ["organizations", org, "domains"]) => create(call, org),
        (_, ["organizations", org, "domains", id, rest @ ..]) => {
            let org = call.state.store.organization(org)?.id.clone();
            let record = call.store().record_mut(COLLECTION, id)?;
            if record.get("organization_id").and_then(Value::as_str) != Some(&org) {
                return Err(Failure::not_found("organization domain"));
            }
            match (call.method(), rest) {
                ("PATCH", []) => update(call, id),
                ("DELETE", []) => {
                    call.store().remove_record(COLLECTION, id)?;
                    Ok(Reply::json(&deleted("organization_domain", id)))
                }
                ("POST", ["verify_ownership"]) => {
                    let now = call.now;
                    let record = call.store().record_mut(COLLECTION, id)?;
                    let proof = verification("txt", true, now);
                    record.insert("ownership_verification".to_owned(), proof);
                    record.insert("updated_at".to_owned(), now.into());
                    Ok(Reply::json(&record.clone().into()))
                }
                _ => Err(unknown_route()),
            }
        }
        _ => Err(unknown_route()),
    }
}

fn list(call: &Call<'_>, org: Option<&str>) -> Outcome<Reply> {
    let query = &call.request.query;
    let verified = query.flag("verified");
    let modes = query.list("enrollment_mode");
    let text = |record: &Json, name: &str| {
        record
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let is_wanted = |record: &&Json| {
        org.is_none_or(|org| text(record, "organization_id") == org)
            && (modes.is_empty() || modes.contains(&text(record, "enrollment_mode").as_str()))
            && verified.is_none_or(|verified| is_verified(record) == verified)
    };
    let records = call.state.store.records(COLLECTION).iter().rev();
    call.counted(records.filter(is_wanted).collect(), |record| {
        record.clone().into()
    })
}

fn is_verified(record: &Json) -> bool {
    let verification = record.get("verification");
    verification.and_then(|found| found.get("status")?.as_str()) == Some("verified")
}

fn mode(body: &Body) -> Outcome<Option<&str>> {
    match body.text("enrollment_mode") {
        None => Ok(None),
        Some(mode) if MODES.contains(&mode) => Ok(Some(mode)),
        Some(_) => Err(Failure::invalid_parameter(
            "enrollment_mode",
            "is not one there is",
        )),
    }
}

fn create(call: &mut Call<'_>, org: &str) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    let name = body.required("name")?.to_ascii_lowercase();
    let mode = mode(&body)?.unwrap_or("manual_invitation");
    let store = call.store();
    let org = store.organization(org)?.clone();
    let is_taken = |record: &Json| record.get("name").and_then(Value::as_str) == Some(&name);
    if store.records(COLLECTION).iter().any(is_taken) {
        return Err(Failure::new(
            422,
            "form_identifier_exists",
            "an organization has this domain",
        )
        .param("name"));
    }
    let proof = verification("affiliation_email_code", body.flag("verified"), now);
    let members = json!({
        "organization_id": org.id,
        "name": name,
        "enrollment_mode": mode,
        "affiliation_email_address": null,
        "affiliation_verification": proof,
        "ownership_verification": null,
        "verification": proof,
        "total_pending_invitations": 0,
        "total_pending_suggestions": 0,
        "public_organization_data": {
            "id": org.id,
            "name": org.name,
            "slug": org.slug,
            "image_url": "",
            "has_image": false,
        },
    });
    let members = members.as_object().cloned().unwrap_or_default();
    let record = store.add_record(COLLECTION, "organization_domain", "orgdmn_", members, now);
    Ok(Reply::json(&record.into()))
}

fn update(call: &mut Call<'_>, id: &str) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    let mode = mode(&body)?;
    let record = call.store().record_mut(COLLECTION, id)?;
    if let Some(mode) = mode {
        record.insert("enrollment_mode".to_owned(), mode.into());
    }
    if body.value("verified").is_some_and(|value| !value.is_null()) {
        let proof = verification("affiliation_email_code", body.flag("verified"), now);
        record.insert("affiliation_verification".to_owned(), proof.clone());
        record.insert("verification".to_owned(), proof);
    }
    record.insert("updated_at".to_owned(), now.into());
    Ok(Reply::json(&Map::clone(record).into()))
}

fn verification(strategy: &str, verified: bool, now: i64) -> Value {
    json!({
        "status": if verified { "verified" } else { "unverified" },
        "strategy": strategy,
        "attempts": u8::from(verified),
        "expire_at": null,
        "verified_at": if verified { now.into() } else { Value::Null },
    })
}
