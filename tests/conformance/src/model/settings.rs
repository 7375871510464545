//! Configuration that is refused.

use clerk_core::url::Url;
use regex_lite::Regex;
use serde_json::Value;

use super::keys::Key;
use super::{Model, Unusable};

impl Model<'_> {
    pub(super) fn accepts(&self, kind: &str) -> bool {
        match self.option("acceptsToken") {
            None => kind == "session_token",
            Some(Value::String(one)) => one == kind || one == "any",
            Some(Value::Array(list)) => list.iter().any(|one| one == kind),
            Some(_) => false,
        }
    }

    /// The one kind that is accepted, if it is just one and no list.
    pub(super) fn single_kind(&self) -> Option<&str> {
        match self.option("acceptsToken") {
            None => Some("session_token"),
            Some(Value::String(one)) if one != "any" => Some(one),
            _ => None,
        }
    }

    /// CTX-15.
    pub(super) fn reads_headers_only(&self) -> bool {
        matches!(self.single_kind(), Some("m2m_token" | "api_key"))
    }

    /// KEY-42: the instance's own Frontend API.
    pub(super) fn frontend_api(&self) -> Option<String> {
        if self.is_satellite()
            && !self.is_development()
            && let Some(domain) = self.text_option("domain")
        {
            return Some(format!("clerk.{}", domain.trim()));
        }
        let encoded = self.key_text().split('_').nth(2)?;
        let host = base64_simd::forgiving_decode_to_vec(encoded.as_bytes()).ok()?;
        let host = String::from_utf8(host).ok()?;
        Some(host.strip_suffix('$')?.to_owned())
    }

    /// The proxy, relative or not: configured, or that of the hosting platform (KEY-44).
    pub(super) fn proxy(&self) -> Option<String> {
        if let Some(proxy) = self.text_option("proxyUrl") {
            return Some(proxy.trim().to_owned());
        }
        let env = |name: &str| self.vector.env.get(name).map(String::as_str);
        let is_on = |text: &str| matches!(text.to_ascii_lowercase().as_str(), "true" | "1");
        let host = env("VERCEL_PROJECT_PRODUCTION_URL").unwrap_or_default();
        let host = host
            .split("://")
            .last()
            .unwrap_or_default()
            .split('/')
            .next()
            .unwrap_or_default();
        let is_meant = self.text_option("domain").is_none()
            && self
                .vector
                .text("/client_options/publishableKey")
                .unwrap_or_default()
                .starts_with("pk_live_")
            && !env("CLERK_DISABLE_AUTO_PROXY").is_some_and(is_on)
            && env("VERCEL_TARGET_ENV") == Some("production")
            && host.ends_with(".vercel.app");
        is_meant.then(|| "/__clerk".to_owned())
    }

    /// Everything that is an error before any request is looked at.
    pub(super) fn settle(&self) -> Result<(), Unusable> {
        let refuse_if = |is_wrong: bool, requirement| {
            self.note_if(is_wrong, requirement);
            if is_wrong { Err(Unusable) } else { Ok(()) }
        };
        let given = self.text_option("publishableKey");
        self.note_if(given.is_some_and(|key| key != key.trim()), "KEY-18");
        let is_key = is_match(r"^pk_(test|live)_[^_]+$", self.key_text())
            && self.frontend_api().is_some_and(|host| {
                is_match(r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]+)?$", &host)
            });
        if given.is_some() || !self.reads_headers_only() {
            refuse_if(!is_key, "KEY-4")?;
        }
        let is_url = |proxy: &str| match proxy.strip_prefix('/') {
            Some(_) => !proxy.contains(['?', '#']),
            None => is_match("^https?://[^?#@]+$", proxy) && Url::parse(proxy).is_ok(),
        };
        refuse_if(
            self.text_option("proxyUrl")
                .is_some_and(|proxy| !is_url(proxy.trim())),
            "KEY-40",
        )?;
        let is_domain = |domain: &str| {
            is_match(
                r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]+)?$",
                domain.trim(),
            )
        };
        refuse_if(
            self.text_option("domain")
                .is_some_and(|domain| !is_domain(domain)),
            "KEY-40",
        )?;
        let local = self.text_option("jwtKey");
        let is_usable = |text: &str| Key::of_pem(text).is_some_and(|key| key.is_strong());
        refuse_if(local.is_some_and(|text| !is_usable(text)), "JWT-42")?;
        let has_key = self.secret_key().is_some() || local.is_some();
        if self.single_kind() == Some("m2m_token") {
            refuse_if(
                !has_key && self.option("machineSecretKey").is_none(),
                "REQ-6",
            )?;
            self.note_if(self.secret_key().is_none() && local.is_some(), "REQ-2");
        } else {
            refuse_if(!has_key, "REQ-2")?;
            self.note_if(self.secret_key().is_none(), "REQ-2");
            self.settle_satellite()?;
        }
        refuse_if(self.compile_patterns().is_none(), "ORG-1")
    }

    /// REQ-3 to REQ-5.
    fn settle_satellite(&self) -> Result<(), Unusable> {
        if !self.is_satellite() {
            return Ok(());
        }
        let secret = self.secret_key().unwrap_or_default();
        let is_test = secret.starts_with("sk_test_")
            || (!secret.starts_with("sk_live_")
                && !secret.starts_with("test_")
                && !secret.starts_with("live_")
                && self.is_development())
            || secret.starts_with("test_");
        let has_address =
            self.text_option("domain").is_some() || self.text_option("proxyUrl").is_some();
        let is_good = match self.text_option("signInUrl") {
            None => !is_test,
            Some(page) => Url::parse(page).is_ok_and(|page| {
                !self
                    .text_option("domain")
                    .is_some_and(|domain| domain.trim().eq_ignore_ascii_case(page.authority()))
            }),
        };
        // The reference checks the page against a header of the request.
        let origin = self.filled_header("origin");
        let is_refused = match self.text_option("signInUrl") {
            None => is_test,
            Some(page) => origin.is_some_and(|origin| match Url::parse(page) {
                Ok(page) => page.origin_str() == origin,
                Err(_) => true,
            }),
        };
        self.note_if(is_refused == is_good, "REQ-4");
        if is_good && has_address {
            Ok(())
        } else {
            Err(Unusable)
        }
    }
}

fn is_match(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
}
