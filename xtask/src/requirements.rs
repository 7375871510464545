//! `tests/conformance/requirements.toml`: every requirement, what it says and whether a test holds it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use crate::{Outcome, workspace};

/// Where the list lives, relative to the root.
pub(crate) const PATH: &str = "tests/conformance/requirements.toml";

/// The longest line a requirement may have, in characters.
const LONGEST: usize = 110;

/// The name of a requirement: `JWT-26` is prefix `JWT`, number 26.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Id {
    pub(crate) prefix: String,
    pub(crate) number: u32,
}

impl Id {
    /// Reads `JWT-26`: upper-case letters, a hyphen, a number without leading zeros.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (prefix, number) = text.split_once('-')?;
        let well_formed = !prefix.is_empty()
            && prefix.bytes().all(|byte| byte.is_ascii_uppercase())
            && !number.starts_with('0')
            && number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|_| well_formed)?;
        Some(Self {
            prefix: prefix.to_owned(),
            number,
        })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.prefix, self.number)
    }
}

/// One line of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requirement {
    pub(crate) is: String,
    #[serde(default)]
    pub(crate) fix: bool,
    pub(crate) status: Status,
    #[serde(rename = "crate")]
    pub(crate) holder: Option<String>,
    pub(crate) why: Option<String>,
}

/// How far a requirement has come.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Status {
    Covered,
    Later,
    NotApplicable,
}

/// The list as it is committed.
pub(crate) fn load() -> Outcome<BTreeMap<Id, Requirement>> {
    let text = std::fs::read_to_string(workspace::root().join(PATH))
        .map_err(|error| format!("{PATH}: {error}"))?;
    parse(&text)
}

/// Reads the list and checks each line's own form.
pub(crate) fn parse(text: &str) -> Outcome<BTreeMap<Id, Requirement>> {
    let lines: BTreeMap<String, Requirement> =
        toml::from_str(text).map_err(|error| format!("{PATH}: {error}"))?;
    let mut requirements = BTreeMap::new();
    for (name, requirement) in lines {
        let id =
            Id::parse(&name).ok_or_else(|| format!("{PATH}: {name:?} is no requirement ID"))?;
        let fits = match requirement.status {
            Status::Covered => requirement.holder.is_none() && requirement.why.is_none(),
            Status::Later => requirement.holder.is_some() && requirement.why.is_none(),
            Status::NotApplicable => requirement.holder.is_none() && requirement.why.is_some(),
        };
        if !fits {
            return Err(format!(
                "{PATH}: {id}: `later` needs `crate`, `not-applicable` needs `why`, no other does"
            )
            .into());
        }
        let length = requirement.is.chars().count();
        if length == 0 || length > LONGEST {
            return Err(format!(
                "{PATH}: {id}: {length} characters, from 1 to {LONGEST} are allowed"
            )
            .into());
        }
        requirements.insert(id, requirement);
    }
    in_order(text)?;
    Ok(requirements)
}

/// Numbers rise within a prefix and each prefix has one place, so that a line is found where it is looked for.
fn in_order(text: &str) -> Outcome {
    let mut last: BTreeMap<String, u32> = BTreeMap::new();
    let mut current = String::new();
    for id in text
        .lines()
        .filter_map(|line| Id::parse(line.split_once(' ')?.0))
    {
        if id.prefix != current && last.contains_key(&id.prefix) {
            return Err(format!(
                "{PATH}: {id} stands apart from the other {} lines",
                id.prefix
            )
            .into());
        }
        if last
            .get(&id.prefix)
            .is_some_and(|before| *before >= id.number)
        {
            return Err(format!("{PATH}: {id} is out of order").into());
        }
        current.clone_from(&id.prefix);
        last.insert(id.prefix, id.number);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_one_spelling() {
        let id = Id::parse("JWT-26").unwrap();
        assert_eq!((id.prefix.as_str(), id.number), ("JWT", 26));
        assert_eq!(id.to_string(), "JWT-26");
        for bad in [
            "",
            "JWT",
            "JWT-",
            "JWT-026",
            "jwt-26",
            "JWT-2x",
            "-26",
            "JWT-+2",
            "JWT-99999999999",
        ] {
            assert_eq!(Id::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_line_is_read() {
        let list = parse(
            "A-1 = { is = \"x\", fix = true, status = \"covered\" }\nA-2 = { is = \"y\", status = \"later\", crate = \"c\" }\n",
        )
        .unwrap();
        assert!(list[&Id::parse("A-1").unwrap()].fix);
        assert_eq!(list[&Id::parse("A-2").unwrap()].status, Status::Later);
        assert_eq!(
            list[&Id::parse("A-2").unwrap()].holder.as_deref(),
            Some("c")
        );
    }

    #[test]
    fn a_malformed_line_is_refused() {
        let long = format!(
            "A-1 = {{ is = \"{}\", status = \"covered\" }}",
            "x".repeat(LONGEST + 1)
        );
        for bad in [
            "A-1 = { is = \"x\", status = \"later\" }",
            "A-1 = { is = \"x\", status = \"not-applicable\" }",
            "A-1 = { is = \"x\", status = \"covered\", why = \"y\" }",
            "A-1 = { is = \"\", status = \"covered\" }",
            "A-1 = { is = \"x\", status = \"done\" }",
            "A-1 = { is = \"x\", status = \"covered\", extra = 1 }",
            "one = { is = \"x\", status = \"covered\" }",
            "A-2 = { is = \"x\", status = \"covered\" }\nA-1 = { is = \"x\", status = \"covered\" }",
            "A-1 = { is = \"x\", status = \"covered\" }\nB-1 = { is = \"x\", status = \"covered\" }\nA-2 = { is = \"x\", status = \"covered\" }",
            &long,
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_committed_list_is_complete() {
        let list = load().unwrap();
        assert_eq!(list.len(), 964);
        assert_eq!(
            list.values().filter(|requirement| requirement.fix).count(),
            84
        );
    }
}
