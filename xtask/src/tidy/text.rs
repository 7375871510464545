//! Rules about the lines of a file.

use super::File;

/// The longest a hand-written source file may be.
const MOST_LINES: usize = 600;

/// Everything the lines of this file break.
pub(super) fn check(file: &File, prefixes: &[String]) -> Vec<String> {
    let mut problems = Vec::new();
    if file.is_generated() {
        problems.extend(header(file));
    } else if file.has_extension("rs") && file.text.lines().count() > MOST_LINES {
        problems.push(file.at(
            MOST_LINES + 1,
            "a hand-written file this long holds more than one thing; split it",
        ));
    }
    for (number, line) in (1..).zip(file.text.lines()) {
        if let Some(path) = machine_path(line) {
            problems.push(file.at(number, &format!("`{path}` is a path of one machine")));
        }
        // A lock file holds check sums and the index, not sentences.
        if !file.path.ends_with("Cargo.lock") {
            if let Some(host) = registry_host(line) {
                problems
                    .push(file.at(number, &format!("`{host}` names a package registry's host")));
            }
            if tracker_number(line) {
                problems.push(file.at(
                    number,
                    "the number of an issue or request says nothing to a reader; say why instead",
                ));
            }
        }
    }
    if file.path.starts_with("crates") {
        problems.extend(ids_in_documentation(file, prefixes));
    }
    problems
}

/// The header that generated files start with.
fn header(file: &File) -> Option<String> {
    let first = file.text.lines().next().unwrap_or_default();
    let comment = ["//", "#", "<!--"]
        .iter()
        .any(|start| first.starts_with(start));
    let says_so = first.to_ascii_lowercase().contains("generated") && first.contains("cargo xtask");
    let what =
        "a generated file starts with a comment that says which `cargo xtask` command generated it";
    if comment && says_so {
        None
    } else {
        Some(file.at(1, what))
    }
}

/// Requirement IDs where users of a crate read them: its README and the documentation of public items.
fn ids_in_documentation(file: &File, prefixes: &[String]) -> Vec<String> {
    let mut problems = Vec::new();
    // What the lines since the last item say, until it is known whether that item is public.
    let mut waiting: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        let line = line.trim_start();
        let found = requirement_id(line, prefixes).map(|id| (number, id));
        if file.has_extension("md") || line.starts_with("//!") {
            problems.extend(found);
        } else if file.has_extension("rs") && line.starts_with("///") {
            waiting.extend(found);
        } else if !line.starts_with("#[") && !line.starts_with("//") {
            problems.extend(waiting.drain(..).filter(|_| !is_private(line)));
        }
    }
    let what = "in public documentation; IDs belong in comments and tests";
    problems
        .iter()
        .map(|(number, id)| file.at(*number, &format!("{id} {what}")))
        .collect()
}

/// Whether the first line of an item shows that users cannot see it. Fields and variants count as public, and so
/// do functions without a body: those are a trait's.
fn is_private(item: &str) -> bool {
    let items = [
        "async fn ",
        "const ",
        "enum ",
        "fn ",
        "mod ",
        "static ",
        "struct ",
        "trait ",
        "type ",
        "use ",
    ];
    let private = item.starts_with("pub(") || items.iter().any(|word| item.starts_with(word));
    private && !(item.contains("fn ") && item.ends_with(';'))
}

/// An absolute path into a home, work or scratch folder. Parts of URLs (`example.com/home/`) are none.
fn machine_path(line: &str) -> Option<String> {
    for folder in ["work", "root", "home", "tmp"] {
        let pattern = format!("/{folder}/");
        for (start, _) in line.match_indices(&pattern) {
            let before = line.get(..start).and_then(|text| text.chars().next_back());
            if !before.is_some_and(|c| {
                c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '}' | '~' | ':' | '*')
            }) {
                return Some(pattern);
            }
        }
    }
    None
}

/// A host that serves packages; where those come from is the builder's business.
fn registry_host(line: &str) -> Option<String> {
    let hosts = [
        ("index", "crates.io"),
        ("static", "crates.io"),
        ("static", "rust-lang.org"),
        ("registry", "npmjs.org"),
        ("files", "pythonhosted.org"),
    ];
    hosts
        .iter()
        .map(|(name, domain)| format!("{name}.{domain}"))
        .find(|host| line.contains(host.as_str()))
}

/// A number after `#` or after the word for a tracker's entry. The standard PKCS #1 is no such number.
fn tracker_number(line: &str) -> bool {
    let number = |word: &str| {
        !word.is_empty() && word.len() < 7 && word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut before = "";
    for word in line
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '.' | ';' | '`'))
        .filter(|word| !word.is_empty())
    {
        let after_hash = word.strip_prefix('#').is_some_and(number) && !before.ends_with("PKCS");
        if after_hash || (number(word) && before.eq_ignore_ascii_case("issue")) {
            return true;
        }
        before = word;
    }
    false
}

/// A requirement ID such as the `JWT-26` of the tests.
fn requirement_id(line: &str, prefixes: &[String]) -> Option<String> {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words
        .into_iter()
        .find(|word| {
            word.split_once('-').is_some_and(|(prefix, number)| {
                prefixes.iter().any(|known| known == prefix)
                    && !number.is_empty()
                    && number.bytes().all(|byte| byte.is_ascii_digit())
            })
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> usize {
        check(
            &File {
                path: path.into(),
                text: text.to_owned(),
            },
            &["JWT".to_owned()],
        )
        .len()
    }

    #[test]
    fn machine_paths_are_found_and_urls_are_not() {
        for folder in ["work", "root", "home", "tmp"] {
            assert_eq!(
                problems("README.md", &format!("see `/{folder}/x`")),
                1,
                "{folder}"
            );
            assert_eq!(
                problems("README.md", &format!("see https://example.com/{folder}/x")),
                0,
                "{folder}"
            );
        }
        assert_eq!(problems("README.md", "crates/clerk-core/tests/work"), 0);
    }

    #[test]
    fn tracker_numbers_are_found_and_other_numbers_are_not() {
        for bad in ["fixes #", "(#", "see issue ", "// Issue #"] {
            assert_eq!(problems("a.rs", &format!("{bad}12")), 1, "{bad}");
        }
        for good in [
            "r#\"1\"#",
            "#[derive(A)]",
            "# 1 one",
            "issue a token",
            "&#39;",
            "{:#10}",
            "color #1234567",
            "issues 401 answers",
            "/// PKCS #1 v1.5",
        ] {
            assert_eq!(problems("a.rs", good), 0, "{good}");
        }
    }

    #[test]
    fn registry_hosts_are_found() {
        assert_eq!(
            problems("README.md", &format!("https://{}.crates.io/x", "index")),
            1
        );
        assert_eq!(
            problems("README.md", "https://crates.io/crates/clerk-backend"),
            0
        );
    }

    #[test]
    fn requirement_ids_stay_out_of_public_documentation() {
        for (path, line, expected) in [
            (
                "crates/clerk-core/src/a.rs",
                "    /// As JWT-26 says.\n    pub fn a() {",
                1,
            ),
            (
                "crates/clerk-core/src/a.rs",
                "/// JWT-26\n#[must_use]\npub fn a() {",
                1,
            ),
            ("crates/clerk-core/src/a.rs", "/// JWT-26\nVariant,", 1),
            (
                "crates/clerk-core/src/a.rs",
                "/// JWT-26\nfn of_trait(&self);",
                1,
            ),
            ("crates/clerk-core/src/a.rs", "/// JWT-26\nfn a() {", 0),
            (
                "crates/clerk-core/src/a.rs",
                "/// JWT-26\npub(crate) struct A;",
                0,
            ),
            ("crates/clerk-core/src/a.rs", "//! JWT-26", 1),
            ("crates/clerk-core/README.md", "JWT-26", 1),
            ("crates/clerk-core/src/a.rs", "// JWT-26: why", 0),
            (
                "crates/clerk-core/src/a.rs",
                "/// SHA-256, JWT-based\npub fn a() {",
                0,
            ),
            ("xtask/src/a.rs", "/// JWT-26\npub fn a() {", 0),
        ] {
            assert_eq!(problems(path, line), expected, "{path}: {line}");
        }
    }

    #[test]
    fn generated_files_say_what_made_them() {
        let header = "// Generated by `cargo xtask codegen`; do not edit.\n";
        assert_eq!(problems("crates/clerk-types/src/generated/a.rs", header), 0);
        assert_eq!(
            problems("crates/clerk-types/src/generated/a.rs", "struct A;\n"),
            1
        );
        let long = "x\n".repeat(MOST_LINES + 1);
        assert_eq!(problems("crates/clerk-types/src/a.rs", &long), 1);
        assert_eq!(
            problems(
                "crates/clerk-types/src/generated/a.rs",
                &format!("{header}{long}")
            ),
            0
        );
    }
}
