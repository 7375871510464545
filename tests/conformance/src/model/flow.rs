//! The decision, step by step.

use clerk_core::url::Url;
use serde_json::Value;

use super::organization::Target;
use super::token::{Jwt, kind};
use super::verify::Problem;
use super::{Model, Step};

impl Model<'_> {
    /// REQ-10 to REQ-15.
    pub(super) fn decide(&self) -> Value {
        let presented = self.header_token();
        let found = presented.map_or("session_token", kind);
        // The reference reads the cookies in any case.
        if !self.reads_headers_only() {
            self.uses_suffixed();
        }
        if let Some(token) = presented {
            // Undecodable for us alone, it is of another kind for the reference.
            let _ = self.decode(token);
        }
        if self.option("acceptsToken").is_some_and(Value::is_array) && !self.accepts(found) {
            return self.not_accepted();
        }
        match (presented, self.single_kind()) {
            (Some(token), Some("session_token")) => self.by_header(token),
            (Some(token), Some(wanted)) if found == wanted => self.by_machine_token(token, found),
            (Some(_), Some(wanted)) => self.signed_out_as(wanted, "token-type-mismatch"),
            (Some(token), None) if found != "session_token" => self.by_machine_token(token, found),
            (Some(token), None) => self.by_header(token),
            (None, Some(wanted)) if wanted != "session_token" => {
                self.signed_out_as(wanted, "No token in header")
            }
            (None, _) => match self.by_cookies() {
                Ok(never) => match never {},
                Err(state) => *state,
            },
        }
    }

    /// REQ-20 to REQ-23.
    fn by_header(&self, token: &str) -> Value {
        let Ok(jwt) = self.decode(token) else {
            return self.signed_out("token-invalid");
        };
        if !jwt.may_be_session() || kind(token) != "session_token" {
            return self.signed_out("token-type-mismatch");
        }
        match self.verify_session(&jwt, self.skew_ms()) {
            Ok(()) if self.names_no_session(&jwt) => self.signed_out("token-type-mismatch"),
            Ok(()) => self.signed_in(&jwt, token),
            Err(problem) => self.session_problem(problem, false),
        }
    }

    /// AUTH-13.
    pub(super) fn names_no_session(&self, jwt: &Jwt) -> bool {
        let is_nameless = jwt.text("sid").is_none_or(str::is_empty);
        self.note_if(is_nameless, "AUTH-13");
        is_nameless
    }

    /// ERR-1 to ERR-6.
    fn session_problem(&self, problem: Problem, is_cookie: bool) -> Value {
        match problem {
            Problem::Outage(reason) => self.unavailable("session_token", reason),
            Problem::Refused("token-expired") => match self.refresh(is_cookie) {
                Ok(state) => state,
                Err(code) => self.handshake(&format!("session-token-expired-refresh-{code}")),
            },
            Problem::Refused("token-not-active-yet") => self.handshake("session-token-nbf"),
            Problem::Refused("token-iat-in-the-future") => {
                self.handshake("session-token-iat-in-the-future")
            }
            Problem::Refused(reason) => self.signed_out(reason),
        }
    }

    /// REQ-30 to REQ-49.
    fn by_cookies(&self) -> Step<std::convert::Infallible> {
        self.take_handshake()?;
        self.sync_satellite()?;
        self.answer_satellite()?;
        self.meet_browser()?;
        let done = |state: Value| Err(Box::new(state));
        let (uat, token) = (self.client_uat(), self.session_cookie());
        let token = match (uat != 0.0, token) {
            (false, None) => return done(self.signed_out("session-token-and-uat-missing")),
            (false, Some(_)) => return done(self.handshake("session-token-but-no-client-uat")),
            (true, None) => return done(self.handshake("client-uat-but-no-session-token")),
            (true, Some(token)) => token,
        };
        let Ok(jwt) = self.decode(&token) else {
            return done(self.signed_out("token-invalid"));
        };
        if !jwt.may_be_session() || kind(&token) != "session_token" {
            return done(self.signed_out("token-type-mismatch"));
        }
        let issued = jwt.payload.get("iat");
        // The reference compares whatever it is.
        self.note_if(issued.is_some_and(|at| !at.is_number()), "REQ-44");
        let issued = issued.and_then(Value::as_f64);
        if issued.is_some_and(|issued| issued < uat) {
            return done(self.handshake("session-token-iat-before-client-uat"));
        }
        if let Err(problem) = self.verify_session(&jwt, self.skew_ms()) {
            return done(self.session_problem(problem, true));
        }
        if self.names_no_session(&jwt) {
            return done(self.signed_out("token-type-mismatch"));
        }
        if self.comes_from_elsewhere() {
            return done(self.handshake("primary-domain-cross-origin-sync"));
        }
        let state = self.signed_in(&jwt, &token);
        done(self.other_organization(&state).unwrap_or(state))
    }

    /// REQ-31 to REQ-35.
    fn sync_satellite(&self) -> Step {
        let synced = self.query("__clerk_synced");
        if !self.is_satellite() || !self.is_document() || synced.as_deref() == Some("true") {
            return Ok(());
        }
        let needs_sync = synced.as_deref() == Some("false");
        let has_cookies = self.session_cookie().is_some() || self.client_uat() != 0.0;
        if has_cookies && !needs_sync {
            return Ok(());
        }
        let is_automatic = self.option("satelliteAutoSync") == Some(&Value::Bool(true));
        if !needs_sync && !is_automatic {
            return Err(Box::new(self.signed_out("session-token-and-uat-missing")));
        }
        Err(Box::new(if self.is_development() {
            let mut page = self
                .text_option("signInUrl")
                .and_then(|page| Url::parse(page).ok());
            self.note_if(page.is_none(), "REQ-3");
            if let (Some(page), Some(own)) = (page.as_mut(), self.page()) {
                page.append_query_param("__clerk_redirect_url", own.as_str());
            }
            self.handshake_at("satellite-needs-syncing", page.as_ref())
        } else {
            self.handshake("satellite-needs-syncing")
        }))
    }

    /// REQ-36, with the satellite that is named taken for a configured one.
    fn answer_satellite(&self) -> Step {
        if !self.is_development() || self.is_satellite() {
            return Ok(());
        }
        let Some(target) = self
            .query("__clerk_redirect_url")
            .filter(|target| !target.is_empty())
        else {
            return Ok(());
        };
        let Ok(mut satellite) = Url::parse(&target) else {
            self.note("REQ-36");
            return Ok(());
        };
        if let Some(token) = self.dev_browser() {
            satellite.append_query_param("__clerk_db_jwt", &token);
        }
        satellite.set_query_param("__clerk_synced", "true");
        Err(Box::new(self.handshake_at(
            "primary-responds-to-syncing",
            Some(&satellite),
        )))
    }

    /// REQ-37, REQ-38.
    fn meet_browser(&self) -> Step {
        if !self.is_development() {
            Ok(())
        } else if self.query("__clerk_db_jwt").is_some() {
            Err(Box::new(self.handshake("dev-browser-sync")))
        } else if self.dev_browser().is_none() {
            Err(Box::new(self.handshake("dev-browser-missing")))
        } else {
            Ok(())
        }
    }

    /// REQ-47, CTX-16, CTX-17.
    fn comes_from_elsewhere(&self) -> bool {
        if self.is_satellite() || !self.is_document() {
            return false;
        }
        let Some(referrer) = self.filled_header("referer") else {
            return false;
        };
        let (Ok(referrer), Some(page)) = (Url::parse(referrer), self.page()) else {
            // The reference takes any URL for a page, with a null origin.
            self.note("CTX-17");
            return false;
        };
        let host = referrer.host();
        let original = self.frontend_api().unwrap_or_default();
        let proxy = self.proxy_at_the_page();
        self.note_if(proxy.is_some(), "CTX-18");
        let effective = match &proxy {
            Some(proxy) => Url::parse(proxy).ok().map(|proxy| proxy.host().to_owned()),
            None => Some(original.clone()),
        };
        let is_portal = || {
            let ends = |list: [&'static str; 3]| list.into_iter().find(|end| host.ends_with(end));
            let legacy = [".lcl.dev", ".lclstage.dev", ".lclclerk.com"];
            let current = [
                ".accounts.dev",
                ".accountsstage.dev",
                ".accounts.lclclerk.com",
            ];
            host.starts_with("accounts.") && ends(legacy).is_some()
                || ends(current).is_some_and(|end| !host.ends_with(&format!(".clerk{end}")))
        };
        let accounts = accounts(&original);
        referrer.origin_str() != page.origin_str()
            && effective.as_deref() != Some(host)
            && !(self.is_development() && is_portal())
            && referrer.origin_str() != format!("https://{accounts}")
            && self.redirect_count() == 0
    }

    /// ORG-6, ORG-7.
    fn other_organization(&self, state: &Value) -> Option<Value> {
        let object = &state["to_auth"]["ok"];
        let page = self.page()?;
        let is_somebody = object["userId"].as_str().is_some_and(|id| !id.is_empty());
        let target = self.target(page.path()).filter(|_| is_somebody)?;
        let is_active = match &target {
            Target::Id(id) => object["orgId"] == **id,
            Target::Slug(slug) => object["orgSlug"] == **slug,
            Target::PersonalAccount => object["orgId"].is_null(),
        };
        if is_active {
            return None;
        }
        self.try_handshake("active-organization-mismatch")
    }
}

/// KEY-19: the host of the account portal that goes with a Frontend API.
fn accounts(frontend_api: &str) -> String {
    let host = frontend_api.replacen("clerk.accountsstage.", "accountsstage.", 1);
    let at = ["clerk.accounts.", "clerk."]
        .iter()
        .filter_map(|start| Some((host.find(start)?, start.len())));
    match at.min_by_key(|(at, length)| (*at, usize::MAX - length)) {
        Some((at, length)) => format!("{}accounts.{}", &host[..at], &host[at + length..]),
        None => host,
    }
}
