//! `cargo xtask msrv`: no locked dependency of a published crate asks for a newer Rust than we promise.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{Outcome, process};

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    rust_version: Option<String>,
    source: Option<String>,
    publish: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    /// `null` is a normal dependency, `build` one of a build script; both must compile for a user.
    kind: Option<String>,
}

/// Walks the graph of all crates with all features.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask msrv".into());
    }
    let text = process::output(
        &process::cargo(),
        &[
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--all-features",
        ],
    )?;
    let metadata: Metadata = serde_json::from_str(&text)?;
    let promised =
        version(env!("CARGO_PKG_RUST_VERSION")).ok_or("the workspace states no `rust-version`")?;
    let used = used(&metadata);
    let newer: Vec<String> = metadata
        .packages
        .iter()
        .filter(|package| used.contains(package.id.as_str()))
        .filter(|package| {
            package
                .rust_version
                .as_deref()
                .and_then(version)
                .is_some_and(|needed| needed > promised)
        })
        .map(|package| {
            format!(
                "{} {} needs {}",
                package.name,
                package.version,
                package.rust_version.as_deref().unwrap_or("?")
            )
        })
        .collect();
    println!(
        "{} packages, Rust {}.{} promised",
        used.len(),
        promised.0,
        promised.1
    );
    if newer.is_empty() {
        Ok(())
    } else {
        Err(newer.join("; ").into())
    }
}

/// The packages a user compiles: from the published members along normal and build dependencies.
fn used(metadata: &Metadata) -> BTreeSet<&str> {
    let nodes: BTreeMap<&str, &Node> = metadata
        .resolve
        .nodes
        .iter()
        .map(|node| (node.id.as_str(), node))
        .collect();
    let published = metadata
        .packages
        .iter()
        .filter(|package| package.source.is_none() && package.publish.is_none());
    let mut waiting: Vec<&str> = published.map(|package| package.id.as_str()).collect();
    let mut used = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if used.insert(id) {
            let dependencies = nodes.get(id).into_iter().flat_map(|node| &node.deps);
            let compiled = |dependency: &&Dependency| {
                dependency
                    .dep_kinds
                    .iter()
                    .any(|kind| kind.kind.as_deref() != Some("dev"))
            };
            waiting.extend(
                dependencies
                    .filter(compiled)
                    .map(|dependency| dependency.pkg.as_str()),
            );
        }
    }
    used
}

/// Major and minor of `1.88` or `1.88.0`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next().flatten().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(version("1.88.0"), Some((1, 88)));
        assert!(version("1.9") < version("1.88"));
        assert_eq!(version("one"), None);
    }

    #[test]
    fn only_what_a_user_compiles_is_followed() {
        let text = r#"{
            "packages": [
                {"id": "ours", "name": "ours", "version": "1", "rust_version": null, "source": null, "publish": null},
                {"id": "tool", "name": "tool", "version": "1", "rust_version": null, "source": null, "publish": []},
                {"id": "a", "name": "a", "version": "1", "rust_version": "1.90", "source": "s", "publish": null},
                {"id": "b", "name": "b", "version": "1", "rust_version": "1.90", "source": "s", "publish": null},
                {"id": "c", "name": "c", "version": "1", "rust_version": "1.90", "source": "s", "publish": null}
            ],
            "resolve": {"nodes": [
                {"id": "ours", "deps": [
                    {"pkg": "a", "dep_kinds": [{"kind": "build"}]},
                    {"pkg": "b", "dep_kinds": [{"kind": "dev"}]}
                ]},
                {"id": "tool", "deps": [{"pkg": "c", "dep_kinds": [{"kind": null}]}]}
            ]}
        }"#;
        let metadata: Metadata = serde_json::from_str(text).unwrap();
        assert_eq!(
            used(&metadata).into_iter().collect::<Vec<_>>(),
            ["a", "ours"]
        );
    }
}
