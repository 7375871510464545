//! What comes back from a handshake.

use serde_json::{Value, json};

use super::redirect::taken_apart;
use super::refresh::texts;
use super::token::Jwt;
use super::verify::Problem;
use super::{Model, Step};

/// A day: what clocks may differ by in development.
const LENIENT_MS: f64 = 86_400_000.0;

/// A cookie that is to be set.
pub(super) struct SetCookie {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) directive: String,
}

impl Model<'_> {
    /// HS-30 to HS-41: a state, or on with the cookies.
    pub(super) fn take_handshake(&self) -> Step {
        let directives = if let Some(nonce) = self.query_or_cookie("__clerk_handshake_nonce") {
            self.directives_for(&nonce)?
        } else if let Some(token) = self.query_or_cookie("__clerk_handshake") {
            match self.directives_in(&token) {
                Ok(Some(directives)) => directives,
                Ok(None) => return Ok(()),
                Err(Problem::Outage(reason)) => {
                    return Err(Box::new(self.unavailable("session_token", reason)));
                }
                // HS-39: in development the reference fails as a whole.
                Err(Problem::Refused(reason)) if self.is_development() => {
                    self.note("HS-39");
                    return Err(Box::new(self.signed_out(reason)));
                }
                Err(Problem::Refused(_)) => return Ok(()),
            }
        } else {
            return Ok(());
        };
        let cookies = self.allowed(&directives);
        let mut state = match self.session_of(&cookies, &directives) {
            None => self.signed_out("session-token-missing"),
            Some(token) => match self.verify_handed(&token) {
                Ok(jwt) => self.signed_in(&jwt, &token),
                Err(Problem::Outage(reason)) => {
                    return Err(Box::new(self.unavailable("session_token", reason)));
                }
                Err(Problem::Refused(_)) => return Ok(()),
            },
        };
        let mut headers = vec![
            json!(["access-control-allow-credentials", "true"]),
            json!(["access-control-allow-origin", "null"]),
        ];
        // HS-34.
        if self.is_development()
            && let Some(mut page) = self.page()
        {
            page.remove_query_params(&[
                "__clerk_handshake",
                "__clerk_help",
                "__clerk_db_jwt",
                "__clerk_handshake_nonce",
            ]);
            headers.push(json!(["cache-control", "no-store"]));
            headers.push(json!(["location", null]));
            state["location"] = taken_apart(&page);
        }
        headers.extend(
            cookies
                .iter()
                .map(|cookie| json!(["set-cookie", cookie.directive])),
        );
        headers.extend(state["headers"].as_array().cloned().unwrap_or_default());
        state["headers"] = json!(headers);
        Err(Box::new(state))
    }

    /// HS-31.
    fn directives_for(&self, nonce: &str) -> Step<Vec<String>> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if nonce.len() > 512 || !nonce.bytes().all(is_plain) {
            self.note("HS-31");
            return Ok(Vec::new());
        }
        self.note_if(self.secret_key().is_none(), "REQ-2");
        if self.vector.input_at("/no_api_client") == Some(&json!(true))
            || self.secret_key().is_none()
        {
            return Ok(Vec::new());
        }
        let reply = self.call("/handshake_payload");
        if reply.is_outage() || reply.status() == Some(401) {
            self.note("HS-31");
            return Err(Box::new(
                self.unavailable("session_token", "unexpected-error"),
            ));
        }
        Ok(reply
            .json()
            .map(|answer| texts(&answer["directives"]))
            .unwrap_or_default())
    }

    /// HS-32.
    fn directives_in(&self, token: &str) -> Result<Option<Vec<String>>, Problem> {
        let jwt = self.decode(token)?;
        if !jwt.may_be_session() {
            self.note("JWT-53");
            return Err(Problem::Refused("token-invalid"));
        }
        self.check_header(&jwt, None).map_err(Problem::Refused)?;
        let key = self.key(&jwt)?;
        // A key that cannot verify has not signed either.
        key.verify(&jwt)
            .map_err(|_| Problem::Refused("token-invalid-signature"))?;
        let skew = if self.is_development() {
            LENIENT_MS
        } else {
            self.skew_ms()
        };
        let expires = jwt.payload.get("exp").and_then(Value::as_f64);
        if expires.is_some_and(|at| at.trunc() * 1000.0 + skew <= self.now_ms()) {
            self.note("HS-32");
            return Err(Problem::Refused("token-expired"));
        }
        let Some(Value::Array(list)) = jwt.payload.get("handshake") else {
            return Ok(Some(Vec::new()));
        };
        let directives: Option<Vec<String>> = list
            .iter()
            .map(|directive| directive.as_str().map(str::to_owned))
            .collect();
        self.note_if(directives.is_none(), "HS-32");
        Ok(directives)
    }

    /// HS-36 to HS-40: the session's token that was handed over.
    fn verify_handed(&self, token: &str) -> Result<Jwt, Problem> {
        let jwt = self.decode(token)?;
        self.note_if(!jwt.may_be_session(), "CAT-17");
        let verified = match self.verify_session(&jwt, self.skew_ms()) {
            Err(Problem::Refused(
                "token-expired" | "token-not-active-yet" | "token-iat-in-the-future",
            )) if self.is_development() => self.verify_session(&jwt, LENIENT_MS),
            verified => verified,
        };
        verified?;
        match self.names_no_session(&jwt) {
            true => Err(Problem::Refused("token-invalid")),
            false => Ok(jwt),
        }
    }

    /// HS-32: of the directives those that are Clerk's, and can be a header.
    pub(super) fn allowed(&self, directives: &[String]) -> Vec<SetCookie> {
        const OWN: [&str; 5] = ["__session", "__client", "__clerk", "__refresh", "clerk_"];
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        let read = |directive: &String| {
            let (name, value) = directive.split(';').next()?.split_once('=')?;
            let is_clerks =
                name.bytes().all(is_token) && OWN.iter().any(|own| name.starts_with(own));
            let is_plain = directive.bytes().all(|byte| (0x20..0x7f).contains(&byte));
            (is_clerks && is_plain).then(|| SetCookie {
                name: name.to_owned(),
                value: value.trim().to_owned(),
                directive: directive.clone(),
            })
        };
        let allowed: Vec<SetCookie> = directives.iter().filter_map(read).collect();
        let is_trimmed = |directive: &String| directive.trim() != directive;
        let differs = allowed.len() < directives.len() || directives.iter().any(is_trimmed);
        self.note_if(differs, "HS-32");
        allowed
    }

    /// HS-33: the last cookie of this instance's, else the last plain one, else the last of any.
    pub(super) fn session_of(
        &self,
        cookies: &[SetCookie],
        directives: &[String],
    ) -> Option<String> {
        let suffixed = self.suffixed("__session");
        let last =
            |is_it: &dyn Fn(&str) -> bool| cookies.iter().rfind(|cookie| is_it(&cookie.name));
        let ours = last(&|name| name == suffixed)
            .or_else(|| last(&|name| name == "__session"))
            .or_else(|| last(&|name| name.starts_with("__session")));
        let ours = ours
            .map(|cookie| cookie.value.clone())
            .filter(|value| !value.is_empty());
        let theirs = directives
            .iter()
            .rfind(|directive| directive.starts_with("__session"));
        let theirs = theirs.and_then(|directive| directive.split(['=', ';']).nth(1));
        self.note_if(
            theirs.unwrap_or_default() != ours.as_deref().unwrap_or_default(),
            "HS-33",
        );
        ours
    }
}
