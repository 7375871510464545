//! The facts of an API description, without a sentence of it: what `spec import` writes and `codegen` reads.
//!
//! One line per field, parameter and operation, in a stable order, so that a new API version reads well as a diff.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Outcome;

/// The version of this file format.
pub(crate) const FORMAT: u32 = 1;

fn is_false(flag: &bool) -> bool {
    !*flag
}

/// One description.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    pub(crate) ir: u32,
    /// The file the facts come from: its folder and name, and its length in bytes.
    pub(crate) source: Source,
    pub(crate) version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) server: Option<String>,
    #[serde(default)]
    pub(crate) types: Vec<TypeDef>,
    #[serde(default)]
    pub(crate) operations: Vec<Operation>,
    #[serde(default)]
    pub(crate) events: Vec<Event>,
    /// Paths that are listed without an operation.
    #[serde(default)]
    pub(crate) empty_paths: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// An object with named members.
    Struct,
    /// Several schemas that all apply.
    All,
    /// One of several schemas.
    Union,
    /// A closed list of texts.
    Enum,
    /// Another name for a type expression.
    Alias,
}

/// A named or located type. Anonymous ones are named after where they stand (`CreateUser#body.actor`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeDef {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The component may be null wherever it is referred to.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) null: bool,
    /// No members beyond the listed ones.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) closed: bool,
    /// Members beyond the listed ones are announced.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) open: bool,
    /// What an alias stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) t: Option<String>,
    /// Parts of an `All`, variants of a `Union`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) parts: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tag: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) mapping: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) values: Vec<String>,
    /// Alternative sets of required members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) any_required: Vec<Vec<String>>,
    /// Required names that are not among the members declared here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) also_required: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) fields: Vec<Field>,
}

/// A member of an object, or a parameter.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    /// The name on the wire.
    pub(crate) n: String,
    /// The type expression: `string`, `i64`, `list(ref(User))`, `enum(Session.status)`, ...
    pub(crate) t: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) req: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) null: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) dep: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) ro: bool,
    /// The only value there is.
    #[serde(default, rename = "const", skip_serializing_if = "Option::is_none")]
    pub(crate) constant: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) format: Option<String>,
    /// How a list is written into a query: `comma`, else the name is repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) style: Option<String>,
    /// Bounds: `minimum`, `maxLength`, `pattern`, ... under their OpenAPI names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) bounds: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) dep: bool,
    /// The operation needs no credentials.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) public: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) path_params: Vec<Field>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) query: Vec<Field>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Body>,
    /// Successful statuses with what they carry.
    pub(crate) success: Vec<Answer>,
    /// Error statuses with what they carry: `ClerkErrors`, `inline`, or nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<Answer>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    pub(crate) media: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) req: bool,
    pub(crate) t: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) t: Option<String>,
}

/// A webhook event and the type of its `data`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    pub(crate) event: String,
    pub(crate) t: String,
}

impl Spec {
    /// Reads a committed file.
    pub(crate) fn read(path: &Path) -> Outcome<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let spec: Self =
            serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        if spec.ir != FORMAT {
            return Err(format!(
                "{}: written by another version of the importer",
                path.display()
            )
            .into());
        }
        Ok(spec)
    }

    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }
}

/// A type expression, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expr {
    /// `string`, `bool`, `i64`, `i32`, `integer`, `number`, `f64`, `file`, `any`, `object`.
    Plain(String),
    List(Box<Expr>),
    /// The value type, and whether values may be null.
    Map(Box<Expr>, bool),
    Ref(String),
    Enum(String),
}

impl Expr {
    pub(crate) fn parse(text: &str) -> Self {
        let inside = |name: &str| {
            text.strip_prefix(name)?
                .strip_prefix('(')?
                .strip_suffix(')')
        };
        if let Some(item) = inside("list") {
            return Self::List(Box::new(Self::parse(item)));
        }
        if let Some(value) = inside("map") {
            return match value.strip_suffix('?') {
                Some(value) => Self::Map(Box::new(Self::parse(value)), true),
                None => Self::Map(Box::new(Self::parse(value)), false),
            };
        }
        if let Some(name) = inside("ref") {
            return Self::Ref(name.to_owned());
        }
        if let Some(name) = inside("enum") {
            return Self::Enum(name.to_owned());
        }
        Self::Plain(text.to_owned())
    }
}
