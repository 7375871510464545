//! Finds which requirements the tests of a file cite.
//!
//! Two spellings count: a comment `// covers: JWT-26, API-1..API-192` (`#` in TOML) and a test function whose
//! name starts with IDs (`fn jwt_26_huge_times`). Both count in a test context only.

use std::path::Path;

use crate::requirements::Id;

/// One citation: where it stands and whether it names the ID itself or only a range around it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Citation {
    pub(crate) id: Id,
    pub(crate) line: usize,
    pub(crate) by_range: bool,
}

/// The citations in one file, or what is wrong with one of them.
pub(crate) fn find(path: &Path, text: &str, prefixes: &[String]) -> Result<Vec<Citation>, String> {
    let mut found = Vec::new();
    for (number, line) in test_lines(path, text) {
        let line = line.trim_start();
        if let Some(list) = covers(line) {
            let citations = parse_list(list, number)
                .map_err(|error| format!("{}:{number}: {error}", path.display()))?;
            found.extend(citations);
        } else if let Some(name) = function_name(line) {
            found.extend(ids_in_name(name, prefixes).into_iter().map(|id| Citation {
                id,
                line: number,
                by_range: false,
            }));
        }
    }
    Ok(found)
}

/// The numbered lines that belong to tests: whole files of tests, else the blocks under `#[cfg(test)]`.
fn test_lines<'a>(path: &Path, text: &'a str) -> Vec<(usize, &'a str)> {
    let lines: Vec<(usize, &str)> = (1..).zip(text.lines()).collect();
    if is_test_file(path) {
        return lines;
    }
    let mut inside = Vec::new();
    let mut rest = lines.as_slice();
    while let Some(start) = rest
        .iter()
        .position(|(_, line)| line.trim() == "#[cfg(test)]")
    {
        rest = rest.get(start + 1..).unwrap_or_default();
        // Further attributes may stand between `#[cfg(test)]` and what it is about.
        let Some(item) = rest
            .iter()
            .position(|(_, line)| !line.trim_start().starts_with("#["))
        else {
            break;
        };
        let opening = rest.get(item).map_or("", |(_, line)| *line);
        if !opening.trim_end().ends_with('{') {
            continue;
        }
        // The files are formatted, so the block ends with a brace as far in as its first line.
        let indent = opening.len() - opening.trim_start().len();
        let closing = format!("{}}}", " ".repeat(indent));
        let end = rest
            .iter()
            .position(|(_, line)| *line == closing)
            .unwrap_or(rest.len());
        inside.extend(rest.iter().take(end).copied());
        rest = rest.get(end..).unwrap_or_default();
    }
    inside
}

/// Files that hold nothing but tests: below a `tests` folder, or named `tests.rs`.
fn is_test_file(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests")
        || path.file_name().is_some_and(|name| name == "tests.rs")
}

/// The list after `covers:`, where the line is such a comment (never a documentation comment).
fn covers(line: &str) -> Option<&str> {
    let comment = line.strip_prefix("//").or_else(|| line.strip_prefix('#'))?;
    comment.trim_start().strip_prefix("covers:")
}

/// Reads `JWT-26, JWT-27` and `API-1..API-192`, both ends included.
fn parse_list(list: &str, line: usize) -> Result<Vec<Citation>, String> {
    let mut found = Vec::new();
    for item in list
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
    {
        let parse = |text: &str| {
            Id::parse(text.trim()).ok_or_else(|| format!("{item:?} is no requirement ID or range"))
        };
        match item.split_once("..") {
            None => found.push(Citation {
                id: parse(item)?,
                line,
                by_range: false,
            }),
            Some((first, last)) => {
                let (first, last) = (parse(first)?, parse(last.trim_start_matches('='))?);
                if first.prefix != last.prefix
                    || first.number > last.number
                    || last.number - first.number > 1000
                {
                    return Err(format!("{item:?} is no range within one prefix"));
                }
                for number in first.number..=last.number {
                    found.push(Citation {
                        id: Id {
                            prefix: first.prefix.clone(),
                            number,
                        },
                        line,
                        by_range: true,
                    });
                }
            }
        }
    }
    if found.is_empty() {
        Err("`covers:` without an ID".to_owned())
    } else {
        Ok(found)
    }
}

/// The name in a line that starts a function.
fn function_name(line: &str) -> Option<&str> {
    let line = line
        .strip_prefix("pub(crate) ")
        .or_else(|| line.strip_prefix("pub "))
        .unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    let rest = line.strip_prefix("fn ")?;
    rest.split(['(', '<']).next().map(str::trim)
}

/// The IDs a test's name starts with: `jwt_26_jwt_27_fit` has two, `jwt_26_27_fit` has the same two.
fn ids_in_name(name: &str, prefixes: &[String]) -> Vec<Id> {
    let mut found: Vec<Id> = Vec::new();
    let mut prefix: Option<String> = None;
    for word in name.split('_') {
        let numeric = !word.is_empty()
            && !word.starts_with('0')
            && word.bytes().all(|byte| byte.is_ascii_digit());
        let upper = word.to_ascii_uppercase();
        if numeric && let (Some(prefix), Ok(number)) = (&prefix, word.parse()) {
            found.push(Id {
                prefix: prefix.clone(),
                number,
            });
        } else if prefixes.contains(&upper) {
            prefix = Some(upper);
        } else {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cited(path: &str, text: &str) -> Vec<String> {
        let prefixes = ["JWT", "API", "HAS"].map(String::from);
        let citations = find(Path::new(path), text, &prefixes).unwrap();
        citations
            .iter()
            .map(|citation| citation.id.to_string())
            .collect()
    }

    #[test]
    fn comments_and_names_are_found_in_test_files() {
        let text = "// covers: JWT-26, JWT-27\n#[test]\nfn times() {}\n#[test]\nfn jwt_5_raw() {}\n# covers: HAS-1\n";
        assert_eq!(
            cited("crates/x/tests/a.rs", text),
            ["JWT-26", "JWT-27", "JWT-5", "HAS-1"]
        );
        assert_eq!(
            cited("crates/x/src/y/tests.rs", text),
            ["JWT-26", "JWT-27", "JWT-5", "HAS-1"]
        );
    }

    #[test]
    fn outside_of_test_modules_nothing_counts() {
        let text = "// covers: JWT-1\nfn jwt_2_x() {}\n\n#[cfg(test)]\nmod tests {\n    // covers: JWT-3\n    fn jwt_4_x() {\n    }\n}\n// covers: JWT-5\n";
        assert_eq!(cited("crates/x/src/a.rs", text), ["JWT-3", "JWT-4"]);
        assert_eq!(
            cited(
                "crates/x/src/a.rs",
                "#[cfg(test)]\nmod tests;\n\nfn jwt_4_x() {\n}\n"
            ),
            [""; 0]
        );
        let attributes = "#[cfg(test)]\n#[allow(x)]\nmod tests {\n    fn jwt_4_x() {}\n}\n";
        assert_eq!(cited("crates/x/src/a.rs", attributes), ["JWT-4"]);
    }

    #[test]
    fn documentation_comments_do_not_cite() {
        assert_eq!(
            cited("tests/a.rs", "/// covers: JWT-1\n//! covers: JWT-2\n"),
            [""; 0]
        );
    }

    #[test]
    fn ranges_include_both_ends_and_are_marked() {
        let found = find(Path::new("tests/a.rs"), "// covers: API-9..API-11\n", &[]).unwrap();
        assert_eq!(
            found
                .iter()
                .map(|citation| citation.id.number)
                .collect::<Vec<_>>(),
            [9, 10, 11]
        );
        assert!(
            found
                .iter()
                .all(|citation| citation.by_range && citation.line == 1)
        );
    }

    #[test]
    fn a_mistyped_citation_is_an_error() {
        for bad in [
            "JWT26",
            "jwt-26",
            "",
            "API-5..API-2",
            "API-1..JWT-2",
            "API-1..",
            "API-1..API-5000",
        ] {
            assert!(
                find(Path::new("tests/a.rs"), &format!("// covers: {bad}\n"), &[]).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn names_cite_only_with_what_they_start_with() {
        let prefixes = ["JWT", "HAS"].map(String::from);
        let ids = |name: &str| {
            ids_in_name(name, &prefixes)
                .iter()
                .map(Id::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(ids("jwt_26_jwt_27_has_1"), ["JWT-26", "JWT-27", "HAS-1"]);
        assert_eq!(ids("jwt_26_27_times"), ["JWT-26", "JWT-27"]);
        assert_eq!(ids("it_has_2_parts"), [""; 0]);
        assert_eq!(ids("jwt_header"), [""; 0]);
        assert_eq!(ids("xyz_1_a"), [""; 0]);
    }
}
