//! JWT templates.

use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::{JwtTemplate, deleted, taken};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let body = call.body()?;
    match (call.method(), path) {
        ("GET", [_]) => {
            let mut templates: Vec<&JwtTemplate> =
                call.state.store.jwt_templates.values().collect();
            templates.sort_by_key(|template| std::cmp::Reverse(template.sequence));
            call.listed(templates, JwtTemplate::to_json)
        }
        ("POST", [_]) => {
            body.required("name")?;
            body.object("claims")
                .ok_or_else(|| Failure::missing_parameter("claims"))?;
            let now = call.now;
            let store = call.store();
            let template = JwtTemplate {
                id: store.ids.next("jtmp_"),
                sequence: store.next_sequence(),
                name: String::new(),
                claims: serde_json::Map::new(),
                lifetime: 60,
                allowed_clock_skew: 5,
                created_at: now,
                updated_at: now,
            };
            write(call, template, &body)
        }
        ("GET", [_, id]) => Ok(Reply::json(&template(call, id)?.to_json())),
        ("PATCH", [_, id]) => {
            let template = template(call, id)?.clone();
            write(call, template, &body)
        }
        ("DELETE", [_, id]) => {
            template(call, id)?;
            call.store().jwt_templates.remove(*id);
            Ok(Reply::json(&deleted("jwt_template", id)))
        }
        _ => Err(unknown_route()),
    }
}

fn template<'c>(call: &'c Call<'_>, id: &str) -> Outcome<&'c JwtTemplate> {
    call.state
        .store
        .jwt_templates
        .get(id)
        .ok_or_else(|| Failure::not_found("JWT template"))
}

/// Claims that a template cannot set.
const RESERVED: [&str; 7] = ["azp", "exp", "iat", "iss", "jti", "nbf", "sub"];

fn write(call: &mut Call<'_>, mut template: JwtTemplate, body: &Body) -> Outcome<Reply> {
    if let Some(name) = body.text("name") {
        let templates = call.store().jwt_templates.values();
        if templates
            .into_iter()
            .any(|other| other.name == name && other.id != template.id)
        {
            return Err(taken("name"));
        }
        name.clone_into(&mut template.name);
    }
    if let Some(claims) = body.object("claims") {
        if let Some(reserved) = RESERVED.iter().find(|name| claims.contains_key(**name)) {
            return Err(Failure::invalid_parameter(
                "claims",
                &format!("cannot set the reserved claim {reserved}"),
            ));
        }
        template.claims = claims.clone();
    }
    if let Some(lifetime) = body.number("lifetime") {
        if !(30..=315_360_000).contains(&lifetime) {
            return Err(Failure::invalid_parameter(
                "lifetime",
                "must be between 30 and 315360000 seconds",
            ));
        }
        template.lifetime = lifetime;
    }
    if let Some(skew) = body.number("allowed_clock_skew") {
        template.allowed_clock_skew = skew;
    }
    template.updated_at = call.now;
    call.store()
        .jwt_templates
        .insert(template.id.clone(), template.clone());
    Ok(Reply::json(&template.to_json()))
}
