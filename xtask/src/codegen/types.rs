//! Which Rust type a type expression becomes.

use std::collections::{BTreeMap, BTreeSet};

use super::{facts::Facts, overlay::Overlay};
use crate::{
    Outcome,
    spec::ir::{Expr, Field, Kind},
};

/// Types that are written by hand, by their names in the facts.
const BY_HAND: &[(&str, &str)] = &[
    ("SessionRefresh", "SessionRefresh"),
    ("verifyOAuthAccessToken#200", "OauthTokenVerification"),
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ty {
    Text,
    Secret,
    Bool,
    Int,
    Float,
    /// Milliseconds since the Unix epoch.
    Time,
    /// Seconds since the Unix epoch.
    Seconds,
    /// RFC 3339.
    Moment,
    Metadata,
    Json,
    List(Box<Ty>),
    /// Values may be null.
    Map(Box<Ty>, bool),
    Enum(String),
    /// A generated model.
    Model(String),
    /// A generated payload that only webhooks carry.
    Payload(String),
    /// A type written by hand.
    Hand(String),
    /// An object inside of parameters.
    Params(String),
    File,
    Unit,
    Page(Box<Ty>),
}

/// From the names of the facts to the names of Rust.
pub(crate) struct Index {
    models: BTreeMap<String, Ty>,
    enums: BTreeMap<String, String>,
    pub(crate) params: BTreeMap<String, String>,
}

impl Index {
    pub(crate) fn new(overlay: &Overlay) -> Outcome<Self> {
        let mut models = BTreeMap::new();
        for (entries, webhook) in [(&overlay.models, false), (&overlay.webhooks, true)] {
            for (name, model) in entries {
                let own = vec![name.clone()];
                for from in model
                    .from
                    .as_ref()
                    .unwrap_or(&own)
                    .iter()
                    .chain(&model.also)
                {
                    let ty = if webhook {
                        Ty::Payload(name.clone())
                    } else {
                        Ty::Model(name.clone())
                    };
                    if models.insert(from.clone(), ty).is_some() {
                        return Err(format!("two models stand for {from:?}").into());
                    }
                }
                if webhook && overlay.models.contains_key(name) {
                    return Err(format!("{name} is a model and a webhook payload").into());
                }
            }
        }
        for (from, name) in BY_HAND {
            models.insert((*from).to_owned(), Ty::Hand((*name).to_owned()));
        }
        let mut enums = BTreeMap::new();
        for (name, entry) in &overlay.enums {
            for from in &entry.from {
                if enums.insert(from.clone(), name.clone()).is_some() {
                    return Err(format!("two enums stand for {from:?}").into());
                }
            }
        }
        Ok(Self {
            models,
            enums,
            params: BTreeMap::new(),
        })
    }

    /// The Rust type of a member of `owner`; `metadata` members and times are known by their names.
    pub(crate) fn field(
        &self,
        facts: &Facts,
        overlay: &Overlay,
        owner: &str,
        field: &Field,
    ) -> Outcome<Ty> {
        let place = format!("{owner}.{}", field.n);
        let times = &overlay.fields.time;
        let is_time = times
            .suffixes
            .iter()
            .any(|suffix| field.n.ends_with(suffix))
            || times.names.contains(&field.n);
        let numeric = matches!(field.t.as_str(), "i64" | "i32" | "integer" | "number");
        if numeric && is_time && !times.plain.contains(&place) {
            return Ok(if times.seconds.contains(&place) {
                Ty::Seconds
            } else {
                Ty::Time
            });
        }
        if field.t == "string"
            && (is_time || field.format.as_deref() == Some("date-time"))
            && field.n != "proration_date"
        {
            return Ok(Ty::Moment);
        }
        if field.t == "object" && field.n.ends_with("_metadata") {
            return Ok(Ty::Metadata);
        }
        let secrets = &overlay.fields.secret;
        let secret = secrets.also.contains(&place)
            || (secrets.names.contains(&field.n) && !secrets.except.contains(&place));
        let ty = self.expr(facts, overlay, &Expr::parse(&field.t), &place)?;
        Ok(match ty {
            Ty::Text if secret => Ty::Secret,
            Ty::List(item) if secret && *item == Ty::Text => Ty::List(Box::new(Ty::Secret)),
            other => other,
        })
    }

    pub(crate) fn expr(
        &self,
        facts: &Facts,
        overlay: &Overlay,
        expr: &Expr,
        place: &str,
    ) -> Outcome<Ty> {
        Ok(match expr {
            Expr::Plain(name) => match name.as_str() {
                "string" => Ty::Text,
                "bool" => Ty::Bool,
                "i64" | "i32" | "integer" | "number" => Ty::Int,
                "f64" => Ty::Float,
                "any" | "object" => Ty::Json,
                "file" => Ty::File,
                other => return Err(format!("{place}: the type {other:?}").into()),
            },
            Expr::List(item) => Ty::List(Box::new(self.expr(facts, overlay, item, place)?)),
            Expr::Map(value, null) => {
                Ty::Map(Box::new(self.expr(facts, overlay, value, place)?), *null)
            }
            Expr::Enum(name) => {
                if overlay.plain.text.contains(name) {
                    Ty::Text
                } else if overlay.plain.truth.contains(name) {
                    Ty::Bool
                } else if let Some(rust) = self.enums.get(name) {
                    Ty::Enum(rust.clone())
                } else {
                    return Err(format!("{place}: the overlay has no enum for {name:?}").into());
                }
            }
            Expr::Ref(name) => {
                // `+Name` refers to a type of the supplement from an `add` of the overlay.
                let name = name.trim_start_matches('+');
                if let Some(ty) = self.models.get(name) {
                    return Ok(ty.clone());
                }
                if let Some(rust) = self.params.get(name) {
                    return Ok(Ty::Params(rust.clone()));
                }
                match facts.find(name) {
                    Some(def) if def.kind == Kind::Alias => {
                        let (target, _) = facts.resolve(expr.clone());
                        return self.expr(facts, overlay, &target, place);
                    }
                    Some(_) => {}
                    None => return Err(format!("{place}: nothing is called {name:?}").into()),
                }
                if let Some(item) = facts.page_item(name) {
                    return Ok(Ty::Page(Box::new(self.expr(facts, overlay, &item, place)?)));
                }
                return Err(format!("{place}: the overlay has no name for {name:?}").into());
            }
        })
    }
}

impl Ty {
    /// The type as it is written, with imports collected.
    pub(crate) fn rust(&self, uses: &mut BTreeSet<String>, support: &str) -> String {
        let mut plain = |path: &str, name: &str| {
            uses.insert(format!("{path}::{name}"));
            name.to_owned()
        };
        match self {
            Self::Text => "String".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Int => "i64".to_owned(),
            Self::Float => "f64".to_owned(),
            Self::Unit => "()".to_owned(),
            Self::Json => plain("serde_json", "Value"),
            Self::Secret => plain(support, "SecretText"),
            Self::Time => plain(support, "Timestamp"),
            Self::Seconds => plain(support, "UnixSeconds"),
            Self::Moment => plain(support, "DateTime"),
            Self::Metadata => plain(support, "Metadata"),
            Self::Enum(name) => plain(&format!("{support}::enums"), name),
            Self::Model(name) => plain(&format!("{support}::models"), name),
            Self::Payload(name) => plain(&format!("{support}::webhooks"), name),
            Self::Hand(name) => plain(support, name),
            Self::Params(name) => plain("super", name),
            Self::File => plain("crate", "FileUpload"),
            Self::List(item) => format!("Vec<{}>", item.rust(uses, support)),
            Self::Map(value, null) => {
                uses.insert("std::collections::BTreeMap".to_owned());
                let value = value.rust(uses, support);
                if *null {
                    format!("BTreeMap<String, Option<{value}>>")
                } else {
                    format!("BTreeMap<String, {value}>")
                }
            }
            Self::Page(item) => {
                uses.insert("crate::Page".to_owned());
                format!("Page<{}>", item.rust(uses, support))
            }
        }
    }

    /// Whether a missing or null value is simply an empty one.
    pub(crate) fn has_empty(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(..) | Self::Metadata)
    }

    /// The models and enums this type mentions.
    pub(crate) fn mentions(&self, out: &mut Vec<Ty>) {
        match self {
            Self::List(inner) | Self::Map(inner, _) | Self::Page(inner) => inner.mentions(out),
            Self::Enum(_) | Self::Model(_) | Self::Payload(_) | Self::Params(_) => {
                out.push(self.clone());
            }
            _ => {}
        }
    }
}
