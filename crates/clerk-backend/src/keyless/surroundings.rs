//! Whether this is a person's development machine.

use clerk_core::env::is_truthy;

use super::KeylessError;

/// Variables that services for automated runs set.
const AUTOMATED: [&str; 22] = [
    "CI",
    "CONTINUOUS_INTEGRATION",
    "BUILD_ID",
    "BUILD_NUMBER",
    "RUN_ID",
    "APPVEYOR",
    "BITBUCKET_BUILD_NUMBER",
    "BUILDKITE",
    "CIRCLECI",
    "CODEBUILD_BUILD_ID",
    "DRONE",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "HUDSON_URL",
    "JENKINS_URL",
    "NETLIFY",
    "SEMAPHORE",
    "TEAMCITY_VERSION",
    "TF_BUILD",
    "TRAVIS",
    "VERCEL",
    "WOODPECKER",
];

/// Variables that say what a deployment is for.
const STAGE: [&str; 6] = [
    "APP_ENV",
    "ENVIRONMENT",
    "NODE_ENV",
    "RUST_ENV",
    "VERCEL_ENV",
    "VERCEL_TARGET_ENV",
];

/// Switches keyless mode off.
const DISABLED: [&str; 2] = [
    "CLERK_KEYLESS_DISABLED",
    "NEXT_PUBLIC_CLERK_KEYLESS_DISABLED",
];

/// What stands against keyless mode.
pub(super) fn check(
    lookup: &dyn Fn(&str) -> Option<String>,
    is_debug_build: bool,
) -> Result<(), KeylessError> {
    let is_set = |name: &&&str| {
        let value = lookup(name).unwrap_or_default();
        let value = value.trim();
        !(value.is_empty() || value == "0" || value.eq_ignore_ascii_case("false"))
    };
    if !is_debug_build {
        return Err(KeylessError::refused("this is a release build"));
    }
    if let Some(name) = DISABLED
        .iter()
        .find(|name| lookup(name).is_some_and(|value| is_truthy(value.trim())))
    {
        return Err(KeylessError::refused(format!("{name} is set")));
    }
    // HIST-102.
    if let Some(name) = AUTOMATED.iter().find(is_set) {
        return Err(KeylessError::refused(format!(
            "{name} is set: this is an automated run"
        )));
    }
    let is_live = |name: &&&str| {
        let value = lookup(name).unwrap_or_default().trim().to_ascii_lowercase();
        matches!(
            value.as_str(),
            "production" | "prod" | "staging" | "preview"
        )
    };
    if let Some(name) = STAGE.iter().find(is_live) {
        return Err(KeylessError::refused(format!(
            "{name} says that this is no development machine"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(variables: &[(&str, &str)], is_debug_build: bool) -> Option<String> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        check(&lookup, is_debug_build)
            .err()
            .map(|error| error.to_string())
    }

    // covers: MW-71, HIST-102, ENV-17
    #[test]
    fn only_where_a_person_develops() {
        assert_eq!(refusal(&[], true), None);
        assert!(refusal(&[], false).unwrap().contains("release build"));
        for name in AUTOMATED {
            for value in ["true", "1", "https://ci.example", "17"] {
                assert!(
                    refusal(&[(name, value)], true).unwrap().contains(name),
                    "{name}={value}"
                );
            }
            for value in ["", " ", "false", "False", "0"] {
                assert_eq!(refusal(&[(name, value)], true), None, "{name}={value}");
            }
        }
        for name in STAGE {
            for value in ["production", "Prod", " staging ", "preview"] {
                assert!(
                    refusal(&[(name, value)], true).unwrap().contains(name),
                    "{name}={value}"
                );
            }
            for value in ["development", "test", "local", ""] {
                assert_eq!(refusal(&[(name, value)], true), None, "{name}={value}");
            }
        }
        for name in DISABLED {
            for value in ["true", "TRUE", "1"] {
                assert!(
                    refusal(&[(name, value)], true).unwrap().contains(name),
                    "{name}={value}"
                );
            }
            for value in ["", "false", "0", "no"] {
                assert_eq!(refusal(&[(name, value)], true), None, "{name}={value}");
            }
        }
    }
}
