//! Writes how the JavaScript methods are replayed: from their arguments to the calls of this client.

use std::fmt::Write as _;

use super::{
    names::snake,
    operations::{Action, Handle, public_name},
    output::Files,
    params::{Member, Place, Struct},
    types::Ty,
};
use crate::Outcome;

const FOLDER: &str = "tests/conformance/src/adapters/api_client/generated";

pub(crate) fn print(files: &mut Files, handles: &[Handle<'_>]) -> Outcome {
    let mut modules = String::new();
    let mut dispatch = String::new();
    for handle in handles {
        let mut arms = String::new();
        let mut functions = String::new();
        let mut nested: Vec<&Struct> = Vec::new();
        for action in &handle.actions {
            // Several operations behind one JavaScript method: its last name is the plain one.
            let Some(js) = action.method.js.last() else {
                continue;
            };
            let template = if action.method.name.ends_with("_from_template") {
                "/template"
            } else {
                ""
            };
            let name = snake(&action.operation.id);
            writeln!(
                arms,
                "        \"{js}{template}\" => {name}(client, arguments),"
            )?;
            functions.push_str(&function(handle, action, &name)?);
            for item in &action.plan.nested {
                if nested.iter().all(|known| known.name != item.name) {
                    nested.push(item);
                }
            }
        }
        if arms.is_empty() {
            continue;
        }
        for item in nested {
            writeln!(
                functions,
                "fn {}(arguments: &mut Arguments) -> Result<clerk_api::{}::{}, Unwritable> {{",
                snake(&item.name),
                handle.module,
                item.name
            )?;
            build(&mut functions, handle, item)?;
            functions.push_str("    Ok(params)\n}\n\n");
        }
        files.rust(
            &format!("{FOLDER}/{}.rs", handle.module),
            &format!(
                "use clerk_api::Client;\n\nuse crate::adapters::api_client::{{Arguments, Unwritable, Replay}};\n\npub(super) fn call(client: &Client, method: &str, arguments: &mut Arguments) -> Option<Result<Replay, Unwritable>> {{\n    Some(match method {{\n{arms}        _ => return None,\n    }})\n}}\n\n{functions}"
            ),
        )?;
        writeln!(modules, "mod {};", handle.module)?;
        writeln!(
            dispatch,
            "        .or_else(|| {}::call(client, method, arguments))",
            handle.module
        )?;
    }
    files.rust(
        &format!("{FOLDER}/mod.rs"),
        &format!(
            "//! The methods of the JavaScript client.\n\nuse clerk_api::Client;\n\nuse super::{{Arguments, Unwritable, Replay}};\n\n{modules}\n/// Performs a method; none where there is no such method.\npub(super) fn call(client: &Client, method: &str, arguments: &mut Arguments) -> Option<Result<Replay, Unwritable>> {{\n    None\n{dispatch}}}\n"
        ),
    )
}

fn function(handle: &Handle<'_>, action: &Action<'_>, name: &str) -> Outcome<String> {
    let mut out = String::new();
    writeln!(
        out,
        "fn {name}(client: &Client, arguments: &mut Arguments) -> Result<Replay, Unwritable> {{"
    )?;
    let mut passed = Vec::new();
    for (id, open) in &action.ids {
        writeln!(out, "    let {id} = arguments.id(\"{id}\")?;")?;
        passed.push(match open {
            Some(open) => format!("&clerk_types::enums::{open}::from({id})"),
            None => format!("&{id}"),
        });
    }
    let plan = &action.plan;
    if plan.form {
        writeln!(out, "    let file = arguments.file()?;")?;
        passed.push("file".to_owned());
    }
    if let Some(root) = &plan.root {
        let texts = root.members.iter().any(|member| member.ty != Ty::File);
        if plan.list {
            writeln!(
                out,
                "    let mut items = Vec::new();\n    for arguments in &mut arguments.items()? {{"
            )?;
            build(&mut out, handle, root)?;
            writeln!(
                out,
                "    arguments.finish()?;\n    items.push(params);\n    }}"
            )?;
            passed.push("&items".to_owned());
        } else if texts {
            build(&mut out, handle, root)?;
            passed.push(if plan.form {
                "&params".to_owned()
            } else {
                "params".to_owned()
            });
        }
    }
    writeln!(
        out,
        "    arguments.replay(client.{}().{}({}))\n}}\n",
        handle.module,
        public_name(action.method),
        passed.join(", ")
    )?;
    Ok(out)
}

/// The name of a type where it is read.
fn rust(ty: &Ty) -> String {
    let mut uses = std::collections::BTreeSet::new();
    let text = ty.rust(&mut uses, "clerk_types");
    let mut full = text;
    for path in uses {
        if let Some((module, name)) = path
            .rsplit_once("::")
            .filter(|(module, _)| *module != "super")
        {
            full = full
                .split('<')
                .map(|part| match part.strip_prefix(name) {
                    Some(rest) if rest.chars().next().is_none_or(|c| !c.is_alphanumeric()) => {
                        format!("{module}::{name}{rest}")
                    }
                    _ => part.to_owned(),
                })
                .collect::<Vec<_>>()
                .join("<");
        }
    }
    full
}

fn build(out: &mut String, handle: &Handle<'_>, item: &Struct) -> Outcome {
    let members = || item.members.iter().filter(|member| member.ty != Ty::File);
    let mut required = Vec::new();
    for member in members().filter(|member| member.required) {
        required.push(match nested(&member.ty) {
            Some((name, false)) => format!(
                "{}(&mut arguments.object(\"{}\")?)?",
                snake(name),
                member.wire
            ),
            Some((name, true)) => {
                format!("arguments.objects(\"{}\", {})?", member.wire, snake(name))
            }
            None if member.nullable => format!(
                "arguments.optional::<{}>(\"{}\")?",
                rust(&member.ty),
                member.wire
            ),
            None => format!(
                "arguments.required::<{}>(\"{}\")?",
                rust(&member.ty),
                member.wire
            ),
        });
    }
    let optional: Vec<&Member> = members()
        .filter(|member| !member.required && !item.one_of.contains(&member.wire))
        .collect();
    let mutable = if optional.is_empty() { "" } else { "mut " };
    let path = format!("clerk_api::{}::{}", handle.module, item.name);
    let choices: Vec<&Member> = item.choices().collect();
    write!(out, "    let {mutable}params = ")?;
    for (index, choice) in choices.iter().enumerate() {
        let wire = &choice.wire;
        let value = format!("arguments.required::<{}>(\"{wire}\")?", rust(&choice.ty));
        let mut all = vec![value];
        all.extend(required.iter().cloned());
        let call = format!("{path}::{}({})", choice.name, all.join(", "));
        if index + 1 < choices.len() {
            write!(out, "if arguments.has(\"{wire}\") {{ {call} }} else ")?;
        } else {
            writeln!(out, "{{ {call} }};")?;
        }
    }
    if choices.is_empty() {
        writeln!(out, "{path}::new({});", required.join(", "))?;
    }
    for member in optional {
        let (name, wire) = (&member.name, &member.wire);
        if member.deprecated {
            writeln!(
                out,
                "    #[allow(deprecated, reason = \"the reference sends it\")]\n    {{"
            )?;
        }
        match nested(&member.ty) {
            Some((inner, false)) => writeln!(
                out,
                "    if arguments.has(\"{wire}\") {{\n        params = params.{name}({}(&mut arguments.object(\"{wire}\")?)?);\n    }}",
                snake(inner)
            )?,
            Some((inner, true)) => writeln!(
                out,
                "    if arguments.has(\"{wire}\") {{\n        params = params.{name}(arguments.objects(\"{wire}\", {})?);\n    }}",
                snake(inner)
            )?,
            None if member.patch => writeln!(
                out,
                "    if arguments.takes_null(\"{wire}\") {{\n        params = params.clear_{name}();\n    }}\n    if let Some(value) = arguments.optional::<{}>(\"{wire}\")? {{\n        params = params.{name}(value);\n    }}",
                rust(&member.ty)
            )?,
            None => {
                if member.always {
                    writeln!(out, "    arguments.takes_null(\"{wire}\");")?;
                }
                let place = if matches!(member.place, Place::Query | Place::QueryComma) {
                    "query"
                } else {
                    "optional"
                };
                writeln!(
                    out,
                    "    if let Some(value) = arguments.{place}::<{}>(\"{wire}\")? {{\n        params = params.{name}(value);\n    }}",
                    rust(&member.ty)
                )?;
            }
        }
        if member.deprecated {
            writeln!(out, "    }}")?;
        }
    }
    Ok(())
}

/// The object inside, and whether it is a list of them.
fn nested(ty: &Ty) -> Option<(&str, bool)> {
    match ty {
        Ty::Params(name) => Some((name, false)),
        Ty::List(item) => match &**item {
            Ty::Params(name) => Some((name, true)),
            _ => None,
        },
        _ => None,
    }
}
