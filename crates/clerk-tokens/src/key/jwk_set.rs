//! Sets of keys.

use std::fmt;

use clerk_errors::{ConfigError, ConfigErrorKind};

use super::{Jwk, VerifyingKey};
use crate::json;

/// The most keys that are read from one set.
pub const MAX_KEYS: usize = 100;

/// The public keys of an instance, by their ids (RFC 7517 section 5).
///
/// Keys that cannot verify Clerk's tokens (of another kind, for another use, without an id) are left out, as
/// RFC 7517 asks; a later key replaces an earlier one of the same id.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct JwkSet {
    keys: Vec<VerifyingKey>,
}

impl JwkSet {
    /// Reads a set from its JSON text.
    ///
    /// # Errors
    ///
    /// If the text is not an object with a list `keys` of at most [`MAX_KEYS`] members.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        let mut list = None;
        json::members(text, |name, value| {
            if name == b"keys" {
                list = Some(value);
            }
        })
        .ok_or_else(|| malformed("is not a JSON object"))?;
        let list = list.ok_or_else(|| malformed("has no list of keys"))?;
        let mut set = Self::default();
        let mut count = 0_usize;
        json::elements(list, |element| {
            count += 1;
            if count <= MAX_KEYS
                && let Ok(key) = VerifyingKey::from_jwk_json(element)
            {
                set.insert(key);
            }
        })
        .ok_or_else(|| malformed("has no list of keys"))?;
        if count > MAX_KEYS {
            return Err(malformed("has more than 100 keys"));
        }
        Ok(set)
    }

    /// The key with an id.
    #[must_use]
    pub fn get(&self, kid: &str) -> Option<&VerifyingKey> {
        self.keys
            .iter()
            .find(|key| key.kid().is_some_and(|own| own.as_str() == kid))
    }

    /// All keys.
    pub fn iter(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.keys.iter()
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Adds a key; one without an id could never be found and is left out.
    fn insert(&mut self, key: VerifyingKey) {
        let Some(kid) = key.kid() else {
            return;
        };
        match self.keys.iter_mut().find(|other| other.kid() == Some(kid)) {
            Some(same) => *same = key,
            None => self.keys.push(key),
        }
    }
}

impl FromIterator<VerifyingKey> for JwkSet {
    fn from_iter<I: IntoIterator<Item = VerifyingKey>>(keys: I) -> Self {
        let mut set = Self::default();
        for key in keys {
            set.insert(key);
        }
        set
    }
}

impl TryFrom<&[Jwk]> for JwkSet {
    type Error = ConfigError;

    fn try_from(jwks: &[Jwk]) -> Result<Self, Self::Error> {
        jwks.iter().map(VerifyingKey::from_jwk).collect()
    }
}

impl fmt::Debug for JwkSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.keys).finish()
    }
}

fn malformed(problem: &'static str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Malformed, "the JSON Web Key Set", problem)
}
