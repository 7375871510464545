//! The strict reader: every keyword of a description is either understood or an error.
//!
//! Texts and samples are dropped here, so that nothing but facts can reach the committed file. Nothing is
//! merged, renamed or repaired: oddities stay visible, and the overlay repairs them with a reason.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    import::ORDER,
    ir::{FORMAT, Field, Kind, Source, Spec, TypeDef},
    keywords::{array, flag, object, only, strings, text},
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

/// A description while it is being read.
pub(super) struct Reader<'a> {
    pub(super) root: &'a Map<String, Value>,
    types: Vec<TypeDef>,
}

/// What a schema says about the place it stands at.
#[derive(Default)]
pub(super) struct Read {
    pub(super) t: String,
    pub(super) null: bool,
    pub(super) constant: Option<Value>,
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
    pub(super) fn schema(&mut self, schema: &Value, name: &str, at: &str) -> Outcome<Read> {
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

    pub(super) fn field(&self, name: &str, schema: &Value, read: Read, at: &str) -> Outcome<Field> {
        let map = object(schema, at)?;
        let mut bounds: BTreeMap<String, Value> = BOUNDS
            .iter()
            .filter_map(|bound| Some(((*bound).to_owned(), map.get(*bound)?.clone())))
            .collect();
        if let Some(pattern) = map.get("items").and_then(|items| items.get("pattern")) {
            bounds.insert("items.pattern".to_owned(), pattern.clone());
        }
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
