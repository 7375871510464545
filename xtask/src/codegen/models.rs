//! The response models: which members they have and which groups of the API need them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    facts::Facts,
    overlay::{self, Overlay},
    types::{Index, Ty},
};
use crate::{Outcome, spec::ir::Field};

/// A struct of `clerk-types`.
pub(crate) struct Model {
    pub(crate) name: String,
    pub(crate) doc: String,
    /// Names a user may search for.
    pub(crate) aliases: Vec<String>,
    pub(crate) members: Vec<Member>,
    /// The constant `object` it is marked with on the wire.
    pub(crate) object: Option<String>,
    pub(crate) webhook: bool,
}

/// A member of a model.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) wire: String,
    pub(crate) ty: Ty,
    /// May be absent or null.
    pub(crate) optional: bool,
    /// Absent or null means the default.
    pub(crate) defaulted: bool,
    pub(crate) doc: String,
    pub(crate) deprecated: bool,
}

/// An enum of `clerk-types`: its values with their Rust names.
pub(crate) struct OpenEnum {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) values: Vec<(String, String)>,
}

/// Plans all models, in the order of their names.
pub(crate) fn plan(facts: &Facts, overlay: &Overlay, index: &Index) -> Outcome<Vec<Model>> {
    let mut models = Vec::new();
    for (entries, webhook) in [(&overlay.models, false), (&overlay.webhooks, true)] {
        for (name, entry) in entries {
            models.push(model(facts, overlay, index, name, entry, webhook)?);
        }
    }
    Ok(models)
}

fn model(
    facts: &Facts,
    overlay: &Overlay,
    index: &Index,
    name: &str,
    entry: &overlay::Model,
    webhook: bool,
) -> Outcome<Model> {
    let own = vec![name.to_owned()];
    let sources = entry.from.as_ref().unwrap_or(&own);
    let mut members: Vec<Member> = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut object = None;
    for source in sources {
        for field in facts.members(source)?.fields {
            // A constant `object` says nothing the Rust type does not say: it is written, and not kept.
            if field.n == "object"
                && !entry.types.contains_key("object")
                && let Some(constant) = field.constant.as_ref().and_then(|c| c.as_str())
            {
                object.get_or_insert_with(|| constant.to_owned());
                continue;
            }
            if entry.drop.contains(&field.n) {
                continue;
            }
            *seen.entry(field.n.clone()).or_default() += 1;
            let known = members.iter_mut().find(|member| member.wire == field.n);
            let next = member(facts, overlay, index, source, &field, entry)?;
            match known {
                None => members.push(next),
                Some(known) => {
                    if known.ty != next.ty {
                        return Err(format!(
                            "{name}.{}: the sources disagree, {:?} and {:?}",
                            field.n, known.ty, next.ty
                        )
                        .into());
                    }
                    known.optional |= next.optional;
                    known.defaulted |= next.defaulted;
                    known.deprecated &= next.deprecated;
                }
            }
        }
    }
    for member in &mut members {
        if seen[&member.wire] < sources.len() {
            lenient(member);
        }
    }
    for (wire, t) in &entry.add {
        let field = Field {
            n: wire.clone(),
            t: t.clone(),
            ..Field::default()
        };
        if members.iter().any(|member| member.wire == *wire) {
            return Err(format!("{name}.{wire} is described by now: drop it from `add`").into());
        }
        members.push(member(facts, overlay, index, &sources[0], &field, entry)?);
    }
    for wire in &entry.lenient {
        if wire != "*" && !members.iter().any(|member| member.wire == *wire) {
            return Err(format!("{name}: `lenient` names {wire:?}, which it has not").into());
        }
    }
    let mut names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("{name}: two members are called {}", pair[0]).into());
    }
    let aliases = sources
        .iter()
        .filter(|source| source.chars().all(|c| c.is_ascii_alphanumeric()) && *source != name)
        .cloned()
        .collect();
    Ok(Model {
        name: name.to_owned(),
        doc: entry.doc.clone(),
        aliases,
        members,
        object,
        webhook,
    })
}

fn member(
    facts: &Facts,
    overlay: &Overlay,
    index: &Index,
    owner: &str,
    field: &Field,
    entry: &overlay::Model,
) -> Outcome<Member> {
    let mut field = field.clone();
    if let Some(t) = entry.types.get(&field.n) {
        field.t.clone_from(t);
    }
    let ty = index.field(facts, overlay, owner, &field)?;
    let (_, null) = facts.resolve(crate::spec::ir::Expr::parse(&field.t));
    let doc = overlay
        .field_doc(owner, &field.n)
        .ok_or_else(|| format!("{owner}.{}: no documentation in fields.toml", field.n))?;
    let mut member = Member {
        name: overlay.field_name(&field.n),
        wire: field.n.clone(),
        optional: false,
        defaulted: ty.has_empty(),
        doc: doc.to_owned(),
        deprecated: field.dep,
        ty,
    };
    let loose = entry.lenient.contains(&field.n)
        || (field.n != "id" && entry.lenient.iter().any(|wire| wire == "*"));
    if !field.req || field.null || null || loose {
        lenient(&mut member);
    }
    Ok(member)
}

/// Lists and maps are empty when absent, everything else is optional.
fn lenient(member: &mut Member) {
    if member.ty.has_empty() {
        member.defaulted = true;
    } else {
        member.optional = true;
    }
}

/// Plans all enums: the united values of every place that spells the concept out.
pub(crate) fn enums(facts: &Facts, overlay: &Overlay) -> Outcome<Vec<OpenEnum>> {
    let mut all = Vec::new();
    for (name, entry) in &overlay.enums {
        let mut values: Vec<String> = Vec::new();
        for from in &entry.from {
            for value in &facts.get(from)?.values {
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
        }
        values.extend(entry.values.iter().cloned());
        let values: Vec<(String, String)> = values
            .into_iter()
            .map(|value| {
                let rust = entry
                    .names
                    .get(&value)
                    .cloned()
                    .unwrap_or_else(|| super::names::camel(&value));
                (rust, value)
            })
            .collect();
        let distinct: BTreeSet<&String> = values.iter().map(|(rust, _)| rust).collect();
        if distinct.len() != values.len() || distinct.contains(&String::new()) {
            return Err(
                format!("{name}: two values have the same Rust name, or one has none").into(),
            );
        }
        if let Some(unused) = entry
            .names
            .keys()
            .find(|value| !values.iter().any(|(_, v)| v == *value))
        {
            return Err(format!("{name}: there is no value {unused:?} to name").into());
        }
        all.push(OpenEnum {
            name: name.clone(),
            doc: entry.doc.clone(),
            values,
        });
    }
    Ok(all)
}

/// Which groups need a type: from the types an operation or event mentions, down to what those mention.
pub(crate) fn spread(
    models: &[Model],
    roots: &BTreeMap<String, BTreeSet<String>>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut groups = roots.clone();
    loop {
        let mut changed = false;
        for model in models {
            let own = groups.get(&model.name).cloned().unwrap_or_default();
            let mut mentioned = Vec::new();
            for member in &model.members {
                member.ty.mentions(&mut mentioned);
            }
            for ty in mentioned {
                let (Ty::Enum(name) | Ty::Model(name) | Ty::Payload(name)) = ty else {
                    continue;
                };
                let target = groups.entry(name).or_default();
                let before = target.len();
                target.extend(own.iter().cloned());
                changed |= target.len() != before;
            }
        }
        if !changed {
            return groups;
        }
    }
}
