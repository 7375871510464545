//! The parameters of operations: one struct per operation, and one per object inside.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    facts::Facts,
    names::camel,
    overlay::{self, Overlay, Resource},
    types::{Index, Ty},
};
use crate::{
    Outcome,
    spec::ir::{Expr, Field, Operation},
};

/// Where a member is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Body,
    Query,
    /// A list in the query, its values separated by commas.
    QueryComma,
    /// A part of a form.
    Form,
}

/// A member of parameters.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) wire: String,
    pub(crate) ty: Ty,
    pub(crate) place: Place,
    pub(crate) required: bool,
    /// Required, and null is a value.
    pub(crate) nullable: bool,
    /// Null clears: left alone, cleared or set.
    pub(crate) patch: bool,
    /// Sent as null when nothing was set.
    pub(crate) always: bool,
    pub(crate) default: Option<String>,
    /// It, or another one, has to be given: the samples give it.
    pub(crate) either: bool,
    pub(crate) deprecated: bool,
    pub(crate) doc: String,
    /// The only value there is.
    pub(crate) only: Option<Value>,
    /// Values of the place, where it lists them.
    pub(crate) values: Vec<String>,
    /// What a sample has to respect.
    format: Option<String>,
    bounds: BTreeMap<String, Value>,
}

impl Member {
    fn bound(&self, name: &str) -> Option<i64> {
        self.bounds.get(name)?.as_i64()
    }

    /// A text that the description accepts, with something that has to be encoded where it may.
    pub(crate) fn sample_text(&self) -> String {
        let pattern = self
            .bounds
            .get("pattern")
            .or_else(|| self.bounds.get("items.pattern"));
        if let Some(text) = super::samples::pattern(pattern) {
            return text;
        }
        if let Some(Value::String(only)) = &self.only {
            return only.clone();
        }
        // Only some characters make a key.
        if self.wire == "idempotency_key" {
            return "key_1".to_owned();
        }
        match self.format.as_deref() {
            Some("email") => "a@example.com".to_owned(),
            Some("uri") => "https://example.com/x".to_owned(),
            Some("date-time") => "2026-01-02T03:04:05Z".to_owned(),
            _ => {
                let least = usize::try_from(self.bound("minLength").unwrap_or(0)).unwrap_or(0);
                let mut text = "x y".to_owned();
                while text.len() < least {
                    text.push('x');
                }
                text
            }
        }
    }

    pub(crate) fn sample_number(&self) -> i64 {
        let least = self.bound("minimum").unwrap_or(0)
            + i64::from(self.bounds.contains_key("exclusiveMinimum"));
        least.max(7).min(self.bound("maximum").unwrap_or(i64::MAX))
    }
}

/// A struct of parameters.
#[derive(Debug, Clone)]
pub(crate) struct Struct {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) members: Vec<Member>,
    /// Exactly one of these members is there.
    pub(crate) one_of: Vec<String>,
}

/// What a method takes beside the ids.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// The struct of the parameters; the list's items where the body is a list.
    pub(crate) root: Option<Struct>,
    pub(crate) nested: Vec<Struct>,
    /// The body is a list of `root`.
    pub(crate) list: bool,
    pub(crate) has_body: bool,
    pub(crate) form: bool,
}

impl Struct {
    /// The members of which exactly one is there.
    pub(crate) fn choices(&self) -> impl Iterator<Item = &Member> {
        let is_choice = |member: &&Member| self.one_of.contains(&member.wire);
        self.members.iter().filter(is_choice)
    }

    pub(crate) fn all_optional(&self) -> bool {
        self.members.iter().all(|member| !member.required)
    }

    pub(crate) fn has_query(&self) -> bool {
        self.members
            .iter()
            .any(|m| matches!(m.place, Place::Query | Place::QueryComma))
    }
}

/// The name of an operation's parameters: verb first, as a person would say it.
pub(crate) fn name(resource: &Resource, method: &overlay::Method) -> String {
    if let Some(name) = &method.params {
        return name.clone();
    }
    let (verb, rest) = method.name.split_once('_').unwrap_or((&method.name, ""));
    let noun = if rest.is_empty() && matches!(verb, "list" | "count") {
        &resource.many
    } else {
        &resource.one
    };
    format!("{}{noun}{}", camel(verb), camel(rest))
}

pub(crate) struct Planner<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) overlay: &'a Overlay,
    pub(crate) index: &'a Index,
}

impl Planner<'_> {
    pub(crate) fn plan(&self, root: &str, owner_doc: &str, operation: &Operation) -> Outcome<Plan> {
        let mut plan = Plan::default();
        let none = overlay::Params::default();
        let mut members = Vec::new();
        let change = matches!(operation.method.as_str(), "PATCH" | "PUT");
        let own = self.overlay.params.get(&operation.id).unwrap_or(&none);
        let mut nested = BTreeMap::new();
        let mut one_of = Vec::new();
        if let Some(body) = &operation.body {
            plan.has_body = true;
            plan.form = body.media == "multipart/form-data";
            let (expr, _) = self.facts.resolve(Expr::parse(&body.t));
            let place = if plan.form { Place::Form } else { Place::Body };
            let target = match expr {
                Expr::List(item) => {
                    plan.list = true;
                    *item
                }
                other => other,
            };
            let Expr::Ref(key) = target else {
                return Err(format!("{}: a body that is no object", operation.id).into());
            };
            members = self.members(&key, root, change, place, &mut nested)?;
            one_of = self.one_of(&key, &members)?;
        }
        let mut query: Vec<Field> = operation
            .query
            .iter()
            .filter(|f| f.n != "paginated")
            .cloned()
            .collect();
        query.extend(own.add_query.iter().map(|(n, t)| field(n, t)));
        for mut field in query {
            if own.drop.contains(&field.n) {
                continue;
            }
            if let Some(t) = own.types.get(&field.n) {
                field.t.clone_from(t);
            }
            let comma = field.style.as_deref() == Some("comma");
            let place = if comma {
                Place::QueryComma
            } else {
                Place::Query
            };
            let ty = self
                .index
                .field(self.facts, self.overlay, &operation.id, &field)?;
            let mut member = self.member(&operation.id, &field, ty, place)?;
            member.required = field.req && !field.null;
            members.push(member);
        }
        if !members.is_empty() {
            plan.root = Some(Struct {
                name: root.to_owned(),
                doc: owner_doc.to_owned(),
                members,
                one_of,
            });
        }
        plan.nested = nested.into_values().collect();
        Ok(plan)
    }

    fn members(
        &self,
        key: &str,
        rust: &str,
        change: bool,
        place: Place,
        nested: &mut BTreeMap<String, Struct>,
    ) -> Outcome<Vec<Member>> {
        let none = overlay::Params::default();
        let repair = self.overlay.params.get(key).unwrap_or(&none);
        let mut fields = self.facts.members(key)?.fields;
        for (wire, t) in &repair.add {
            if fields.iter().any(|known| known.n == *wire) {
                return Err(format!("{key}.{wire} is described by now: drop it from `add`").into());
            }
            fields.push(field(wire, t));
        }
        let either = self
            .facts
            .get(key)?
            .any_required
            .first()
            .cloned()
            .unwrap_or_default();
        let mut members = Vec::new();
        for mut field in fields {
            if repair.drop.contains(&field.n) {
                continue;
            }
            if let Some(t) = repair.types.get(&field.n) {
                field.t.clone_from(t);
            }
            let ty = self.nested(key, rust, &field, change, nested)?;
            let mut member = self.member(key, &field, ty, place)?;
            member.required = field.req || repair.require.contains(&field.n);
            member.nullable = member.required && field.null;
            member.patch = change && field.null && !member.required && member.ty != Ty::Bool;
            member.always = repair.null.contains(&field.n);
            member.either = either.contains(&field.n) || repair.any_of.first() == Some(&field.n);
            member.default = repair.defaults.get(&field.n).cloned();
            members.push(member);
        }
        Ok(members)
    }

    /// The members of which exactly one is there, checked to be plain optional ones.
    fn one_of(&self, key: &str, members: &[Member]) -> Outcome<Vec<String>> {
        let repair = self.overlay.params.get(key);
        let one_of = repair.map_or(Vec::new(), |repair| repair.one_of.clone());
        for wire in &one_of {
            let fits = members.iter().any(|member| {
                member.wire == *wire
                    && !member.required
                    && !member.patch
                    && member.default.is_none()
            });
            if !fits {
                return Err(
                    format!("{key}: `one_of` takes optional members only, not {wire}").into(),
                );
            }
        }
        Ok(one_of)
    }

    /// The type of a member; an object inside becomes a struct named after its place.
    fn nested(
        &self,
        key: &str,
        rust: &str,
        field: &Field,
        change: bool,
        nested: &mut BTreeMap<String, Struct>,
    ) -> Outcome<Ty> {
        let (expr, _) = self.facts.resolve(Expr::parse(&field.t));
        let (target, list) = match &expr {
            Expr::List(item) => ((**item).clone(), true),
            other => (other.clone(), false),
        };
        let Expr::Ref(inner) = &target else {
            let mut field = field.clone();
            if let (Expr::Plain(plain), false) = (&expr, list) {
                field.t.clone_from(plain);
            } else if let Expr::Map(..) = expr {
                return self.index.expr(self.facts, self.overlay, &expr, key);
            }
            return self.index.field(self.facts, self.overlay, key, &field);
        };
        let mut part = camel(&field.n);
        if list && part.ends_with('s') && !part.ends_with("ss") {
            part.pop();
        }
        // Components keep their own name, so that two operations share one struct.
        let derived = if inner.contains(['#', '.', '[']) {
            format!("{rust}{part}")
        } else {
            inner.clone()
        };
        let name = self
            .overlay
            .params
            .get(inner)
            .and_then(|repair| repair.name.clone())
            .unwrap_or(derived);
        let members = self.members(inner, &name, change, Place::Body, nested)?;
        let one_of = self.one_of(inner, &members)?;
        nested.insert(
            name.clone(),
            Struct {
                doc: if inner.contains('#') {
                    format!("`{}` of [`{rust}`](super::{rust}).", field.n)
                } else {
                    "A part of the parameters of this resource's methods.".to_owned()
                },
                name: name.clone(),
                members,
                one_of,
            },
        );
        let ty = Ty::Params(name);
        Ok(if list { Ty::List(Box::new(ty)) } else { ty })
    }

    /// The values of the enum a type mentions.
    fn values(&self, expr: &Expr) -> Vec<String> {
        match expr {
            Expr::List(item) | Expr::Map(item, _) => self.values(item),
            Expr::Enum(name) => self
                .facts
                .find(name)
                .map(|def| def.values.clone())
                .unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn member(&self, owner: &str, field: &Field, ty: Ty, place: Place) -> Outcome<Member> {
        let doc = self
            .overlay
            .field_doc(owner, &field.n)
            .ok_or_else(|| format!("{owner}.{}: no documentation in fields.toml", field.n))?;
        Ok(Member {
            name: self.overlay.field_name(&field.n),
            wire: field.n.clone(),
            place,
            required: false,
            nullable: false,
            patch: false,
            always: false,
            default: None,
            either: false,
            deprecated: field.dep,
            doc: doc.to_owned(),
            only: field.constant.clone(),
            values: self.values(&Expr::parse(&field.t)),
            format: field.format.clone(),
            bounds: field.bounds.clone(),
            ty,
        })
    }
}

fn field(name: &str, t: &str) -> Field {
    Field {
        n: name.to_owned(),
        t: t.to_owned(),
        ..Field::default()
    }
}
