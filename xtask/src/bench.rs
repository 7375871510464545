//! `cargo xtask bench`: runs the benchmarks three times and prints the median of each ratio.
//!
//! A benchmark is a `[[bench]]` with `harness = false` that prints one line per measurement:
//!
//! ```text
//! bench NAME NANOSECONDS [ratio RATIO floor FLOOR [limit LIMIT]]
//! allocs NAME COUNT
//! ```
//!
//! RATIO is the time divided by that of FLOOR, the bare operation measured in the same run; with a LIMIT the median
//! ratio must not be above it. Other lines are shown and otherwise ignored.

use std::collections::BTreeMap;

use crate::{Outcome, manifest, process, workspace};

/// How often each benchmark runs; the median of an odd number is one that was measured.
const RUNS: usize = 3;

/// Everything measured under one name.
#[derive(Debug, Default, PartialEq)]
struct Measurement {
    nanoseconds: Vec<f64>,
    ratios: Vec<f64>,
    floor: Option<String>,
    limit: Option<f64>,
    allocations: Option<u64>,
}

/// Runs the benchmarks of the named crates, or of all that have any.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let with_benches: Vec<String> = manifest::all()?
        .into_iter()
        .map(|manifest| manifest.name)
        .filter(|name| {
            workspace::root()
                .join("crates")
                .join(name)
                .join("benches")
                .is_dir()
        })
        .collect();
    if let Some(unknown) = arguments.iter().find(|name| !with_benches.contains(name)) {
        return Err(format!(
            "{unknown:?} has no benchmarks; these have: {}",
            with_benches.join(", ")
        )
        .into());
    }
    let mut problems = Vec::new();
    for name in with_benches
        .iter()
        .filter(|name| arguments.is_empty() || arguments.contains(name))
    {
        let mut measurements = BTreeMap::new();
        for number in 1..=RUNS {
            println!("==> {name}, run {number} of {RUNS}");
            let mut arguments = vec!["bench", "--quiet", "--package", name, "--benches"];
            if name == "clerk-tokens" {
                // It names the provider of each measurement; elsewhere a second provider would replace the default one.
                arguments.extend(["--features", "aws-lc-rs"]);
            }
            let output = process::output(&process::cargo(), &arguments)?;
            for line in output.lines() {
                println!("{line}");
                read_line(line, &mut measurements)?;
            }
        }
        problems.extend(table(name, &measurements));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("; ").into())
    }
}

/// Takes one line of output; a line of the protocol that does not parse is an error.
fn read_line(line: &str, measurements: &mut BTreeMap<String, Measurement>) -> Outcome {
    let bad = || format!("a malformed measurement: {line:?}");
    let number = |text: &str| {
        text.parse::<f64>()
            .ok()
            .filter(|value| value.is_finite())
            .ok_or_else(bad)
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["allocs", name, count] => {
            let count = count.parse().map_err(|_| bad())?;
            let allocations = &mut measurements
                .entry((*name).to_owned())
                .or_default()
                .allocations;
            *allocations = (*allocations).max(Some(count));
        }
        ["bench", name, nanoseconds, rest @ ..] => {
            let entry = measurements.entry((*name).to_owned()).or_default();
            entry.nanoseconds.push(number(nanoseconds)?);
            let (ratio, limit) = match rest {
                [] => return Ok(()),
                ["ratio", ratio, "floor", floor] => ((ratio, floor), None),
                ["ratio", ratio, "floor", floor, "limit", limit] => ((ratio, floor), Some(limit)),
                _ => return Err(bad().into()),
            };
            entry.ratios.push(number(ratio.0)?);
            entry.floor = Some((*ratio.1).to_owned());
            entry.limit = limit.map(|limit| number(limit)).transpose()?;
        }
        _ => {}
    }
    Ok(())
}

/// Prints the medians of one crate and names what is above its limit.
fn table(package: &str, measurements: &BTreeMap<String, Measurement>) -> Vec<String> {
    let mut problems = Vec::new();
    println!("\n{package}: medians of {RUNS} runs");
    println!(
        "{:<36} {:>12} {:>8} {:>17} {:>7} {:>7}  floor",
        "measurement", "ns", "ratio", "from..to", "limit", "allocs"
    );
    for (name, measurement) in measurements {
        let ratio = median(&measurement.ratios);
        let shown = |value: Option<f64>| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
        };
        let spread = match (
            measurement.ratios.iter().copied().reduce(f64::min),
            measurement.ratios.iter().copied().reduce(f64::max),
        ) {
            (Some(least), Some(most)) => format!("{least:.4}..{most:.4}"),
            _ => "-".to_owned(),
        };
        println!(
            "{name:<36} {:>12} {:>8} {spread:>17} {:>7} {:>7}  {}",
            median(&measurement.nanoseconds)
                .map_or_else(|| "-".to_owned(), |value| format!("{value:.1}")),
            shown(ratio),
            measurement
                .limit
                .map_or_else(|| "-".to_owned(), |limit| limit.to_string()),
            measurement
                .allocations
                .map_or_else(|| "-".to_owned(), |count| count.to_string()),
            measurement.floor.as_deref().unwrap_or("-"),
        );
        if let (Some(ratio), Some(limit)) = (ratio, measurement.limit)
            && ratio > limit
        {
            problems.push(format!("{package} {name}: {ratio:.4} is above {limit}"));
        }
    }
    problems
}

/// The middle value, the lower one of two.
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Outcome<BTreeMap<String, Measurement>> {
        let mut measurements = BTreeMap::new();
        for line in lines {
            read_line(line, &mut measurements)?;
        }
        Ok(measurements)
    }

    #[test]
    fn runs_of_one_name_are_collected() {
        let lines = [
            "warming up",
            "bench verify 17500.5 ratio 1.05 floor ring limit 1.08",
            "allocs verify 9",
            "bench verify 17600 ratio 1.09 floor ring limit 1.08",
            "bench decode 300",
        ];
        let measurements = read(&lines).unwrap();
        assert_eq!(measurements["verify"].ratios, [1.05, 1.09]);
        assert_eq!(measurements["verify"].allocations, Some(9));
        assert_eq!(measurements["verify"].floor.as_deref(), Some("ring"));
        assert_eq!(measurements["decode"].ratios, [0.0; 0]);
    }

    #[test]
    fn a_malformed_measurement_is_an_error() {
        for bad in [
            "bench verify fast",
            "bench verify 1 ratio",
            "bench verify 1 ratio NaN floor ring",
            "allocs verify -1",
        ] {
            assert!(read(&[bad]).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_median_is_compared_with_the_limit() {
        let line = |ratio: &str| format!("bench verify 1 ratio {ratio} floor ring limit 1.08");
        let good = read(&[&line("1.2"), &line("1.07"), &line("1.0")]).unwrap();
        assert_eq!(table("x", &good), [""; 0]);
        let bad = read(&[&line("1.2"), &line("1.09"), &line("1.0")]).unwrap();
        assert_eq!(table("x", &bad).len(), 1);
    }

    #[test]
    fn medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[2.0, 1.0]), Some(1.0));
    }
}
