//! Calls as they are written down: in the examples of the documentation and in the tests.

use std::{collections::BTreeSet, fmt::Write as _};

use serde_json::{Map, Value, json};

use super::{
    operations::{Action, Handle},
    params::{Member, Place, Struct},
    types::Ty,
};

/// Which parameters a sample call carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Only what is required.
    Minimal,
    /// Everything.
    Full,
    /// Everything that can be cleared is.
    Null,
}

/// A sample: Rust text, and what it is on the wire.
struct Sample {
    rust: String,
    wire: Value,
}

/// A sample call with the path, query and body it must make.
pub(crate) struct Case {
    pub(crate) rust: String,
    pub(crate) url: String,
    pub(crate) body: Option<Value>,
    pub(crate) form: bool,
}

/// The example of a handle, as documentation.
pub(crate) fn example(handle: &Handle<'_>) -> String {
    let resource = handle.resource;
    let (uses, body): (Vec<&str>, Vec<&str>) = resource
        .example
        .trim()
        .lines()
        .partition(|line| line.starts_with("use "));
    let mut out = String::from("/// ```\n");
    let names = parameters(handle);
    if let Some(list) = (!names.is_empty()).then(|| names.join(", ")) {
        let list = if names.len() == 1 {
            list
        } else {
            format!("{{{list}}}")
        };
        let _ = writeln!(out, "/// use clerk_api::{}::{list};", handle.module);
    }
    for line in &uses {
        let _ = writeln!(out, "/// {line}");
    }
    if !names.is_empty() || !uses.is_empty() {
        out.push_str("///\n");
    }
    if let Some(feature) = &resource.example_feature {
        let _ = writeln!(out, "/// # #[cfg(feature = \"{feature}\")]");
    }
    out.push_str("/// # #[allow(unused_variables)]\n/// # async fn example(client: clerk_api::Client) -> Result<(), clerk_errors::api::ApiError> {\n");
    for line in body.iter().skip_while(|line| line.is_empty()) {
        let _ = writeln!(out, "/// {line}");
    }
    out.push_str("/// # Ok(())\n/// # }\n/// ```\n");
    out
}

/// The types of parameters that the example mentions.
fn parameters<'a>(handle: &'a Handle<'_>) -> Vec<&'a str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let words: BTreeSet<&str> = handle.resource.example.split(|c| !is_word(c)).collect();
    let plans = handle.actions.iter().map(|action| &action.plan);
    let items = plans.flat_map(|plan| plan.root.iter().chain(&plan.nested));
    let names: BTreeSet<&str> = items.map(|item| item.name.as_str()).collect();
    names.intersection(&words).copied().collect()
}

pub(crate) fn case(handle: &Handle<'_>, action: &Action<'_>, variant: Variant) -> Case {
    let operation = action.operation;
    let mut url = operation.path.clone();
    let mut arguments = Vec::new();
    for (param, (_, open)) in operation.path_params.iter().zip(&action.ids) {
        let text = pattern(param.bounds.get("pattern")).unwrap_or_else(|| {
            // A provider goes by its name with `oauth_` in front.
            let plain = if param.n == "provider" {
                "oauth_google"
            } else {
                "id_1"
            };
            if open.is_some() { "email" } else { plain }.to_owned()
        });
        url = url.replace(&format!("{{{}}}", param.n), &text);
        arguments.push(match open {
            Some(open) => format!("&clerk_types::enums::{open}::from(\"{text}\")"),
            None => format!("\"{text}\""),
        });
    }
    let mut body = None;
    let mut query = String::new();
    if action.paginated {
        query.push_str("&paginated=true");
    }
    let plan = &action.plan;
    if plan.form {
        arguments.push("clerk_api::FileUpload::new(\"PNG\", \"a.png\", \"image/png\")".to_owned());
    }
    let plain = action.method.plain && variant == Variant::Minimal;
    if let Some(root) = &plan.root {
        let texts = root.members.iter().any(|member| member.ty != Ty::File);
        let sample = structure(
            root,
            &plan.nested,
            variant,
            &format!("clerk_api::{}", handle.module),
        );
        if plan.list {
            arguments.push(format!("&[{}]", sample.rust));
        } else if texts && !plain {
            arguments.push(if plan.form {
                format!("&{}", sample.rust)
            } else {
                sample.rust
            });
        }
        if plan.has_body && !plan.form {
            body = Some(if plan.list {
                json!([sample.wire])
            } else {
                sample.wire
            });
        }
        for member in root
            .members
            .iter()
            .filter(|m| matches!(m.place, Place::Query | Place::QueryComma))
        {
            if !(member.required || variant != Variant::Minimal) {
                continue;
            }
            let one = value(member, &plan.nested, variant, "");
            let texts: Vec<String> = match &one.wire {
                Value::Array(items) => items.iter().map(query_text).collect(),
                other => vec![query_text(other)],
            };
            if member.place == Place::QueryComma {
                let _ = write!(query, "&{}={}", member.wire, encode(&texts.join(",")));
            } else {
                for text in texts {
                    let _ = write!(query, "&{}={}", member.wire, encode(&text));
                }
            }
        }
    } else if plan.has_body && !plan.form {
        body = Some(json!({}));
    }
    if action.method.base.as_deref() != Some("root") {
        url.insert_str(0, "/v1");
    }
    if !query.is_empty() {
        url.push('?');
        url.push_str(&query[1..]);
    }
    let name = if plain {
        action.method.name.clone()
    } else {
        super::operations::public_name(action.method)
    };
    Case {
        rust: format!(
            "client.{}().{name}({})",
            handle.module,
            arguments.join(", ")
        ),
        url,
        body,
        form: plan.form,
    }
}

fn structure(item: &Struct, nested: &[Struct], variant: Variant, module: &str) -> Sample {
    let path = if module.is_empty() {
        item.name.clone()
    } else {
        format!("{module}::{}", item.name)
    };
    let mut required = Vec::new();
    let mut setters = String::new();
    let mut wire = Map::new();
    // Of several that exclude each other the shortest sample has the first, the others the last.
    let choice = match variant {
        Variant::Minimal => item.choices().next(),
        Variant::Full | Variant::Null => item.choices().last(),
    };
    if let Some(choice) = choice {
        let one = value(choice, nested, variant, module);
        required.push(one.rust);
        wire.insert(choice.wire.clone(), one.wire);
    }
    for member in item.members.iter().filter(|member| member.ty != Ty::File) {
        let in_body = member.place == Place::Body;
        if item.one_of.contains(&member.wire) {
            continue;
        }
        if member.required {
            let one = value(member, nested, variant, module);
            if member.nullable && variant == Variant::Null {
                required.push("None".to_owned());
                wire.insert(member.wire.clone(), Value::Null);
                continue;
            }
            required.push(if member.nullable {
                format!("Some({})", one.rust)
            } else {
                one.rust
            });
            if in_body {
                wire.insert(member.wire.clone(), one.wire);
            }
        } else if variant == Variant::Null && member.patch {
            let _ = write!(setters, ".clear_{}()", member.name);
            wire.insert(member.wire.clone(), Value::Null);
        } else if variant != Variant::Minimal || member.either {
            let one = value(member, nested, variant, module);
            let _ = write!(setters, ".{}({})", member.name, one.rust);
            if in_body {
                wire.insert(member.wire.clone(), one.wire);
            }
        } else if let Some(default) = &member.default {
            let preset = match default.as_str() {
                "Some(true)" => json!(true),
                "Some(false)" => json!(false),
                _ => json!("opaque"),
            };
            wire.insert(member.wire.clone(), preset);
        } else if member.always {
            wire.insert(member.wire.clone(), Value::Null);
        }
    }
    Sample {
        rust: format!(
            "{path}::{}({}){setters}",
            choice.map_or("new", |choice| &choice.name),
            required.join(", ")
        ),
        wire: Value::Object(wire),
    }
}

fn value(member: &Member, nested: &[Struct], variant: Variant, module: &str) -> Sample {
    let ty = if member.patch {
        Ty::clone(&member.ty)
    } else {
        member.ty.clone()
    };
    sample(&ty, member, nested, variant, module)
}

fn sample(ty: &Ty, member: &Member, nested: &[Struct], variant: Variant, module: &str) -> Sample {
    let text = |text: &str| Sample {
        rust: format!("\"{text}\""),
        wire: json!(text),
    };
    match ty {
        Ty::Text | Ty::Secret => text(&member.sample_text()),
        Ty::Bool => {
            let flag = member.only == Some(json!(true));
            Sample {
                rust: flag.to_string(),
                wire: json!(flag),
            }
        }
        Ty::Int => {
            let number = member.sample_number();
            Sample {
                rust: number.to_string(),
                wire: json!(number),
            }
        }
        Ty::Float => Sample {
            rust: "1.5".to_owned(),
            wire: json!(1.5),
        },
        Ty::Time => Sample {
            rust: "clerk_types::Timestamp::from_millis(1_700_000_000_000)".to_owned(),
            wire: json!(1_700_000_000_000_i64),
        },
        Ty::Seconds => Sample {
            rust: "clerk_types::UnixSeconds::from_secs(1_700_000_000)".to_owned(),
            wire: json!(1_700_000_000),
        },
        Ty::Moment => Sample {
            rust: "crate::support::moment()".to_owned(),
            wire: json!("2026-01-02T03:04:05.000Z"),
        },
        Ty::Metadata => Sample {
            rust: "clerk_types::Metadata::new().with(\"k\", \"v\")".to_owned(),
            wire: json!({"k": "v"}),
        },
        // An actor is somebody: its claims have a subject.
        Ty::Json if member.wire == "actor" => Sample {
            rust: "serde_json::json!({\"sub\": \"user_1\", \"k\": 1})".to_owned(),
            wire: json!({"sub": "user_1", "k": 1}),
        },
        Ty::Json => Sample {
            rust: "serde_json::json!({\"k\": \"v\"})".to_owned(),
            wire: json!({"k": "v"}),
        },
        Ty::Enum(name) => {
            let first = member.values.first().cloned().unwrap_or_default();
            Sample {
                rust: format!("clerk_types::enums::{name}::from(\"{first}\")"),
                wire: json!(first),
            }
        }
        Ty::List(item) => {
            let one = sample(item, member, nested, variant, module);
            Sample {
                rust: format!("[{}]", one.rust),
                wire: json!([one.wire]),
            }
        }
        Ty::Map(value, null) => {
            let one = sample(value, member, nested, variant, module);
            let value = if *null {
                format!("Some({}.into())", one.rust)
            } else {
                format!("{}.into()", one.rust)
            };
            Sample {
                rust: format!("[(\"k\".to_owned(), {value})].into()"),
                wire: json!({"k": one.wire}),
            }
        }
        Ty::Params(name) => match nested.iter().find(|item| item.name == *name) {
            Some(item) => structure(item, nested, variant, module),
            None => text(""),
        },
        Ty::Model(_) | Ty::Payload(_) | Ty::Hand(_) | Ty::File | Ty::Unit | Ty::Page(_) => text(""),
    }
}

fn query_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// As forms write it.
fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// A text that the pattern of a description accepts.
pub(crate) fn pattern(pattern: Option<&Value>) -> Option<String> {
    let known = [
        ("^mch_", "mch_", "a", 27),
        ("^org_", "org_", "a", 27),
        ("^user_", "user_", "a", 27),
        ("^(user|", "user_", "a", 27),
        ("^(ak|", "ak_", "0", 32),
        ("^mt_", "mt_", "0", 32),
        ("^aplt_", "aplt_", "0", 32),
        ("^[A-Z]{2}", "US", "", 0),
    ];
    let pattern = pattern?.as_str()?;
    let found = known.iter().find(|(start, ..)| pattern.starts_with(start));
    Some(found.map_or_else(
        || "name".to_owned(),
        |(_, head, fill, count)| format!("{head}{}", fill.repeat(*count)),
    ))
}
