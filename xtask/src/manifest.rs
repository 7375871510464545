//! The features a crate declares.

use std::path::Path;

use toml::{Table, Value};

use crate::{Outcome, workspace};

/// A crate below `crates/` and the names of its features, `default` left out.
pub(crate) struct Manifest {
    pub(crate) name: String,
    pub(crate) features: Vec<String>,
}

impl Manifest {
    /// Reads the manifest in this folder.
    pub(crate) fn read(folder: &Path) -> Outcome<Self> {
        let path = folder.join("Cargo.toml");
        let name = folder
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        let table: Table = std::fs::read_to_string(path)?
            .parse()
            .map_err(|error| format!("{name}: {error}"))?;
        let features = table.get("features").and_then(Value::as_table);
        let features = features
            .into_iter()
            .flat_map(Table::keys)
            .filter(|feature| *feature != "default")
            .cloned();
        Ok(Self {
            features: features.collect(),
            name,
        })
    }

    pub(crate) fn has(&self, feature: &str) -> bool {
        self.features.iter().any(|found| found == feature)
    }
}

/// The manifests of all crates below `crates/`.
pub(crate) fn all() -> Outcome<Vec<Manifest>> {
    workspace::crates()?
        .iter()
        .map(|folder| Manifest::read(folder))
        .collect()
}
