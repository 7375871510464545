//! `cargo xtask codegen [--check]`: writes the generated parts of `clerk-types`, `clerk-api` and the facade.
//!
//! Facts and overlay are read, united into a plan, and printed. Whatever needs a branch at run time is written
//! by hand in those crates; the generated code only names things.

mod facts;
mod models;
mod names;
mod operations;
mod output;
mod overlay;
mod params;
mod print_api;
mod print_model_tests;
mod print_params;
mod print_replay;
mod print_tests;
mod print_types;
mod samples;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use facts::Facts;
use output::Files;
use overlay::Overlay;
use types::{Index, Ty};

use crate::{
    Outcome,
    spec::ir::{Expr, Operation},
};

/// Folders that hold generated files only.
const FOLDERS: &[&str] = &[
    "crates/clerk-types/src/generated",
    "crates/clerk-types/tests/models/generated",
    "crates/clerk-api/src/generated",
    "crates/clerk-api/tests/requests/generated",
    "crates/clerk-backend/src/generated",
    "tests/conformance/src/adapters/api_client/generated",
];

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err("usage: codegen [--check]".into()),
    };
    let facts = Facts::read()?;
    let overlay = Overlay::read()?;
    let index = Index::new(&overlay)?;
    let models = models::plan(&facts, &overlay, &index)?;
    let enums = models::enums(&facts, &overlay)?;
    let mut payloads = Vec::new();
    for event in &facts.events {
        // The descriptions put an extra level into two invitations; the plain type is what arrives.
        let t = if event.event.starts_with("organizationInvitation.") && event.t.contains(".data") {
            Expr::Ref("OrganizationInvitation".to_owned())
        } else {
            Expr::parse(&event.t)
        };
        payloads.push((
            event.clone(),
            index.expr(&facts, &overlay, &t, &event.event)?,
        ));
    }
    let roots = roots(&facts, &overlay, &index, &payloads)?;
    let groups = models::spread(&models, &roots);
    let mut files = Files::default();
    print_types::print(&mut files, &facts, &models, &enums, &groups, &payloads)?;
    print_model_tests::print(&mut files, &models, &enums)?;
    let handles = operations::plan(&facts, &overlay, &index)?;
    print_api::print(&mut files, &handles)?;
    print_tests::print(&mut files, &handles)?;
    print_replay::print(&mut files, &handles)?;
    let unused = overlay.unused_docs();
    if !unused.is_empty() {
        return Err(format!(
            "fields.toml documents what nothing has: {}",
            unused.join(", ")
        )
        .into());
    }
    files.format()?;
    files.settle(FOLDERS, check)
}

/// Members of bodies that the overlay adds: the object's name in the facts, and the member's on the wire.
#[cfg(feature = "yaml")]
pub(crate) fn added_members() -> Outcome<Vec<(String, String)>> {
    let overlay = Overlay::read()?;
    let all = overlay
        .params
        .iter()
        .flat_map(|(key, repair)| repair.add.keys().map(|wire| (key.clone(), wire.clone())));
    Ok(all.collect())
}

/// The groups that mention a type directly.
fn roots(
    facts: &Facts,
    overlay: &Overlay,
    index: &Index,
    payloads: &[(crate::spec::ir::Event, Ty)],
) -> Outcome<BTreeMap<String, BTreeSet<String>>> {
    let mut roots: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut note = |ty: &Ty, group: &str| {
        let mut mentioned = Vec::new();
        ty.mentions(&mut mentioned);
        for ty in mentioned {
            if let Ty::Enum(name) | Ty::Model(name) | Ty::Payload(name) = ty {
                roots.entry(name).or_default().insert(group.to_owned());
            }
        }
    };
    for (_, ty) in payloads {
        note(ty, "webhooks");
    }
    note(&Ty::Payload("EventAttributes".to_owned()), "webhooks");
    // The types written by hand are always there, and so is what they hold.
    for name in ["SessionToken", "SessionCookies", "OauthToken"] {
        note(&Ty::Model(name.to_owned()), "auth");
    }
    for resource in overlay.resources.values() {
        for (id, method) in &resource.op {
            let Some(operation) = facts
                .operations
                .iter()
                .chain(&facts.unlisted)
                .find(|op| op.id == *id)
            else {
                return Err(format!("the facts have no operation {id}").into());
            };
            let own = resource.feature.as_deref().unwrap_or("auth");
            let group = if method.feature.as_deref() == Some("auth") {
                "auth"
            } else {
                own
            };
            for ty in mentioned_by(facts, overlay, index, operation)? {
                note(&ty, group);
            }
        }
    }
    Ok(roots)
}

/// Answers and enums that an operation mentions, in its parameters at any depth.
fn mentioned_by(
    facts: &Facts,
    overlay: &Overlay,
    index: &Index,
    operation: &Operation,
) -> Outcome<Vec<Ty>> {
    let mut all = Vec::new();
    for answer in &operation.success {
        if let Some(t) = &answer.t {
            all.push(index.expr(facts, overlay, &Expr::parse(t), &operation.id)?);
        }
    }
    let mut open: Vec<Expr> = operation
        .query
        .iter()
        .chain(&operation.path_params)
        .map(|f| Expr::parse(&f.t))
        .collect();
    open.extend(operation.body.iter().map(|body| Expr::parse(&body.t)));
    while let Some(expr) = open.pop() {
        match facts.resolve(expr).0 {
            Expr::List(item) | Expr::Map(item, _) => open.push(*item),
            Expr::Ref(name) => open.extend(
                facts
                    .members(&name)?
                    .fields
                    .iter()
                    .map(|f| Expr::parse(&f.t)),
            ),
            other @ Expr::Enum(_) => all.push(index.expr(facts, overlay, &other, &operation.id)?),
            Expr::Plain(_) => {}
        }
    }
    Ok(all)
}
