//! Keys, hosts and what follows from them.

use clerk_core::hosts::{self, ClerkEnvironment};
use clerk_core::{CookieNames, Domain, FrontendApis, InstanceType, ProxyUrl, PublishableKey, env};
use clerk_errors::ConfigError;
use serde_json::{Value, json};

use crate::outcome::{Outcome, VectorError};
use crate::vector::{Context, Vector};

pub(super) fn parse(_: &Context, vector: &Vector) -> Outcome {
    let fatal = flag(vector, "/options/fatal");
    match parsed(vector) {
        Ok(value) => Outcome::Ok(value),
        Err(error) if fatal => Outcome::Err(VectorError::plain(&error)),
        Err(_) => Outcome::Ok(Value::Null),
    }
}

fn parsed(vector: &Vector) -> Result<Value, ConfigError> {
    let key = PublishableKey::parse(text(vector, "/key"))?;
    // An empty text is no setting.
    let option = |pointer| vector.text(pointer).filter(|text| !text.is_empty());
    let proxy = option("/options/proxyUrl").map(ProxyUrl::parse);
    let domain = option("/options/domain").map(Domain::parse).transpose()?;
    let is_satellite = flag(vector, "/options/isSatellite");
    let apis = FrontendApis::new(&key, proxy.transpose()?, domain.as_ref(), is_satellite);
    Ok(json!({ "instanceType": key.instance_type().as_str(), "frontendApi": apis.effective() }))
}

pub(super) fn is_publishable_key(_: &Context, vector: &Vector) -> Outcome {
    Outcome::Ok(PublishableKey::is_valid(text(vector, "/key")).into())
}

pub(super) fn is_development_publishable(_: &Context, vector: &Vector) -> Outcome {
    let found = InstanceType::from_publishable_key(text(vector, "/key"));
    Outcome::Ok((found == Some(InstanceType::Development)).into())
}

pub(super) fn is_production_publishable(_: &Context, vector: &Vector) -> Outcome {
    let found = InstanceType::from_publishable_key(text(vector, "/key"));
    Outcome::Ok((found == Some(InstanceType::Production)).into())
}

pub(super) fn is_development_secret(_: &Context, vector: &Vector) -> Outcome {
    let found = InstanceType::from_secret_key(text(vector, "/key"));
    Outcome::Ok((found == Some(InstanceType::Development)).into())
}

pub(super) fn is_production_secret(_: &Context, vector: &Vector) -> Outcome {
    let found = InstanceType::from_secret_key(text(vector, "/key"));
    Outcome::Ok((found == Some(InstanceType::Production)).into())
}

pub(super) fn cookie_suffix(_: &Context, vector: &Vector) -> Outcome {
    let names = CookieNames::for_key_text(text(vector, "/key"));
    Outcome::Ok(json!({ "suffix": names.suffix().as_str(), "session": names.session() }))
}

pub(super) fn api_url(_: &Context, vector: &Vector) -> Outcome {
    let environment = match PublishableKey::parse(text(vector, "/key")) {
        Ok(key) => key.frontend_api().environment(),
        Err(_) => ClerkEnvironment::Production,
    };
    Outcome::Ok(environment.api_url().into())
}

pub(super) fn accounts_base_url(_: &Context, vector: &Vector) -> Outcome {
    Outcome::Ok(hosts::accounts_base_url(text(vector, "/frontend_api")).into())
}

pub(super) fn build(_: &Context, vector: &Vector) -> Outcome {
    built(PublishableKey::for_frontend_api(text(
        vector,
        "/frontend_api",
    )))
}

pub(super) fn from_host(_: &Context, vector: &Vector) -> Outcome {
    let fallback = match vector.text("/fallback_key") {
        None | Some("") => None,
        Some(key) => match PublishableKey::parse(key) {
            Ok(key) => Some(key),
            Err(error) => return Outcome::Err(VectorError::plain(&error)),
        },
    };
    built(PublishableKey::for_host(
        text(vector, "/host"),
        fallback.as_ref(),
    ))
}

fn built(key: Result<PublishableKey, clerk_core::PublishableKeyError>) -> Outcome {
    Outcome::from_result(match key {
        Ok(key) => Ok(key.as_str().into()),
        Err(error) => Err(VectorError::plain(&error)),
    })
}

pub(super) fn is_legacy_portal(_: &Context, vector: &Vector) -> Outcome {
    Outcome::Ok(hosts::is_legacy_dev_accounts_portal(text(vector, "/host")).into())
}

pub(super) fn is_current_portal(_: &Context, vector: &Vector) -> Outcome {
    Outcome::Ok(hosts::is_current_dev_accounts_portal(text(vector, "/host")).into())
}

pub(super) fn is_dev_or_staging(_: &Context, vector: &Vector) -> Outcome {
    Outcome::Ok(hosts::is_dev_or_staging_url(text(vector, "/url")).into())
}

pub(super) fn auto_proxy(_: &Context, vector: &Vector) -> Outcome {
    let lookup = |name: &str| {
        let environment = vector.input_at("/environment")?;
        Some(environment.get(name)?.as_str()?.to_owned())
    };
    let url = env::auto_proxy_url(
        lookup,
        InstanceType::from_publishable_key(text(vector, "/publishableKey")),
        flag(vector, "/hasProxyUrl"),
        flag(vector, "/hasDomain"),
    );
    Outcome::Ok(url.as_ref().map_or("", ProxyUrl::as_str).into())
}

fn text<'a>(vector: &'a Vector, pointer: &str) -> &'a str {
    vector.text(pointer).unwrap_or_default()
}

fn flag(vector: &Vector, pointer: &str) -> bool {
    vector.input_at(pointer).and_then(Value::as_bool) == Some(true)
}
