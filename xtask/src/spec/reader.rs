//! The strict reader: every keyword of a description is either understood or an error.
//!
//! Texts and samples are dropped here, so that nothing but facts can reach the committed file. Nothing is
//! merged, renamed or repaired: oddities stay visible, and the overlay repairs them with a reason.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    import::ORDER,
    ir::{Answer, Body, Event, FORMAT, Field, Kind, Operation, Source, Spec, TypeDef},
};
use crate::Outcome;

/// Keywords of a schema that carry text or samples, or belong to other generators.
const IGNORED: &[&str] = &[
    "description",
    "example",
    "title",
    "x-speakeasy-name-override",
    "x-speakeasy-unknown-values",
];
/// Keywords that bound a value.
const BOUNDS: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "pattern",
];
const VERBS: &[&str] = &["get", "post", "put", "patch", "delete"];

/// A description while it is being read.
struct Reader<'a> {
    root: &'a Map<String, Value>,
    types: Vec<TypeDef>,
}

/// What a schema says about the place it stands at.
#[derive(Default)]
struct Read {
    t: String,
    null: bool,
    constant: Option<Value>,
}

/// Reads a whole document.
pub(crate) fn read(document: &Value, source: Source) -> Outcome<Spec> {
    let root = object(document, "document")?;
    only(
        root,
        "document",
        &[
            "openapi",
            "info",
            "servers",
            "security",
            "tags",
            "externalDocs",
            "paths",
            "components",
            "x-speakeasy-retries",
            "x-webhooks",
        ],
    )?;
    if root.get("openapi").and_then(Value::as_str) != Some("3.0.3") {
        return Err("only OpenAPI 3.0.3 is understood".into());
    }
    let version = text(&root["info"], "version", "info")?;
    let server = root
        .get("servers")
        .and_then(|servers| servers.get(0)?.get("url")?.as_str())
        .map(str::to_owned);
    let mut reader = Reader {
        root,
        types: Vec::new(),
    };
    reader.components()?;
    let (operations, empty_paths) = reader.paths()?;
    let events = reader.events()?;
    let mut types = reader.types;
    types.sort_by(|a, b| a.name.cmp(&b.name));
    if let Some(pair) = types.windows(2).find(|pair| pair[0].name == pair[1].name) {
        return Err(format!("two types are called {:?}", pair[0].name).into());
    }
    Ok(Spec {
        ir: FORMAT,
        source,
        version,
        server,
        types,
        operations,
        events,
        empty_paths,
    })
}

impl Reader<'_> {
    fn components(&mut self) -> Outcome {
        let components = object(&self.root["components"], "components")?;
        only(
            components,
            "components",
            &[
                "schemas",
                "responses",
                "parameters",
                "securitySchemes",
                "examples",
            ],
        )?;
        for (name, schema) in object(&components["schemas"], "components.schemas")? {
            self.component(name, schema)?;
        }
        Ok(())
    }

    fn component(&mut self, name: &str, schema: &Value) -> Outcome {
        let before = self.types.len();
        let read = self.schema(schema, name, name)?;
        match self
            .types
            .iter_mut()
            .skip(before)
            .find(|def| def.name == name)
        {
            Some(def) => def.null = read.null,
            None => self.types.push(TypeDef {
                null: read.null,
                t: Some(read.t),
                ..definition(name, Kind::Alias)
            }),
        }
        Ok(())
    }

    /// Reads a schema; an object, enum or union is recorded as a type called `name`.
    fn schema(&mut self, schema: &Value, name: &str, at: &str) -> Outcome<Read> {
        let map = object(schema, at)?;
        if let Some(reference) = map.get("$ref") {
            only(
                map,
                at,
                &[&["$ref", "nullable", "deprecated"], IGNORED].concat(),
            )?;
            let target = reference.as_str().unwrap_or_default();
            let Some(target) = target.strip_prefix("#/components/schemas/") else {
                return Err(format!("{at}: a reference to {target:?}").into());
            };
            return Ok(Read {
                t: format!("ref({target})"),
                null: flag(map, "nullable", at)?,
                constant: None,
            });
        }
        let known = [
            "type",
            "format",
            "nullable",
            "properties",
            "required",
            "additionalProperties",
            "enum",
            "items",
            "allOf",
            "oneOf",
            "anyOf",
            "discriminator",
            "default",
            "deprecated",
            "readOnly",
            ORDER,
        ];
        let allowed: Vec<&str> = [&known[..], IGNORED, BOUNDS].concat();
        only(map, at, &allowed)?;
        let null = flag(map, "nullable", at)?;
        if let Some(values) = map.get("enum") {
            return self.enumeration(values, null, name, at);
        }
        let done = |t: String| {
            Ok(Read {
                t,
                null,
                constant: None,
            })
        };
        for keyword in ["allOf", "oneOf", "anyOf"] {
            let Some(parts) = map.get(keyword) else {
                continue;
            };
            let parts = array(parts, at)?;
            if keyword == "anyOf" && parts.iter().all(is_required_only) {
                continue;
            }
            if let [single] = parts.as_slice() {
                let read = self.schema(single, name, at)?;
                return Ok(Read {
                    null: null || read.null,
                    ..read
                });
            }
            return done(self.composition(keyword, parts, map, name, at)?);
        }
        match map.get("type").and_then(Value::as_str) {
            Some("string") => done(match map.get("format").and_then(Value::as_str) {
                Some("binary") => "file".to_owned(),
                None | Some("email" | "date-time" | "date" | "uri") => "string".to_owned(),
                Some(other) => return Err(format!("{at}: the string format {other:?}").into()),
            }),
            Some("boolean") => done("bool".to_owned()),
            Some("integer") => done(match map.get("format").and_then(Value::as_str) {
                None => "integer".to_owned(),
                Some("int64") => "i64".to_owned(),
                Some("int32") => "i32".to_owned(),
                Some(other) => return Err(format!("{at}: the integer format {other:?}").into()),
            }),
            Some("number") => done(match map.get("format").and_then(Value::as_str) {
                None => "number".to_owned(),
                Some("double" | "float") => "f64".to_owned(),
                Some(other) => return Err(format!("{at}: the number format {other:?}").into()),
            }),
            Some("array") => {
                let items = map
                    .get("items")
                    .ok_or_else(|| format!("{at}: a list without items"))?;
                let item = self.schema(items, &format!("{name}[]"), &format!("{at}[]"))?;
                if item.null {
                    return Err(format!("{at}: a list of nullable items").into());
                }
                done(format!("list({})", item.t))
            }
            Some("object") | None if map.contains_key("properties") => {
                self.structure(map, name, at)?;
                done(format!("ref({name})"))
            }
            Some("object") => match map.get("additionalProperties") {
                None | Some(Value::Bool(true)) => done("object".to_owned()),
                Some(Value::Bool(false)) => {
                    Err(format!("{at}: an object that can hold nothing").into())
                }
                Some(value) => {
                    let value = self.schema(value, &format!("{name}{{}}"), &format!("{at}{{}}"))?;
                    let mark = if value.null { "?" } else { "" };
                    done(format!("map({}{mark})", value.t))
                }
            },
            None => done("any".to_owned()),
            Some(other) => Err(format!("{at}: the type {other:?}").into()),
        }
    }

    fn enumeration(&mut self, values: &Value, null: bool, name: &str, at: &str) -> Outcome<Read> {
        let values = array(values, at)?;
        let null = null || values.contains(&Value::Null);
        let values: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
        let plain = |value: &Value| match value {
            Value::String(_) => Ok("string"),
            Value::Bool(_) => Ok("bool"),
            Value::Number(_) => Ok("integer"),
            other => Err(format!("{at}: {other} in an enum")),
        };
        if let [single] = values.as_slice() {
            return Ok(Read {
                t: plain(single)?.to_owned(),
                null,
                constant: Some((*single).clone()),
            });
        }
        let mut texts = Vec::new();
        for value in &values {
            match value {
                Value::String(text) => texts.push(text.clone()),
                Value::Bool(_) => {}
                other => return Err(format!("{at}: {other} in an enum").into()),
            }
        }
        if texts.is_empty() {
            return Ok(Read {
                t: "bool".to_owned(),
                null,
                constant: None,
            });
        }
        if texts.len() != values.len() {
            return Err(format!("{at}: an enum of mixed types").into());
        }
        self.types.push(TypeDef {
            values: texts,
            ..definition(name, Kind::Enum)
        });
        Ok(Read {
            t: format!("enum({name})"),
            null,
            constant: None,
        })
    }

    fn composition(
        &mut self,
        keyword: &str,
        parts: &[Value],
        map: &Map<String, Value>,
        name: &str,
        at: &str,
    ) -> Outcome<String> {
        if map.contains_key("properties") {
            return Err(format!("{at}: {keyword} beside properties").into());
        }
        let mut expressions = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let place = format!("{name}|{index}");
            expressions.push(self.schema(part, &place, &place)?.t);
        }
        let kind = if keyword == "allOf" {
            Kind::All
        } else {
            Kind::Union
        };
        let mut def = TypeDef {
            parts: expressions,
            also_required: strings(map.get("required"), at)?,
            ..definition(name, kind)
        };
        if let Some(discriminator) = map.get("discriminator") {
            let discriminator = object(discriminator, at)?;
            only(discriminator, at, &["propertyName", "mapping"])?;
            def.tag = Some(text(
                &Value::Object(discriminator.clone()),
                "propertyName",
                at,
            )?);
            for (value, target) in discriminator
                .get("mapping")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                let target = target.as_str().unwrap_or_default();
                def.mapping.insert(
                    value.clone(),
                    target.rsplit('/').next().unwrap_or_default().to_owned(),
                );
            }
        }
        self.types.push(def);
        Ok(format!("ref({name})"))
    }

    fn structure(&mut self, map: &Map<String, Value>, name: &str, at: &str) -> Outcome {
        let mut required = strings(map.get("required"), at)?;
        let mut fields = Vec::new();
        let properties = object(&map["properties"], at)?;
        for property in strings(map.get(ORDER), at)? {
            let (property, schema) = (&property, &properties[&property]);
            let place = format!("{name}.{property}");
            let read = self.schema(schema, &place, &place)?;
            let needed = required.iter().position(|one| one == property);
            if let Some(index) = needed {
                required.remove(index);
            }
            let mut field = self.field(property, schema, read, &place)?;
            field.req = needed.is_some();
            fields.push(field);
        }
        let mut any_required = Vec::new();
        if let Some(alternatives) = map.get("anyOf") {
            for alternative in array(alternatives, at)? {
                any_required.push(strings(alternative.get("required"), at)?);
            }
        }
        let extra = map.get("additionalProperties");
        self.types.push(TypeDef {
            closed: extra == Some(&Value::Bool(false)),
            open: extra == Some(&Value::Bool(true)),
            any_required,
            also_required: required,
            fields,
            ..definition(name, Kind::Struct)
        });
        Ok(())
    }

    fn field(&self, name: &str, schema: &Value, read: Read, at: &str) -> Outcome<Field> {
        let map = object(schema, at)?;
        let bounds = BOUNDS
            .iter()
            .filter_map(|bound| Some(((*bound).to_owned(), map.get(*bound)?.clone())))
            .collect();
        let format = map.get("format").and_then(Value::as_str);
        Ok(Field {
            n: name.to_owned(),
            t: read.t,
            null: read.null,
            dep: flag(map, "deprecated", at)?,
            ro: flag(map, "readOnly", at)?,
            constant: read.constant,
            default: map.get("default").cloned(),
            format: format
                .filter(|f| matches!(*f, "date-time" | "date" | "email" | "uri"))
                .map(str::to_owned),
            bounds,
            ..Field::default()
        })
    }

    fn paths(&mut self) -> Outcome<(Vec<Operation>, Vec<String>)> {
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
                success.push(answer)
            } else {
                errors.push(answer)
            }
        }
        errors.sort_by_key(|answer| answer.status);
        if success.is_empty() {
            return Err(format!("{at}: no successful answer").into());
        }
        Ok((success, errors))
    }

    /// The events stand under a vendor key, each a `post` whose body is the envelope with a `data` member.
    fn events(&mut self) -> Outcome<Vec<Event>> {
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

fn definition(name: &str, kind: Kind) -> TypeDef {
    TypeDef {
        name: name.to_owned(),
        kind,
        null: false,
        closed: false,
        open: false,
        t: None,
        parts: Vec::new(),
        tag: None,
        mapping: BTreeMap::new(),
        values: Vec::new(),
        any_required: Vec::new(),
        also_required: Vec::new(),
        fields: Vec::new(),
    }
}

fn is_required_only(schema: &Value) -> bool {
    schema
        .as_object()
        .is_some_and(|map| map.len() == 1 && map.contains_key("required"))
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

fn object<'a>(value: &'a Value, at: &str) -> Outcome<&'a Map<String, Value>> {
    value
        .as_object()
        .ok_or_else(|| format!("{at}: not an object").into())
}

fn array<'a>(value: &'a Value, at: &str) -> Outcome<&'a Vec<Value>> {
    value
        .as_array()
        .ok_or_else(|| format!("{at}: not a list").into())
}

fn only(map: &Map<String, Value>, at: &str, known: &[&str]) -> Outcome {
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("{at}: the keyword {key:?} is not understood").into()),
        None => Ok(()),
    }
}

fn text(value: &Value, key: &str, at: &str) -> Outcome<String> {
    match value.get(key).and_then(Value::as_str) {
        Some(text) => Ok(text.to_owned()),
        None => Err(format!("{at}: no {key}").into()),
    }
}

fn flag(map: &Map<String, Value>, key: &str, at: &str) -> Outcome<bool> {
    match map.get(key) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(other) => Err(format!("{at}: {key} is {other}").into()),
    }
}

fn strings(value: Option<&Value>, at: &str) -> Outcome<Vec<String>> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    array(value, at)?
        .iter()
        .map(|one| {
            one.as_str()
                .map(str::to_owned)
                .ok_or_else(|| format!("{at}: {one} is not a text").into())
        })
        .collect()
}
