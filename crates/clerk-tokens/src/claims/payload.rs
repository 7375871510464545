//! The payload of a JWT, read once.

use crate::fields::{Field, FieldReader};
use crate::json::{self, Scanner};

/// How many bytes are worth reserving behind the JSON: room for the role of version 2.
pub(crate) const SPARE: usize = 48;

/// A payload's JSON and the places of the members that Clerk gives a meaning.
///
/// Everything lives in one buffer: the JSON text, then whatever had to be unescaped or put together.
#[derive(Clone)]
pub(crate) struct Payload {
    document: String,
    json_len: usize,
    pub(crate) known: Known,
}

/// The members that Clerk gives a meaning, found but not judged.
#[derive(Clone, Copy, Default)]
pub(crate) struct Known {
    pub(crate) sub: Field,
    pub(crate) sid: Field,
    pub(crate) iss: Field,
    pub(crate) azp: Field,
    pub(crate) aud: Field,
    pub(crate) exp: Field,
    pub(crate) nbf: Field,
    pub(crate) iat: Field,
    pub(crate) jti: Field,
    pub(crate) sts: Field,
    pub(crate) fva: Field,
    pub(crate) fea: Field,
    pub(crate) pla: Field,
    pub(crate) act: Field,
    v: Field,
    pub(crate) org: Org,
}

/// The organization members of either version.
#[derive(Clone, Copy, Default)]
pub(crate) struct Org {
    pub(crate) id: Field,
    pub(crate) slug: Field,
    /// Version 1: as it is; version 2: with the prefix `org:` that the claim leaves out.
    pub(crate) role: Field,
    /// Version 1: a list.
    pub(crate) permissions: Field,
    /// Version 2: the permission names.
    pub(crate) per: Field,
    /// Version 2: the feature-permission map.
    pub(crate) fpm: Field,
}

impl Payload {
    /// Reads a payload from its JSON text; `None` if that is not an object.
    pub(crate) fn parse(mut json: String) -> Option<Self> {
        let json_len = json.len();
        let mut fields = FieldReader::new(&json)?;
        let mut known = Known::default();
        // AUTH-22: version 2 knows no other organization claims than `o`.
        let mut o = Org::default();
        let mut scanner = Scanner::new(&json);
        // JWT-8: later members replace earlier ones of the same name.
        scanner.object(|json, name| {
            json::with_name(name, |name| {
                let field = match name {
                    b"sub" => &mut known.sub,
                    b"sid" => &mut known.sid,
                    b"iss" => &mut known.iss,
                    b"azp" => &mut known.azp,
                    b"aud" => &mut known.aud,
                    b"exp" => &mut known.exp,
                    b"nbf" => &mut known.nbf,
                    b"iat" => &mut known.iat,
                    b"jti" => &mut known.jti,
                    b"v" => &mut known.v,
                    b"sts" => &mut known.sts,
                    b"fva" => &mut known.fva,
                    b"fea" => &mut known.fea,
                    b"pla" => &mut known.pla,
                    b"act" => &mut known.act,
                    b"org_id" => &mut known.org.id,
                    b"org_slug" => &mut known.org.slug,
                    b"org_role" => &mut known.org.role,
                    b"org_permissions" => &mut known.org.permissions,
                    b"o" => {
                        o = org_v2(json, &mut fields)?;
                        return Some(());
                    }
                    _ => return json.value().map(drop),
                };
                *field = fields.read(json.found()?);
                Some(())
            })?
        })?;
        if !scanner.is_at_end() {
            return None;
        }
        let is_v2 = known.is_v2();
        if is_v2 {
            known.org = o;
        }
        let unescaped = fields.finish();
        json.push_str(&unescaped);
        if is_v2 {
            known.org.role = prefixed_role(known.org.role, &mut json);
        }
        Some(Self {
            document: json,
            json_len,
            known,
        })
    }

    /// What the fields' places refer to.
    pub(crate) fn document(&self) -> &str {
        &self.document
    }

    pub(crate) fn as_json(&self) -> &str {
        self.document.get(..self.json_len).unwrap_or_default()
    }

    /// The JSON text of a member; the last one of that name.
    pub(crate) fn member(&self, wanted: &str) -> Option<&str> {
        let mut found = None;
        json::members(self.as_json(), |name, value| {
            if name == wanted.as_bytes() {
                found = Some(value);
            }
        })?;
        found
    }

    /// How many bytes of memory this holds.
    #[cfg(all(feature = "token-cache", any(feature = "ring", feature = "aws-lc-rs")))]
    pub(crate) fn size(&self) -> usize {
        size_of::<Self>() + self.document.capacity()
    }
}

impl Known {
    /// AUTH-20: only the number 2 itself means version 2.
    pub(crate) fn is_v2(&self) -> bool {
        self.v == Field::Number(2.0)
    }
}

/// The organization of version 2; a value that is not an object is none (AUTH-12).
fn org_v2<'a>(json: &mut Scanner<'a>, fields: &mut FieldReader<'a>) -> Option<Org> {
    let mut org = Org::default();
    if !json.is_object() {
        return json.value().map(|_| org);
    }
    json.object(|json, name| {
        let found = json.found()?;
        json::with_name(name, |name| {
            let field = match name {
                b"id" => &mut org.id,
                b"slg" => &mut org.slug,
                b"rol" => &mut org.role,
                b"per" => &mut org.per,
                b"fpm" => &mut org.fpm,
                _ => return,
            };
            *field = fields.read(found);
        })
    })?;
    Some(org)
}

/// Puts `org:` before the short role of version 2; an empty role is none.
fn prefixed_role(role: Field, document: &mut String) -> Field {
    let Field::Text(short) = role else {
        return Field::Absent;
    };
    if short.is_empty() {
        return Field::Absent;
    }
    let start = document.len();
    document.push_str("org:");
    document.extend_from_within(short.range());
    Field::Text(crate::fields::Span::new(start, document.len() - start))
}
