//! As much of JSON Schema as the published description uses.

use serde_json::Value;

/// The description, and where to look things up in it.
#[derive(Debug)]
pub(crate) struct Description {
    root: Value,
}

impl Description {
    pub(crate) fn parse(yaml: &str) -> Self {
        Self {
            root: serde_yaml_ng::from_str(yaml).unwrap(),
        }
    }

    /// Every operation: method in upper case and path template.
    pub(crate) fn operations(&self) -> Vec<(String, String)> {
        let methods = ["get", "post", "put", "patch", "delete"];
        let paths = self.root["paths"].as_object().unwrap();
        paths
            .iter()
            .flat_map(|(path, item)| {
                methods
                    .iter()
                    .filter(|method| item.get(**method).is_some())
                    .map(|method| (method.to_ascii_uppercase(), path.clone()))
            })
            .collect()
    }

    /// The operation that a call means; literal segments win over parameters.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<(String, String)> {
        let wanted: Vec<&str> = path.split('/').collect();
        let fits = |template: &str| {
            let own: Vec<&str> = template.split('/').collect();
            own.len() == wanted.len()
                && own
                    .iter()
                    .zip(&wanted)
                    .all(|(own, wanted)| own.starts_with('{') || own == wanted)
        };
        self.operations()
            .into_iter()
            .filter(|(own, template)| own == method && fits(template))
            .min_by_key(|(_, template)| template.matches('{').count())
    }

    /// What is wrong with an answer.
    pub(crate) fn check(
        &self,
        operation: &(String, String),
        status: u16,
        body: &[u8],
    ) -> Vec<String> {
        let (method, path) = operation;
        let responses = &self.root["paths"][path][method.to_ascii_lowercase()]["responses"];
        let Some(response) = responses.get(status.to_string()) else {
            return vec![format!("status {status} is not described")];
        };
        let response = self.resolve(response);
        let Some(schema) = response.pointer("/content/application~1json/schema") else {
            // Some errors are described without their body, although Clerk sends one.
            return if status == 204 && !body.is_empty() {
                vec!["the answer should have no body".to_owned()]
            } else {
                Vec::new()
            };
        };
        let mut problems = Vec::new();
        match serde_json::from_slice(body) {
            Ok(value) => self.validate(schema, &value, "", &mut problems),
            Err(error) => problems.push(error.to_string()),
        }
        problems
    }

    fn resolve<'a>(&'a self, mut value: &'a Value) -> &'a Value {
        while let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            value = self
                .root
                .pointer(reference.strip_prefix('#').unwrap())
                .unwrap();
        }
        value
    }

    fn validate(&self, schema: &Value, value: &Value, at: &str, problems: &mut Vec<String>) {
        let schema = self.resolve(schema);
        if value.is_null() && schema.get("nullable") == Some(&Value::Bool(true)) {
            return;
        }
        if let Some(kind) = schema.get("type").and_then(Value::as_str) {
            let fits = match kind {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_i64() || value.is_u64(),
                "number" => value.is_number(),
                other => panic!("type {other}"),
            };
            if !fits {
                problems.push(format!("{at}: {value} is no {kind}"));
                return;
            }
        }
        if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
            && !allowed.contains(value)
        {
            problems.push(format!("{at}: {value} is none of {allowed:?}"));
        }
        for part in schema
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            self.validate(part, value, at, problems);
        }
        for word in ["oneOf", "anyOf"] {
            self.any(schema.get(word), value, at, problems);
        }
        self.members(schema, value, at, problems);
        if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
            for (index, value) in values.iter().enumerate() {
                self.validate(items, value, &format!("{at}[{index}]"), problems);
            }
        }
    }

    fn any(
        &self,
        alternatives: Option<&Value>,
        value: &Value,
        at: &str,
        problems: &mut Vec<String>,
    ) {
        let Some(alternatives) = alternatives.and_then(Value::as_array) else {
            return;
        };
        let mut closest: Option<Vec<String>> = None;
        for alternative in alternatives {
            let mut own = Vec::new();
            self.validate(alternative, value, at, &mut own);
            if closest
                .as_ref()
                .is_none_or(|closest| own.len() < closest.len())
            {
                closest = Some(own);
            }
        }
        problems.extend(closest.unwrap_or_default());
    }

    fn members(&self, schema: &Value, value: &Value, at: &str, problems: &mut Vec<String>) {
        let Some(members) = value.as_object() else {
            return;
        };
        let properties = schema.get("properties").and_then(Value::as_object);
        for name in schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            if !members.contains_key(name.as_str().unwrap()) {
                problems.push(format!("{at}: {name} is missing"));
            }
        }
        for (name, value) in members {
            let place = format!("{at}.{name}");
            match (
                properties.and_then(|properties| properties.get(name)),
                schema.get("additionalProperties"),
            ) {
                (Some(own), _) => self.validate(own, value, &place, problems),
                (None, Some(Value::Bool(false))) => {
                    problems.push(format!("{place} is not described"));
                }
                (None, Some(other @ Value::Object(_))) => {
                    self.validate(other, value, &place, problems);
                }
                (None, _) => {}
            }
        }
    }
}
