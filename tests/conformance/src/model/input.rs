//! The request and the options, as recorded.

use clerk_core::url::{Origin, Scheme, Url};
use serde_json::Value;

use super::Model;
use crate::special;

impl Model<'_> {
    /// An option of the call, else of the client; an empty text is no value.
    pub(super) fn option(&self, name: &str) -> Option<&Value> {
        ["/options", "/client_options"].iter().find_map(|at| {
            let value = self.vector.input_at(at)?.get(name)?;
            (!special::is_undefined(value) && *value != "").then_some(value)
        })
    }

    /// An option that is a text, without the white space around it.
    pub(super) fn text_option(&self, name: &str) -> Option<&str> {
        self.option(name)?.as_str()
    }

    /// The members of an option that is a text or a list of texts; empty ones are none.
    pub(super) fn list_option(&self, name: &str) -> Vec<&str> {
        let list = match self.option(name) {
            Some(Value::String(text)) => vec![text.as_str()],
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        list.into_iter().filter(|text| !text.is_empty()).collect()
    }

    pub(super) fn is_satellite(&self) -> bool {
        self.option("isSatellite") == Some(&Value::Bool(true))
    }

    pub(super) fn secret_key(&self) -> Option<&str> {
        self.text_option("secretKey").map(str::trim)
    }

    pub(super) fn skew_ms(&self) -> f64 {
        let skew = self.option("clockSkewInMs").and_then(special::number);
        skew.filter(|skew| skew.is_finite()).unwrap_or(5000.0)
    }

    pub(super) fn now_ms(&self) -> f64 {
        self.vector.now_ms as f64
    }

    pub(super) fn key_text(&self) -> &str {
        self.text_option("publishableKey")
            .unwrap_or_default()
            .trim()
    }

    pub(super) fn is_development(&self) -> bool {
        self.key_text().starts_with("pk_test_")
    }

    pub(super) fn method(&self) -> &str {
        self.vector.text("/request/method").unwrap_or("GET")
    }

    pub(super) fn own_url(&self) -> &str {
        let url = self.vector.text("/request/normalized_url");
        url.or_else(|| self.vector.text("/request/url"))
            .unwrap_or_default()
    }

    /// A header as a Fetch `Headers` has it.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.vector.input_at("/request/normalized_headers");
        let headers = headers.or_else(|| self.vector.input_at("/request/headers"));
        let mut headers = headers.and_then(Value::as_array).into_iter().flatten();
        headers
            .find(|header| {
                header[0]
                    .as_str()
                    .is_some_and(|found| found.eq_ignore_ascii_case(name))
            })
            .and_then(|header| header[1].as_str())
    }

    /// A header that is not empty (CTX-11).
    pub(super) fn filled_header(&self, name: &str) -> Option<&str> {
        self.header(name).filter(|value| !value.is_empty())
    }

    /// CTX-2 to CTX-6: the address under which the browser asked.
    pub(super) fn page(&self) -> Option<Url> {
        let own = Url::parse(self.own_url()).ok()?;
        let first = |value: &str| value.split(',').next().unwrap_or_default().to_owned();
        let forwarded = self.header("x-forwarded-host").map(first);
        let host = forwarded
            .or_else(|| self.header("host").map(str::to_owned))
            .unwrap_or_default();
        let scheme = self.header("x-forwarded-proto").map(first);
        let scheme = scheme.unwrap_or_else(|| own.scheme().as_str().to_owned());
        if host.is_empty() || scheme.is_empty() {
            return Some(own);
        }
        let reported = format!("{scheme}://{host}");
        if reported == own.origin_str() {
            return Some(own);
        }
        let plain = Scheme::from_name(&scheme)
            .and_then(|scheme| Origin::from_authority(scheme, host.trim()).ok());
        let Some(origin) = plain else {
            self.note("CTX-6");
            return Some(own);
        };
        self.note_if(own.path().starts_with("//"), "CTX-5");
        // Behind a proxy nothing but path and query goes over, and no bare question mark.
        let target = own.path_and_query();
        origin.url(target.strip_suffix('?').unwrap_or(target)).ok()
    }

    pub(super) fn query(&self, name: &str) -> Option<String> {
        let url = Url::parse(self.own_url()).ok()?;
        url.query_param(name).map(std::borrow::Cow::into_owned)
    }

    /// HS-1.
    pub(super) fn may_redirect(&self) -> bool {
        let accepts_html = self
            .filled_header("accept")
            .is_some_and(|accept| accept.starts_with("text/html"));
        self.method() == "GET"
            && match self.filled_header("sec-fetch-dest") {
                Some(dest) => matches!(dest, "document" | "iframe"),
                None => accepts_html,
            }
    }

    pub(super) fn is_document(&self) -> bool {
        self.method() == "GET" && self.header("sec-fetch-dest") == Some("document")
    }

    /// CTX-10: the token of the `Authorization` header.
    pub(super) fn header_token(&self) -> Option<&str> {
        let value = self.filled_header("authorization")?;
        let mut words = value.split([' ', '\t']).filter(|word| !word.is_empty());
        let ours = match (words.next(), words.next()) {
            (Some(scheme), Some(token)) => scheme.eq_ignore_ascii_case("bearer").then_some(token),
            (Some(word), None) if !is_scheme(word) => Some(word),
            _ => None,
        };
        let mut parts = value.split(' ');
        let theirs = match (parts.next(), parts.next()) {
            (first, None | Some("")) => first,
            (Some("Bearer"), token) => token,
            _ => None,
        };
        self.note_if(ours != theirs, "CTX-10");
        ours
    }
}

/// The schemes of the registry of RFC 9110: alone, they are no token.
fn is_scheme(word: &str) -> bool {
    let schemes = [
        "basic",
        "bearer",
        "concealed",
        "digest",
        "dpop",
        "gnap",
        "hoba",
        "mutual",
        "negotiate",
        "oauth",
        "privatetoken",
        "scram-sha-1",
        "scram-sha-256",
        "vapid",
    ];
    schemes.contains(&word.to_ascii_lowercase().as_str())
}
