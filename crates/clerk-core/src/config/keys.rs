//! Mistakes with keys: the wrong one, the wrong name, two that do not belong together.

use clerk_errors::{ConfigError, ConfigErrorKind};

use crate::env::names;
use crate::publishable_key::{FoundKey, PublishableKey, PublishableKeyError};
use crate::secret_key::SecretKey;

/// The kinds of secrets that have variables of their own.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    SecretKey,
    MachineSecretKey,
    JwtKey,
    WebhookSecret,
}

impl Expected {
    const fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::SecretKey => ("is not a secret key", "sk_test_... or sk_live_..."),
            Self::MachineSecretKey => ("is not a machine secret key", "ak_..."),
            Self::JwtKey => ("is not a PEM public key", "-----BEGIN PUBLIC KEY-----"),
            Self::WebhookSecret => ("is not a webhook signing secret", "whsec_..."),
        }
    }

    const fn allows(self, found: FoundKey) -> bool {
        matches!(
            (self, found),
            (_, FoundKey::Unknown)
                | (Self::SecretKey, FoundKey::SecretKey { .. })
                | (Self::MachineSecretKey, FoundKey::MachineSecretKey)
                | (Self::JwtKey, FoundKey::Pem)
                | (Self::WebhookSecret, FoundKey::WebhookSecret)
        )
    }
}

/// Refuses a text that clearly belongs into another variable.
pub(super) fn check_kind(
    name: &'static str,
    text: &str,
    expected: Expected,
) -> Result<(), ConfigError> {
    let found = FoundKey::recognise(text.trim_start());
    if expected.allows(found) {
        return Ok(());
    }
    let (problem, form) = expected.describe();
    let fix = format!("expected {form}, found {}", found.describe());
    Err(ConfigError::new(ConfigErrorKind::Misplaced, name, problem).with_fix(fix))
}

pub(super) fn check_same_instance_type(
    publishable: Option<&PublishableKey>,
    secret: Option<&SecretKey>,
) -> Result<(), ConfigError> {
    let (Some(publishable), Some(secret)) = (publishable, secret) else {
        return Ok(());
    };
    let publishable = publishable.instance_type();
    match secret.instance_type() {
        Some(secret) if secret != publishable => {
            let name = |production| if production { "live" } else { "test" };
            let problem = format!(
                "is a {} key, but {} is a {} key",
                name(secret.is_production()),
                names::PUBLISHABLE_KEY,
                name(publishable.is_production()),
            );
            let fix = "copy both from the same instance in the Clerk Dashboard";
            Err(
                ConfigError::new(ConfigErrorKind::Conflict, names::SECRET_KEY, problem)
                    .with_fix(fix),
            )
        }
        _ => Ok(()),
    }
}

/// Variables that are set under a name no backend reads.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NearMisses {
    old_api_key: bool,
    old_frontend_api: bool,
    front_end_publishable_key: Option<&'static str>,
}

impl NearMisses {
    pub(super) fn find(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| lookup(name).is_some_and(|value| !value.trim().is_empty());
        Self {
            old_api_key: set(names::OLD_API_KEY),
            old_frontend_api: set(names::OLD_FRONTEND_API),
            front_end_publishable_key: names::FRONT_END_PUBLISHABLE_KEYS
                .into_iter()
                .find(|name| set(name)),
        }
    }

    pub(super) fn missing_publishable_key(self) -> ConfigError {
        let missing = ConfigError::from(PublishableKeyError::Missing);
        let missing = missing.with_setting(names::PUBLISHABLE_KEY);
        match self.front_end_publishable_key {
            Some(name) => missing.with_fix(format!(
                "give it the value of {name}, which only front-end code reads"
            )),
            None if self.old_frontend_api => {
                renamed(names::OLD_FRONTEND_API, names::PUBLISHABLE_KEY)
            }
            None => missing,
        }
    }

    pub(super) fn missing_secret_key(self) -> ConfigError {
        if self.old_api_key {
            return renamed(names::OLD_API_KEY, names::SECRET_KEY);
        }
        ConfigError::new(ConfigErrorKind::Missing, names::SECRET_KEY, "is missing").with_fix(
            "copy it from the API keys page of the Clerk Dashboard (https://dashboard.clerk.com)",
        )
    }
}

fn renamed(old: &'static str, new: &'static str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Renamed, old, "is no longer read").with_fix(format!(
        "set {new}, from the API keys page of the Clerk Dashboard"
    ))
}
