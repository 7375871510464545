//! One list per crate: read, written, compared.

use std::path::{Path, PathBuf};

use public_api::{Builder, PublicApi};

use super::foreign;
use crate::manifest::{self, Manifest};
use crate::{Outcome, workspace};

/// Lists every crate; the differences are printed line by line.
pub(super) fn run(check: bool) -> Outcome {
    let mut problems = 0;
    for Manifest { name, .. } in manifest::all()? {
        let Some(found) = read(&name)? else {
            return Ok(());
        };
        let text = format!("{found}");
        for line in foreign::problems(&name, &text) {
            println!("  {line}");
            problems += 1;
        }
        let committed = folder().join(format!("{name}.txt"));
        if check {
            problems += compare(&name, &committed, &text);
        } else {
            std::fs::create_dir_all(folder())?;
            std::fs::write(&committed, &text)?;
        }
    }
    if problems == 0 {
        println!("the public API of every crate is as listed in tests/api");
        Ok(())
    } else {
        Err(format!("{problems} lines of public API differ; where that is meant, `cargo xtask api` writes the lists anew").into())
    }
}

fn folder() -> PathBuf {
    workspace::root().join("tests/api")
}

/// The API of one crate; `None`, and said so, where this compiler's JSON is in another format.
fn read(name: &str) -> Outcome<Option<PublicApi>> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace::root().join("target"), PathBuf::from);
    let json = target
        .join("doc")
        .join(format!("{}.json", name.replace('-', "_")));
    let listed = Builder::from_rustdoc_json(&json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build();
    match listed {
        Ok(api) => Ok(Some(api)),
        Err(error) if format!("{error:?}").contains("format_version") || is_other_format(&json) => {
            println!(
                "    skipped: this compiler writes rustdoc JSON in a format the reader does not know ({error})"
            );
            Ok(None)
        }
        Err(error) => Err(format!("{}: {error}", json.display()).into()),
    }
}

/// Whether the file is JSON of another version than the reader's.
fn is_other_format(json: &Path) -> bool {
    let version = || -> Option<u64> {
        let text = std::fs::read_to_string(json).ok()?;
        let value: serde_json::Value = serde_json::from_str(&text).ok()?;
        value.get("format_version")?.as_u64()
    };
    version().is_some_and(|version| version != KNOWN_FORMAT)
}

/// The format of rustdoc's JSON that the pinned reader reads: that of Rust 1.95.
const KNOWN_FORMAT: u64 = 57;

/// Prints each line that only one side has, and counts them.
fn compare(name: &str, committed: &Path, found: &str) -> usize {
    let committed = std::fs::read_to_string(committed).unwrap_or_default();
    let (gone, new) = difference(&committed, found);
    for line in &gone {
        println!("  {name}: - {line}");
    }
    for line in &new {
        println!("  {name}: + {line}");
    }
    gone.len() + new.len()
}

/// The lines only the first has, and those only the second has.
fn difference<'a>(before: &'a str, after: &'a str) -> (Vec<&'a str>, Vec<&'a str>) {
    use std::collections::BTreeSet;
    let old: BTreeSet<&str> = before.lines().collect();
    let new: BTreeSet<&str> = after.lines().collect();
    (
        old.difference(&new).copied().collect(),
        new.difference(&old).copied().collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_a_line_gone_and_a_line_new() {
        let (gone, new) = difference("pub fn a()\npub fn b()\n", "pub fn b()\npub fn a(u8)\n");
        assert_eq!((gone, new), (vec!["pub fn a()"], vec!["pub fn a(u8)"]));
    }
}
