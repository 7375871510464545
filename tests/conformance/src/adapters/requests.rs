//! Reading requests, matching paths, redirects.

use clerk_core::PublishableKey;
use clerk_core::url::Url;
use clerk_internal::path::{
    Match, OrganizationSync, ParameterValue, PathPatterns, RouteMatcher, normalize_path,
};
use clerk_internal::request::{ForwardedHeaders, RequestView};
use clerk_internal::{Redirects, ReturnTo};
use serde_json::{Map, Value, json};

use crate::outcome::{Outcome, VectorError};
use crate::special;
use crate::vector::{Context, Vector};

/// A recorded request: an absolute URL and headers, whose characters stand for one byte each.
pub(super) struct Request {
    method: String,
    scheme: String,
    authority: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
}

impl Request {
    /// `url` as the Fetch API has it: parsed and written anew.
    pub(super) fn new(method: &str, url: &str, headers: &[(String, String)]) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let start = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(start);
        Some(Self {
            method: method.to_owned(),
            scheme: scheme.to_owned(),
            authority: authority.to_owned(),
            target: target.to_owned(),
            headers: headers
                .iter()
                .map(|(name, value)| Some((name.to_ascii_lowercase(), bytes(value)?)))
                .collect::<Option<_>>()?,
        })
    }

    pub(super) fn with_view<T>(&self, read: impl FnOnce(RequestView<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let headers = headers.as_slice();
        read(RequestView::from_pieces(
            &self.method,
            &self.scheme,
            Some(&self.authority),
            &self.target,
            &headers,
        ))
    }
}

/// Each character stands for one byte.
fn bytes(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|char| u8::try_from(char).ok()).collect()
}

/// What cannot be handed over as text.
fn not_a_text(vector: &Vector) -> Option<Outcome> {
    special::holds_utf16(&vector.input)
        .then(|| Outcome::NotExpressible("half a surrogate pair".to_owned()))
}

pub(super) fn clerk_request(_: &Context, vector: &Vector) -> Outcome {
    if let Some(outcome) = not_a_text(vector) {
        return outcome;
    }
    // The Fetch API's own reading of the URL is part of the recorded outcome.
    let url = vector.expected.to_value();
    let url = url["ok"]["url"].as_str().unwrap_or_default();
    let headers = vector.input_at("/headers").and_then(special::pairs);
    let Some(request) = Request::new("GET", url, &headers.unwrap_or_default()) else {
        return Outcome::Broken("the request cannot be read".to_owned());
    };
    request.with_view(|view| {
        let public = view.public_url(&ForwardedHeaders::Trust);
        let cookies: Vec<Value> = view
            .cookies()
            .into_iter()
            .map(|(name, value)| json!([name, value]))
            .collect();
        match public {
            Some(public) => Outcome::Ok(json!({
                "url": url,
                "clerk_url": public.as_str(),
                "origin": public.origin_str(),
                "cookies": cookies,
            })),
            None => Outcome::Err(VectorError::plain(&"no public URL")),
        }
    })
}

fn patterns(vector: &Vector) -> Vec<String> {
    match vector.input_at("/patterns") {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|pattern| pattern.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

fn paths(vector: &Vector) -> impl Iterator<Item = &str> {
    let paths = vector.input_at("/paths").and_then(Value::as_array);
    paths.into_iter().flatten().filter_map(Value::as_str)
}

pub(super) fn matches(_: &Context, vector: &Vector) -> Outcome {
    if let Some(outcome) = not_a_text(vector) {
        return outcome;
    }
    let patterns = patterns(vector);
    let none: [&str; 0] = [];
    // What is configured are organization patterns; the matching is the same.
    if let Err(error) = OrganizationSync::new(&patterns, none) {
        return Outcome::Err(VectorError::plain(&error));
    }
    let compiled = match PathPatterns::new("patterns", &patterns) {
        Ok(compiled) => compiled,
        Err(error) => return Outcome::Err(VectorError::plain(&error)),
    };
    let found = paths(vector).map(|path| match compiled.find(path) {
        None => Value::Bool(false),
        Some(found) => {
            let params: Map<String, Value> = found
                .parameters()
                .map(|(name, value)| {
                    let value = match value {
                        ParameterValue::One(text) => json!(text),
                        ParameterValue::Many(texts) => json!(texts),
                    };
                    (name.to_owned(), value)
                })
                .collect();
            json!({ "path": path, "index": 0, "params": params })
        }
    });
    Outcome::Ok(found.collect())
}

pub(super) fn path_matcher(_: &Context, vector: &Vector) -> Outcome {
    if let Some(outcome) = not_a_text(vector) {
        return outcome;
    }
    let matcher = match RouteMatcher::new(patterns(vector)) {
        Ok(matcher) => matcher,
        Err(error) => return Outcome::Err(VectorError::plain(&error)),
    };
    let found = paths(vector).map(|path| match matcher.matches(path) {
        Match::Yes => Value::Bool(true),
        Match::No => Value::Bool(false),
        Match::Malformed => json!({ "err": malformed() }),
    });
    Outcome::Ok(found.collect())
}

pub(super) fn normalize(_: &Context, vector: &Vector) -> Outcome {
    if let Some(outcome) = not_a_text(vector) {
        return outcome;
    }
    match normalize_path(vector.text("/path").unwrap_or_default()) {
        Ok(path) => Outcome::Ok(json!(path)),
        Err(error) => {
            Outcome::Err(VectorError::new("MalformedURLError", &error).with("statusCode", 400))
        }
    }
}

/// A malformed path, in the vectors' terms.
pub(crate) fn malformed() -> Value {
    json!({ "class": "MalformedURLError", "name": "MalformedURLError", "message": "", "statusCode": 400 })
}

pub(super) fn redirect(_: &Context, vector: &Vector) -> Outcome {
    if let Some(outcome) = not_a_text(vector) {
        return outcome;
    }
    let option = |name: &str| vector.text(&format!("/options/{name}"));
    let base = option("baseUrl").unwrap_or_default();
    if base.is_empty() {
        return Outcome::NotExpressible("a redirect from no page".to_owned());
    }
    let page = match Url::parse(base) {
        Ok(page) => page,
        Err(error) => return Outcome::Err(VectorError::plain(&error)),
    };
    let mut redirects = Redirects::from_page(page)
        .satellite(vector.input_at("/options/isSatellite") == Some(&Value::Bool(true)))
        .pending(option("sessionStatus") == Some("pending"));
    if let Some(key) = option("publishableKey").and_then(|key| PublishableKey::parse(key).ok()) {
        redirects = redirects.publishable_key(key);
    }
    if let Some(url) = option("signInUrl") {
        redirects = redirects.sign_in_url(url);
    }
    if let Some(url) = option("signUpUrl") {
        redirects = redirects.sign_up_url(url);
    }
    if let Some(token) = option("devBrowserToken") {
        redirects = redirects.dev_browser_token(token);
    }
    let return_to = match vector.text("/args/returnBackUrl") {
        Some(url) => ReturnTo::Anywhere(url),
        None => ReturnTo::Nowhere,
    };
    let url = match vector.text("/call") {
        Some("redirectToSignUp") => redirects.to_sign_up(return_to),
        _ => redirects.to_sign_in(return_to),
    };
    match url {
        Ok(url) => Outcome::Ok(json!(url.as_str())),
        Err(error) => Outcome::Err(VectorError::plain(&error)),
    }
}
