//! Tokens, decoded.

use serde_json::{Map, Value};

/// A decoded token.
pub(super) struct Jwt {
    pub(super) header: Map<String, Value>,
    pub(super) payload: Map<String, Value>,
    pub(super) signed: String,
    pub(super) signature: Vec<u8>,
}

/// Why a text is no token.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum NoToken {
    /// For the reference neither.
    Malformed,
    /// JWT-6: it holds JSON that is no object.
    NoObject,
    /// JWT-7.
    TooLong,
}

/// JWT-1 to JWT-8.
pub(super) fn decode(token: &str) -> Result<Jwt, NoToken> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        return Err(NoToken::Malformed);
    };
    let bytes = |part: &str| {
        let part = part.trim_end_matches('=');
        base64_simd::URL_SAFE_NO_PAD
            .decode_to_vec(part)
            .map_err(|_| NoToken::Malformed)
    };
    let json = |part: &str| {
        let bytes = bytes(part)?;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        serde_json::from_str::<Value>(text).map_err(|_| NoToken::Malformed)
    };
    let (signed, signature) = (format!("{header}.{payload}"), bytes(signature)?);
    let (header, payload) = (json(header)?, json(payload)?);
    if token.len() > 16384 {
        return Err(NoToken::TooLong);
    }
    match (header, payload) {
        (Value::Object(header), Value::Object(payload)) => Ok(Jwt {
            header,
            payload,
            signed,
            signature,
        }),
        _ => Err(NoToken::NoObject),
    }
}

impl Jwt {
    pub(super) fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.payload.get(name)?.as_str()
    }

    /// CAT: of no class, or of the class of session tokens.
    pub(super) fn may_be_session(&self) -> bool {
        match self.header.get("cat") {
            None => true,
            Some(cat) => *cat == "cl_B7d4PD111AAA" || *cat == "cl_I7d4PD111III",
        }
    }
}

/// TOK-1 to TOK-6: the kind of a text that is presented.
pub(super) fn kind(text: &str) -> &'static str {
    let prefixes = [
        ("mt_", "m2m_token"),
        ("oat_", "oauth_token"),
        ("ak_", "api_key"),
    ];
    let by_prefix = |wanted: &str| {
        let mut prefixes = prefixes.iter();
        prefixes.any(|(prefix, kind)| *kind == wanted && text.starts_with(prefix))
    };
    let is_plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let jwt = Some(text)
        .filter(|text| text.split('.').all(is_plain))
        .and_then(|text| decode(text).ok());
    let jwt = jwt.as_ref();
    let is_m2m = jwt
        .and_then(|jwt| jwt.text("sub"))
        .is_some_and(|sub| sub.starts_with("mch_"));
    let typ = jwt.and_then(|jwt| jwt.header_text("typ"));
    if by_prefix("m2m_token") || is_m2m {
        "m2m_token"
    } else if by_prefix("oauth_token") || matches!(typ, Some("at+jwt" | "application/at+jwt")) {
        "oauth_token"
    } else if by_prefix("api_key") {
        "api_key"
    } else {
        "session_token"
    }
}
