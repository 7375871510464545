//! The crates that are published: what their manifests must say, and in which order they go.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::{Outcome, workspace};

/// A crate below `crates/`.
pub(super) struct Package {
    pub(super) name: String,
    folder: PathBuf,
    manifest: Table,
    /// The siblings its users build with it.
    siblings: BTreeSet<String>,
}

/// Every crate below `crates/`, by name.
pub(super) fn read() -> Outcome<Vec<Package>> {
    let mut packages = Vec::new();
    for folder in workspace::crates()? {
        let manifest = table(&folder.join("Cargo.toml"))?;
        let name = text(&manifest, &["package", "name"])
            .ok_or_else(|| format!("{}: no name", folder.display()))?
            .to_owned();
        let mut siblings = BTreeSet::new();
        for_each_dependency(&manifest, "dependencies", &mut |dependency, _| {
            if dependency.starts_with("clerk-") {
                siblings.insert(dependency.to_owned());
            }
        });
        packages.push(Package {
            name,
            folder,
            manifest,
            siblings,
        });
    }
    Ok(packages)
}

/// The version that all crates share.
pub(super) fn version() -> Outcome<String> {
    let root = table(&workspace::root().join("Cargo.toml"))?;
    let version = text(&root, &["workspace", "package", "version"]);
    Ok(version.ok_or("the workspace has no version")?.to_owned())
}

/// Everything in the manifests that would spoil a release.
pub(super) fn problems(packages: &[Package], version: &str) -> Outcome<Vec<String>> {
    let root = table(&workspace::root().join("Cargo.toml"))?;
    let pinned = format!("={version}");
    let mut problems = Vec::new();
    for package in packages {
        let name = &package.name;
        let pin = text(&root, &["workspace", "dependencies", name, "version"]);
        if pin != Some(&pinned) {
            problems.push(format!(
                "{name}: the workspace pins {pin:?}, not {pinned:?}"
            ));
        }
        problems.extend(
            metadata(package)
                .into_iter()
                .map(|what| format!("{name}: {what}")),
        );
        problems.extend(
            dependencies(package)
                .into_iter()
                .map(|what| format!("{name}: {what}")),
        );
    }
    for key in ["keywords", "categories"] {
        problems.extend(words(&root, key));
    }
    Ok(problems)
}

/// What a registry and docs.rs show of a crate.
fn metadata(package: &Package) -> Vec<String> {
    let mut missing = Vec::new();
    let manifest = &package.manifest;
    match text(manifest, &["package", "description"]) {
        Some(description) if description.ends_with('.') && description.len() <= 200 => {}
        _ => missing.push("`description` is not one sentence of at most 200 characters".to_owned()),
    }
    let docs = value(
        manifest,
        &["package", "metadata", "docs", "rs", "all-features"],
    );
    if docs.and_then(Value::as_bool) != Some(true) {
        missing.push("`[package.metadata.docs.rs] all-features = true` is missing".to_owned());
    }
    for file in ["README.md", "LICENSE"] {
        if !package.folder.join(file).is_file() {
            missing.push(format!("{file} is missing"));
        }
    }
    missing
}

/// Siblings come from the workspace's pins; those for tests only come by path, so that packaging leaves them out.
fn dependencies(package: &Package) -> Vec<String> {
    let mut wrong = Vec::new();
    for_each_dependency(&package.manifest, "dependencies", &mut |name, how| {
        let inherited = how.get("workspace").and_then(Value::as_bool) == Some(true);
        if name.starts_with("clerk-") && !inherited {
            wrong.push(format!("`{name}` must come from the workspace's pins"));
        }
    });
    for_each_dependency(&package.manifest, "dev-dependencies", &mut |name, how| {
        let by_path = how.get("path").is_some() && how.get("version").is_none();
        if name.starts_with("clerk-") && !by_path {
            wrong.push(format!("`{name}` is for tests: it must come by path only"));
        }
    });
    wrong
}

/// At most five keywords of at most twenty characters; categories as slugs.
fn words(root: &Table, key: &str) -> Vec<String> {
    let list = value(root, &["workspace", "package", key]).and_then(Value::as_array);
    let words: Vec<&str> = list
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let fits = |word: &&str| {
        word.len() <= 20
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    if words.is_empty() || words.len() > 5 || !words.iter().all(fits) {
        return vec![format!(
            "`{key}` must be one to five short lower-case words"
        )];
    }
    Vec::new()
}

/// The crates so that each comes after what it needs.
pub(super) fn order(packages: &[Package]) -> Outcome<Vec<&Package>> {
    let mut ordered: Vec<&Package> = Vec::new();
    while ordered.len() < packages.len() {
        let ready = packages.iter().find(|package| {
            let placed = |name: &str| ordered.iter().any(|done| done.name == name);
            !placed(&package.name) && package.siblings.iter().all(|name| placed(name))
        });
        ordered.push(ready.ok_or("the crates depend on each other in a circle")?);
    }
    Ok(ordered)
}

/// Writes the version into the root manifest: the shared one and every pin.
pub(super) fn set_version(current: &str, next: &str) -> Outcome {
    let path = workspace::root().join("Cargo.toml");
    let manifest = std::fs::read_to_string(&path)?;
    let manifest = manifest
        .replacen(
            &format!("version = \"{current}\"\nedition"),
            &format!("version = \"{next}\"\nedition"),
            1,
        )
        .replace(
            &format!("version = \"={current}\", path"),
            &format!("version = \"={next}\", path"),
        );
    Ok(std::fs::write(path, manifest)?)
}

fn table(path: &Path) -> Outcome<Table> {
    let text = std::fs::read_to_string(path)?;
    text.parse()
        .map_err(|error| format!("{}: {error}", path.display()).into())
}

fn value<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter()
        .try_fold(table.get(*first)?, |value, key| value.get(key))
}

fn text<'a>(table: &'a Table, path: &[&str]) -> Option<&'a str> {
    value(table, path)?.as_str()
}

/// Visits the dependencies of this kind, those for some targets only included.
fn for_each_dependency(manifest: &Table, kind: &str, visit: &mut dyn FnMut(&str, &Value)) {
    let everywhere = manifest.get(kind).and_then(Value::as_table);
    let targets = manifest.get("target").and_then(Value::as_table);
    let by_target = targets.into_iter().flat_map(Table::values);
    let by_target = by_target.filter_map(|target| target.get(kind)?.as_table());
    for (name, how) in everywhere.into_iter().chain(by_target).flatten() {
        visit(name, how);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, manifest: &str) -> Package {
        let manifest: Table = manifest.parse().unwrap();
        let mut siblings = BTreeSet::new();
        for_each_dependency(&manifest, "dependencies", &mut |name, _| {
            siblings.insert(name.to_owned());
        });
        Package {
            name: name.to_owned(),
            folder: PathBuf::new(),
            manifest,
            siblings,
        }
    }

    #[test]
    fn a_crate_comes_after_what_it_needs() {
        let packages = [
            package("clerk-a", "[dependencies]\nclerk-b.workspace = true"),
            package(
                "clerk-b",
                "[target.'cfg(unix)'.dependencies]\nclerk-c.workspace = true",
            ),
            package("clerk-c", ""),
        ];
        let names: Vec<&str> = order(&packages)
            .unwrap()
            .iter()
            .map(|package| package.name.as_str())
            .collect();
        assert_eq!(names, ["clerk-c", "clerk-b", "clerk-a"]);
    }

    #[test]
    fn a_circle_is_an_error() {
        let packages = [
            package("clerk-a", "[dependencies]\nclerk-b.workspace = true"),
            package("clerk-b", "[dependencies]\nclerk-a.workspace = true"),
        ];
        assert!(order(&packages).is_err());
    }

    #[test]
    fn siblings_are_pinned_and_those_for_tests_have_no_version() {
        let loose = package(
            "clerk-a",
            "[dependencies]\nclerk-b = \"0.1\"\n[dev-dependencies]\nclerk-c.workspace = true",
        );
        assert_eq!(dependencies(&loose).len(), 2);
        let sound = package(
            "clerk-a",
            "[dependencies]\nclerk-b.workspace = true\n[dev-dependencies]\nclerk-c = { path = \"../clerk-c\" }",
        );
        assert!(dependencies(&sound).is_empty());
    }

    #[test]
    fn the_crates_of_this_workspace_are_fit_for_release() {
        let packages = read().unwrap();
        let problems = problems(&packages, &version().unwrap()).unwrap();
        assert!(problems.is_empty(), "{problems:#?}");
        assert_eq!(order(&packages).unwrap().len(), packages.len());
    }
}
