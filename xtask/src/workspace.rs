//! Where things are: the root folder and the crates below it.

use std::path::{Path, PathBuf};

use crate::Outcome;

/// The root of the workspace: the folder above this crate's own.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

/// The folders of the crates under `crates/`, sorted by name.
pub(crate) fn crates() -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root().join("crates"))? {
        let path = entry?.path();
        if path.join("Cargo.toml").is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The paths git tracks or would track (new files that are not ignored), relative to the root.
pub(crate) fn tracked_files() -> Outcome<Vec<PathBuf>> {
    let listing = crate::process::output(
        "git",
        &[
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
    )?;
    let root = root();
    let mut files: Vec<PathBuf> = listing
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .filter(|path| root.join(path).is_file())
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}
