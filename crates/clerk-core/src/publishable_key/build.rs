//! Making the key of a host.

use super::{PublishableKey, PublishableKeyError};
use crate::frontend_api::FrontendApi;
use crate::hosts;

pub(super) fn for_frontend_api(host: &str) -> Result<PublishableKey, PublishableKeyError> {
    FrontendApi::parse(host).ok_or(PublishableKeyError::Host)?;
    let prefix = if is_development(host) {
        "pk_test_"
    } else {
        "pk_live_"
    };
    let payload = base64_simd::STANDARD_NO_PAD.encode_to_string(format!("{host}$"));
    PublishableKey::parse(&format!("{prefix}{payload}"))
}

pub(super) fn for_host(
    host: &str,
    fallback: Option<&PublishableKey>,
) -> Result<PublishableKey, PublishableKeyError> {
    if let Some(key) = fallback.filter(|key| key.instance_type().is_development()) {
        return Ok(key.clone());
    }
    let host = host.to_lowercase();
    let host = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => &host,
    };
    if host.is_empty() {
        return Err(PublishableKeyError::Missing);
    }
    for_frontend_api(&format!("clerk.{host}"))
}

/// Whether only a development instance has such a host.
fn is_development(host: &str) -> bool {
    let legacy = hosts::is_legacy_dev_frontend_api(host) && !host.ends_with(".prod.lclclerk.com");
    legacy || is_generated(&host.to_ascii_lowercase())
}

/// `word-word-12.clerk.accounts`, anything of letters and dots, `dev` or `com`.
fn is_generated(host: &str) -> bool {
    let Some((name, rest)) = host.split_once(".clerk.accounts") else {
        return false;
    };
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    let is_number = |n: &str| matches!(n.len(), 1 | 2) && n.bytes().all(|b| b.is_ascii_digit());
    let mut parts = name.split('-');
    let name_fits = parts.next().is_some_and(is_word)
        && parts.next().is_some_and(is_word)
        && parts.next().is_some_and(is_number)
        && parts.next().is_none();
    name_fits
        && (rest.ends_with("dev") || rest.ends_with("com"))
        && rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'.')
}
