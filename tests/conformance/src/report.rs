//! Counts verdicts and prints them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::deviation::Deviations;
use crate::vector::{FAMILIES, Vector};

/// What came of a whole run.
#[derive(Debug, Default)]
pub struct Report {
    functions: BTreeMap<(usize, String), Count>,
    sizes: BTreeMap<String, usize>,
    entries: BTreeMap<usize, BTreeMap<String, EntryCount>>,
    deviating: Vec<(String, usize)>,
    complete: BTreeSet<String>,
    absent: Vec<&'static str>,
    failures: Vec<(String, String, Failure)>,
    faults: Vec<String>,
    notes: Vec<String>,
}

/// What came of the vectors of one function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Equal to the reference.
    pub passed: usize,
    /// As a deviation entry means.
    pub deviating: usize,
    /// Neither.
    pub failed: usize,
    /// Not replayed yet, by reason.
    pub not_replayed: BTreeMap<String, usize>,
    /// Not meant to be compared, by reason.
    pub not_compared: BTreeMap<String, usize>,
}

#[derive(Debug, Default)]
struct EntryCount {
    selected: usize,
    deviating: usize,
}

/// A vector that came out wrong.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The vector's id.
    pub id: String,
    /// What its case is about.
    pub name: String,
    /// What is wrong.
    pub why: String,
}

/// What came of one vector.
#[derive(Debug)]
pub(crate) enum Verdict {
    Passed,
    Deviating,
    Failed(Failure),
    NotReplayed(String),
    NotCompared(String),
}

/// Above this share of a family an entry needs a paragraph.
const PARAGRAPH_ABOVE: f64 = 0.02;
/// How many failures of one function are printed.
const PRINTED_FAILURES: usize = 20;

impl Report {
    /// Notes that a family has no file.
    pub fn record_absent(&mut self, family: &'static str) {
        self.absent.push(family);
    }

    pub(crate) fn record_complete(&mut self, family: &str) {
        self.complete.insert(family.to_owned());
    }

    pub(crate) fn record(&mut self, vector: &Vector, verdict: Verdict, entry: Option<usize>) {
        let place = FAMILIES
            .iter()
            .position(|name| *name == vector.family)
            .unwrap_or_default();
        let count = self
            .functions
            .entry((place, vector.function.clone()))
            .or_default();
        *self.sizes.entry(vector.family.clone()).or_default() += 1;
        if let Some(index) = entry {
            let of_family = self.entries.entry(index).or_default();
            let entry = of_family.entry(vector.family.clone()).or_default();
            entry.selected += 1;
            if matches!(verdict, Verdict::Deviating) {
                entry.deviating += 1;
                self.deviating.push((vector.id.clone(), index));
            }
        }
        match verdict {
            Verdict::Passed => count.passed += 1,
            Verdict::Deviating => count.deviating += 1,
            Verdict::Failed(failure) => {
                count.failed += 1;
                let at = (vector.family.clone(), vector.function.clone(), failure);
                self.failures.push(at);
            }
            Verdict::NotReplayed(why) => *count.not_replayed.entry(why).or_default() += 1,
            Verdict::NotCompared(why) => *count.not_compared.entry(why).or_default() += 1,
        }
    }

    /// Judges the list of deviations itself, after everything was replayed.
    ///
    /// An entry has to select a vector and differ from the reference in one, and its share has to be explained. Both
    /// are judged where the run held whole public families only; of other sets and selections they are remarked.
    pub fn judge_entries(&mut self, deviations: &Deviations) {
        for (index, entry) in deviations.entries().iter().enumerate() {
            let concerned = |family: &String| self.sizes.contains_key(family);
            if !entry.families.iter().any(concerned) {
                continue;
            }
            let judged = entry
                .families
                .iter()
                .all(|family| self.complete.contains(family));
            let counts = self.entries.get(&index);
            let sum = |count: fn(&EntryCount) -> usize| {
                counts.map_or(0, |counts| counts.values().map(count).sum::<usize>())
            };
            let mut said = Vec::new();
            if sum(|count| count.selected) == 0 {
                said.push(format!("deviation {}: selects no vector", entry.name));
            } else if sum(|count| count.deviating) == 0 {
                said.push(format!(
                    "deviation {}: every vector equals the reference",
                    entry.name
                ));
            }
            // The share of a selection of vectors says nothing.
            for (family, count) in counts.filter(|_| judged).into_iter().flatten() {
                let share = share(count.deviating, self.sizes.get(family).copied());
                if share > PARAGRAPH_ABOVE && entry.paragraph.is_none() {
                    said.push(format!(
                        "deviation {}: {:.1} % of {family} needs a paragraph",
                        entry.name,
                        share * 100.0
                    ));
                }
            }
            if judged {
                self.faults.append(&mut said);
            } else {
                self.notes.append(&mut said);
            }
        }
    }

    /// The vectors that deviate as listed, by id, each with the name of its entry.
    pub fn deviating<'a>(
        &'a self,
        deviations: &'a Deviations,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.deviating.iter().filter_map(|(id, index)| {
            let entry = deviations.entries().get(*index)?;
            Some((id.as_str(), entry.name.as_str()))
        })
    }

    /// How many vectors came out as the reference or as an entry means.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.functions
            .values()
            .map(|count| count.passed + count.deviating)
            .sum()
    }

    /// How many vectors came out wrong, together with the faults of the list of deviations.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.failures.len() + self.faults.len()
    }

    /// What came of the vectors of one function.
    #[must_use]
    pub fn count(&self, family: &str, function: &str) -> Option<&Count> {
        let place = FAMILIES.iter().position(|name| *name == family)?;
        self.functions.get(&(place, function.to_owned()))
    }

    /// The report with the share of each deviation entry.
    #[must_use]
    pub fn display<'a>(&'a self, deviations: &'a Deviations) -> impl fmt::Display + 'a {
        Display {
            report: self,
            deviations,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of vectors are small")]
fn share(part: usize, of: Option<usize>) -> f64 {
    match of {
        None | Some(0) => 0.0,
        Some(of) => part as f64 / of as f64,
    }
}

struct Display<'a> {
    report: &'a Report,
    deviations: &'a Deviations,
}

impl Display<'_> {
    fn functions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = None;
        for ((place, function), count) in &self.report.functions {
            if last != Some(place) {
                writeln!(f, "{}", FAMILIES.get(*place).copied().unwrap_or_default())?;
                last = Some(place);
            }
            write!(f, "  {function:<34}")?;
            if count.passed + count.deviating + count.failed > 0 {
                write!(
                    f,
                    "{:>6} passed {:>5} deviating {:>5} failed",
                    count.passed, count.deviating, count.failed
                )?;
            }
            for (why, number) in &count.not_replayed {
                write!(f, "{number:>6} NOT REPLAYED ({why})")?;
            }
            for (why, number) in &count.not_compared {
                write!(f, "{number:>6} not compared ({why})")?;
            }
            writeln!(f)?;
        }
        for family in &self.report.absent {
            writeln!(f, "{family}\n  NOT REPLAYED (no file)")?;
        }
        Ok(())
    }

    fn entries(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.report.entries.is_empty() {
            writeln!(f, "deviations as listed")?;
        }
        for (index, families) in &self.report.entries {
            let Some(entry) = self.deviations.entries().get(*index) else {
                continue;
            };
            for (family, count) in families.iter().filter(|(_, count)| count.deviating > 0) {
                let size = self.report.sizes.get(family).copied();
                writeln!(
                    f,
                    "  {:<44} {:<20} {:>5} of {} ({:.2} %)  {}",
                    entry.name,
                    family,
                    count.deviating,
                    size.unwrap_or_default(),
                    share(count.deviating, size) * 100.0,
                    entry.requirements.join(", ")
                )?;
            }
        }
        Ok(())
    }

    fn failures(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printed: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (family, function, failure) in &self.report.failures {
            let printed = printed.entry((family, function)).or_default();
            *printed += 1;
            if *printed <= PRINTED_FAILURES {
                writeln!(
                    f,
                    "failed: {} {function} \"{}\": {}",
                    failure.id, failure.name, failure.why
                )?;
            }
        }
        for ((family, function), number) in printed {
            if number > PRINTED_FAILURES {
                writeln!(
                    f,
                    "failed: {} more of {family} {function}",
                    number - PRINTED_FAILURES
                )?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Display<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.functions(f)?;
        self.entries(f)?;
        for note in &self.report.notes {
            writeln!(f, "note: {note}")?;
        }
        self.failures(f)?;
        for fault in &self.report.faults {
            writeln!(f, "failed: {fault}")?;
        }
        let sum =
            |part: fn(&Count) -> usize| -> usize { self.report.functions.values().map(part).sum() };
        writeln!(
            f,
            "{} equal to the reference, {} deviating as listed, {} not replayed, {} not compared",
            sum(|count| count.passed),
            sum(|count| count.deviating),
            sum(|count| count.not_replayed.values().sum()),
            sum(|count| count.not_compared.values().sum()),
        )?;
        write!(
            f,
            "{} passed, {} failed",
            self.report.passed(),
            self.report.failed()
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::vector::Expected;

    fn vector(family: &str, function: &str) -> Vector {
        Vector {
            family: family.to_owned(),
            id: "id-1".to_owned(),
            name: "a case".to_owned(),
            tags: Vec::new(),
            now_ms: 0,
            env: BTreeMap::new(),
            function: function.to_owned(),
            input: json!({}),
            http: Vec::new(),
            retry_delays_ms: Vec::new(),
            expected: Expected::Ok(json!(1)),
            steps: Vec::new(),
        }
    }

    fn deviations(paragraph: &str) -> Deviations {
        let entry = |name: &str, family: &str| {
            format!(
                "[[deviation]]\nname = '{name}'\nrequirements = ['A-1']\nreason = 'r'\nfamilies = ['{family}']\n\
                 tags = ['t']\nexpect.ok = 1\n{paragraph}\n"
            )
        };
        Deviations::parse(&(entry("one", "jwt") + &entry("two", "webhooks"))).unwrap()
    }

    #[test]
    fn the_last_line_counts_and_names_what_is_not_replayed() {
        let deviations = deviations("");
        let mut report = Report::default();
        report.record(&vector("jwt", "a"), Verdict::Passed, None);
        report.record(&vector("jwt", "a"), Verdict::Deviating, Some(0));
        report.record(
            &vector("jwt", "b"),
            Verdict::NotReplayed("no adapter yet".to_owned()),
            None,
        );
        report.record_absent("webhooks");
        let text = report.display(&deviations).to_string();
        assert!(text.ends_with("\n2 passed, 0 failed"), "{text}");
        assert!(text.contains("NOT REPLAYED (no adapter yet)"), "{text}");
        assert!(
            text.contains("webhooks\n  NOT REPLAYED (no file)"),
            "{text}"
        );
        assert!(text.contains("1 of 3 (33.33 %)"), "{text}");
        assert_eq!(report.count("jwt", "a").unwrap().deviating, 1);
        let failure = Failure {
            id: "id-7".to_owned(),
            name: "n".to_owned(),
            why: "w".to_owned(),
        };
        report.record(&vector("jwt", "a"), Verdict::Failed(failure), None);
        let text = report.display(&deviations).to_string();
        assert!(
            text.ends_with("\n2 passed, 1 failed") && text.contains("id-7 a \"n\": w"),
            "{text}"
        );
    }

    #[test]
    fn idle_entries_fail_where_whole_families_were_replayed() {
        let deviations = deviations("");
        let mut report = Report::default();
        report.record(&vector("jwt", "a"), Verdict::Passed, Some(0));
        report.judge_entries(&deviations);
        assert_eq!(
            report.failed(),
            0,
            "a selection of vectors proves nothing about the list"
        );
        let mut report = Report::default();
        report.record(&vector("jwt", "a"), Verdict::Passed, Some(0));
        report.record(&vector("webhooks", "b"), Verdict::Passed, None);
        report.record_complete("jwt");
        report.record_complete("webhooks");
        report.judge_entries(&deviations);
        let text = report.display(&deviations).to_string();
        assert_eq!(report.failed(), 2, "{text}");
        assert!(
            text.contains("deviation one: every vector equals the reference"),
            "{text}"
        );
        assert!(text.contains("deviation two: selects no vector"), "{text}");
    }

    #[test]
    fn a_large_share_needs_a_paragraph() {
        for (paragraph, failed) in [("", 1), ("paragraph = 'because'", 0)] {
            let deviations = deviations(paragraph);
            let mut report = Report::default();
            report.record(&vector("jwt", "a"), Verdict::Deviating, Some(0));
            report.record_complete("jwt");
            report.judge_entries(&deviations);
            assert_eq!(report.failed(), failed);
        }
    }
}
