//! Reading the settings from variables.

use clerk_errors::{ConfigError, ConfigErrorKind};

use super::keys::{self, Expected, NearMisses};
use super::{Config, PageUrl};
use crate::domains::{Domain, ProxyUrl};
use crate::env::{is_truthy, names};
use crate::publishable_key::PublishableKey;
use crate::secret::Secret;
use crate::secret_key::{MachineSecretKey, SecretKey};
use crate::url::Url;

pub(super) fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
    let variables = Variables { lookup };
    Ok(Config {
        publishable_key: variables.parse(names::PUBLISHABLE_KEY, PublishableKey::parse)?,
        secret_key: variables
            .secret(names::SECRET_KEY, Expected::SecretKey)?
            .map(|secret| named(names::SECRET_KEY, SecretKey::new(secret)))
            .transpose()?,
        jwt_key: variables
            .secret(names::JWT_KEY, Expected::JwtKey)?
            .map(|secret| secret.expose().to_owned()),
        machine_secret_key: variables
            .secret(names::MACHINE_SECRET_KEY, Expected::MachineSecretKey)?
            .map(|secret| named(names::MACHINE_SECRET_KEY, MachineSecretKey::new(secret)))
            .transpose()?,
        api_url: variables.parse(names::API_URL, base_url)?,
        api_version: variables.parse(names::API_VERSION, version)?,
        webhook_signing_secret: variables
            .secret(names::WEBHOOK_SIGNING_SECRET, Expected::WebhookSecret)?,
        proxy_url: variables.parse(names::PROXY_URL, ProxyUrl::parse)?,
        domain: variables.parse(names::DOMAIN, Domain::parse)?,
        is_satellite: variables
            .value(names::IS_SATELLITE)?
            .map(|value| is_truthy(value.expose())),
        sign_in_url: variables.parse(names::SIGN_IN_URL, PageUrl::parse)?,
        sign_up_url: variables.parse(names::SIGN_UP_URL, PageUrl::parse)?,
        authorized_parties: variables
            .parse(names::AUTHORIZED_PARTIES, parties)?
            .unwrap_or_default(),
        fapi_url: variables.parse(names::FAPI_URL, base_url)?,
        near_misses: NearMisses::find(lookup),
    })
}

struct Variables<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
}

impl Variables<'_> {
    /// A value without white space around it; none if nothing is left. Any of them may be a secret in the wrong place.
    fn value(&self, name: &'static str) -> Result<Option<Secret>, ConfigError> {
        let Some(value) = (self.lookup)(name).map(Secret::new) else {
            return Ok(None);
        };
        let text = value.expose().trim();
        if text.is_empty() {
            return Ok(None);
        }
        if text.len() > 1
            && ['"', '\'']
                .iter()
                .any(|q| text.starts_with(*q) && text.ends_with(*q))
        {
            return Err(ConfigError::new(
                ConfigErrorKind::Malformed,
                name,
                "has quotes around its value",
            )
            .with_fix("remove them: they are part of the value here"));
        }
        Ok(Some(Secret::new(text)))
    }

    fn secret(
        &self,
        name: &'static str,
        expected: Expected,
    ) -> Result<Option<Secret>, ConfigError> {
        let value = self.value(name)?;
        if let Some(value) = &value {
            keys::check_kind(name, value.expose(), expected)?;
        }
        Ok(value)
    }

    fn parse<T, E: Into<ConfigError>>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, ConfigError> {
        self.value(name)?
            .map(|value| named(name, parse(value.expose())))
            .transpose()
    }
}

/// Errors name the variable instead of the setting.
fn named<T, E: Into<ConfigError>>(
    name: &'static str,
    result: Result<T, E>,
) -> Result<T, ConfigError> {
    result.map_err(|error| error.into().with_setting(name))
}

/// A URL that paths are appended to.
fn base_url(text: &str) -> Result<Url, ConfigError> {
    let malformed = ConfigError::new(ConfigErrorKind::Malformed, "the URL", "is not a base URL")
        .with_fix(
            "expected https://host, perhaps with a port and a path, without query and fragment",
        );
    match Url::parse(text) {
        Ok(url) if url.query().is_none() && url.fragment().is_none() => Ok(url),
        Ok(_) => Err(malformed),
        Err(error) => Err(malformed.with_source(error)),
    }
}

fn version(text: &str) -> Result<String, ConfigError> {
    if text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(text.to_owned());
    }
    let problem = "is not a version";
    Err(
        ConfigError::new(ConfigErrorKind::Malformed, "the version", problem)
            .with_fix("expected v1, without slashes"),
    )
}

/// Origins, separated by commas. What looks like a web address must be an origin exactly as browsers write it, because
/// tokens are compared with it as text.
fn parties(text: &str) -> Result<Vec<String>, ConfigError> {
    let parties = text.split(',').map(str::trim).filter(|p| !p.is_empty());
    parties
        .map(|party| {
            let is_web = party.contains("://") && !party.contains(char::is_whitespace);
            match Url::parse(party) {
                Ok(url) if url.origin_str() == party => Ok(party.to_owned()),
                // Browser extensions and mobile applications have origins of their own.
                Err(crate::url::UrlError::Scheme) if is_web => Ok(party.to_owned()),
                Ok(_) | Err(_) => Err(ConfigError::new(
                    ConfigErrorKind::Malformed,
                    "the list of authorized parties",
                    "has an entry that is not an origin",
                )
                .with_fix("write origins as browsers do, such as https://app.example.com: lower case, no path, no slash at the end")),
            }
        })
        .collect()
}
