//! Redirects: to the Frontend API, to the primary application, back to a satellite.

use clerk_core::url::{Scheme, Url};
use serde_json::{Value, json};

use super::Model;

impl Model<'_> {
    /// HS-10: a handshake at the Frontend API, or signed out.
    pub(super) fn handshake(&self, reason: &str) -> Value {
        self.try_handshake(reason)
            .unwrap_or_else(|| self.signed_out(reason))
    }

    /// HS-20 to HS-23.
    pub(super) fn try_handshake(&self, reason: &str) -> Option<Value> {
        if !self.may_start() {
            return None;
        }
        let page = self.page()?;
        let mut back = page.clone();
        back.remove_query_params(&["__clerk_db_jwt", "__dev_session"]);
        let mut query = vec![
            json!(["redirect_url", back.as_str()]),
            json!(["__clerk_api_version", "2026-05-12"]),
            json!(["suffixed_cookies", self.uses_suffixed().to_string()]),
            json!(["__clerk_hs_reason", reason]),
            json!(["format", "nonce"]),
        ];
        let session = self.session_cookie();
        // The reference takes the header's where the cookie is missing.
        self.note_if(session.is_none() && self.header_token().is_some(), "HS-22");
        query.extend(session.map(|token| json!(["__session", token])));
        if self.is_development()
            && let Some(token) = self.dev_browser()
        {
            query.push(json!(["__clerk_db_jwt", token]));
        }
        if let Some(target) = self.target(page.path()) {
            query.push(json!(["organization_id", target.parameter()]));
        }
        let base = match self.proxy_at_the_page() {
            Some(proxy) => proxy,
            None => format!("https://{}", self.frontend_api()?),
        };
        let base = Url::parse(&format!(
            "{}/v1/client/handshake",
            base.trim_end_matches('/')
        ))
        .ok()?;
        let base = format!("{}{}", base.origin_str(), base.path());
        Some(self.redirected(
            reason,
            &page,
            json!({ "base": base, "query": query, "fragment": "" }),
        ))
    }

    /// HS-10 with an address of its own.
    pub(super) fn handshake_at(&self, reason: &str, location: Option<&Url>) -> Value {
        match (location, self.page()) {
            (Some(location), Some(page)) if self.may_start() => {
                self.redirected(reason, &page, taken_apart(location))
            }
            _ => self.signed_out(reason),
        }
    }

    /// HS-1, HS-12.
    fn may_start(&self) -> bool {
        self.may_redirect() && self.redirect_count() < 3
    }

    /// HS-11: the counter holds for the whole site, and goes over TLS only.
    fn redirected(&self, reason: &str, page: &Url, location: Value) -> Value {
        self.note("HS-11");
        let secure = if page.scheme() == Scheme::Https {
            "; Secure"
        } else {
            ""
        };
        let count = self.redirect_count() + 1;
        let counter = format!(
            "__clerk_redirect_count={count}; Path=/; SameSite=Lax; HttpOnly; Max-Age=2{secure}"
        );
        let mut state = self.state(
            "handshake",
            Some(reason),
            json!("session_token"),
            &Value::Null,
        );
        state["headers"] = json!([
            ["cache-control", "no-store"],
            ["location", null],
            ["set-cookie", counter],
            ["x-clerk-auth-reason", reason],
            ["x-clerk-auth-status", "handshake"],
        ]);
        state["location"] = location;
        state
    }
}

/// An address in the vectors' form.
pub(super) fn taken_apart(url: &Url) -> Value {
    let query: Vec<Value> = url
        .query_pairs()
        .map(|(name, value)| json!([name, value]))
        .collect();
    let fragment = url.fragment().map(|fragment| format!("#{fragment}"));
    json!({
        "base": format!("{}{}", url.origin_str(), url.path()),
        "query": query,
        "fragment": fragment.unwrap_or_default(),
    })
}
