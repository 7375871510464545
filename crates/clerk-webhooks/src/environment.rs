//! The signing secret in the environment, and the names people mistake for it.

use clerk_core::Config;
use clerk_core::env::names::WEBHOOK_SIGNING_SECRET;
use clerk_errors::{ConfigError, ConfigErrorKind};

use crate::SigningSecret;

/// Names that older guides, other libraries and memory suggest.
const MISTAKEN: [&str; 8] = [
    "CLERK_WEBHOOK_SECRET",
    "CLERK_WEBHOOKS_SIGNING_SECRET",
    "CLERK_WEBHOOK_SIGNING_KEY",
    "CLERK_SIGNING_SECRET",
    "WEBHOOK_SIGNING_SECRET",
    "WEBHOOK_SECRET",
    "SIGNING_SECRET",
    "SVIX_WEBHOOK_SECRET",
];

/// The secret among settings that were read.
pub(crate) fn of_config(config: &Config) -> Result<SigningSecret, ConfigError> {
    match &config.webhook_signing_secret {
        Some(secret) => SigningSecret::parse(secret.expose())
            .map_err(|error| error.with_setting(WEBHOOK_SIGNING_SECRET)),
        None => Err(missing(ConfigErrorKind::Missing, "is missing".to_owned())),
    }
}

/// The secret among variables. The other ones may be as wrong as they like: this crate is used without them.
pub(crate) fn of_variables(
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<SigningSecret, ConfigError> {
    let config = Config::from_lookup(|name| {
        (name == WEBHOOK_SIGNING_SECRET)
            .then(|| lookup(name))
            .flatten()
    })?;
    if config.webhook_signing_secret.is_none() {
        let is_set = |name: &&str| lookup(name).is_some_and(|value| !value.trim().is_empty());
        if let Some(name) = MISTAKEN.iter().find(|name| is_set(name)) {
            return Err(missing(
                ConfigErrorKind::Renamed,
                format!("is missing, and {name} is set, which is not read"),
            ));
        }
    }
    of_config(&config)
}

fn missing(kind: ConfigErrorKind, problem: String) -> ConfigError {
    ConfigError::new(kind, WEBHOOK_SIGNING_SECRET, problem).with_fix(
        "copy the signing secret from the endpoint's page under Webhooks in the Clerk Dashboard; it starts with whsec_",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const VARIABLE: &str = WEBHOOK_SIGNING_SECRET;

    fn read(variables: &[(&str, &str)]) -> Result<SigningSecret, ConfigError> {
        of_variables(|name| {
            let mut variables = variables.iter();
            variables
                .find(|(candidate, _)| *candidate == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    // covers: WH-1, ENV-7
    #[test]
    fn the_secret_comes_from_one_variable() {
        let secret = read(&[
            ("WEBHOOK_SECRET", "whsec_eHh4eA=="),
            ("CLERK_API_URL", "nonsense"),
            (VARIABLE, " whsec_YWJj\n"),
        ]);
        assert_eq!(secret.unwrap().as_bytes(), b"abc");
    }

    // covers: WH-1
    #[test]
    fn mistakes_are_named_by_variable() {
        use ConfigErrorKind::{Malformed, Misplaced, Missing, Renamed};
        let cases: &[(&[(&str, &str)], _, &str)] = &[
            (&[], Missing, "is missing: copy"),
            (&[(VARIABLE, "")], Missing, "is missing: copy"),
            (&[(VARIABLE, " \n")], Missing, "is missing: copy"),
            (
                &[("WEBHOOK_SECRET", "whsec_YWJj")],
                Renamed,
                "and WEBHOOK_SECRET is set",
            ),
            (
                &[(VARIABLE, "sk_live_YWJj")],
                Misplaced,
                "found sk_live_... (a secret key)",
            ),
            (&[(VARIABLE, "\"whsec_YWJj\"")], Malformed, "quotes"),
            (&[(VARIABLE, "whsec_?YWJj")], Malformed, "is not base64"),
        ];
        for (variables, kind, words) in cases {
            let error = read(variables).unwrap_err();
            let message = error.to_string();
            assert_eq!(error.kind(), *kind, "{variables:?}");
            assert!(message.starts_with(VARIABLE), "{message}");
            assert!(message.contains(words), "{message}");
            assert!(!message.contains("YWJj"), "{message}");
        }
    }
}
