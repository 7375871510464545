//! No field is invented: what a model reads is what the descriptions name.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The names of all members that the committed facts know.
fn described() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in std::fs::read_dir(root().join("xtask/spec")).unwrap() {
        let path = file.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let facts: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            collect(&facts, &mut names);
        }
    }
    for file in ["models.toml", "webhooks.toml"] {
        let overlay =
            std::fs::read_to_string(root().join("xtask/spec/overlay").join(file)).unwrap();
        names.extend(repaired(&overlay));
    }
    names
}

/// The members an overlay adds to descriptions that forgot them: on a line, or in a table; a comment names the witness.
fn repaired(overlay: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut above, mut inside) = ("", false);
    for line in overlay.lines() {
        if line.starts_with('[') {
            inside = line.ends_with(".add]");
            assert!(
                !inside || above.starts_with('#'),
                "without a witness: {line}"
            );
        }
        let is_line = line.starts_with("add = ");
        assert!(
            !is_line || line.contains("} # "),
            "without a witness: {line}"
        );
        if is_line || inside {
            let line = line.trim_start_matches("add = {");
            let heads = line
                .split(" = ")
                .filter_map(|part| part.rsplit([' ', ',']).next());
            names.extend(heads.map(str::to_owned));
        }
        above = line;
    }
    names
}

/// Members stand in lists of fields, each under `n`.
fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for field in map
                .get("fields")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                if let Some(name) = field.get("n").and_then(Value::as_str) {
                    names.insert(name.to_owned());
                }
            }
            map.values().for_each(|value| collect(value, names));
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, names)),
        _ => {}
    }
}

/// The names on the wire of the public fields in a source file.
fn fields(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut renamed = None;
    for line in source.lines().map(str::trim) {
        if line.starts_with("pub struct ") {
            renamed = None; // what was renamed is the struct
        }
        if let Some((_, rest)) = line.split_once("rename = \"") {
            renamed = rest.split('"').next().map(str::to_owned);
        }
        let field = line
            .strip_prefix("pub ")
            .and_then(|rest| rest.split_once(": "));
        if let Some((name, _)) = field
            && line.ends_with(',')
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '#')
        {
            found.push(
                renamed
                    .take()
                    .unwrap_or_else(|| name.trim_start_matches("r#").to_owned()),
            );
        }
    }
    found
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

// covers: HIST-106
#[test]
fn hist_106_every_field_of_a_model_is_described() {
    let described = described();
    let mut files = Vec::new();
    for folder in ["models", "webhooks"] {
        sources(
            &root().join("crates/clerk-types/src/generated").join(folder),
            &mut files,
        );
    }
    let mut count = 0;
    for path in files {
        for field in fields(&std::fs::read_to_string(&path).unwrap()) {
            assert!(
                described.contains(&field),
                "{}: {field} is described nowhere",
                path.display()
            );
            count += 1;
        }
    }
    assert!(count > 500, "only {count} fields were found");
}

#[test]
fn fields_are_read_with_their_names_on_the_wire() {
    let source = "#[serde(tag = \"object\", rename = \"a\")]\npub struct A {\n    pub id: String,\n    #[serde(rename = \"type\")]\n    pub kind: Option<Kind>,\n    pub r#use: u8,\n}\nimpl A { pub fn id(&self) -> &str { \"\" } }";
    assert_eq!(fields(source), ["id", "type", "use"]);
}
