//! The cookies, and which of them count.

use ring::digest;
use serde_json::{Value, json};

use super::Model;

impl Model<'_> {
    /// CTX-8: the first cookie of that name, decoded; an empty one is none.
    pub(super) fn cookie(&self, name: &str) -> Option<String> {
        if self.reads_headers_only() {
            return None;
        }
        let header = self.header("cookie").filter(|header| header.len() > 1)?;
        let blanks = [' ', '\t'];
        let value = header.split(';').find_map(|pair| {
            let (found, value) = pair.split_once('=')?;
            (found.trim_matches(blanks) == name).then(|| value.trim_matches(blanks))
        })?;
        let value = decode_percents(value).unwrap_or_else(|| value.to_owned());
        (!value.is_empty()).then_some(value)
    }

    /// COK: the name with the instance's suffix.
    pub(super) fn suffixed(&self, name: &str) -> String {
        let hash = digest::digest(
            &digest::SHA1_FOR_LEGACY_USE_ONLY,
            self.key_text().as_bytes(),
        );
        let text = base64_simd::URL_SAFE_NO_PAD.encode_to_string(hash.as_ref());
        format!("{name}_{}", &text[..8])
    }

    /// The cookie of that name that counts.
    pub(super) fn counting(&self, name: &str) -> Option<String> {
        if self.uses_suffixed() {
            self.cookie(&self.suffixed(name))
        } else {
            self.cookie(name)
        }
    }

    pub(super) fn session_cookie(&self) -> Option<String> {
        self.counting("__session")
    }

    /// REQ-51: an unsigned number, else 0.
    pub(super) fn client_uat(&self) -> f64 {
        let Some(text) = self.counting("__client_uat") else {
            return 0.0;
        };
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        self.note_if(!is_plain, "REQ-51");
        if is_plain {
            text.parse().unwrap_or(0.0)
        } else {
            0.0
        }
    }

    /// HS-12: an unsigned number, else 0.
    pub(super) fn redirect_count(&self) -> u64 {
        let Some(text) = self.cookie("__clerk_redirect_count") else {
            return 0;
        };
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let count = if is_plain {
            text.parse().unwrap_or(u64::MAX)
        } else {
            0
        };
        self.note_if(!is_plain || count > 3, "HS-12");
        count
    }

    pub(super) fn dev_browser(&self) -> Option<String> {
        let query = self
            .query("__clerk_db_jwt")
            .filter(|token| !token.is_empty());
        query.or_else(|| self.counting("__clerk_db_jwt"))
    }

    /// A parameter of the query that is not empty, else the cookie of that name.
    pub(super) fn query_or_cookie(&self, name: &str) -> Option<String> {
        let query = self.query(name).filter(|value| !value.is_empty());
        query.or_else(|| self.cookie(name))
    }

    /// COK-1 to COK-8, on tokens nobody has verified.
    pub(super) fn uses_suffixed(&self) -> bool {
        let payload = |token: Option<&String>| {
            let jwt = token.and_then(|token| self.decode(token).ok());
            jwt.map_or(Value::Null, |jwt| jwt.payload.into())
        };
        let number = |value: &Value| value.as_f64().unwrap_or(0.0);
        let own = |name: &str| (self.cookie(name), self.cookie(&self.suffixed(name)));
        let ((session, suffixed_session), (uat, suffixed_uat)) =
            (own("__session"), own("__client_uat"));
        let (ours, theirs) = (
            payload(session.as_ref()),
            payload(suffixed_session.as_ref()),
        );
        // The reference compares whatever these are.
        let is_odd = |payload: &Value| {
            let times = ["iat", "exp"].map(|name| payload.get(name));
            times.into_iter().flatten().any(|at| !at.is_number())
        };
        self.note_if(is_odd(&ours) || is_odd(&theirs), "COK-9");
        if session.is_some() {
            let issuer = &ours["iss"];
            if issuer.is_null()
                || [json!(""), json!(false), json!(0), json!(0.0), json!(-0.0)].contains(issuer)
            {
                return false;
            }
            match issuer.as_str() {
                Some(issuer)
                    if without_schemes(issuer) == self.frontend_api().unwrap_or_default() => {}
                _ => return true,
            }
        }
        if suffixed_uat.is_none() && suffixed_session.is_none() {
            return false;
        }
        let is_out = |uat: &Option<String>| uat.as_deref() == Some("0");
        if !is_out(&suffixed_uat) && !is_out(&uat) && number(&ours["iat"]) > number(&theirs["iat"])
        {
            return false;
        }
        if is_out(&suffixed_uat) && !is_out(&uat) {
            return false;
        }
        let has_expired = theirs["exp"]
            .as_f64()
            .is_some_and(|exp| exp <= (self.now_ms() / 1000.0).floor());
        if self.is_development() && has_expired && !is_out(&suffixed_uat) && is_out(&uat) {
            return false;
        }
        suffixed_uat.is_some() || suffixed_session.is_none()
    }
}

/// `http://` and `https://` taken out wherever they are.
fn without_schemes(text: &str) -> String {
    let schemes = regex_lite::Regex::new("(?i)https?://");
    schemes.map_or_else(
        |_| text.to_owned(),
        |schemes| schemes.replace_all(text, "").into_owned(),
    )
}

/// As `decodeURIComponent` does; nothing where that fails.
fn decode_percents(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let pair = rest.get(at + 1..at + 3)?;
        if !pair.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(pair, 16).ok()?);
        rest = &rest[at + 3..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}
