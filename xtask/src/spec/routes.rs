//! Paths, operations and events of a description.

use serde_json::{Map, Value};

use super::{
    import::ORDER,
    ir::{Answer, Body, Event, Field, Operation},
    keywords::{array, flag, object, only, strings, text},
    reader::Reader,
};
use crate::Outcome;

const VERBS: &[&str] = &["get", "post", "put", "patch", "delete"];

impl Reader<'_> {
    pub(super) fn paths(&mut self) -> Outcome<(Vec<Operation>, Vec<String>)> {
        let mut operations = Vec::new();
        let mut empty = Vec::new();
        let Some(paths) = self.root.get("paths") else {
            return Ok((operations, empty));
        };
        for (path, item) in object(paths, "paths")? {
            let item = object(item, path)?;
            only(item, path, VERBS)?;
            if item.is_empty() {
                empty.push(path.clone());
            }
            for (verb, operation) in item {
                operations.push(self.operation(verb, path, operation)?);
            }
        }
        operations.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
        empty.sort();
        Ok((operations, empty))
    }

    fn operation(&mut self, verb: &str, path: &str, operation: &Value) -> Outcome<Operation> {
        let at = format!("{verb} {path}");
        let map = object(operation, &at)?;
        only(
            map,
            &at,
            &[
                "operationId",
                "summary",
                "description",
                "tags",
                "responses",
                "parameters",
                "requestBody",
                "deprecated",
                "security",
                "x-speakeasy-group",
                "x-speakeasy-name-override",
                "x-speakeasy-usage-example",
            ],
        )?;
        let id = text(operation, "operationId", &at)?;
        let public = match map.get("security") {
            None => false,
            Some(Value::Array(schemes))
                if schemes.is_empty()
                    || schemes.iter().all(|s| s == &Value::Object(Map::new())) =>
            {
                true
            }
            Some(other) => return Err(format!("{at}: the security {other}").into()),
        };
        let mut path_params = Vec::new();
        let mut query = Vec::new();
        for parameter in map
            .get("parameters")
            .map(|p| array(p, &at))
            .transpose()?
            .into_iter()
            .flatten()
        {
            let parameter = self.resolve(parameter, "parameters", &at)?.clone();
            let (place, field) = self.parameter(&id, &parameter, &at)?;
            match place.as_str() {
                "path" => path_params.push(field),
                "query" => query.push(field),
                other => return Err(format!("{at}: a parameter in {other:?}").into()),
            }
        }
        let order = |field: &Field| path.find(&format!("{{{}}}", field.n));
        if let Some(stray) = path_params.iter().find(|field| order(field).is_none()) {
            return Err(format!("{at}: the path has no {{{}}}", stray.n).into());
        }
        path_params.sort_by_key(order);
        if path.matches('{').count() != path_params.len() {
            return Err(format!("{at}: a path parameter is not declared").into());
        }
        let body = map
            .get("requestBody")
            .map(|body| self.body(&id, body, &at))
            .transpose()?;
        let (success, errors) = self.answers(&id, &map["responses"], &at)?;
        Ok(Operation {
            method: verb.to_uppercase(),
            path: path.to_owned(),
            tags: strings(map.get("tags"), &at)?,
            dep: flag(map, "deprecated", &at)?,
            public,
            id,
            path_params,
            query,
            body,
            success,
            errors,
        })
    }

    fn parameter(&mut self, id: &str, parameter: &Value, at: &str) -> Outcome<(String, Field)> {
        let map = object(parameter, at)?;
        only(
            map,
            at,
            &[
                "name",
                "in",
                "schema",
                "description",
                "required",
                "example",
                "deprecated",
                "style",
                "explode",
                "allowEmptyValue",
            ],
        )?;
        let name = text(parameter, "name", at)?;
        let place = format!("{id}?{name}");
        let read = self.schema(&map["schema"], &place, &place)?;
        let mut field = self.field(&name, &map["schema"], read, &place)?;
        field.req = flag(map, "required", at)?;
        field.dep |= flag(map, "deprecated", at)?;
        field.style = match (
            map.get("style").and_then(Value::as_str),
            map.get("explode").and_then(Value::as_bool),
        ) {
            (None, None) | (Some("form"), Some(true)) => None,
            (Some("form"), Some(false)) => Some("comma".to_owned()),
            other => return Err(format!("{at}: the parameter style {other:?}").into()),
        };
        Ok((text(parameter, "in", at)?, field))
    }

    fn body(&mut self, id: &str, body: &Value, at: &str) -> Outcome<Body> {
        let map = object(body, at)?;
        only(map, at, &["content", "required", "description"])?;
        let (media, content) = single_media(&map["content"], at)?;
        if !matches!(media, "application/json" | "multipart/form-data") {
            return Err(format!("{at}: a body of type {media:?}").into());
        }
        let place = format!("{id}#body");
        Ok(Body {
            media: media.to_owned(),
            req: flag(map, "required", at)?,
            t: self.schema(content, &place, &place)?.t,
        })
    }

    fn answers(
        &mut self,
        id: &str,
        responses: &Value,
        at: &str,
    ) -> Outcome<(Vec<Answer>, Vec<Answer>)> {
        let mut success = Vec::new();
        let mut errors = Vec::new();
        for (status, response) in object(responses, at)? {
            let code: u16 = status
                .parse()
                .map_err(|_| format!("{at}: the status {status:?}"))?;
            let response = self.resolve(response, "responses", at)?.clone();
            let map = object(&response, at)?;
            only(map, at, &["description", "content"])?;
            let content = map
                .get("content")
                .map(|content| single_media(content, at))
                .transpose()?;
            let t = match content {
                None => None,
                Some((media, _)) if media != "application/json" => {
                    return Err(format!("{at}: an answer of type {media:?}").into());
                }
                Some((_, schema)) if code >= 300 => Some(error_body(schema, at)?),
                Some((_, schema)) => {
                    let place = format!("{id}#{code}");
                    Some(self.schema(schema, &place, &place)?.t)
                }
            };
            let answer = Answer { status: code, t };
            if code < 300 {
                success.push(answer);
            } else {
                errors.push(answer);
            }
        }
        errors.sort_by_key(|answer| answer.status);
        if success.is_empty() {
            return Err(format!("{at}: no successful answer").into());
        }
        Ok((success, errors))
    }

    /// The events stand under a vendor key, each a `post` whose body is the envelope with a `data` member.
    pub(super) fn events(&mut self) -> Outcome<Vec<Event>> {
        let mut events = Vec::new();
        let Some(hooks) = self.root.get("x-webhooks") else {
            return Ok(events);
        };
        for (event, item) in object(hooks, "x-webhooks")? {
            only(object(item, event)?, event, &["post"])?;
            let post = object(&item["post"], event)?;
            only(post, event, &["description", "operationId", "requestBody"])?;
            let content = object(&item["post"]["requestBody"]["content"], event)?;
            only(content, event, &["application/json"])?;
            let media = object(&content["application/json"], event)?;
            only(media, event, &["schema", "example", "examples"])?;
            let schema = object(&media["schema"], event)?;
            only(schema, event, &["allOf", "required", "type"])?;
            let parts = array(&schema["allOf"], event)?;
            let [envelope, own] = parts.as_slice() else {
                return Err(format!("{event}: not an envelope and its data").into());
            };
            if envelope["$ref"] != "#/components/schemas/WebhookEventPayload" {
                return Err(format!("{event}: another envelope").into());
            }
            only(
                object(own, event)?,
                event,
                &["type", "properties", "required", ORDER],
            )?;
            let properties = object(&own["properties"], event)?;
            only(properties, event, &["data"])?;
            let place = format!("{event}.data");
            let data = self.schema(&properties["data"], &place, &place)?;
            events.push(Event {
                event: event.clone(),
                t: data.t,
            });
        }
        events.sort_by(|a, b| a.event.cmp(&b.event));
        Ok(events)
    }

    fn resolve<'b>(&'b self, node: &'b Value, section: &str, at: &str) -> Outcome<&'b Value> {
        let Some(reference) = node.get("$ref").and_then(Value::as_str) else {
            return Ok(node);
        };
        let name = reference
            .strip_prefix("#/components/")
            .and_then(|rest| rest.strip_prefix(section)?.strip_prefix('/'))
            .ok_or_else(|| format!("{at}: a reference to {reference:?}"))?;
        self.root["components"]
            .get(section)
            .and_then(|all| all.get(name))
            .ok_or_else(|| format!("{at}: nothing is called {reference:?}").into())
    }
}

/// The two forms an error body has: the shared component, or the same spelled out without its trace id.
fn error_body(schema: &Value, at: &str) -> Outcome<String> {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return match reference.rsplit('/').next() {
            Some("ClerkErrors") => Ok("ClerkErrors".to_owned()),
            _ => Err(format!("{at}: an error body {reference:?}").into()),
        };
    }
    let members: Vec<&String> = schema
        .pointer("/properties/errors/items/properties")
        .and_then(Value::as_object)
        .map(|map| map.keys().collect())
        .unwrap_or_default();
    let mut sorted = members.clone();
    sorted.sort();
    if sorted == ["code", "long_message", "message"]
        && schema["properties"].as_object().map(Map::len) == Some(1)
    {
        Ok("inline".to_owned())
    } else {
        Err(format!("{at}: an error body of another shape").into())
    }
}

fn single_media<'a>(content: &'a Value, at: &str) -> Outcome<(&'a str, &'a Value)> {
    let content = object(content, at)?;
    let mut media = content.iter();
    let (Some((name, inner)), None) = (media.next(), media.next()) else {
        return Err(format!("{at}: not exactly one media type").into());
    };
    only(object(inner, at)?, at, &["schema"])?;
    Ok((name, &inner["schema"]))
}
