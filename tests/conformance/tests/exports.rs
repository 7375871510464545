//! Every name that the reference exports is in the parity table, or a user coming from it finds nothing where they look.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;

#[derive(serde::Deserialize)]
struct EntryPoint {
    values: Vec<String>,
    #[serde(default)]
    types: Vec<String>,
}

const README: &str = include_str!("../../../README.md");
const GUIDE: &str = include_str!("../../../crates/clerk-backend/src/guide/javascript.md");

fn exports() -> BTreeMap<String, EntryPoint> {
    toml::from_str(include_str!("../exports.toml")).expect("the list of exports is TOML")
}

/// Whether a row of a table has the name in its first column, as code.
fn listed(text: &str, name: &str) -> bool {
    let name = format!("`{name}`");
    text.lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .any(|cell| cell.contains(&name))
}

// covers: CFG-8
#[test]
fn the_parity_table_names_every_exported_value() {
    let (_, table) = README
        .split_once("## Parity with")
        .expect("the README has the table");
    let missing: Vec<String> = exports()
        .iter()
        .flat_map(|(entry, exports)| exports.values.iter().map(move |name| (entry, name)))
        .filter(|(_, name)| !listed(table, name))
        .map(|(entry, name)| format!("{entry}: {name}"))
        .collect();
    assert!(
        missing.is_empty(),
        "not in the README's parity table: {missing:#?}"
    );
}

// covers: CFG-8
#[test]
fn the_guide_names_every_exported_value_and_type() {
    let missing: Vec<String> = exports()
        .into_values()
        .flat_map(|exports| exports.values.into_iter().chain(exports.types))
        .filter(|name| !listed(GUIDE, name))
        .collect();
    assert!(
        missing.is_empty(),
        "not in the guide for JavaScript users: {missing:#?}"
    );
}

#[test]
fn a_name_counts_only_as_code_in_the_first_column() {
    assert!(listed("| `a`, `b` | here |", "b"));
    assert!(!listed("| `ab` | `a` |", "a"));
    assert!(!listed("text `a`", "a"));
}
