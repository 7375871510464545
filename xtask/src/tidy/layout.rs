//! What may lie where.

use super::File;

/// Top-level names; beside them only dot files.
const TOP: [&str; 9] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "crates",
    "deny.toml",
    "tests",
    "xtask",
];

/// The packages below `tests/`, and the lists of public API.
const TESTS: [&str; 9] = [
    "api",
    "bench",
    "conformance",
    "e2e",
    "footprint",
    "frameworks",
    "fuzz",
    "providers",
    "webhooks",
];

/// Files outside the planned layout.
pub(super) fn check(files: &[File]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files {
        let mut parts = file.path.iter().filter_map(|part| part.to_str());
        let (first, second) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let fits = match first {
            "crates" => second.starts_with("clerk-"),
            "tests" => TESTS.contains(&second),
            name => name.starts_with('.') || TOP.contains(&name),
        };
        if !fits {
            problems.push(format!(
                "{}: has no place in the layout of the workspace",
                file.path.display()
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_planned_places_are_allowed() {
        let check = |path: &str| {
            check(&[File {
                path: path.into(),
                text: String::new(),
            }])
            .is_empty()
        };
        for good in [
            "Cargo.toml",
            ".ci/run",
            "crates/clerk-core/src/lib.rs",
            "tests/fuzz/Cargo.toml",
            "xtask/src/main.rs",
        ] {
            assert!(check(good), "{good}");
        }
        for bad in [
            "notes.md",
            "docs/a.md",
            "crates/other/src/lib.rs",
            "tests/stray.rs",
            "src/lib.rs",
        ] {
            assert!(!check(bad), "{bad}");
        }
    }
}
