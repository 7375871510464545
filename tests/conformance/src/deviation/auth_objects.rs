//! Where typed claims and strict names make a difference, worked out from the recorded input alone.

use serde_json::{Map, Value, json};

use crate::vector::Vector;

/// There is something about an organization, and no id of it.
pub(super) fn has_organization_without_id(vector: &Vector) -> bool {
    vector
        .input_at("/claims")
        .is_some_and(tells_of_an_organization_without_id)
}

fn tells_of_an_organization_without_id(claims: &Value) -> bool {
    let Some(claims) = claims.as_object() else {
        return false;
    };
    let has_id = |id: Option<&Value>| id.and_then(Value::as_str).is_some_and(|id| !id.is_empty());
    if claims.get("v").and_then(Value::as_f64) == Some(2.0) {
        let organization = claims.get("o").and_then(Value::as_object);
        return organization.is_some_and(|organization| !has_id(organization.get("id")));
    }
    let is_told_of = ["org_id", "org_role", "org_slug", "org_permissions"];
    is_told_of.iter().any(|name| claims.contains_key(*name)) && !has_id(claims.get("org_id"))
}

/// A claim that authorization reads has a type it should not have (AUTH-12).
pub(super) fn has_mistyped_claim(vector: &Vector) -> bool {
    has_mistyped(&vector.input["claims"])
}

fn has_mistyped(claims: &Value) -> bool {
    let is_wrong =
        |at: &str, fits: fn(&Value) -> bool| claims.pointer(at).is_some_and(|value| !fits(value));
    let texts = [
        "/sub",
        "/sid",
        "/sts",
        "/org_id",
        "/org_slug",
        "/org_role",
        "/fea",
        "/pla",
        "/o/id",
        "/o/slg",
        "/o/rol",
        "/o/per",
        "/o/fpm",
    ];
    texts.iter().any(|at| is_wrong(at, Value::is_string))
        || is_wrong("/org_permissions", is_list_of_texts)
        || is_wrong("/fva", |fva| ages(fva).is_some())
        || is_wrong("/act", Value::is_object)
        || is_wrong("/o", Value::is_object)
}

/// The session's object by the typed reading of its claims.
pub(super) fn typed_session_object(vector: &Vector) -> Option<Value> {
    let claims = vector.input["claims"].as_object()?;
    let allowed = json!({ "ok": session_object(claims) });
    let mut outcome = vector.expected.to_value();
    if claims.get("sts") != Some(&json!("pending")) {
        outcome = json!({ "ok": { "pending_as_signed_out": allowed } });
    }
    outcome["ok"]["pending_allowed"] = allowed;
    Some(outcome)
}

/// The recorded answers, with no for a feature or plan that has no name or more than scope and name (HAS-6).
pub(super) fn strict_names(vector: &Vector) -> Option<Value> {
    let params = vector.input["params"].as_array()?;
    let mut outcome = vector.expected.to_value();
    let answers = outcome["ok"].as_array_mut()?;
    for (params, answer) in params.iter().zip(answers) {
        let is_loose = |name: &str| {
            let parts: Vec<&str> = params[name].as_str()?.split(':').collect();
            Some(parts.len() > 2 || parts.last() == Some(&""))
        };
        if is_loose("feature") == Some(true) || is_loose("plan") == Some(true) {
            *answer = json!(false);
        }
    }
    Some(outcome)
}

/// Claims of a session that are read by their types (AUTH-12), or of an organization without id (AUTH-22).
pub(crate) fn has_unusual_claims(claims: &Value) -> bool {
    has_mistyped(claims) || tells_of_an_organization_without_id(claims)
}

/// The object of a session with these claims.
pub(crate) fn session_object(claims: &Map<String, Value>) -> Value {
    let text = |name: &str| claims.get(name).filter(|value| value.is_string());
    let mut object = json!({
        "tokenType": "session_token",
        "sessionClaims": claims,
        "sessionStatus": text("sts"),
        "factorVerificationAge": claims.get("fva").and_then(ages),
        "isAuthenticated": true,
    });
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            object[name] = value;
        }
    };
    set("userId", text("sub").cloned());
    set("sessionId", text("sid").cloned());
    set(
        "actor",
        claims.get("act").filter(|act| act.is_object()).cloned(),
    );
    let (org, names) = if claims.get("v").and_then(Value::as_f64) == Some(2.0) {
        (
            claims.get("o").and_then(Value::as_object),
            ["id", "slg", "rol"],
        )
    } else {
        (Some(claims), ["org_id", "org_slug", "org_role"])
    };
    let member = |name: &str| org?.get(name)?.as_str();
    let [id, slug, role] = names.map(member);
    let Some(id) = id.filter(|id| !id.is_empty()) else {
        return object;
    };
    set("orgId", Some(id.into()));
    set("orgSlug", slug.map(Value::from));
    if names[0] == "org_id" {
        set("orgRole", role.map(Value::from));
        let list = claims.get("org_permissions").and_then(Value::as_array);
        let texts = |list: &Vec<Value>| {
            list.iter()
                .filter(|item| item.is_string())
                .cloned()
                .collect()
        };
        set("orgPermissions", list.map(texts));
    } else {
        let role = role.filter(|role| !role.is_empty());
        set("orgRole", role.map(|role| format!("org:{role}").into()));
        let features = text("fea").and_then(Value::as_str).unwrap_or_default();
        let part = |name| member(name).unwrap_or_default();
        set(
            "orgPermissions",
            Some(unpack(features, part("per"), part("fpm"))),
        );
    }
    object
}

/// The permissions of numbers of up to 128 bits; elements without a colon grant nothing.
fn unpack(features: &str, permissions: &str, map: &str) -> Value {
    let mut all = Vec::new();
    if permissions.is_empty() || map.is_empty() {
        return json!(all);
    }
    let features = features.split(',').filter_map(|element| {
        let (scope, name) = element.trim().split_once(':')?;
        ["o", "ou", "uo"].contains(&scope).then_some(name)
    });
    for (feature, number) in features.zip(map.split(',')) {
        let number: u128 = number.trim().parse().unwrap_or(0);
        for (bit, name) in permissions.split(',').enumerate() {
            if bit < 128 && number >> bit & 1 == 1 {
                all.push(format!("org:{feature}:{}", name.trim()));
            }
        }
    }
    json!(all)
}

fn is_list_of_texts(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|list| list.iter().all(Value::is_string))
}

fn ages(value: &Value) -> Option<Value> {
    let list = value.as_array()?;
    (list.len() == 2 && list.iter().all(Value::is_number)).then(|| value.clone())
}
