//! `cargo xtask coverage`: the list of requirements and the citations in the tests agree, both ways.

use std::collections::BTreeMap;

use crate::citations::{self, Citation};
use crate::requirements::{self, Id, PATH, Requirement, Status};
use crate::{Outcome, workspace};

/// Which citations name a requirement: `file:line`, and whether one of them names it itself.
#[derive(Default)]
struct Cited {
    places: Vec<String>,
    by_name: bool,
}

/// Compares; with `--promote`, first marks what is cited but still `later` as covered.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let promote = match arguments {
        [] => false,
        [flag] if flag == "--promote" => true,
        _ => return Err("usage: cargo xtask coverage [--promote]".into()),
    };
    let mut requirements = requirements::load()?;
    let cited = cited(&requirements)?;
    if promote {
        promote_cited(&requirements, &cited)?;
        requirements = requirements::load()?;
    }
    print_counts(&requirements);
    let problems = compare(&requirements, &cited);
    for problem in &problems {
        println!("  {problem}");
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(format!("{} mismatches between {PATH} and the tests", problems.len()).into())
    }
}

/// Every citation in the workspace, by requirement.
fn cited(requirements: &BTreeMap<Id, Requirement>) -> Outcome<BTreeMap<Id, Cited>> {
    let mut prefixes: Vec<String> = requirements.keys().map(|id| id.prefix.clone()).collect();
    prefixes.dedup();
    let mut cited: BTreeMap<Id, Cited> = BTreeMap::new();
    for path in workspace::tracked_files()? {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let relevant =
            extension == Some("rs") || (extension == Some("toml") && path.starts_with("tests"));
        // The finder's own tests hold examples of citations.
        if !relevant || path.starts_with("xtask") {
            continue;
        }
        let text = std::fs::read_to_string(workspace::root().join(&path))?;
        for Citation { id, line, by_range } in citations::find(&path, &text, &prefixes)? {
            let entry = cited.entry(id).or_default();
            entry.places.push(format!("{}:{line}", path.display()));
            entry.by_name |= !by_range;
        }
    }
    Ok(cited)
}

/// What does not agree, one sentence each.
fn compare(requirements: &BTreeMap<Id, Requirement>, cited: &BTreeMap<Id, Cited>) -> Vec<String> {
    let mut problems = Vec::new();
    for (id, requirement) in requirements
        .iter()
        .filter(|(_, requirement)| requirement.status == Status::Covered)
    {
        match cited.get(id) {
            None => problems.push(format!(
                "{id} is marked covered, but no test cites it ({})",
                requirement.is
            )),
            Some(citations) if requirement.fix && !citations.by_name => {
                problems.push(format!(
                    "{id} improves on the reference and needs a test of its own, not a range"
                ));
            }
            Some(_) => {}
        }
    }
    for (id, citations) in cited {
        let places = citations.places.join(", ");
        match requirements.get(id).map(|requirement| requirement.status) {
            Some(Status::Covered) => {}
            None => problems.push(format!("{id} is no requirement, but is cited at {places}")),
            Some(Status::Later) => {
                problems.push(format!("{id} is marked later, but is cited at {places}; `cargo xtask coverage --promote` marks it covered"));
            }
            Some(Status::NotApplicable) => problems.push(format!(
                "{id} is marked not applicable, but is cited at {places}"
            )),
        }
    }
    problems
}

fn print_counts(requirements: &BTreeMap<Id, Requirement>) {
    println!("prefix  total  covered  later  not applicable  improved (covered)");
    let mut order: Vec<&str> = requirements.keys().map(|id| id.prefix.as_str()).collect();
    order.dedup();
    for prefix in order {
        print_line(
            prefix,
            requirements
                .iter()
                .filter(|(id, _)| id.prefix == prefix)
                .map(|(_, requirement)| requirement),
        );
    }
    print_line("all", requirements.values());
}

fn print_line<'a>(name: &str, requirements: impl Iterator<Item = &'a Requirement>) {
    let all: Vec<&Requirement> = requirements.collect();
    let count = |status| {
        all.iter()
            .filter(|requirement| requirement.status == status)
            .count()
    };
    let fixes = all.iter().filter(|requirement| requirement.fix).count();
    let fixed = all
        .iter()
        .filter(|requirement| requirement.fix && requirement.status == Status::Covered)
        .count();
    println!(
        "{name:<6} {:>6} {:>8} {:>6} {:>15} {:>19}",
        all.len(),
        count(Status::Covered),
        count(Status::Later),
        count(Status::NotApplicable),
        format!("{fixes} ({fixed})"),
    );
}

/// Rewrites the lines of requirements that are cited although marked `later`.
fn promote_cited(requirements: &BTreeMap<Id, Requirement>, cited: &BTreeMap<Id, Cited>) -> Outcome {
    let path = workspace::root().join(PATH);
    let text = std::fs::read_to_string(&path)?;
    let later = |id: &Id| {
        cited.contains_key(id)
            && requirements
                .get(id)
                .is_some_and(|requirement| requirement.status == Status::Later)
    };
    let lines: Vec<String> = text.lines().map(|line| promoted(line, later)).collect();
    std::fs::write(path, lines.join("\n") + "\n")?;
    Ok(())
}

/// The line with status `covered`, where its ID is to be promoted; else the line as it is.
fn promoted(line: &str, promote: impl Fn(&Id) -> bool) -> String {
    let id = line.split_once(' ').and_then(|(name, _)| Id::parse(name));
    match (id, line.split_once("status = \"later\"")) {
        (Some(id), Some((before, _))) if promote(&id) => format!("{before}status = \"covered\" }}"),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> BTreeMap<Id, Requirement> {
        let text = "A-1 = { is = \"a\", status = \"covered\" }
A-2 = { is = \"b\", fix = true, status = \"covered\" }
A-3 = { is = \"c\", status = \"later\", crate = \"clerk-api\" }
A-4 = { is = \"d\", status = \"not-applicable\", why = \"e\" }";
        requirements::parse(text).unwrap()
    }

    fn citations(list: &[(&str, bool)]) -> BTreeMap<Id, Cited> {
        let entry = |(id, by_name): &(&str, bool)| {
            (
                Id::parse(id).unwrap(),
                Cited {
                    places: vec!["a.rs:1".to_owned()],
                    by_name: *by_name,
                },
            )
        };
        list.iter().map(entry).collect()
    }

    #[test]
    fn agreement_has_no_problems() {
        assert_eq!(
            compare(&list(), &citations(&[("A-1", false), ("A-2", true)])),
            [""; 0]
        );
    }

    #[test]
    fn each_kind_of_mismatch_is_named() {
        for (cited, expected) in [
            (vec![("A-2", true)], "A-1 is marked covered"),
            (vec![("A-1", true), ("A-2", false)], "A-2 improves"),
            (
                vec![("A-1", true), ("A-2", true), ("A-3", true)],
                "A-3 is marked later",
            ),
            (
                vec![("A-1", true), ("A-2", true), ("A-4", true)],
                "A-4 is marked not applicable",
            ),
            (
                vec![("A-1", true), ("A-2", true), ("A-9", true)],
                "A-9 is no requirement",
            ),
        ] {
            let problems = compare(&list(), &citations(&cited));
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].starts_with(expected), "{problems:?}");
        }
    }

    #[test]
    fn promotion_changes_one_line_only() {
        let line = "A-3 = { is = \"c\", fix = true, status = \"later\", crate = \"clerk-api\" }";
        assert_eq!(
            promoted(line, |_| true),
            "A-3 = { is = \"c\", fix = true, status = \"covered\" }"
        );
        assert_eq!(promoted(line, |_| false), line);
        assert_eq!(
            promoted("# status = \"later\"", |_| true),
            "# status = \"later\""
        );
    }
}
