//! The changelog's section for a release: what stands under `Unreleased`, under its version and day.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::{Outcome, workspace};

/// The heading under which changes gather.
const UNRELEASED: &str = "## Unreleased";

/// The section as the release would have it.
pub(super) fn section(version: &str) -> Outcome<String> {
    let changelog = read()?;
    let (_, body, _) = split(&changelog)?;
    Ok(format!("{}\n\n{}\n", heading(version)?, body.trim()))
}

/// Moves what is unreleased under the version.
pub(super) fn write(version: &str) -> Outcome {
    let changelog = read()?;
    let (before, _, after) = split(&changelog)?;
    let text = format!("{before}{UNRELEASED}\n\n{}{after}", section(version)?);
    Ok(std::fs::write(
        workspace::root().join("CHANGELOG.md"),
        text,
    )?)
}

fn read() -> Outcome<String> {
    Ok(std::fs::read_to_string(
        workspace::root().join("CHANGELOG.md"),
    )?)
}

/// What stands before, in and after the unreleased section.
fn split(changelog: &str) -> Outcome<(&str, &str, &str)> {
    let (before, rest) = changelog
        .split_once(UNRELEASED)
        .ok_or("CHANGELOG.md has no section `## Unreleased`")?;
    let end = rest.find("\n## ").unwrap_or(rest.len());
    let (body, after) = rest.split_at(end);
    if body.trim().is_empty() {
        return Err("CHANGELOG.md: nothing is unreleased".into());
    }
    Ok((before, body, after))
}

fn heading(version: &str) -> Outcome<String> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let (year, month, day) = date(seconds / 86_400);
    Ok(format!("## {version} - {year:04}-{month:02}-{day:02}"))
}

/// The day of the Gregorian calendar, by Howard Hinnant's `civil_from_days`.
fn date(days_since_1970: u64) -> (u64, u64, u64) {
    let days = days_since_1970 + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_dates() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(20_454), (2026, 1, 1));
    }

    #[test]
    fn the_unreleased_section_ends_at_the_next_one() {
        let text = "# Changelog\n\n## Unreleased\n\n- new\n\n## 0.1.0 - 2026-01-01\n\n- old\n";
        let (before, body, after) = split(text).unwrap();
        assert_eq!((before, body.trim()), ("# Changelog\n\n", "- new"));
        assert!(after.starts_with("\n## 0.1.0"));
        assert!(split("# Changelog\n\n## Unreleased\n\n## 0.1.0\n").is_err());
    }
}
