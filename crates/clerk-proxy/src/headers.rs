//! Which headers pass, and which the proxy sets.

use std::net::IpAddr;

use clerk_core::url::Origin;
use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, EXPECT, FORWARDED, HOST,
    LOCATION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::client_address::{CF_CONNECTING_IP, X_FORWARDED_FOR, X_REAL_IP};
use crate::fapi_url::FapiUrl;

/// Headers for the next hop only ([RFC 9110 section 7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1)).
const HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// What clients can claim about who and where they are. The proxy says it itself, in the three `X-Forwarded-` headers.
const CLAIMS: [HeaderName; 12] = [
    FORWARDED,
    X_FORWARDED_FOR,
    X_FORWARDED_HOST,
    X_FORWARDED_PROTO,
    X_REAL_IP,
    CF_CONNECTING_IP,
    HeaderName::from_static("true-client-ip"),
    HeaderName::from_static("x-client-ip"),
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-forwarded-prefix"),
    HeaderName::from_static("x-forwarded-scheme"),
    HeaderName::from_static("x-forwarded-server"),
];

const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const CLERK_PROXY_URL: HeaderName = HeaderName::from_static("clerk-proxy-url");
const CLERK_SECRET_KEY: HeaderName = HeaderName::from_static("clerk-secret-key");

/// What the proxy says of a request.
pub(crate) struct Facts<'a> {
    pub(crate) public_origin: &'a Origin,
    pub(crate) proxy_url: &'a HeaderValue,
    pub(crate) secret_key: &'a HeaderValue,
    pub(crate) client: Option<IpAddr>,
    pub(crate) fapi: &'a FapiUrl,
}

/// The headers of the request to the Frontend API; `None` if one of ours has no form.
pub(crate) fn of_request(client: &HeaderMap, facts: &Facts<'_>) -> Option<HeaderMap> {
    let named = named_in_connection(client);
    let mut headers = HeaderMap::with_capacity(client.len() + 8);
    for (name, value) in client {
        // `Expect` is between the client and its server, which has answered it by reading the body.
        let dropped = HOP_BY_HOP.contains(name) || CLAIMS.contains(name) || *name == EXPECT;
        if !dropped && !named.contains(name) {
            headers.append(name, value.clone());
        }
    }
    // PXY-9: whatever the client said.
    headers.insert(CLERK_PROXY_URL, facts.proxy_url.clone());
    headers.insert(CLERK_SECRET_KEY, facts.secret_key.clone());
    headers.insert(HOST, value(facts.fapi.authority().as_str())?);
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    // PXY-11.
    headers.insert(X_FORWARDED_HOST, value(facts.public_origin.authority())?);
    let scheme = HeaderValue::from_static(facts.public_origin.scheme().as_str());
    headers.insert(X_FORWARDED_PROTO, scheme);
    if let Some(address) = facts.client {
        headers.insert(X_FORWARDED_FOR, value(&address.to_string())?);
    }
    Some(headers)
}

/// The headers of the answer to the client.
pub(crate) fn of_response(upstream: &HeaderMap, fapi: &FapiUrl, proxy_url: &str) -> HeaderMap {
    let named = named_in_connection(upstream);
    let mut headers = HeaderMap::with_capacity(upstream.len());
    for (name, value) in upstream {
        // PXY-15: the server in front measures the body anew. A coding that was not asked for but is there must stay
        // named: nothing decodes the body on its way.
        let is_identity =
            *name == CONTENT_ENCODING && value.as_bytes().eq_ignore_ascii_case(b"identity");
        let dropped = HOP_BY_HOP.contains(name) || *name == CONTENT_LENGTH || is_identity;
        if dropped || named.contains(name) {
            continue;
        }
        let rewritten = if *name == LOCATION {
            rewritten(value, fapi, proxy_url)
        } else {
            None
        };
        headers.append(name, rewritten.unwrap_or_else(|| value.clone()));
    }
    headers
}

fn rewritten(location: &HeaderValue, fapi: &FapiUrl, proxy_url: &str) -> Option<HeaderValue> {
    let location = std::str::from_utf8(location.as_bytes()).ok()?;
    value(&fapi.rewrite_location(location, proxy_url)?)
}

fn value(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text).ok()
}

/// The headers that a message names as meant for the next hop.
fn named_in_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        .collect()
}
