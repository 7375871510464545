//! A key set as a source sent it.

use std::collections::HashMap;

use super::{LoadError, LoadErrorKind};
use crate::json;
use crate::{Jwk, Kid, VerifyingKey};

/// The largest key set that is read, in bytes.
pub(super) const MAX_DOCUMENT: usize = 1024 * 1024;

/// The most keys a set may have.
const MAX_KEYS: usize = 100;

/// The key under a `kid`.
#[derive(Clone, Debug)]
pub(super) enum KeyEntry {
    /// It verifies tokens.
    Usable(VerifyingKey),
    /// It is there, and not for verifying RSA signatures.
    Unusable,
}

/// The keys of an instance by `kid`, ready for use.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyDocument {
    // JWKS-26: a map in which only what was put in is found.
    keys: HashMap<Kid, KeyEntry>,
}

impl KeyDocument {
    /// Reads a document. Entries without a `kid` can never be asked for and are left out; of several with the same,
    /// the last counts; those of another kind are kept as unusable.
    pub(super) fn parse(body: &[u8]) -> Result<Self, LoadError> {
        let not_keys = |message: &'static str| LoadError::new(LoadErrorKind::NotKeys, message);
        if body.len() > MAX_DOCUMENT {
            return Err(not_keys("the answer is larger than a set of keys can be"));
        }
        let text = std::str::from_utf8(body)
            .ok()
            .filter(|text| serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok())
            .ok_or_else(|| not_keys("the answer is not JSON").unreadable())?;
        let mut list = None;
        json::members(text, |name, value| {
            if name == b"keys" {
                list = Some(value);
            }
        });
        let mut document = Self::default();
        let (mut count, mut objects) = (0_usize, 0_usize);
        list.and_then(|list| {
            json::elements(list, |entry| {
                count += 1;
                if count <= MAX_KEYS {
                    objects += usize::from(document.add(entry));
                }
            })
        })
        .ok_or_else(|| not_keys("the answer has no list of keys"))?;
        if count > MAX_KEYS {
            Err(not_keys("the answer has more than 100 keys"))
        } else if count == 0 {
            Err(not_keys("the answer has no keys"))
        } else if objects < count {
            Err(not_keys("the answer lists something else than keys"))
        } else {
            Ok(document)
        }
    }

    /// Whether the entry is an object, whatever it holds.
    fn add(&mut self, entry: &str) -> bool {
        let Ok(jwk) = Jwk::from_json(entry) else {
            return false;
        };
        let Some(kid) = jwk.kid().cloned() else {
            return true;
        };
        let entry = VerifyingKey::from_jwk(&jwk).map_or(KeyEntry::Unusable, KeyEntry::Usable);
        self.keys.insert(kid, entry);
        true
    }

    pub(super) fn get(&self, kid: &str) -> Option<&KeyEntry> {
        self.keys.get(kid)
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// These keys over others.
    pub(super) fn merged_into(mut self, others: &Self) -> Self {
        for (kid, entry) in &others.keys {
            self.keys
                .entry(kid.clone())
                .or_insert_with(|| entry.clone());
        }
        self
    }
}

#[cfg(test)]
impl KeyDocument {
    /// Entries that are there and cannot be used: enough for a policy.
    pub(super) fn of(kids: &[&str]) -> Self {
        let keys = kids
            .iter()
            .map(|kid| (Kid::new(kid).unwrap(), KeyEntry::Unusable))
            .collect();
        Self { keys }
    }
}

#[cfg(test)]
mod tests;
