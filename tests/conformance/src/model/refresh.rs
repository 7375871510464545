//! An expired session token is exchanged for a fresh one.

use serde_json::{Value, json};

use super::Model;
use super::calls::Reply;

impl Model<'_> {
    /// REF-1 to REF-18: the state, or the code of why there is none.
    pub(super) fn refresh(&self, is_cookie: bool) -> Result<Value, String> {
        if self.method() != "GET" {
            return Err("non-eligible-non-get".to_owned());
        }
        let refresh = self.cookie(&self.suffixed("__refresh"));
        // REF-4: the refresh cookie belongs to the cookie's session.
        self.note_if(!is_cookie && refresh.is_some(), "REF-4");
        if refresh.is_none() || !is_cookie {
            return Err("non-eligible-no-refresh-cookie".to_owned());
        }
        let has_client = self.vector.input_at("/no_api_client") != Some(&json!(true));
        self.note_if(self.secret_key().is_none(), "REQ-2");
        if !has_client || self.secret_key().is_none() {
            return Err("missing-api-client".to_owned());
        }
        let token = self
            .session_cookie()
            .and_then(|token| self.decode(&token).ok());
        let id = token
            .and_then(|token| token.payload.get("sid").cloned())
            .unwrap_or_default();
        self.note_if(!id.is_string() && !id.is_null(), "AUTH-12");
        let Some(id) = id.as_str().filter(|id| !id.is_empty()) else {
            return Err("expired-session-token-missing-sid-claim".to_owned());
        };
        let reply = self.ask_for_refresh(id)?;
        let Reply::Answer { status, body } = &reply else {
            return Err("fetch-error".to_owned());
        };
        if !(200..300).contains(status) || body.is_empty() {
            return Err(match reply.code() {
                Some(code) if code == "unexpected_error" => "fetch-error".to_owned(),
                Some(code) if is_word(&code) => code,
                _ => "unexpected-bapi-error".to_owned(),
            });
        }
        let Some(answer) = reply.json() else {
            return Err("fetch-error".to_owned());
        };
        let directives = texts(&answer["cookies"]);
        if directives.is_empty() {
            return Err("unexpected-sdk-error".to_owned());
        }
        let cookies = self.allowed(&directives);
        let token = self
            .session_of(&cookies, &directives)
            .ok_or("invalid-session-token")?;
        let jwt = self.decode(&token).map_err(|_| "invalid-session-token")?;
        self.note_if(!jwt.may_be_session(), "CAT-17");
        let is_good =
            self.verify_session(&jwt, self.skew_ms()).is_ok() && !self.names_no_session(&jwt);
        if !is_good {
            return Err("invalid-session-token".to_owned());
        }
        let mut state = self.signed_in(&jwt, &token);
        state["headers"] = cookies
            .iter()
            .map(|cookie| json!(["set-cookie", cookie.directive]))
            .collect();
        Ok(state)
    }

    fn ask_for_refresh(&self, id: &str) -> Result<Reply, String> {
        // HTTP-3: an id is one encoded segment of the path.
        let mut segments = id.split(['/', '\\']);
        let climbs = segments.any(|segment| matches!(segment, "." | ".."));
        if climbs || id.trim().is_empty() || id.contains(char::is_control) {
            self.note("HTTP-3");
            return Err("unexpected-bapi-error".to_owned());
        }
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:@".contains(&byte);
        if !id.bytes().all(is_plain) {
            self.note("HTTP-3");
            let encoded: String = id
                .bytes()
                .map(|byte| match byte {
                    byte if is_plain(byte) => char::from(byte).to_string(),
                    byte => format!("%{byte:02X}"),
                })
                .collect();
            *self.other_request.borrow_mut() = Some(format!("/sessions/{encoded}/refresh"));
            self.made.set(self.made.get() + 1);
            return Ok(Reply::Network);
        }
        let origin = self.page().map(|page| page.origin_str().to_owned());
        let is_ours = ["CTX-5", "CTX-6"]
            .iter()
            .any(|note| self.notes.borrow().contains(note));
        if is_ours {
            let origin = origin.unwrap_or_default();
            *self.other_request.borrow_mut() = Some(format!("\"request_origin\":\"{origin}\""));
        }
        Ok(self.call("/refresh"))
    }
}

/// A text or a list, and of that the texts.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list
            .iter()
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

/// A code that may go into a header and an address.
fn is_word(code: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    (1..=64).contains(&code.len()) && code.bytes().all(is_plain)
}
