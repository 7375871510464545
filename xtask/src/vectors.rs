//! `cargo xtask vectors sample`: picks the recorded vectors that are committed.
//!
//! The choice is greedy and depends on nothing but the files: the vector that shows most of what the sample does
//! not show yet, per byte, comes next, until the limit is reached.

mod choose;
mod file;
mod labels;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::{Outcome, process, workspace};
use choose::Candidate;
use file::Family;

/// Where the sample is committed.
const SAMPLE: &str = "tests/conformance/vectors";

/// The most the sample may weigh, in bytes, the key table included.
const LIMIT: usize = 2_900_000;

/// The families and the percentage of the limit each may fill; the key table is copied as it is.
const FAMILIES: [(&str, usize); 9] = [
    ("api_client", 17),
    ("auth_objects", 8),
    ("authenticate_request", 36),
    ("jwks_cache", 4),
    ("jwt", 12),
    ("machine_tokens", 7),
    ("urls_and_keys", 8),
    ("verify_token", 5),
    ("webhooks", 3),
];

/// The key table beside the families.
const KEYS: &str = "keys.json";

/// Reads `sample [--vectors DIR]`; without a folder, `CLERK_VECTORS` names it.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let folder = match arguments.as_slice() {
        ["sample"] => std::env::var_os("CLERK_VECTORS")
            .map(PathBuf::from)
            .ok_or("set CLERK_VECTORS or give --vectors DIR")?,
        ["sample", "--vectors", folder] => PathBuf::from(folder),
        _ => return Err("usage: cargo xtask vectors sample [--vectors DIR]".into()),
    };
    sample(&folder, &workspace::root().join(SAMPLE))
}

fn sample(from: &Path, to: &Path) -> Outcome {
    let read = |name: &str| {
        std::fs::read_to_string(from.join(name)).map_err(|error| format!("{name}: {error}"))
    };
    let keys = read(KEYS)?;
    std::fs::create_dir_all(to)?;
    std::fs::write(to.join(KEYS), &keys)?;
    let deviations = deviations(from)?;
    let share = LIMIT.saturating_sub(keys.len()) / 100;
    let (mut count, mut total) = (0, keys.len());
    for (name, percent) in FAMILIES {
        let file = format!("{name}.json");
        let family = Family::parse(&read(&file)?).map_err(|error| format!("{name}: {error}"))?;
        let chosen = choose::greedy(
            &candidates(name, &family, &deviations)?,
            (share * percent).saturating_sub(family.overhead()),
        );
        let text = family.sampled(&chosen)?;
        println!(
            "{name:<22} {:>5} of {:>5} vectors, {:>8} bytes",
            chosen.len(),
            family.vectors.len(),
            text.len()
        );
        count += chosen.len();
        total += text.len();
        std::fs::write(to.join(file), text)?;
    }
    println!(
        "{:<22} {count:>5}          vectors, {total:>8} bytes",
        "all"
    );
    Ok(())
}

/// The entry of the list of deviations that each deviating vector deviates by, as the conformance runner says.
fn deviations(folder: &Path) -> Outcome<BTreeMap<String, String>> {
    // The runner is started in the workspace's folder; the path was meant from here.
    let folder = std::path::absolute(folder)?;
    let folder = folder.to_string_lossy();
    let run = ["run", "--quiet", "--package", "clerk-conformance", "--"];
    let asked = ["--vectors", folder.as_ref(), "--deviating"];
    let lines = process::output(&process::cargo(), &[&run[..], &asked[..]].concat())?;
    let pairs = lines.lines().filter_map(|line| line.split_once('\t'));
    Ok(pairs
        .map(|(id, entry)| (id.to_owned(), entry.to_owned()))
        .collect())
}

/// Every vector of a family with what it weighs and shows.
fn candidates(
    name: &str,
    family: &Family,
    deviations: &BTreeMap<String, String>,
) -> Outcome<Vec<Candidate>> {
    let mut candidates = Vec::new();
    for vector in &family.vectors {
        let token_size = |token: usize| family.tokens.get(token).map_or(0, |text| text.len() + 4);
        let tokens = file::tokens_used(vector).into_iter();
        candidates.push(Candidate {
            size: vector.len() + 2,
            tokens: tokens.map(|token| (token, token_size(token))).collect(),
            labels: labels::of(name, vector, deviations)?,
        });
    }
    Ok(candidates)
}
