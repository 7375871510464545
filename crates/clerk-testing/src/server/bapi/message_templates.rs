//! Templates of e-mails and text messages. Nothing is ever sent.

use serde_json::{Value, json};

use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::Json;

const COLLECTION: &str = "templates";
/// The templates there are from the start, by kind.
const SLUGS: [(&str, &[&str]); 2] = [
    (
        "email",
        &[
            "invitation",
            "magic_link_sign_in",
            "organization_invitation",
            "password_changed",
            "verification_code",
        ],
    ),
    ("sms", &["password_changed", "verification_code"]),
];

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let [_, kind, rest @ ..] = path else {
        return Err(unknown_route());
    };
    let (kind, slugs) = SLUGS
        .into_iter()
        .find(|(own, _)| own == kind)
        .ok_or_else(|| Failure::not_found("kind of template"))?;
    let body = call.body()?;
    match (call.method(), rest) {
        ("GET", []) => {
            let templates: Vec<Value> = slugs
                .iter()
                .map(|slug| current(call, kind, slug).into())
                .collect();
            call.listed(templates, |template| template)
        }
        ("GET", [slug]) => Ok(Reply::json(
            &current(call, kind, known(slugs, slug)?).into(),
        )),
        ("PUT", [slug]) => change(call, kind, known(slugs, slug)?, &body),
        ("POST", [slug, "revert"]) => {
            let id = id(kind, known(slugs, slug)?);
            // One that was never changed is reverted already.
            let _ = call.store().remove_record(COLLECTION, &id);
            Ok(Reply::json(&current(call, kind, slug).into()))
        }
        ("POST", [slug, "toggle_delivery"]) => change(call, kind, known(slugs, slug)?, &body),
        ("POST", [slug, "preview"]) => {
            let template = current(call, kind, known(slugs, slug)?);
            let text = |name: &str| match body.value(name) {
                Some(value) if !value.is_null() => value.clone(),
                _ => template.get(name).cloned().unwrap_or_default(),
            };
            Ok(Reply::json(&json!({
                "subject": text("subject"),
                "body": text("body"),
                "from_email_name": text("from_email_name"),
                "reply_to_email_name": text("reply_to_email_name"),
            })))
        }
        _ => Err(unknown_route()),
    }
}

fn known<'s>(slugs: &[&str], slug: &'s str) -> Outcome<&'s str> {
    if slugs.contains(&slug) {
        Ok(slug)
    } else {
        Err(Failure::not_found("template"))
    }
}

fn id(kind: &str, slug: &str) -> String {
    format!("tmpl_{kind}_{slug}")
}

/// The template as it was changed, or as it came.
fn current(call: &Call<'_>, kind: &str, slug: &str) -> Json {
    let id = id(kind, slug);
    let is = |record: &&Json| record.get("id").and_then(Value::as_str) == Some(&id);
    if let Some(record) = call.state.store.records(COLLECTION).iter().find(is) {
        return record.clone();
    }
    let name = slug.replace('_', " ");
    let template = json!({
        "object": "template",
        "id": id,
        "instance_id": "ins_offline",
        "resource_type": "system",
        "template_type": kind,
        "name": name,
        "slug": slug,
        "position": 0,
        "can_revert": false,
        "can_delete": false,
        "can_edit_body": true,
        "can_toggle": true,
        "subject": if kind == "email" { name.as_str().into() } else { Value::Null },
        "markup": "",
        "body": format!("{name}: {{{{otp_code}}}}"),
        "available_variables": ["app.name", "otp_code"],
        "required_variables": [],
        "from_email_name": "noreply",
        "reply_to_email_name": "",
        "delivered_by_clerk": true,
        "enabled": true,
        "flagged_as_suspicious": false,
        "created_at": 0,
        "updated_at": 0,
    });
    template.as_object().cloned().unwrap_or_default()
}

fn change(call: &mut Call<'_>, kind: &str, slug: &str, body: &Body) -> Outcome<Reply> {
    let mut template = current(call, kind, slug);
    for name in [
        "name",
        "subject",
        "markup",
        "body",
        "delivered_by_clerk",
        "from_email_name",
        "reply_to_email_name",
    ] {
        if let Some(value) = body.value(name).filter(|value| !value.is_null()) {
            template.insert(name.to_owned(), value.clone());
        }
    }
    template.insert("can_revert".to_owned(), true.into());
    template.insert("updated_at".to_owned(), call.now.into());
    let id = id(kind, slug);
    let records = call
        .store()
        .records
        .entry(COLLECTION.to_owned())
        .or_default();
    records.retain(|record| record.get("id").and_then(Value::as_str) != Some(&id));
    records.push(template.clone());
    Ok(Reply::json(&template.into()))
}
