//! The committed facts of all descriptions, looked up as one.

use std::collections::BTreeMap;

use crate::{
    Outcome,
    spec::{
        self,
        ir::{Event, Expr, Field, Kind, Operation, Spec, TypeDef},
    },
};

/// The Backend API, what the JavaScript SDK knows beyond it, and the webhooks.
pub(crate) struct Facts {
    pub(crate) version: String,
    types: BTreeMap<String, TypeDef>,
    /// Values of enums that two descriptions spell out differently.
    pub(crate) operations: Vec<Operation>,
    pub(crate) unlisted: Vec<Operation>,
    pub(crate) events: Vec<Event>,
}

/// The members of a type, with every part of a composition merged in.
pub(crate) struct Members {
    pub(crate) fields: Vec<Field>,
}

impl Facts {
    pub(crate) fn read() -> Outcome<Self> {
        let folder = spec::folder();
        let api = Spec::read(&folder.join("bapi-2026-05-12.ir.json"))?;
        let supplement = Spec::read(&folder.join("supplement.ir.json"))?;
        let hooks = Spec::read(&folder.join("webhooks-2025-04-15.ir.json"))?;
        let mut events = hooks.events;
        events.extend(supplement.events);
        events.sort_by(|a, b| a.event.cmp(&b.event));
        let mut types = BTreeMap::new();
        // The Backend API's types win over the webhooks' ones of the same name: 38 of 39 are equal, and
        // `Session` differs only by a missing status and member.
        for def in hooks
            .types
            .into_iter()
            .chain(supplement.types)
            .chain(api.types)
        {
            types.insert(def.name.clone(), def);
        }
        Ok(Self {
            version: api.version,
            types,
            operations: api.operations,
            unlisted: supplement.operations,
            events,
        })
    }

    pub(crate) fn get(&self, name: &str) -> Outcome<&TypeDef> {
        self.types
            .get(name)
            .ok_or_else(|| format!("the facts have no type {name:?}").into())
    }

    pub(crate) fn find(&self, name: &str) -> Option<&TypeDef> {
        self.types.get(name)
    }

    /// Follows aliases; tells whether null may stand there.
    pub(crate) fn resolve(&self, expr: Expr) -> (Expr, bool) {
        let mut expr = expr;
        let mut null = false;
        while let Expr::Ref(name) = &expr {
            let Some(def) = self.types.get(name) else {
                break;
            };
            null |= def.null;
            let (Kind::Alias, Some(target)) = (def.kind, &def.t) else {
                break;
            };
            expr = Expr::parse(target);
        }
        (expr, null)
    }

    /// The members of an object, or of all parts of a composition.
    pub(crate) fn members(&self, name: &str) -> Outcome<Members> {
        let def = self.get(name)?;
        match def.kind {
            Kind::Struct => Ok(Members {
                fields: def.fields.clone(),
            }),
            Kind::All => {
                let mut fields: Vec<Field> = Vec::new();
                for part in &def.parts {
                    let Expr::Ref(part) = Expr::parse(part) else {
                        return Err(format!("{name}: a part that is no object").into());
                    };
                    for field in self.members(&part)?.fields {
                        match fields.iter_mut().find(|other| other.n == field.n) {
                            // Declared twice: the wider of the two holds.
                            Some(other) => {
                                other.req &= field.req;
                                other.null |= field.null;
                            }
                            None => fields.push(field),
                        }
                    }
                }
                for field in &mut fields {
                    field.req |= def.also_required.contains(&field.n);
                }
                Ok(Members { fields })
            }
            _ => Err(format!("{name} is not an object").into()),
        }
    }

    /// The item type of a list envelope (`{data, total_count}` or `{m2m_tokens, total_count}`).
    pub(crate) fn page_item(&self, name: &str) -> Option<Expr> {
        let def = self.types.get(name)?;
        let names: Vec<&str> = def.fields.iter().map(|field| field.n.as_str()).collect();
        let list = match names.as_slice() {
            ["data" | "m2m_tokens", "total_count"] => &def.fields[0],
            ["total_count", "data"] => &def.fields[1],
            _ => return None,
        };
        match self.resolve(Expr::parse(&list.t)).0 {
            Expr::List(item) => Some(*item),
            _ => None,
        }
    }
}
