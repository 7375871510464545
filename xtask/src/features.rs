//! `cargo xtask features`: the crates compile, without warnings, in every sensible choice of features.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Instant;

use crate::manifest::{self, Manifest};
use crate::{Outcome, process, workspace};

/// Features that choose the cryptography; each choice has one of them, unless it is about having none.
const PROVIDERS: [&str; 2] = ["ring", "aws-lc-rs"];

/// Up to this many other features, they are also combined in pairs.
const MOST_PAIRED: usize = 6;

/// What users of the facade ask for; names that do not exist yet are left out of a combination.
const FACADE: &[&[&str]] = &[
    &["ring", "authenticate"],
    &["ring", "authenticate", "token-cache"],
    &["ring", "webhooks"],
    &["ring", "webpki-roots", "api"],
    &["ring", "webpki-roots", "api-full", "tracing"],
    &[
        "aws-lc-rs",
        "native-roots",
        "api",
        "authenticate",
        "webhooks",
    ],
    &[
        "ring",
        "webpki-roots",
        "api",
        "authenticate",
        "axum",
        "testing",
    ],
    &["ring", "webpki-roots", "authenticate", "actix"],
    &["ring", "webpki-roots", "authenticate", "rocket"],
];

/// Checks the named crates, or all.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let manifests = manifest::all()?;
    if let Some(unknown) = arguments
        .iter()
        .find(|name| manifests.iter().all(|manifest| manifest.name != **name))
    {
        return Err(format!("no crate is called {unknown:?}").into());
    }
    let mut failed = Vec::new();
    let mut count = 0;
    for manifest in manifests
        .iter()
        .filter(|manifest| arguments.is_empty() || arguments.contains(&manifest.name))
    {
        for choice in choices(manifest) {
            count += 1;
            let started = Instant::now();
            let outcome = check(&manifest.name, &choice);
            let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
            println!(
                "{:<16} {:<60} {:>6.1} s  {verdict}",
                manifest.name,
                choice.label(),
                started.elapsed().as_secs_f64()
            );
            if let Err(error) = outcome {
                println!("{error}");
                failed.push(format!("{} {}", manifest.name, choice.label()));
            }
        }
    }
    println!("{count} choices of features checked");
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("these fail or warn: {}", failed.join("; ")).into())
    }
}

/// One choice of features of one crate.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Choice {
    Only(BTreeSet<String>),
    Default,
    All,
}

impl Choice {
    fn label(&self) -> String {
        match self {
            Self::Only(features) if features.is_empty() => "none".to_owned(),
            Self::Only(features) => features
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(","),
            Self::Default => "(default)".to_owned(),
            Self::All => "(all)".to_owned(),
        }
    }
}

/// None, each alone beside a provider, pairs where there are few, the default, all; for the facade what users ask for.
fn choices(manifest: &Manifest) -> Vec<Choice> {
    let provider = PROVIDERS
        .iter()
        .find(|provider| manifest.has(provider))
        .map(|provider| (*provider).to_owned());
    let with_provider = |features: &[&String]| {
        let features = features.iter().map(|feature| (*feature).clone());
        Choice::Only(features.chain(provider.clone()).collect())
    };
    let others: Vec<&String> = manifest
        .features
        .iter()
        .filter(|name| !PROVIDERS.contains(&name.as_str()))
        .collect();
    let mut choices = BTreeSet::from([Choice::Only(BTreeSet::new()), Choice::Default, Choice::All]);
    for provider in PROVIDERS.iter().filter(|provider| manifest.has(provider)) {
        choices.insert(Choice::Only(BTreeSet::from([(*provider).to_owned()])));
    }
    for (index, first) in others.iter().enumerate() {
        choices.insert(with_provider(&[first]));
        if others.len() <= MOST_PAIRED {
            choices.extend(
                others
                    .iter()
                    .skip(index + 1)
                    .map(|second| with_provider(&[first, second])),
            );
        }
    }
    if manifest.name == "clerk-backend" {
        for wanted in FACADE {
            let existing = wanted
                .iter()
                .filter(|name| manifest.has(name))
                .map(|name| (*name).to_owned());
            choices.insert(Choice::Only(existing.collect()));
        }
    }
    choices.into_iter().collect()
}

/// Compiles one choice; a warning counts as a failure.
fn check(package: &str, choice: &Choice) -> Result<(), String> {
    let mut command = Command::new(process::cargo());
    command
        .args(["check", "--lib", "--quiet", "--package", package])
        .current_dir(workspace::root());
    match choice {
        Choice::Only(features) => {
            let features = features
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(",");
            command.args(["--no-default-features", "--features", &features]);
        }
        Choice::Default => {}
        Choice::All => {
            command.arg("--all-features");
        }
    }
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let warned = said.lines().any(|line| line.starts_with("warning"));
    if output.status.success() && !warned {
        Ok(())
    } else {
        Err(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(name: &str, features: &[&str]) -> Vec<String> {
        let features = features
            .iter()
            .map(|feature| (*feature).to_owned())
            .collect();
        choices(&Manifest {
            name: name.to_owned(),
            features,
        })
        .iter()
        .map(Choice::label)
        .collect()
    }

    #[test]
    fn few_features_are_paired_beside_the_provider() {
        let expected = [
            "none",
            "a,b,ring",
            "a,ring",
            "aws-lc-rs",
            "b,ring",
            "ring",
            "(default)",
            "(all)",
        ];
        assert_eq!(
            labels("clerk-x", &["a", "aws-lc-rs", "b", "ring"]),
            expected
        );
    }

    #[test]
    fn many_features_are_taken_one_by_one() {
        assert_eq!(
            labels("clerk-x", &["a", "b", "c", "d", "e", "f", "g"]).len(),
            3 + 7
        );
    }

    #[test]
    fn the_facade_has_the_combinations_users_ask_for() {
        let labels = labels(
            "clerk-backend",
            &[
                "ring",
                "webpki-roots",
                "api",
                "authenticate",
                "axum",
                "testing",
                "webhooks",
            ],
        );
        assert!(
            labels.contains(&"api,authenticate,axum,ring,testing,webpki-roots".to_owned()),
            "{labels:?}"
        );
    }
}
