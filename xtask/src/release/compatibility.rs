//! Whether the next version may follow the last tag, judged by the lists of public API.

use std::collections::BTreeSet;
use std::path::Path;

use crate::{Outcome, process, workspace};

/// `major.minor.patch`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// Reads three numbers with dots between them.
    pub(super) fn parse(text: &str) -> Outcome<Self> {
        let numbers: Vec<u32> = text
            .split('.')
            .map_while(|part| part.parse().ok())
            .collect();
        match numbers.as_slice() {
            [major, minor, patch] if text.matches('.').count() == 2 => Ok(Self {
                major: *major,
                minor: *minor,
                patch: *patch,
            }),
            _ => Err(format!("{text:?} is not a version of the form 1.2.3").into()),
        }
    }

    /// Whether users who ask for the former get this one by themselves: then it must not break them.
    fn replaces(self, former: Self) -> bool {
        if former.major > 0 {
            return self.major == former.major;
        }
        self.major == 0 && self.minor == former.minor
    }
}

/// Compares with the last tag `vX.Y.Z`, where there is one.
pub(super) fn check(next: &str) -> Outcome {
    let next = Version::parse(next)?;
    let Ok(tag) = process::output(
        "git",
        &["describe", "--tags", "--abbrev=0", "--match", "v*"],
    ) else {
        println!("    no release before this one");
        return Ok(());
    };
    let tag = tag.trim();
    let last = Version::parse(tag.trim_start_matches('v'))?;
    if next <= last {
        return Err(format!("the version must be higher than the last one, {tag}").into());
    }
    let gone = gone_since(tag)?;
    for line in &gone {
        println!("    gone or changed: {line}");
    }
    judge(next, last, gone.len())?;
    println!("    {} lines of public API gone since {tag}", gone.len());
    Ok(())
}

/// A version that replaces the last one by itself may only add.
fn judge(next: Version, last: Version, gone: usize) -> Outcome {
    if gone > 0 && next.replaces(last) {
        return Err(format!("{gone} lines of public API are gone: that needs a version which does not replace the last one by itself").into());
    }
    Ok(())
}

/// The lines of public API that the tag had and this state has not.
fn gone_since(tag: &str) -> Outcome<Vec<String>> {
    let mut gone = Vec::new();
    for path in process::output("git", &["ls-tree", "--name-only", tag, "tests/api/"])?.lines() {
        let before = process::output("git", &["show", &format!("{tag}:{path}")])?;
        let now =
            std::fs::read_to_string(workspace::root().join(Path::new(path))).unwrap_or_default();
        let now: BTreeSet<&str> = now.lines().collect();
        gone.extend(
            before
                .lines()
                .filter(|line| !now.contains(line))
                .map(str::to_owned),
        );
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_three_numbers() {
        assert!(Version::parse("1.2.3").unwrap() > Version::parse("1.2.2").unwrap());
        for wrong in ["1.2", "1.2.3.4", "1.2.x", "v1.2.3", ""] {
            assert!(Version::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_a_version_that_is_asked_for_may_break() {
        let version = |text| Version::parse(text).unwrap();
        for (next, last, may_break) in [
            ("0.1.1", "0.1.0", false),
            ("0.2.0", "0.1.9", true),
            ("1.0.0", "0.9.0", true),
            ("1.1.0", "1.0.0", false),
            ("2.0.0", "1.9.0", true),
        ] {
            assert_eq!(
                judge(version(next), version(last), 1).is_ok(),
                may_break,
                "{next} after {last}"
            );
            assert!(judge(version(next), version(last), 0).is_ok());
        }
    }
}
