//! The signing secret in the environment, and the names people mistake for it.

use std::ffi::OsString;

use clerk_errors::{ConfigError, ConfigErrorKind};

use crate::SigningSecret;

const VARIABLE: &str = "CLERK_WEBHOOK_SIGNING_SECRET";

/// Names that older guides, other libraries and memory suggest.
const MISTAKEN: &[&str] = &[
    "CLERK_WEBHOOK_SECRET",
    "CLERK_WEBHOOKS_SIGNING_SECRET",
    "CLERK_WEBHOOK_SIGNING_KEY",
    "CLERK_SIGNING_SECRET",
    "WEBHOOK_SIGNING_SECRET",
    "WEBHOOK_SECRET",
    "SIGNING_SECRET",
    "SVIX_WEBHOOK_SECRET",
];

/// Reads the secret through `lookup`, which knows the variables.
pub(crate) fn signing_secret(
    lookup: impl Fn(&str) -> Option<OsString>,
) -> Result<SigningSecret, ConfigError> {
    let Some(value) = lookup(VARIABLE).filter(|value| !value.is_empty()) else {
        return Err(missing(&lookup));
    };
    let Some(text) = value.to_str() else {
        return Err(ConfigError::new(
            ConfigErrorKind::Malformed,
            VARIABLE,
            "is not Unicode text",
        ));
    };
    SigningSecret::parse(text).map_err(|error| error.with_setting(VARIABLE))
}

fn missing(lookup: &impl Fn(&str) -> Option<OsString>) -> ConfigError {
    let mistaken = MISTAKEN
        .iter()
        .find(|name| lookup(name).is_some_and(|value| !value.is_empty()));
    match mistaken {
        Some(name) => ConfigError::new(
            ConfigErrorKind::Renamed,
            VARIABLE,
            format!("is missing, and {name} is set"),
        )
        .with_fix(format!("name the variable {VARIABLE}")),
        None => ConfigError::new(ConfigErrorKind::Missing, VARIABLE, "is missing").with_fix(
            "copy the signing secret from the endpoint's page under Webhooks in the Clerk Dashboard; it starts with whsec_",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<SigningSecret, ConfigError> {
        signing_secret(|name| {
            variables
                .iter()
                .find(|(candidate, _)| *candidate == name)
                .map(|(_, value)| OsString::from(value))
        })
    }

    // covers: WH-1, ENV-7
    #[test]
    fn the_secret_comes_from_one_variable() {
        let secret = read(&[
            ("WEBHOOK_SECRET", "whsec_eHh4eA=="),
            (VARIABLE, "whsec_YWJj"),
        ]);
        assert_eq!(secret.unwrap().as_bytes(), b"abc");
    }

    // covers: WH-1
    #[test]
    fn mistakes_are_named_by_variable() {
        use ConfigErrorKind::{Malformed, Misplaced, Missing, Renamed};
        let cases: &[(&[(&str, &str)], _, &str)] = &[
            (
                &[],
                Missing,
                "CLERK_WEBHOOK_SIGNING_SECRET is missing: copy",
            ),
            (
                &[(VARIABLE, "")],
                Missing,
                "CLERK_WEBHOOK_SIGNING_SECRET is missing",
            ),
            (
                &[("WEBHOOK_SECRET", "whsec_YWJj")],
                Renamed,
                "WEBHOOK_SECRET is set",
            ),
            (
                &[(VARIABLE, "sk_live_YWJj")],
                Misplaced,
                "CLERK_WEBHOOK_SIGNING_SECRET is a secret key",
            ),
            (
                &[(VARIABLE, "whsec_?")],
                Malformed,
                "CLERK_WEBHOOK_SIGNING_SECRET is not base64",
            ),
        ];
        for (variables, kind, words) in cases {
            let error = read(variables).unwrap_err();
            assert_eq!(error.kind(), *kind, "{variables:?}");
            assert!(error.to_string().contains(words), "{error}");
            assert!(!error.to_string().contains("YWJj"), "{error}");
        }
    }
}
