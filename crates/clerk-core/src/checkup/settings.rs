//! Settings that can be read, and what is wrong with them all the same.

use super::Finding;
use crate::Config;
use crate::env::names;
use crate::url::{Scheme, Url};

/// Looks at settings one by one, and at what contradicts what.
#[must_use]
pub fn check_config(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(publishable_key(config));
    findings.push(secret_key(config));
    if let Err(error) = config.check() {
        findings.push(Finding::broken(
            names::SECRET_KEY,
            error.to_string(),
            "copy both keys from the same instance in the Clerk Dashboard",
        ));
    }
    findings.push(authorized_parties(config));
    findings.extend(api_url(config));
    findings.extend(api_version(config));
    findings.extend(jwt_key(config));
    findings.extend(proxy(config));
    findings.extend(satellite(config));
    findings
}

fn is_live(config: &Config) -> bool {
    let key = config.publishable_key.as_ref();
    key.is_some_and(|key| key.instance_type().is_production())
}

fn publishable_key(config: &Config) -> Option<Finding> {
    let key = config.publishable_key.as_ref()?;
    let message = format!("{} instance {}", key.instance_type(), key.frontend_api());
    Some(Finding::fine(names::PUBLISHABLE_KEY, message))
}

fn secret_key(config: &Config) -> Finding {
    if config.secret_key.is_some() {
        return Finding::fine(names::SECRET_KEY, "is set");
    }
    Finding::warning(
        names::SECRET_KEY,
        "is not set: tokens can be verified, but no session is refreshed and no call can be made",
        "copy it from the API keys page of the Clerk Dashboard, unless this service only verifies tokens",
    )
}

fn authorized_parties(config: &Config) -> Finding {
    const ABOUT: &str = names::AUTHORIZED_PARTIES;
    if config.authorized_parties.is_empty() {
        return Finding::warning(
            ABOUT,
            "is not set: tokens made for other applications of this instance are accepted",
            "list the origins of this application, separated by commas",
        );
    }
    for party in &config.authorized_parties {
        // Tokens name the origin of a page, compared letter by letter.
        let is_origin = Url::parse(party).is_ok_and(|url| url.origin_str() == party);
        if !is_origin {
            return Finding::broken(
                ABOUT,
                format!("{party} is not an origin: no token is made for it"),
                "write scheme, host and port only, such as https://app.example.com",
            );
        }
    }
    Finding::fine(
        ABOUT,
        "session tokens must have been made for a listed origin",
    )
}

fn api_url(config: &Config) -> Option<Finding> {
    const ABOUT: &str = names::API_URL;
    let url = config.api_url.as_ref()?;
    let version = format!("/{}", config.api_version());
    Some(if url.path().trim_end_matches('/').ends_with(&version) {
        Finding::broken(
            ABOUT,
            format!("ends with {version}, which every call adds itself"),
            "leave the version out",
        )
    } else if !url.is_loopback() && url.scheme() == Scheme::Http {
        Finding::broken(
            ABOUT,
            "would send the secret key without encryption",
            "use https://",
        )
    } else {
        Finding::fine(ABOUT, format!("calls go to {url}"))
    })
}

fn api_version(config: &Config) -> Option<Finding> {
    let version = config.api_version.as_deref()?;
    Some(if version == crate::constants::API_VERSION {
        Finding::fine(names::API_VERSION, "is the one there is")
    } else {
        Finding::broken(
            names::API_VERSION,
            format!("{version} is not a version segment of the Backend API"),
            "leave it out, or set v1; the dated version is a header that this SDK sends itself",
        )
    })
}

fn jwt_key(config: &Config) -> Option<Finding> {
    let pem = config.jwt_key.as_deref()?;
    Some(if pem.contains("PRIVATE KEY") {
        Finding::broken(
            names::JWT_KEY,
            "holds a private key",
            "copy the JWKS public key (PEM) from the API keys page of the Clerk Dashboard, and retire the private one",
        )
    } else {
        Finding::fine(
            names::JWT_KEY,
            "is set: keys are not fetched, and a rotation needs a new value",
        )
    })
}

fn proxy(config: &Config) -> Option<Finding> {
    const ABOUT: &str = names::PROXY_URL;
    let proxy = config.proxy_url.as_ref()?.as_str();
    let is_plain =
        Url::parse(proxy).is_ok_and(|url| url.scheme() == Scheme::Http && !url.is_loopback());
    Some(if is_plain && is_live(config) {
        Finding::broken(
            ABOUT,
            "sends browsers of a live instance through plain HTTP: Secure cookies get lost",
            "use https://",
        )
    } else if config.domain.is_some() {
        Finding::warning(
            ABOUT,
            format!("is set, so that {} is not used", names::DOMAIN),
            "keep one of them: the proxy where there is one, the domain otherwise",
        )
    } else {
        Finding::fine(ABOUT, format!("browsers reach the Frontend API at {proxy}"))
    })
}

fn satellite(config: &Config) -> Option<Finding> {
    const ABOUT: &str = names::IS_SATELLITE;
    if config.is_satellite != Some(true) {
        let domain = config.domain.as_ref()?;
        return Some(Finding::warning(
            names::DOMAIN,
            format!(
                "is {}, but {ABOUT} is not true: it has no effect on sign-in",
                domain.as_str()
            ),
            "set CLERK_IS_SATELLITE=true for a satellite, or leave the domain out",
        ));
    }
    Some(if config.domain.is_none() && config.proxy_url.is_none() {
        Finding::broken(
            ABOUT,
            "is true, but neither CLERK_DOMAIN nor CLERK_PROXY_URL says how its Frontend API is reached",
            "set CLERK_DOMAIN to the satellite's domain",
        )
    } else if config.sign_in_url.is_none() && !is_live(config) {
        Finding::broken(
            ABOUT,
            "is true, but CLERK_SIGN_IN_URL does not say where the primary application signs in",
            "set CLERK_SIGN_IN_URL to the whole address of the primary application's sign-in page",
        )
    } else if config
        .sign_in_url
        .as_ref()
        .is_some_and(|url| url.as_absolute().is_none())
    {
        Finding::broken(
            names::SIGN_IN_URL,
            "is relative: a satellite has no sign-in page of its own",
            "set the whole address of the primary application's sign-in page",
        )
    } else {
        Finding::fine(ABOUT, "the primary application signs in")
    })
}
