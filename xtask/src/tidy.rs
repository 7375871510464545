//! `cargo xtask tidy`: house rules that no linter holds.

mod layout;
mod manifests;
mod readme;
mod text;

use std::path::{Path, PathBuf};

use crate::{Outcome, requirements, workspace};

/// A tracked text file, read once for all rules.
struct File {
    /// Relative to the root.
    path: PathBuf,
    text: String,
}

impl File {
    /// Whether a program wrote it: then it is checked for its header, not for its length.
    fn is_generated(&self) -> bool {
        self.path
            .components()
            .any(|part| part.as_os_str() == "generated")
    }

    fn has_extension(&self, extension: &str) -> bool {
        self.path
            .extension()
            .is_some_and(|found| found == extension)
    }

    /// `path:line: what`, as editors understand it.
    fn at(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path.display())
    }
}

/// Checks every rule and names every breach.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask tidy".into());
    }
    let files = read_files()?;
    let mut prefixes: Vec<String> = requirements::load()?
        .into_keys()
        .map(|id| id.prefix)
        .collect();
    prefixes.dedup();
    let mut problems = layout::check(&files);
    for file in &files {
        problems.extend(text::check(file, &prefixes));
    }
    problems.extend(manifests::check(&files)?);
    problems.extend(readme::check(&files));
    for problem in &problems {
        println!("  {problem}");
    }
    println!("{} files checked", files.len());
    if problems.is_empty() {
        Ok(())
    } else {
        Err(format!("{} house rules broken", problems.len()).into())
    }
}

/// The tracked files that are text; the committed vectors are data, not ours to word.
fn read_files() -> Outcome<Vec<File>> {
    let root = workspace::root();
    let mut files = Vec::new();
    for path in workspace::tracked_files()? {
        if path.starts_with("tests/conformance/vectors") {
            continue;
        }
        if let Ok(text) = String::from_utf8(std::fs::read(root.join(&path))?) {
            files.push(File { path, text });
        }
    }
    Ok(files)
}

/// The file at exactly this path.
fn find(files: &[File], path: impl AsRef<Path>) -> Option<&File> {
    files.iter().find(|file| file.path == path.as_ref())
}
