//! Reading a key.

use std::sync::Arc;

use super::{FoundKey, Inner, PublishableKey, PublishableKeyError};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
use crate::cookie_names::CookieNames;
use crate::frontend_api::FrontendApi;
use crate::instance::InstanceType;

/// The longest text that is looked at, in bytes: more than the longest host name needs.
const MAX_LEN: usize = 512;

pub(super) fn parse(text: &str) -> Result<PublishableKey, PublishableKeyError> {
    // KEY-18: once, so that what is decoded and what is hashed is the same.
    let text = text.trim();
    if text.is_empty() {
        return Err(PublishableKeyError::Missing);
    }
    let (instance_type, payload) = split(text).ok_or_else(|| PublishableKeyError::Format {
        found: FoundKey::recognise(text),
    })?;
    let host = decode(payload).ok_or(PublishableKeyError::Undecodable)?;
    let host = host.strip_suffix('$').ok_or(PublishableKeyError::Payload)?;
    let frontend_api = FrontendApi::parse(host).ok_or(PublishableKeyError::Payload)?;
    Ok(PublishableKey {
        inner: Arc::new(Inner {
            text: text.to_owned(),
            instance_type,
            frontend_api,
            #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
            cookie_names: CookieNames::for_key_text(text),
        }),
    })
}

/// The instance type and the third of the three parts at underscores.
fn split(text: &str) -> Option<(InstanceType, &str)> {
    let (instance_type, payload) = if let Some(payload) = text.strip_prefix("pk_live_") {
        (InstanceType::Production, payload)
    } else {
        (InstanceType::Development, text.strip_prefix("pk_test_")?)
    };
    let plausible = !payload.is_empty() && !payload.contains('_') && text.len() <= MAX_LEN;
    plausible.then_some((instance_type, payload))
}

/// Standard base64, with all of its padding or none.
fn decode(payload: &str) -> Option<String> {
    // The decoder skips white space.
    if payload.contains(char::is_whitespace) {
        return None;
    }
    let decoded = base64_simd::forgiving_decode_to_vec(payload.as_bytes()).ok()?;
    String::from_utf8(decoded).ok()
}
