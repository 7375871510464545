//! `cargo xtask footprint`: how many external crates a dependency on us brings, against the limits.

use std::collections::BTreeSet;

use crate::manifest::{self, Manifest};
use crate::{Outcome, process};

/// A choice of features and the most external crates it may bring; without a limit it is printed only.
struct Budget {
    package: &'static str,
    /// `None` is the default choice.
    features: Option<&'static str>,
    limit: Option<usize>,
    /// Whether it must stay clear of the network stack.
    offline: bool,
    /// The framework crates it may bring; every other one is somebody else's.
    frameworks: &'static [&'static str],
}

impl Budget {
    fn label(&self) -> &str {
        match self.features {
            None => "(default)",
            Some("") => "none",
            Some(features) => features,
        }
    }
}

const fn offline(package: &'static str, features: &'static str, limit: Option<usize>) -> Budget {
    Budget {
        package,
        features: Some(features),
        limit,
        offline: true,
        frameworks: &[],
    }
}

const fn budget(
    package: &'static str,
    features: Option<&'static str>,
    limit: Option<usize>,
) -> Budget {
    Budget {
        package,
        features,
        limit,
        offline: false,
        frameworks: &[],
    }
}

const fn framework(
    package: &'static str,
    features: Option<&'static str>,
    frameworks: &'static [&'static str],
) -> Budget {
    Budget {
        frameworks,
        ..budget(package, features, None)
    }
}

const BUDGETS: &[Budget] = &[
    offline("clerk-errors", "", None),
    offline("clerk-core", "ring", None),
    offline("clerk-tokens", "ring", Some(22)),
    offline("clerk-tokens", "ring,token-cache", None),
    offline("clerk-tokens", "aws-lc-rs", None),
    budget("clerk-tokens", Some("ring,jwks,webpki-roots"), Some(56)),
    offline("clerk-webhooks", "ring", Some(25)),
    offline("clerk-internal", "ring", None),
    budget("clerk-http", None, None),
    budget("clerk-api", None, None),
    budget("clerk-backend", None, Some(62)),
    framework("clerk-tower", None, &[]),
    framework("clerk-axum", None, &["axum-core"]),
    // What these frameworks bring besides, such as `url` and `regex`, is theirs: the default features are named.
    framework("clerk-actix", Some("ring,tracing"), &["actix-web"]),
    framework("clerk-rocket", None, &["rocket"]),
    framework("clerk-poem", Some("ring,tracing"), &["poem"]),
    framework("clerk-backend", Some("ring,tower"), &[]),
    framework("clerk-backend", Some("ring,axum"), &["axum-core"]),
    framework("clerk-backend", Some("ring,actix"), &["actix-web"]),
    framework("clerk-backend", Some("ring,rocket"), &["rocket"]),
    framework("clerk-backend", Some("ring,poem"), &["poem"]),
];

/// What must not be in the graph of an offline choice.
const NETWORK: [&str; 5] = ["tokio", "hyper", "hyper-util", "rustls", "hyper-rustls"];

/// What no default choice brings: own small code or a feature stands in for each.
const NOT_BY_DEFAULT: [&str; 5] = ["url", "moka", "quick_cache", "regex", "chrono"];

/// The crates of web frameworks: in the graph of their own users only. Ours for axum needs no more than axum-core.
const FRAMEWORKS: [&str; 7] = [
    "actix-web",
    "axum",
    "axum-core",
    "poem",
    "rocket",
    "tonic",
    "tower",
];

/// Counts and prints all; fails over a limit.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask footprint".into());
    }
    let manifests = manifest::all()?;
    let mut problems = Vec::new();
    println!(
        "{:<16} {:<20} {:>7} {:>6}",
        "crate", "features", "crates", "limit"
    );
    for budget in BUDGETS {
        let limit = budget
            .limit
            .map_or_else(|| "-".to_owned(), |limit| limit.to_string());
        let line = |count: &str, note: &str| {
            println!(
                "{:<16} {:<20} {count:>7} {limit:>6}  {note}",
                budget.package,
                budget.label()
            );
        };
        if let Some(missing) = missing(&manifests, budget) {
            line("-", &format!("{missing} does not exist yet"));
            continue;
        }
        let crates = external(&tree(budget)?);
        line(&crates.len().to_string(), "");
        problems.extend(judge(budget, &crates));
    }
    for problem in &problems {
        println!("  {problem}");
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(format!("{} choices bring too much", problems.len()).into())
    }
}

/// What is wrong with the crates a choice brings.
fn judge(budget: &Budget, crates: &BTreeSet<String>) -> Vec<String> {
    let name = format!("{} {}", budget.package, budget.label());
    let mut problems = Vec::new();
    if budget.limit.is_some_and(|limit| crates.len() > limit) {
        let names: Vec<&str> = crates.iter().map(String::as_str).collect();
        problems.push(format!("{name}: over its limit with {}", names.join(" ")));
    }
    let network = NETWORK.iter().filter(|_| budget.offline);
    let by_default = NOT_BY_DEFAULT.iter().filter(|_| budget.features.is_none());
    let frameworks = FRAMEWORKS
        .iter()
        .filter(|name| !budget.frameworks.contains(name));
    for unwanted in network
        .chain(by_default)
        .chain(frameworks)
        .filter(|name| crates.contains(**name))
    {
        problems.push(format!("{name}: must not need {unwanted}"));
    }
    problems
}

/// The crate or feature a budget names that does not exist.
fn missing<'a>(manifests: &[Manifest], budget: &'a Budget) -> Option<&'a str> {
    let Some(manifest) = manifests
        .iter()
        .find(|manifest| manifest.name == budget.package)
    else {
        return Some(budget.package);
    };
    let wanted = budget
        .features
        .unwrap_or_default()
        .split(',')
        .filter(|feature| !feature.is_empty());
    wanted.into_iter().find(|feature| !manifest.has(feature))
}

/// The normal dependencies of one choice, a line each.
fn tree(budget: &Budget) -> Outcome<String> {
    let mut arguments = vec![
        "tree",
        "--locked",
        "-p",
        budget.package,
        "-e",
        "normal",
        "--prefix",
        "none",
    ];
    if let Some(features) = budget.features {
        arguments.extend(["--no-default-features", "--features", features]);
    }
    process::output(&process::cargo(), &arguments)
}

/// The names of the crates that are not ours, each once.
fn external(tree: &str) -> BTreeSet<String> {
    let names = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| !name.starts_with("clerk-"))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_unwanted_crates_are_judged() {
        let crates = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(
            judge(&offline("a", "ring", Some(1)), &crates(&["ring"])),
            [""; 0]
        );
        assert_eq!(
            judge(&offline("a", "ring", Some(1)), &crates(&["ring", "serde"])).len(),
            1
        );
        assert_eq!(
            judge(&offline("a", "ring", None), &crates(&["tokio", "url"])).len(),
            1
        );
        assert_eq!(
            judge(&budget("a", None, Some(2)), &crates(&["tokio", "url"])).len(),
            1
        );
    }

    #[test]
    fn a_framework_is_for_its_own_users() {
        let crates = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let axum = framework("clerk-axum", None, &["axum-core"]);
        assert_eq!(judge(&axum, &crates(&["axum-core", "http"])), [""; 0]);
        assert_eq!(judge(&axum, &crates(&["axum", "rocket"])).len(), 2);
        assert_eq!(
            judge(&budget("a", None, None), &crates(&["axum-core"])).len(),
            1
        );
    }

    #[test]
    fn external_crates_count_once_each() {
        let tree = "clerk-tokens v0.1.0 (crates/clerk-tokens)\nserde v1.0.0\nring v0.17.14\nserde v1.0.0 (*)\n\nclerk-core v0.1.0\n";
        assert_eq!(
            external(tree).into_iter().collect::<Vec<_>>(),
            ["ring", "serde"]
        );
    }
}
