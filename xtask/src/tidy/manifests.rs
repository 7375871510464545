//! What every crate's manifest, README and root file must say.

use std::collections::BTreeSet;
use std::path::Path;

use toml::{Table, Value};

use super::{File, find};
use crate::Outcome;

/// Checks each package: the crates thoroughly, the tools and tests for unsafe code only.
pub(super) fn check(files: &[File]) -> Outcome<Vec<String>> {
    let mut problems = Vec::new();
    for manifest in files
        .iter()
        .filter(|file| file.path.ends_with("Cargo.toml"))
    {
        let Some(folder) = manifest
            .path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        else {
            continue;
        };
        let table: Table = manifest
            .text
            .parse()
            .map_err(|error| format!("{}: {error}", manifest.path.display()))?;
        problems.extend(unsafe_code(files, folder));
        if folder.starts_with("crates") {
            problems.extend(package(files, manifest, &table, folder));
            problems.extend(features(files, manifest, &table, folder));
        }
    }
    Ok(problems)
}

/// The root files of a package forbid unsafe code in their own words, whatever flags a build uses.
fn unsafe_code(files: &[File], folder: &Path) -> Vec<String> {
    let roots = ["src/lib.rs", "src/main.rs"]
        .iter()
        .filter_map(|name| find(files, folder.join(name)));
    let bare = roots.filter(|file| !file.text.contains("#![forbid(unsafe_code)]"));
    bare.map(|file| file.at(1, "`#![forbid(unsafe_code)]` is missing"))
        .collect()
}

fn package(files: &[File], manifest: &File, table: &Table, folder: &Path) -> Vec<String> {
    let mut missing = Vec::new();
    let package = table.get("package").and_then(Value::as_table);
    let value = |key: &str| package.and_then(|package| package.get(key));
    if value("description")
        .and_then(Value::as_str)
        .is_none_or(str::is_empty)
    {
        missing.push("`description` is missing".to_owned());
    }
    if value("readme").and_then(Value::as_str) != Some("README.md")
        || find(files, folder.join("README.md")).is_none()
    {
        missing.push("`readme = \"README.md\"` or that file is missing".to_owned());
    }
    for key in [
        "version",
        "edition",
        "rust-version",
        "license",
        "authors",
        "categories",
        "keywords",
    ] {
        if value(key)
            .and_then(|value| value.get("workspace"))
            .and_then(Value::as_bool)
            != Some(true)
        {
            missing.push(format!("`{key}.workspace = true` is missing"));
        }
    }
    if table
        .get("lints")
        .and_then(|lints| lints.get("workspace"))
        .and_then(Value::as_bool)
        != Some(true)
    {
        missing.push("`[lints] workspace = true` is missing".to_owned());
    }
    if !find(files, folder.join("src/lib.rs"))
        .is_some_and(|file| file.text.contains("include_str!(\"../README.md\")"))
    {
        missing.push("`src/lib.rs` does not include the README as its documentation".to_owned());
    }
    missing.iter().map(|what| manifest.at(1, what)).collect()
}

/// Each feature has a comment in the manifest and a row in the README's table; no row is without a feature.
fn features(files: &[File], manifest: &File, table: &Table, folder: &Path) -> Vec<String> {
    let declared: BTreeSet<&str> = table
        .get("features")
        .and_then(Value::as_table)
        .map(|features| {
            features
                .keys()
                .map(String::as_str)
                .filter(|name| *name != "default")
                .collect()
        })
        .unwrap_or_default();
    let mut problems: Vec<String> = uncommented(&manifest.text)
        .into_iter()
        .map(|(line, name)| {
            manifest.at(
                line,
                &format!("feature `{name}` needs a `#` comment above it"),
            )
        })
        .collect();
    let Some(readme) = find(files, folder.join("README.md")) else {
        return problems;
    };
    let listed = table_of_features(&readme.text);
    for name in declared.iter().filter(|name| !listed.contains(**name)) {
        problems.push(readme.at(
            1,
            &format!("feature `{name}` has no row in a table headed `Feature`"),
        ));
    }
    for name in listed
        .iter()
        .filter(|name| !declared.contains(name.as_str()) && *name != "default")
    {
        problems.push(readme.at(
            1,
            &format!("the table of features lists `{name}`, which the manifest does not"),
        ));
    }
    problems
}

/// The features of a manifest that have no comment line above them, with their line numbers.
fn uncommented(manifest: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut inside = false;
    let mut before = "";
    for (number, line) in (1..).zip(manifest.lines()) {
        if line.starts_with('[') {
            inside = line.trim() == "[features]";
        } else if inside
            && let Some((name, _)) = line.split_once(" = ")
            && !line.starts_with([' ', '#'])
        {
            let name = name.trim_matches('"');
            if name != "default" && !before.starts_with('#') {
                found.push((number, name.to_owned()));
            }
        }
        before = line;
    }
    found
}

/// The names in the first column of every table whose first heading is `Feature`.
fn table_of_features(readme: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in readme.lines() {
        let Some(row) = line.trim().strip_prefix('|') else {
            inside = false;
            continue;
        };
        let first = row.split('|').next().unwrap_or_default().trim();
        if first.eq_ignore_ascii_case("feature") {
            inside = true;
        } else if inside {
            // One row may list several: `a`, `b`.
            names.extend(first.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[package]
name = \"clerk-x\"
description = \"X.\"
readme = \"README.md\"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
authors.workspace = true
categories.workspace = true
keywords.workspace = true

[lints]
workspace = true

[features]
default = [\"a\"]
# Does a.
a = []
";
    const README: &str = "# x\n\n| Feature | |\n|---|---|\n| `a` | does a |\n";
    const ROOT: &str = "#![doc = include_str!(\"../README.md\")]\n#![forbid(unsafe_code)]\n";

    fn problems(manifest: &str, readme: &str, root: &str) -> Vec<String> {
        let file = |path: &str, text: &str| File {
            path: Path::new("crates/clerk-x").join(path),
            text: text.to_owned(),
        };
        check(&[
            file("Cargo.toml", manifest),
            file("README.md", readme),
            file("src/lib.rs", root),
        ])
        .unwrap()
    }

    #[test]
    fn a_complete_crate_passes() {
        assert_eq!(problems(MANIFEST, README, ROOT), [""; 0]);
    }

    #[test]
    fn each_omission_is_one_problem() {
        for removed in [
            "description = \"X.\"\n",
            "license.workspace = true\n",
            "[lints]\nworkspace = true\n",
            "# Does a.\n",
        ] {
            assert_eq!(
                problems(&MANIFEST.replace(removed, ""), README, ROOT).len(),
                1,
                "{removed}"
            );
        }
        assert_eq!(
            problems(
                MANIFEST,
                README,
                &ROOT.replace("#![forbid(unsafe_code)]", "")
            )
            .len(),
            1
        );
        assert_eq!(
            problems(MANIFEST, README, "#![forbid(unsafe_code)]").len(),
            1
        );
    }

    #[test]
    fn the_feature_table_equals_the_manifest() {
        assert_eq!(problems(MANIFEST, "# x\n", ROOT).len(), 1);
        assert_eq!(
            problems(MANIFEST, &format!("{README}| `b` | does b |\n"), ROOT).len(),
            1
        );
        assert_eq!(
            problems(
                &format!("{MANIFEST}# Does b.\nb = []\n"),
                &README.replace("`a`", "`a`, `b`"),
                ROOT
            )
            .len(),
            0
        );
    }
}
