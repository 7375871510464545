//! Variables as they stand in the environment: old names, forms that are refused, forms that cannot work.

use clerk_errors::ConfigError;

use super::{Finding, Severity, check_config};
use crate::Config;
use crate::env::names;

/// Looks through the variables: what cannot be read, what nobody reads any more, and then the
/// [settings](check_config) they give.
#[must_use]
pub fn check_environment(lookup: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let value = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
    let mut findings = Vec::new();
    for (old, new) in [
        (names::OLD_API_KEY, names::SECRET_KEY),
        (names::OLD_FRONTEND_API, names::PUBLISHABLE_KEY),
    ] {
        if value(old).is_some() {
            findings.push(Finding::warning(
                old,
                format!("is set, and read by nobody any more: {new} took its place"),
                format!("rename it to {new}, with the value of today's Dashboard"),
            ));
        }
    }
    if value(names::PUBLISHABLE_KEY).is_some() {
        for name in names::FRONT_END_PUBLISHABLE_KEYS {
            if value(name).is_some_and(|other| {
                Some(other.trim().to_owned())
                    != value(names::PUBLISHABLE_KEY).map(|own| own.trim().to_owned())
            }) {
                findings.push(Finding::warning(
                    name,
                    "holds another key than CLERK_PUBLISHABLE_KEY: pages and backend use different instances",
                    "copy the same publishable key to both",
                ));
            }
        }
    }
    match Config::from_lookup(&lookup) {
        Ok(config) => {
            if let Err(error) = config.require_publishable_key() {
                findings.push(refused(&error));
            }
            findings.extend(check_config(&config));
        }
        Err(error) => findings.push(refused(&error)),
    }
    findings
}

/// What the reading of settings has to say.
fn refused(error: &ConfigError) -> Finding {
    Finding {
        severity: Severity::Broken,
        about: error.setting().to_owned().into(),
        message: error.problem().to_owned(),
        remedy: error.fix().map(|fix| fix.to_owned().into()),
    }
}
