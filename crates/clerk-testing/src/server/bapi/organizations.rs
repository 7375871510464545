//! Organizations.

use serde_json::Value;

use crate::server::call::{Call, sort_by, unknown_route};
use crate::server::failure::Outcome;
use crate::server::http::{Body, Reply};
use crate::server::store::{Json, Organization, deleted, merge_metadata, taken};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let body = call.body()?;
    match (call.method(), path) {
        ("GET", ["organizations"]) => list(call),
        ("POST", ["organizations"]) => create(call, &body),
        ("GET", ["organizations", id]) => {
            let store = &call.state.store;
            let org = store.organization(id)?;
            Ok(Reply::json(&store.organization_json(org)))
        }
        ("PATCH", ["organizations", id]) => update(call, id, &body),
        ("PATCH", ["organizations", id, "metadata"]) => {
            change(call, id, |org| write_metadata(org, &body, true))
        }
        ("PUT", ["organizations", id, "metadata"]) => {
            change(call, id, |org| write_metadata(org, &body, false))
        }
        ("DELETE", ["organizations", id]) => delete(call, id),
        ("DELETE", ["organizations", id, "logo"]) => change(call, id, |_| ()),
        ("GET", ["organizations", id, "domains"]) => {
            call.state.store.organization(id)?;
            call.counted(Vec::<Value>::new(), |value| value)
        }
        _ => Err(unknown_route()),
    }
}

fn list(call: &mut Call<'_>) -> Outcome<Reply> {
    let (field, descending) =
        call.order(&["name", "created_at", "members_count"], "-created_at")?;
    let query = &call.request.query;
    let store = &call.state.store;
    let wanted = query.get("query").unwrap_or_default().to_lowercase();
    let (ids, users) = (query.list("organization_id"), query.list("user_id"));
    let mut orgs: Vec<&Organization> = store
        .organizations
        .values()
        .filter(|org| {
            org.id == wanted
                || org.name.to_lowercase().contains(&wanted)
                || org.slug.to_lowercase().contains(&wanted)
        })
        .filter(|org| ids.is_empty() || ids.contains(&org.id.as_str()))
        .filter(|org| {
            users.is_empty()
                || users
                    .iter()
                    .any(|user| store.membership(&org.id, user).is_some())
        })
        .collect();
    match field {
        "name" => sort_by(&mut orgs, descending, |org| org.name.to_lowercase()),
        "members_count" => sort_by(&mut orgs, descending, |org| store.members_count(&org.id)),
        _ => sort_by(&mut orgs, descending, |org| (org.created_at, org.sequence)),
    }
    call.counted(orgs, |org| store.organization_json(org))
}

fn create(call: &mut Call<'_>, body: &Body) -> Outcome<Reply> {
    let now = call.now;
    let name = body.required("name")?;
    let org =
        call.store()
            .create_organization(name, body.text("slug"), body.text("created_by"), now)?;
    let store = call.store();
    if let Some(stored) = store.organizations.get_mut(&org.id) {
        stored.max_allowed_memberships = body.number("max_allowed_memberships").unwrap_or_default();
        write_metadata(stored, body, false);
    }
    let org = store.organization(&org.id)?;
    Ok(Reply::json(&store.organization_json(org)))
}

fn update(call: &mut Call<'_>, id: &str, body: &Body) -> Outcome<Reply> {
    let id = call.store().organization(id)?.id.clone();
    if let Some(slug) = body.text("slug")
        && call
            .store()
            .organizations
            .values()
            .any(|org| org.slug == slug && org.id != id)
    {
        return Err(taken("slug"));
    }
    change(call, &id, |org| {
        if let Some(name) = body.text("name") {
            name.clone_into(&mut org.name);
        }
        if let Some(slug) = body.text("slug") {
            slug.clone_into(&mut org.slug);
        }
        if let Some(most) = body.number("max_allowed_memberships") {
            org.max_allowed_memberships = most;
        }
        if body.value("admin_delete_enabled").is_some() {
            org.admin_delete_enabled = body.flag("admin_delete_enabled");
        }
        write_metadata(org, body, false);
    })
}

fn write_metadata(org: &mut Organization, body: &Body, merge: bool) {
    let write = |target: &mut Json, name: &str| {
        let Some(value) = body.object(name) else {
            return;
        };
        if !merge {
            target.clear();
        }
        merge_metadata(target, value);
    };
    write(&mut org.public_metadata, "public_metadata");
    write(&mut org.private_metadata, "private_metadata");
}

fn change(call: &mut Call<'_>, id: &str, change: impl FnOnce(&mut Organization)) -> Outcome<Reply> {
    let now = call.now;
    let store = call.store();
    let mut org = store.organization(id)?.clone();
    change(&mut org);
    org.updated_at = now;
    store.organizations.insert(org.id.clone(), org.clone());
    let value = store.organization_json(&org);
    store
        .outbox
        .emit("organization.updated", value.clone(), now);
    Ok(Reply::json(&value))
}

fn delete(call: &mut Call<'_>, id: &str) -> Outcome<Reply> {
    let now = call.now;
    let store = call.store();
    let id = store.organization(id)?.id.clone();
    store.organizations.remove(&id);
    store
        .memberships
        .retain(|_, membership| membership.org_id != id);
    store
        .org_invitations
        .retain(|_, invitation| invitation.org_id != id);
    let value = deleted("organization", &id);
    store
        .outbox
        .emit("organization.deleted", value.clone(), now);
    Ok(Reply::json(&value))
}
