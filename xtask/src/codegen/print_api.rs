//! Writes `clerk-api/src/generated`: one folder per resource with its methods and parameters; and the facade's
//! methods that lead there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{
    names::snake,
    operations::{Action, Handle, method_name},
    output::Files,
    params::Place,
    print_params, samples,
    types::Ty,
};
use crate::Outcome;

const FOLDER: &str = "crates/clerk-api/src/generated";
const FACADE: &str = "crates/clerk-backend/src/generated";
/// Such a function is compiled where it is used only: nobody pays for the operations a program leaves alone.
const INLINE: &str = "    #[inline]\n";
const SUPPORT: &str = "clerk_types";

/// The `cfg` for features that are all needed; empty when there are none.
pub(crate) fn gate(features: &[String]) -> String {
    let all: Vec<String> = features
        .iter()
        .map(|feature| format!("feature = \"{feature}\""))
        .collect();
    match all.as_slice() {
        [] => String::new(),
        [single] => format!("#[cfg({single})]\n"),
        many => format!("#[cfg(all({}))]\n", many.join(", ")),
    }
}

pub(crate) fn print(files: &mut Files, handles: &[Handle<'_>]) -> Outcome {
    let mut contents = String::from("//! The resources of the Backend API.\n\nmod handles;\n\n");
    let mut clients = String::new();
    let mut facade = String::new();
    for handle in handles {
        resource(files, handle)?;
        let cfg = gate(&handle.gate);
        write!(contents, "{cfg}pub mod {};\n\n", handle.module)?;
        writeln!(
            clients,
            "{cfg}impl Client {{\n    /// {}\n    #[inline]\n    #[must_use]\n    pub fn {}(&self) -> super::{}::{}<'_> {{\n        super::{}::{}::new(self.http())\n    }}\n}}\n",
            handle.resource.doc,
            handle.module,
            handle.module,
            handle.resource.handle,
            handle.module,
            handle.resource.handle
        )?;
    }
    for handle in handles {
        facade.push_str(&forwarded(handle)?);
    }
    files.rust(
        &format!("{FACADE}/mod.rs"),
        "//! What the facade says after `clerk-api`.\n\nmod resources;\n",
    )?;
    files.rust(
        &format!("{FACADE}/resources.rs"),
        &format!("//! One method of [`Clerk`] per resource of the Backend API.\n\nuse crate::Clerk;\n\nimpl Clerk {{\n{facade}}}\n"),
    )?;
    files.rust(&format!("{FOLDER}/mod.rs"), &contents)?;
    files.rust(
        &format!("{FOLDER}/handles.rs"),
        &format!("//! One method of the client per resource.\n\nuse crate::Client;\n\n{clients}"),
    )?;
    Ok(())
}

/// The method of the facade: `doc(cfg)` names the features, as the facade's own would.
fn forwarded(handle: &Handle<'_>) -> Outcome<String> {
    let (module, name) = (handle.module, &handle.resource.handle);
    let cfg = gate(&handle.gate);
    let shown = cfg
        .trim()
        .strip_prefix("#[cfg(")
        .and_then(|rest| rest.strip_suffix(")]"))
        .map(|shown| format!("#[cfg_attr(docsrs, doc(cfg({shown})))]\n"))
        .unwrap_or_default();
    let mut out = String::new();
    writeln!(
        out,
        "    /// {}\n{cfg}{shown}{INLINE}    #[must_use]\n    pub fn {module}(&self) -> clerk_api::{module}::{name}<'_> {{\n        self.api().{module}()\n    }}\n",
        handle.resource.doc
    )?;
    Ok(out)
}

fn resource(files: &mut Files, handle: &Handle<'_>) -> Outcome {
    let module = handle.module;
    let mut modules: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for action in &handle.actions {
        for item in action.plan.root.iter().chain(&action.plan.nested) {
            modules
                .entry(item.name.clone())
                .or_default()
                .push(action.gate.clone());
            files.rust(
                &format!("{FOLDER}/{module}/{}.rs", snake(&item.name)),
                &print_params::print(item)?,
            )?;
        }
    }
    let mut out = format!("//! {}\n\n", handle.resource.doc);
    for (name, gates) in &modules {
        let cfg = difference(gates, &handle.gate);
        writeln!(out, "{cfg}mod {};", snake(name))?;
        writeln!(out, "{cfg}pub use {}::{name};\n", snake(name))?;
    }
    let mut uses: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    let mut methods = String::new();
    let mut routes = String::new();
    for action in &handle.actions {
        let mut own = BTreeSet::new();
        methods.push_str(&method(handle, action, &mut own)?);
        routes.push_str(&route(handle, action)?);
        own.insert("crate::Call".to_owned());
        for path in own.into_iter().filter(|path| !path.starts_with("super::")) {
            uses.entry(path).or_default().push(action.gate.clone());
        }
    }
    let mut by_gate: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in [
        "crate::route::Route",
        "clerk_http::ApiClient",
        "http::Method",
    ] {
        by_gate
            .entry(String::new())
            .or_default()
            .insert(path.to_owned());
    }
    for (path, gates) in uses {
        by_gate
            .entry(difference(&gates, &handle.gate))
            .or_default()
            .insert(path);
    }
    for (cfg, paths) in &by_gate {
        for line in super::print_types::imports(paths).lines() {
            writeln!(out, "{cfg}{line}")?;
        }
    }
    let name = &handle.resource.handle;
    writeln!(out, "\n{routes}")?;
    writeln!(out, "/// {}\n///", handle.resource.doc)?;
    out.push_str(&samples::example(handle));
    writeln!(
        out,
        "#[derive(Debug, Clone, Copy)]\npub struct {name}<'a> {{\n    pub(crate) client: &'a ApiClient,\n}}\n\nimpl<'a> {name}<'a> {{\n    #[inline]\n    pub(crate) fn new(client: &'a ApiClient) -> Self {{\n        Self {{ client }}\n    }}\n\n{methods}}}"
    )?;
    files.rust(&format!("{FOLDER}/{module}/mod.rs"), &out)?;
    Ok(())
}

/// The `cfg` of something that several methods need, inside a module that has one of its own.
fn difference(gates: &[Vec<String>], module: &[String]) -> String {
    let rest: BTreeSet<Vec<String>> = gates
        .iter()
        .map(|gate| {
            gate.iter()
                .filter(|feature| !module.contains(feature))
                .cloned()
                .collect()
        })
        .collect();
    if rest.iter().any(Vec::is_empty) {
        return String::new();
    }
    let mut single = rest.iter();
    match (single.next(), single.next()) {
        (Some(only), None) => gate(only),
        // With `users` the method of `users` and `unlisted` needs it too: the shorter gates decide.
        _ => {
            let shortest = rest.iter().map(Vec::len).min().unwrap_or(0);
            let any: Vec<String> = rest
                .iter()
                .filter(|gate| gate.len() == shortest)
                .map(|gate| {
                    gate.iter()
                        .map(|feature| format!("feature = \"{feature}\""))
                        .collect::<Vec<_>>()
                        .join(", ")
                })
                .collect();
            match any.as_slice() {
                [only] if shortest == 1 => format!("#[cfg({only})]\n"),
                many => format!("#[cfg(any({}))]\n", many.join(", ")),
            }
        }
    }
}

fn constant(action: &Action<'_>) -> String {
    action.method.name.to_uppercase()
}

fn route(handle: &Handle<'_>, action: &Action<'_>) -> Outcome<String> {
    let mut out = String::new();
    let cfg = difference(std::slice::from_ref(&action.gate), &handle.gate);
    write!(
        out,
        "{cfg}static {}: Route = Route::new(\"{}.{}\", Method::{}, \"{}\")",
        constant(action),
        handle.module,
        action.method.name,
        action.operation.method,
        action.operation.path
    )?;
    if action.method.base.as_deref() == Some("root") {
        out.push_str(".root()");
    }
    match action.method.auth.as_deref() {
        Some("machine") => out.push_str(".machine()"),
        Some(_) => out.push_str(".keyless()"),
        None if action.operation.public => out.push_str(".keyless()"),
        None => {}
    }
    if action.paginated {
        out.push_str(".paginated()");
    }
    out.push_str(";\n");
    Ok(out)
}

fn documentation(handle: &Handle<'_>, action: &Action<'_>) -> Outcome<String> {
    let mut out = String::new();
    writeln!(out, "    /// {}\n    ///", action.method.doc)?;
    let version = if action.method.base.as_deref() == Some("root") {
        ""
    } else {
        "/v1"
    };
    write!(
        out,
        "    /// `{} {version}{}`",
        action.operation.method, action.operation.path
    )?;
    if let Some(js) = action.method.js.first() {
        write!(out, ", in JavaScript `{js}`")?;
    }
    out.push_str(".\n");
    if !action.operation.errors.is_empty() {
        let codes: Vec<String> = action
            .operation
            .errors
            .iter()
            .map(|error| error.status.to_string())
            .collect();
        writeln!(
            out,
            "    ///\n    /// Documented errors: {}.",
            codes.join(", ")
        )?;
    }
    if handle
        .resource
        .feature
        .as_ref()
        .is_some_and(|feature| action.gate.first() == Some(feature))
        && action.gate.len() > 1
    {
        writeln!(
            out,
            "    ///\n    /// Needs the feature `{}`.",
            action.gate[1]
        )?;
    }
    for js in &action.method.js {
        if let Some((_, name)) = js
            .rsplit_once('.')
            .filter(|(_, name)| *name != action.method.name)
        {
            writeln!(out, "    #[doc(alias = \"{name}\")]")?;
        }
    }
    if let Some(instead) = &action.method.instead {
        writeln!(out, "    #[deprecated = \"use {instead}\"]")?;
    }
    Ok(out)
}

/// A method: one expression.
fn method(
    handle: &Handle<'_>,
    action: &Action<'_>,
    uses: &mut BTreeSet<String>,
) -> Outcome<String> {
    let mut out = String::new();
    let cfg = difference(std::slice::from_ref(&action.gate), &handle.gate);
    let doc = documentation(handle, action)?;
    let answer = action.answer.rust(uses, SUPPORT);
    let mut arguments = vec!["&self".to_owned()];
    let mut ids = Vec::new();
    for (name, open) in &action.ids {
        if let Some(open) = open {
            uses.insert(format!("clerk_types::enums::{open}"));
            arguments.push(format!("{name}: &{open}"));
            ids.push(format!("{name}.as_str()"));
        } else {
            arguments.push(format!("{name}: &str"));
            ids.push(name.clone());
        }
    }
    let id_arguments = arguments.clone();
    let kind = match &action.answer {
        Ty::Unit => "nothing",
        Ty::Text => "text",
        _ => "json",
    };
    let visible = if action.method.wrapped {
        "pub(crate)"
    } else {
        "pub"
    };
    let mut call = format!(
        "Call::{kind}(self.client, &{}, &[{}])",
        constant(action),
        ids.join(", ")
    );
    let plan = &action.plan;
    if plan.form {
        uses.insert("crate::FileUpload".to_owned());
        arguments.push("file: FileUpload".to_owned());
    }
    if let Some(root) = &plan.root {
        let texts = root
            .members
            .iter()
            .filter(|member| member.ty != Ty::File)
            .count();
        if plan.list {
            arguments.push(format!("items: &[{}]", root.name));
            call.push_str(".body_list(items)");
        } else if plan.form {
            if texts == 0 {
                call.push_str(".form(file, &[])");
            } else {
                arguments.push(format!("params: &{}", root.name));
                let parts: Vec<String> = root
                    .members
                    .iter()
                    .filter(|member| member.place == Place::Form && member.ty != Ty::File)
                    .map(|member| {
                        format!("(\"{}\", params.{}.as_deref())", member.wire, member.name)
                    })
                    .collect();
                write!(call, ".form(file, &[{}])", parts.join(", "))?;
            }
        } else {
            let by_value = plan.has_body;
            arguments.push(format!("params: {}", root.name));
            if root.has_query() {
                call.push_str(if by_value {
                    ".query(&params)"
                } else {
                    ".query(params)"
                });
            }
            if by_value {
                call.push_str(".body(params)");
            }
        }
    }
    let name = method_name(action.method);
    if action.method.plain {
        let root = plan
            .root
            .as_ref()
            .ok_or_else(|| format!("{name}: nothing is optional"))?;
        let plain = action.method.name.as_str();
        let passed: Vec<&str> = action.ids.iter().map(|(name, _)| name.as_str()).collect();
        writeln!(
            out,
            "{doc}{cfg}{INLINE}    {visible} fn {plain}({}) -> Call<{answer}> {{\n        self.{name}({}{}{}::new())\n    }}\n",
            id_arguments.join(", "),
            passed.join(", "),
            if passed.is_empty() { "" } else { ", " },
            root.name
        )?;
        if !root.all_optional() {
            return Err(format!("{name}: something is required").into());
        }
        writeln!(out, "    /// [`{plain}`](Self::{plain}), with parameters.")?;
        writeln!(
            out,
            "{cfg}{INLINE}    {visible} fn {name}({}) -> Call<{answer}> {{\n        {call}\n    }}\n",
            arguments.join(", ")
        )?;
    } else {
        writeln!(
            out,
            "{doc}{cfg}{INLINE}    {visible} fn {name}({}) -> Call<{answer}> {{\n        {call}\n    }}\n",
            arguments.join(", ")
        )?;
    }
    if action.has_pages() {
        pages(&mut out, action, &cfg, &arguments, &ids, uses)?;
    }
    Ok(out)
}

fn pages(
    out: &mut String,
    action: &Action<'_>,
    cfg: &str,
    arguments: &[String],
    ids: &[String],
    uses: &mut BTreeSet<String>,
) -> Outcome {
    let Ty::Page(item) = &action.answer else {
        return Ok(());
    };
    let item = item.rust(uses, SUPPORT);
    uses.insert("crate::Pager".to_owned());
    let name = &action.method.name;
    let pages = match name.strip_prefix("list_") {
        Some(rest) => format!("{rest}_pages"),
        None => "pages".to_owned(),
    };
    writeln!(
        out,
        "    /// [`{name}`](Self::{name}), walking through all pages."
    )?;
    if let Some(instead) = &action.method.instead {
        writeln!(out, "    #[deprecated = \"use {instead}\"]")?;
    }
    let visible = if action.method.wrapped {
        "pub(crate)"
    } else {
        "pub"
    };
    let pages = if action.method.wrapped {
        format!("raw_{pages}")
    } else {
        pages
    };
    let body = if action.method.pages.as_deref() == Some("cursor") {
        format!(
            "Pager::cursor(self.client, &{}, params, |item| &item.id)",
            constant(action)
        )
    } else {
        format!(
            "Pager::offset(self.client, &{}, &[{}], params)",
            constant(action),
            ids.join(", ")
        )
    };
    writeln!(
        out,
        "{cfg}{INLINE}    {visible} fn {pages}({}) -> Pager<{item}> {{\n        {body}\n    }}\n",
        arguments.join(", ")
    )?;
    Ok(())
}
