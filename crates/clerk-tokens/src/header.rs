//! The header of a JWT.

use std::fmt;

use crate::fields::{Field, FieldReader};
use crate::json::{self, Scanner};
use crate::{Algorithm, TokenCategory, UnsupportedAlgorithm};

/// The header of a JWT: read, but not judged.
#[derive(Clone)]
pub struct Header {
    /// The header's JSON, with unescaped texts behind it.
    document: String,
    json_len: usize,
    alg: Field,
    typ: Field,
    kid: Field,
    cat: Field,
    has_crit: bool,
}

/// The value of a header member, where its absence matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderValue<'a> {
    /// The header has no such member.
    Absent,
    /// The member is a text.
    Text(&'a str),
    /// The member is another JSON value, such as `null`.
    Other,
}

impl Header {
    /// Reads a header from its JSON text; `None` if that is not an object.
    pub(crate) fn parse(mut json: String) -> Option<Self> {
        let json_len = json.len();
        let mut fields = FieldReader::new(&json)?;
        let [mut alg, mut typ, mut kid, mut cat] = [Field::Absent; 4];
        let mut has_crit = false;
        // JWT-8: later members replace earlier ones of the same name.
        let mut scanner = Scanner::new(&json);
        scanner.object(|json, name| {
            let found = json.found()?;
            json::with_name(name, |name| match name {
                b"alg" => alg = fields.read(found),
                b"typ" => typ = fields.read(found),
                b"kid" => kid = fields.read(found),
                b"cat" => cat = fields.read(found),
                b"crit" => has_crit = true,
                _ => {}
            })
        })?;
        if !scanner.is_at_end() {
            return None;
        }
        let unescaped = fields.finish();
        json.push_str(&unescaped);
        Some(Self {
            document: json,
            json_len,
            alg,
            typ,
            kid,
            cat,
            has_crit,
        })
    }

    /// The signature algorithm.
    ///
    /// # Errors
    ///
    /// If `alg` is missing or none of the accepted algorithms.
    pub fn algorithm(&self) -> Result<Algorithm, UnsupportedAlgorithm> {
        self.alg
            .text(&self.document)
            .ok_or(UnsupportedAlgorithm)?
            .parse()
    }

    /// The type of the token, usually `JWT`.
    #[must_use]
    pub fn typ(&self) -> HeaderValue<'_> {
        self.value(self.typ)
    }

    /// The id of the signing key, as the token claims it; unverified text of any length.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.text(&self.document)
    }

    /// What the token was made for.
    #[must_use]
    pub fn category(&self) -> TokenCategory {
        match self.value(self.cat) {
            HeaderValue::Absent => TokenCategory::of(None),
            HeaderValue::Text(cat) => TokenCategory::of(Some(cat)),
            HeaderValue::Other => TokenCategory::Unknown,
        }
    }

    /// Whether the header lists extensions that a verifier must understand (`crit`, RFC 7515 section 4.1.11);
    /// none is understood here, so such tokens are refused.
    #[must_use]
    pub fn has_critical_extensions(&self) -> bool {
        self.has_crit
    }

    /// The header as JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        self.document.get(..self.json_len).unwrap_or_default()
    }

    fn value(&self, field: Field) -> HeaderValue<'_> {
        match field {
            Field::Absent => HeaderValue::Absent,
            Field::Text(span) => HeaderValue::Text(span.of(&self.document)),
            Field::Number(_) | Field::Other(_) => HeaderValue::Other,
        }
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Header").field(&self.as_json()).finish()
    }
}
