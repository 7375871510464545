//! Writes `clerk-types/src/generated`: one file per type, and the tables of contents.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{
    facts::Facts,
    models::{Member, Model, OpenEnum},
    names::{camel, snake},
    output::Files,
    types::Ty,
};
use crate::{Outcome, spec::ir::Event};

/// Path of the support types inside `clerk-types`.
const SUPPORT: &str = "crate";
const FOLDER: &str = "crates/clerk-types/src/generated";

/// Groups of features a type is needed by; `auth` stands for "always".
pub(crate) type Groups = BTreeMap<String, BTreeSet<String>>;

/// The `cfg` for a set of groups; none when it is always there.
pub(crate) fn cfg(groups: &BTreeSet<String>) -> Option<String> {
    if groups.contains("auth") {
        return None;
    }
    let features: Vec<String> = groups
        .iter()
        .map(|group| format!("feature = \"{group}\""))
        .collect();
    Some(match features.as_slice() {
        [single] => format!("#[cfg({single})]"),
        many => format!("#[cfg(any({}))]", many.join(", ")),
    })
}

pub(crate) fn print(
    files: &mut Files,
    facts: &Facts,
    models: &[Model],
    enums: &[OpenEnum],
    groups: &Groups,
    payloads: &[(Event, Ty)],
) -> Outcome {
    let none = BTreeSet::new();
    let mut contents = [String::new(), String::new(), String::new()];
    for (index, what) in [
        "Response models.",
        "Enums that keep values they do not know.",
        "Payloads of webhook events.",
    ]
    .iter()
    .enumerate()
    {
        writeln!(contents[index], "//! {what}\n")?;
    }
    let mut list = |index: usize, name: &str| -> Outcome<bool> {
        let needed = groups.get(name).unwrap_or(&none);
        if needed.is_empty() {
            return Err(format!("no operation and no event needs {name}").into());
        }
        let gate = match cfg(needed) {
            Some(gate) if index != 2 => format!("{gate}\n"),
            _ => String::new(),
        };
        let module = snake(name);
        writeln!(
            contents[index],
            "{gate}mod {module};\n{gate}pub use {module}::{name};\n"
        )?;
        Ok(true)
    };
    for model in models {
        list(if model.webhook { 2 } else { 0 }, &model.name)?;
        let folder = if model.webhook { "webhooks" } else { "models" };
        files.rust(
            &format!("{FOLDER}/{folder}/{}.rs", snake(&model.name)),
            &structure(model)?,
        )?;
    }
    for open in enums {
        list(1, &open.name)?;
        files.rust(
            &format!("{FOLDER}/enums/{}.rs", snake(&open.name)),
            &enumeration(open)?,
        )?;
    }
    contents[2].push_str("mod event_data;\npub use event_data::EventData;\n");
    files.rust(
        &format!("{FOLDER}/webhooks/event_data.rs"),
        &events(payloads)?,
    )?;
    for (folder, text) in ["models", "enums", "webhooks"].iter().zip(&contents) {
        files.rust(&format!("{FOLDER}/{folder}/mod.rs"), text)?;
    }
    files.rust(
        &format!("{FOLDER}/mod.rs"),
        &format!(
            "//! Types of the Backend API, version {}.\n\npub mod enums;\npub mod models;\n#[cfg(feature = \"webhooks\")]\npub mod webhooks;\n",
            facts.version
        ),
    )?;
    Ok(())
}

fn structure(model: &Model) -> Outcome<String> {
    let mut uses = BTreeSet::from([
        "serde::Deserialize".to_owned(),
        "serde::Serialize".to_owned(),
    ]);
    let mut body = String::new();
    for member in &model.members {
        body.push_str(&field(member, &mut uses));
    }
    let mut out = String::new();
    let own = format!(
        "{SUPPORT}::{}::{}",
        if model.webhook { "webhooks" } else { "models" },
        model.name
    );
    uses.remove(&own);
    out.push_str(&imports(&uses));
    writeln!(out, "\n/// {}", model.doc)?;
    for alias in &model.aliases {
        writeln!(out, "#[doc(alias = \"{alias}\")]")?;
    }
    writeln!(
        out,
        "#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]"
    )?;
    if let Some(object) = &model.object {
        writeln!(out, "#[serde(tag = \"object\", rename = \"{object}\")]")?;
    }
    writeln!(
        out,
        "#[non_exhaustive]\npub struct {} {{\n{body}}}",
        model.name
    )?;
    Ok(out)
}

fn field(member: &Member, uses: &mut BTreeSet<String>) -> String {
    let mut lines = vec![format!("    /// {}", documentation(member))];
    let mut attributes = Vec::new();
    if member.name != member.wire {
        attributes.push(format!("rename = \"{}\"", member.wire));
    }
    if member.ty == Ty::Int {
        if member.optional {
            attributes.push("default".to_owned());
            attributes.push("deserialize_with = \"crate::decode::optional_integer\"".to_owned());
        } else {
            attributes.push("deserialize_with = \"crate::decode::integer\"".to_owned());
        }
    } else if member.defaulted {
        attributes.push("default".to_owned());
        attributes.push("deserialize_with = \"crate::decode::or_default\"".to_owned());
    }
    if !attributes.is_empty() {
        lines.push(format!("    #[serde({})]", attributes.join(", ")));
    }
    let rust = member.ty.rust(uses, SUPPORT);
    let rust = if member.optional {
        format!("Option<{rust}>")
    } else {
        rust
    };
    lines.push(format!("    pub {}: {rust},", member.name));
    lines.join("\n") + "\n"
}

fn documentation(member: &Member) -> String {
    let mut doc = member.doc.clone();
    if member.deprecated && !doc.contains("eprecated") {
        doc.push_str(" Deprecated by Clerk.");
    }
    doc
}

fn enumeration(open: &OpenEnum) -> Outcome<String> {
    let mut out = String::from("use crate::open_enum;\n\nopen_enum! {\n");
    writeln!(out, "    /// {}", open.doc)?;
    writeln!(out, "    pub enum {} {{", open.name)?;
    for (rust, wire) in &open.values {
        writeln!(out, "        {rust} = \"{wire}\",")?;
    }
    out.push_str("    }\n}\n");
    Ok(out)
}

/// The enum of all events; decoding it by event type is a table, so it is written by a macro.
fn events(payloads: &[(Event, Ty)]) -> Outcome<String> {
    let mut uses = BTreeSet::from(["crate::event_data".to_owned()]);
    let mut body = String::new();
    for (event, ty) in payloads {
        let rust = ty.rust(&mut uses, SUPPORT);
        writeln!(
            body,
            "        {}({rust}) = \"{}\",",
            camel(&event.event),
            event.event
        )?;
    }
    let mut out = imports(&uses);
    writeln!(
        out,
        "\nevent_data! {{\n    /// What happened, with the data of the event.\n    pub enum EventData {{\n{body}    }}\n}}"
    )?;
    Ok(out)
}

/// One `use` per module: `use crate::models::{Session, User};`.
pub(crate) fn imports(uses: &BTreeSet<String>) -> String {
    let mut modules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in uses {
        if let Some((module, name)) = path.rsplit_once("::") {
            modules.entry(module).or_default().push(name);
        }
    }
    let mut out = String::new();
    for (module, names) in modules {
        match names.as_slice() {
            [name] => out.push_str(&format!("use {module}::{name};\n")),
            names => out.push_str(&format!("use {module}::{{{}}};\n", names.join(", "))),
        }
    }
    out
}
