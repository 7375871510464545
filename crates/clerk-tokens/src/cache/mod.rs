//! Remembering tokens that were verified.

mod shard;

#[cfg(test)]
mod tests;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, PoisonError, RwLock};

use clerk_errors::TokenVerificationError;

use self::shard::{Entry, Shard};
use crate::verify::verify_decoded_jwt;
use crate::{DecodedJwt, Header, SessionClaims, VerifyOptions, VerifyingKey};

/// Enough that threads seldom meet in one.
const SHARDS: usize = 16;
/// How much of a token's end is hashed: 18 bytes of an RSA signature, which nobody can choose.
const HASHED: usize = 24;

/// A bounded memory of verified tokens: a token seen before skips signature and parsing, and nothing else.
///
/// A token is remembered only once it has passed every check. A hit judges header, claims and time again, for the
/// options at hand, and counts only while the caller still trusts the very key that signed. What is forgotten, or
/// never remembered, is verified in full. Cloning shares the memory.
#[derive(Clone)]
pub struct TokenCache {
    inner: Arc<Inner>,
}

struct Inner {
    seed: RandomState,
    shards: [RwLock<Shard>; SHARDS],
}

impl TokenCache {
    /// A cache that holds at most `max_bytes` bytes; a session token takes about 2.5 KB.
    #[must_use]
    pub fn new(max_bytes: usize) -> Self {
        Self {
            inner: Arc::new(Inner {
                seed: RandomState::new(),
                shards: std::array::from_fn(|_| RwLock::new(Shard::new(max_bytes / SHARDS))),
            }),
        }
    }

    /// The claims of a token that was verified before, judged again by `options`; `None` if the token is not
    /// remembered or `is_trusted` does not trust the key that signed it for a token with this header.
    ///
    /// # Errors
    ///
    /// Inside: what full verification would report, such as `token-expired`.
    pub fn recall(
        &self,
        token: &str,
        options: &VerifyOptions,
        is_trusted: impl FnOnce(&VerifyingKey, &Header) -> bool,
    ) -> Option<Result<SessionClaims, TokenVerificationError>> {
        let hash = self.hash(token);
        let shard = self
            .shard(hash)
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let entry = shard.get(hash, token)?;
        if token.len() > options.max_token_length || !is_trusted(&entry.key, &entry.header) {
            return None;
        }
        Some(
            options
                .check_header(&entry.header)
                .and_then(|_| options.check_key(&entry.key))
                .and_then(|()| options.check_claims(&entry.claims))
                .map(|()| entry.claims.clone()),
        )
    }

    /// Verifies a decoded token in full, and remembers it if it passes.
    ///
    /// # Errors
    ///
    /// As [`verify_decoded_jwt`](crate::verify_decoded_jwt).
    pub fn verify_decoded(
        &self,
        decoded: &DecodedJwt<'_>,
        key: &VerifyingKey,
        options: &VerifyOptions,
    ) -> Result<SessionClaims, TokenVerificationError> {
        let claims = verify_decoded_jwt(decoded, key, options)?;
        self.insert(decoded, key, options.now_ms());
        Ok(claims)
    }

    /// Forgets all tokens.
    pub fn clear(&self) {
        for shard in &self.inner.shards {
            shard
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .clear();
        }
    }

    /// How many tokens are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sum(Shard::len)
    }

    /// Whether no token is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes the remembered tokens take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.sum(Shard::bytes)
    }

    /// Remembers a token that has passed every check.
    pub(crate) fn insert(&self, decoded: &DecodedJwt<'_>, key: &VerifyingKey, now_ms: i64) {
        let token = decoded.token();
        // Padding is the one thing about a signed token that anyone can vary: whoever holds one genuine token
        // must not fill the memory with copies of it.
        if token.ends_with('=') {
            return;
        }
        let Some(expires_at_ms) = decoded.unverified_claims().expires_at_ms() else {
            return;
        };
        let hash = self.hash(token);
        let entry = Entry::new(
            token,
            decoded.shared_header(),
            decoded.unverified_claims(),
            key,
            expires_at_ms,
        );
        self.shard(hash)
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(hash, entry, now_ms);
    }

    fn hash(&self, token: &str) -> u64 {
        let bytes = token.as_bytes();
        let end = bytes.last_chunk::<HASHED>().map_or(bytes, |end| end);
        self.inner.seed.hash_one(end)
    }

    fn shard(&self, hash: u64) -> &RwLock<Shard> {
        // The map within the shard uses the lower and the topmost bits.
        &self.inner.shards[(hash >> 40) as usize % SHARDS]
    }

    fn sum(&self, of: impl Fn(&Shard) -> usize) -> usize {
        let shards = self.inner.shards.iter();
        shards
            .map(|shard| of(&shard.read().unwrap_or_else(PoisonError::into_inner)))
            .sum()
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("tokens", &self.len())
            .field("bytes", &self.bytes())
            .finish_non_exhaustive()
    }
}
