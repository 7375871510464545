//! The methods of the client: what each takes, sends and answers.

use super::{
    facts::Facts,
    names::snake,
    overlay::{Method, Overlay, Resource},
    params::{self, Plan, Planner},
    types::{Index, Ty},
};
use crate::{
    Outcome,
    spec::ir::{Expr, Operation},
};

/// An operation as a method.
pub(crate) struct Action<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) method: &'a Method,
    pub(crate) answer: Ty,
    pub(crate) plan: Plan,
    /// Ids in the path: argument name and whether it is an enum.
    pub(crate) ids: Vec<(String, Option<String>)>,
    /// The answer is a bare list unless a page is asked for.
    pub(crate) paginated: bool,
    /// The description does not have it.
    pub(crate) unlisted: bool,
    /// Its features; empty means always.
    pub(crate) gate: Vec<String>,
}

/// A resource with its methods, in the order of their names in the overlay.
pub(crate) struct Handle<'a> {
    pub(crate) module: &'a str,
    pub(crate) resource: &'a Resource,
    pub(crate) actions: Vec<Action<'a>>,
    pub(crate) gate: Vec<String>,
}

impl Action<'_> {
    /// All pages can be walked through.
    pub(crate) fn has_pages(&self) -> bool {
        let has = |name: &str| {
            self.plan
                .root
                .as_ref()
                .is_some_and(|root| root.members.iter().any(|member| member.wire == name))
        };
        matches!(self.answer, Ty::Page(_))
            && self.operation.method == "GET"
            && has("limit")
            && has("offset")
    }
}

pub(crate) fn plan<'a>(
    facts: &'a Facts,
    overlay: &'a Overlay,
    index: &Index,
) -> Outcome<Vec<Handle<'a>>> {
    let mut handles = Vec::new();
    let mut seen = Vec::new();
    for (module, resource) in &overlay.resources {
        let mut actions = Vec::new();
        for (id, method) in &resource.op {
            let operation = facts
                .operations
                .iter()
                .chain(&facts.unlisted)
                .find(|operation| operation.id == *id)
                .ok_or_else(|| format!("the facts have no operation {id}"))?;
            seen.push(id.as_str());
            actions.push(action(facts, overlay, index, resource, operation, method)?);
        }
        let mut names: Vec<&str> = actions
            .iter()
            .map(|action| action.method.name.as_str())
            .collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("{module}: two methods are called {}", pair[0]).into());
        }
        let first = actions
            .first()
            .map(|action| action.gate.clone())
            .unwrap_or_default();
        let gate = if actions.iter().all(|action| action.gate == first) {
            first
        } else if actions.iter().any(|action| action.gate.is_empty()) {
            Vec::new()
        } else {
            resource.feature.iter().cloned().collect()
        };
        handles.push(Handle {
            module,
            resource,
            actions,
            gate,
        });
    }
    let all = facts.operations.iter().chain(&facts.unlisted);
    if let Some(missing) = all.map(|op| op.id.as_str()).find(|id| !seen.contains(id)) {
        return Err(format!("the overlay has no method for {missing}").into());
    }
    Ok(handles)
}

fn action<'a>(
    facts: &Facts,
    overlay: &Overlay,
    index: &Index,
    resource: &Resource,
    operation: &'a Operation,
    method: &'a Method,
) -> Outcome<Action<'a>> {
    let described = operation
        .success
        .iter()
        .find_map(|answer| answer.t.as_deref());
    let mut paginated = false;
    let answer = match described {
        None if operation.method == "GET" => Ty::Text,
        None => Ty::Unit,
        Some(t) => match index.expr(facts, overlay, &Expr::parse(t), &operation.id)? {
            Ty::List(item) if operation.method == "GET" => {
                paginated = operation.query.iter().any(|field| field.n == "paginated");
                Ty::Page(item)
            }
            other => other,
        },
    };
    let planner = Planner {
        facts,
        overlay,
        index,
    };
    let root = params::name(resource, method);
    let doc = format!(
        "Parameters of [`{0}::{1}`](super::{0}::{1}).",
        resource.handle,
        public_name(method)
    );
    let plan = planner.plan(&root, &doc, operation)?;
    let mut ids = Vec::new();
    for param in &operation.path_params {
        let name = match param.n.as_str() {
            "id" => format!("{}_id", snake(&resource.one)),
            other => snake(other),
        };
        let ty = index.expr(facts, overlay, &Expr::parse(&param.t), &operation.id)?;
        ids.push((
            name,
            if let Ty::Enum(name) = ty {
                Some(name)
            } else {
                None
            },
        ));
    }
    let mut gate: Vec<String> = Vec::new();
    if method.feature.as_deref() != Some("auth") {
        gate.extend(resource.feature.iter().cloned());
        gate.extend(
            method
                .feature
                .iter()
                .filter(|extra| resource.feature.as_ref() != Some(*extra))
                .cloned(),
        );
    }
    Ok(Action {
        operation,
        method,
        answer,
        plan,
        ids,
        paginated,
        unlisted: facts
            .unlisted
            .iter()
            .any(|unlisted| unlisted.id == operation.id),
        gate,
    })
}

/// The name under which users find the method that takes the parameters: of a wrapped one, the one around it.
pub(crate) fn public_name(method: &Method) -> String {
    if method.plain {
        format!("{}_with", method.name)
    } else {
        method.name.clone()
    }
}

/// The name of the method that takes the parameters.
pub(crate) fn method_name(method: &Method) -> String {
    let name = if method.wrapped {
        format!("raw_{}", method.name)
    } else {
        method.name.clone()
    };
    if method.plain {
        format!("{name}_with")
    } else {
        name
    }
}
