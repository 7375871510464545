//! Mechanical repairs of the description, without which a mock server made from it contradicts itself.

use serde_json::{Value, json};

use crate::Outcome;

/// Announces members that the JavaScript SDK sends and the description lacks: bodies forbid what is not listed.
pub(super) fn announce(document: &mut Value, members: &[(String, String)]) -> Outcome {
    for (key, member) in members {
        let Some((operation, path)) = key.split_once("#body") else {
            continue;
        };
        let body = document["paths"]
            .as_object_mut()
            .into_iter()
            .flat_map(|paths| paths.values_mut())
            .filter_map(Value::as_object_mut)
            .flat_map(|item| item.values_mut())
            .find(|found| found["operationId"] == *operation);
        // The JavaScript SDK knows operations that the description does not.
        let Some(body) = body else { continue };
        let mut schema = &mut body["requestBody"]["content"]["application/json"]["schema"];
        for step in path.split('.').filter(|step| !step.is_empty()) {
            schema = &mut schema["properties"][step];
        }
        let properties = schema["properties"]
            .as_object_mut()
            .ok_or_else(|| format!("{key} is no object"))?;
        properties.insert(member.clone(), json!({}));
    }
    Ok(())
}

/// Repairs the copy that the mock server reads; the description itself stays as it is.
pub(super) fn repair(document: &mut Value) -> Outcome {
    // Sample values for texts whose patterns a made-up one does not match.
    for (schema, member, sample) in [
        ("IdentificationLink", "type", "oauth_google"),
        ("verification_oauth", "strategy", "oauth_google"),
        ("verification_from_oauth", "strategy", "from_oauth_google"),
    ] {
        let place = format!("/components/schemas/{schema}/properties/{member}");
        at(document, &place)?["example"] = json!(sample);
    }
    let schemas = at(document, "/components/schemas")?;
    for schema in schemas
        .as_object_mut()
        .into_iter()
        .flat_map(|all| all.values_mut())
    {
        // Alternatives that only name required members are answered with an empty object.
        let only_required = schema
            .get("anyOf")
            .and_then(Value::as_array)
            .is_some_and(|parts| {
                parts.iter().all(|part| {
                    part.as_object()
                        .is_some_and(|part| part.len() == 1 && part.contains_key("required"))
                })
            });
        if let (true, Some(schema)) = (only_required, schema.as_object_mut()) {
            schema.remove("anyOf");
        }
        // Required members that are not declared cannot be answered.
        if schema.get("allOf").is_some() {
            continue;
        }
        let required: Vec<String> =
            serde_json::from_value(schema.get("required").cloned().unwrap_or(json!([])))?;
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            for name in required {
                let kind = if name == "crv" { "string" } else { "boolean" };
                properties
                    .entry(name)
                    .or_insert_with(|| json!({"type": kind}));
            }
        }
    }
    // A private key is a public one too: the alternatives overlap.
    let keys = at(document, "/components/schemas/JWKS/properties/keys/items")?;
    if let Some(parts) = keys.as_object_mut().and_then(|keys| keys.remove("oneOf")) {
        keys["anyOf"] = parts;
    }
    // The second part contradicts the first.
    let revoked = at(
        document,
        "/components/responses/Invitation.Revoked/content/application~1json",
    )?;
    revoked["schema"] = revoked["schema"]["allOf"][0].clone();
    Ok(())
}

fn at<'a>(document: &'a mut Value, pointer: &str) -> Outcome<&'a mut Value> {
    document
        .pointer_mut(pointer)
        .ok_or_else(|| format!("the description has no {pointer}").into())
}
