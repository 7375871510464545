//! Writes the structs of parameters: a constructor with what is required, one setter per optional member.

use std::{collections::BTreeSet, fmt::Write as _};

use super::{
    params::{Member, Place, Struct},
    print_types::imports,
    types::Ty,
};
use crate::Outcome;

const SUPPORT: &str = "clerk_types";

/// A struct of parameters as a file. `defaults`: it can be made without arguments.
pub(crate) fn print(item: &Struct) -> Outcome<String> {
    let mut uses = BTreeSet::new();
    let mut fields = String::new();
    let mut required = Vec::new();
    let mut setters = String::new();
    let mut query = String::new();
    let body = item
        .members
        .iter()
        .any(|member| member.place == Place::Body);
    for member in item.members.iter().filter(|member| member.ty != Ty::File) {
        let rust = member.ty.rust(&mut uses, SUPPORT);
        let stored = stored(member, &rust, &mut uses);
        if body {
            let attributes = attributes(member);
            if !attributes.is_empty() {
                writeln!(fields, "    #[serde({})]", attributes.join(", "))?;
            }
        }
        writeln!(fields, "    pub(crate) {}: {stored},", member.name)?;
        if member.required {
            required.push((member, rust));
        } else if !item.one_of.contains(&member.wire) {
            setter(&mut setters, member, &rust)?;
        }
        match (member.place, &member.ty) {
            (Place::Query, Ty::List(_)) => writeln!(
                query,
                "        query.list(\"{}\", &self.{});",
                member.wire, member.name
            )?,
            (Place::QueryComma, _) => writeln!(
                query,
                "        query.comma(\"{}\", &self.{});",
                member.wire, member.name
            )?,
            (Place::Query, _) if member.required => writeln!(
                query,
                "        query.value(\"{}\", &self.{});",
                member.wire, member.name
            )?,
            (Place::Query, _) => writeln!(
                query,
                "        query.option(\"{}\", self.{}.as_ref());",
                member.wire, member.name
            )?,
            _ => {}
        }
    }
    let plain = required.is_empty()
        && item.one_of.is_empty()
        && item.members.iter().all(|member| member.default.is_none());
    let mut derives = vec!["Debug", "Clone"];
    if plain {
        derives.push("Default");
    }
    if body {
        derives.push("Serialize");
        uses.insert("serde::Serialize".to_owned());
    }
    for member in &item.members {
        if let (Some(default), Ty::Enum(name)) = (&member.default, &member.ty) {
            debug_assert!(
                default.contains(name.as_str()),
                "the default names the enum"
            );
        }
    }
    if !query.is_empty() {
        uses.insert("crate::query::Query".to_owned());
        uses.insert("crate::query::WriteQuery".to_owned());
    }
    uses.remove(&format!("super::{}", item.name));
    let mut out = imports(&uses);
    writeln!(out, "\n/// {}", item.doc)?;
    writeln!(
        out,
        "#[derive({})]\n#[must_use]\npub struct {} {{\n{fields}}}\n",
        derives.join(", "),
        item.name
    )?;
    writeln!(out, "impl {} {{", item.name)?;
    if item.one_of.is_empty() {
        constructor(&mut out, item, &required, plain, None)?;
    }
    for choice in item.choices() {
        constructor(&mut out, item, &required, plain, Some(choice))?;
    }
    out.push_str(&setters);
    out.push_str("}\n");
    if !query.is_empty() {
        writeln!(
            out,
            "\nimpl WriteQuery for {} {{\n    fn write_query(&self, query: &mut Query) {{\n{query}    }}\n}}",
            item.name
        )?;
    }
    Ok(out)
}

fn stored(member: &Member, rust: &str, uses: &mut BTreeSet<String>) -> String {
    if member.patch {
        uses.insert(format!("{SUPPORT}::Patch"));
        format!("Patch<{rust}>")
    } else if (member.required && !member.nullable) || in_query_list(member) {
        rust.to_owned()
    } else {
        format!("Option<{rust}>")
    }
}

/// A list in the query that was not set is one without items.
fn in_query_list(member: &Member) -> bool {
    matches!(member.place, Place::Query | Place::QueryComma) && matches!(member.ty, Ty::List(_))
}

fn attributes(member: &Member) -> Vec<String> {
    if member.place != Place::Body {
        return vec!["skip".to_owned()];
    }
    let mut all = Vec::new();
    if member.name != member.wire {
        all.push(format!("rename = \"{}\"", member.wire));
    }
    if member.patch {
        all.push("skip_serializing_if = \"Patch::is_omit\"".to_owned());
    } else if !member.required && !member.always {
        all.push("skip_serializing_if = \"Option::is_none\"".to_owned());
    }
    all
}

/// How a value is taken, and how it is turned into what is stored.
fn taken(ty: &Ty, rust: &str, name: &str) -> (String, String) {
    match ty {
        Ty::Text | Ty::Secret | Ty::Metadata | Ty::Json => {
            (format!("impl Into<{rust}>"), format!("{name}.into()"))
        }
        Ty::List(item) => {
            let inner = rust
                .strip_prefix("Vec<")
                .and_then(|rest| rest.strip_suffix('>'))
                .unwrap_or(rust);
            match **item {
                Ty::Text | Ty::Secret => (
                    format!("impl IntoIterator<Item = impl Into<{inner}>>"),
                    format!("{name}.into_iter().map(Into::into).collect()"),
                ),
                _ => (
                    format!("impl IntoIterator<Item = {inner}>"),
                    format!("{name}.into_iter().collect()"),
                ),
            }
        }
        _ => (rust.to_owned(), name.to_owned()),
    }
}

fn constructor(
    out: &mut String,
    item: &Struct,
    required: &[(&Member, String)],
    plain: bool,
    choice: Option<&Member>,
) -> Outcome {
    if plain {
        writeln!(
            out,
            "    /// Nothing set yet.\n    pub fn new() -> Self {{\n        Self::default()\n    }}\n"
        )?;
        return Ok(());
    }
    let mut arguments = Vec::new();
    if let Some(choice) = choice {
        let rust = choice.ty.rust(&mut BTreeSet::new(), SUPPORT);
        let (argument, _) = taken(&choice.ty, &rust, &choice.name);
        arguments.push(format!("{}: {argument}", choice.name));
    }
    for (member, rust) in required {
        let (argument, _) = taken(&member.ty, rust, &member.name);
        let argument = if member.nullable {
            format!("Option<{rust}>")
        } else {
            argument
        };
        arguments.push(format!("{}: {argument}", member.name));
    }
    let names: Vec<String> = required
        .iter()
        .map(|(member, _)| format!("`{}`", member.wire))
        .collect();
    let doc = if let Some(choice) = choice {
        let others: Vec<String> = item
            .choices()
            .filter(|other| other.name != choice.name)
            .map(|other| format!("`{}`", other.wire))
            .collect();
        format!(
            "{}\n    ///\n    /// In place of {}.",
            choice.doc,
            others.join(" and ")
        )
    } else if names.is_empty() {
        "Nothing set yet.".to_owned()
    } else {
        format!("What is required: {}.", names.join(", "))
    };
    writeln!(out, "    /// {doc}")?;
    if arguments.is_empty() {
        writeln!(
            out,
            "    #[expect(clippy::new_without_default, reason = \"what is preset is not nothing\")]"
        )?;
    }
    writeln!(
        out,
        "    #[inline]\n    pub fn {}({}) -> Self {{\n        Self {{",
        choice.map_or("new", |choice| &choice.name),
        arguments.join(", ")
    )?;
    for member in item.members.iter().filter(|member| member.ty != Ty::File) {
        let name = &member.name;
        if let Some((_, rust)) = required.iter().find(|(known, _)| known.name == *name) {
            let (_, value) = taken(&member.ty, rust, name);
            if member.nullable || value == *name {
                writeln!(out, "            {name},")?;
            } else {
                writeln!(out, "            {name}: {value},")?;
            }
        } else if choice.is_some_and(|choice| choice.name == *name) {
            let rust = member.ty.rust(&mut BTreeSet::new(), SUPPORT);
            let (_, value) = taken(&member.ty, &rust, name);
            writeln!(out, "            {name}: Some({value}),")?;
        } else if let Some(default) = &member.default {
            writeln!(out, "            {name}: {default},")?;
        } else if member.patch {
            writeln!(out, "            {name}: Patch::Omit,")?;
        } else if in_query_list(member) {
            writeln!(out, "            {name}: Vec::new(),")?;
        } else {
            writeln!(out, "            {name}: None,")?;
        }
    }
    out.push_str("        }\n    }\n\n");
    Ok(())
}

fn setter(out: &mut String, member: &Member, rust: &str) -> Outcome {
    let name = &member.name;
    writeln!(out, "    /// {}", member.doc)?;
    if member.name != member.wire {
        writeln!(out, "    #[doc(alias = \"{}\")]", member.wire)?;
    }
    if member.deprecated {
        writeln!(out, "    #[deprecated = \"Clerk has deprecated it\"]")?;
    }
    let (argument, value) = if let (true, Ty::List(_)) = (member.patch, &member.ty) {
        let (argument, value) = taken(&member.ty, rust, name);
        (argument, format!("Patch::Set({value})"))
    } else if member.patch {
        (
            format!("impl Into<Patch<{rust}>>"),
            format!("{name}.into()"),
        )
    } else {
        let (argument, value) = taken(&member.ty, rust, name);
        (
            argument,
            if in_query_list(member) {
                value
            } else {
                format!("Some({value})")
            },
        )
    };
    writeln!(
        out,
        "    #[inline]\n    pub fn {name}(mut self, {name}: {argument}) -> Self {{\n        self.{name} = {value};\n        self\n    }}\n"
    )?;
    if member.patch {
        writeln!(out, "    /// Clears `{}`.", member.wire)?;
        writeln!(
            out,
            "    #[inline]\n    pub fn clear_{name}(mut self) -> Self {{\n        self.{name} = Patch::Null;\n        self\n    }}\n"
        )?;
    }
    Ok(())
}
