//! A verifier: keys and demands, made once, used for every token.

use std::sync::Arc;
use std::time::Duration;

use clerk_core::{Clock, FrontendApi};
use clerk_errors::{TokenVerificationAction, TokenVerificationError, TokenVerificationReason};

use super::functions::{verify_by, verify_with_key};
use super::options::{AudienceMode, VerifyOptions};
use crate::{CategoryPolicy, DecodedJwt, Header, JwkSet, Kid, SessionClaims, VerifyingKey};

/// Verifies tokens with keys at hand: no I/O, no waiting.
///
/// ```
/// use clerk_tokens::{TokenVerifier, VerifyingKey};
///
/// # fn verify(pem: &str, token: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = TokenVerifier::new(VerifyingKey::from_pem(pem)?)
///     .authorized_parties(["https://app.example.com"]);
/// let claims = verifier.verify(token)?;
/// println!("{}", claims.user_id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TokenVerifier {
    keys: LocalKeys,
    options: VerifyOptions,
    #[cfg(feature = "token-cache")]
    cache: Option<crate::TokenCache>,
}

/// The keys of a verifier: one key for all tokens, or a set in which the token's `kid` chooses.
#[derive(Clone, Debug)]
pub struct LocalKeys {
    keys: Keys,
}

#[derive(Clone, Debug)]
enum Keys {
    // JWT-43: whatever `kid` a token names.
    One(VerifyingKey),
    Set(JwkSet),
}

impl From<VerifyingKey> for LocalKeys {
    fn from(key: VerifyingKey) -> Self {
        Self {
            keys: Keys::One(key),
        }
    }
}

impl From<JwkSet> for LocalKeys {
    fn from(set: JwkSet) -> Self {
        Self {
            keys: Keys::Set(set),
        }
    }
}

impl LocalKeys {
    /// The key for a token with this header.
    ///
    /// # Errors
    ///
    /// `jwk-local-missing` if there is no key at all, `jwk-kid-mismatch` if none has the header's `kid`.
    pub fn find(&self, header: &Header) -> Result<&VerifyingKey, TokenVerificationError> {
        match &self.keys {
            Keys::One(key) => Ok(key),
            // JWT-44.
            Keys::Set(set) if set.is_empty() => Err(TokenVerificationError::new(
                TokenVerificationReason::LocalJwkMissing,
                "The local key set holds no usable key.",
            )
            .with_action(TokenVerificationAction::SetClerkJwtKey)),
            Keys::Set(set) => header.kid().and_then(|kid| set.get(kid)).ok_or_else(|| {
                TokenVerificationError::new(
                    TokenVerificationReason::JwkKidMismatch,
                    "No key of the set has the id (kid) that the token names.",
                )
                .with_action(TokenVerificationAction::CheckKeys)
            }),
        }
    }

    /// The key that last came with a header of exactly this encoded text, and that header.
    pub(super) fn recall(&self, encoded: &str) -> Option<(&VerifyingKey, &Arc<Header>)> {
        fn recalled<'k>(key: &'k VerifyingKey, encoded: &str) -> Option<&'k Arc<Header>> {
            let remembered = key.remembered()?;
            (*remembered.encoded == *encoded).then_some(&remembered.header)
        }
        match &self.keys {
            Keys::One(key) => Some((key, recalled(key, encoded)?)),
            // A header may have been seen where its `kid` did not choose the key; here it does.
            Keys::Set(set) => set.iter().find_map(|key| {
                let header = recalled(key, encoded)?;
                let is_chosen = key.kid().map(Kid::as_str) == header.kid();
                is_chosen.then_some((key, header))
            }),
        }
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl TokenVerifier {
    /// A verifier with keys, on the system's clock, that demands nothing beyond signature, time and form.
    #[must_use]
    pub fn new(keys: impl Into<LocalKeys>) -> Self {
        Self::with_options(keys, VerifyOptions::new())
    }
}

impl TokenVerifier {
    /// A verifier with keys and demands.
    #[must_use]
    pub fn with_options(keys: impl Into<LocalKeys>, options: VerifyOptions) -> Self {
        Self {
            keys: keys.into(),
            options,
            #[cfg(feature = "token-cache")]
            cache: None,
        }
    }

    /// Remembers verified tokens, so that a token that comes again skips signature and parsing.
    ///
    /// The cache is this verifier's and its clones'; do not share one between verifiers of different instances.
    #[cfg(feature = "token-cache")]
    #[cfg_attr(docsrs, doc(cfg(feature = "token-cache")))]
    #[must_use]
    pub fn token_cache(mut self, cache: crate::TokenCache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// See [`VerifyOptions::authorized_parties`].
    #[must_use]
    pub fn authorized_parties<S: Into<String>>(self, parties: impl IntoIterator<Item = S>) -> Self {
        self.map(|options| options.authorized_parties(parties))
    }

    /// See [`VerifyOptions::audience`].
    #[must_use]
    pub fn audience<S: Into<String>>(self, audience: impl IntoIterator<Item = S>) -> Self {
        self.map(|options| options.audience(audience))
    }

    /// See [`VerifyOptions::audience_mode`].
    #[must_use]
    pub fn audience_mode(self, mode: AudienceMode) -> Self {
        self.map(|options| options.audience_mode(mode))
    }

    /// See [`VerifyOptions::issuer`].
    #[must_use]
    pub fn issuer<S: Into<String>>(self, issuers: impl IntoIterator<Item = S>) -> Self {
        self.map(|options| options.issuer(issuers))
    }

    /// See [`VerifyOptions::issued_by`].
    #[must_use]
    pub fn issued_by(self, frontend_api: &FrontendApi) -> Self {
        self.map(|options| options.issued_by(frontend_api))
    }

    /// See [`VerifyOptions::header_types`].
    #[must_use]
    pub fn header_types<S: Into<String>>(self, types: impl IntoIterator<Item = S>) -> Self {
        self.map(|options| options.header_types(types))
    }

    /// See [`VerifyOptions::categories`].
    #[must_use]
    pub fn categories(self, categories: CategoryPolicy) -> Self {
        self.map(|options| options.categories(categories))
    }

    /// See [`VerifyOptions::clock_skew`].
    #[must_use]
    pub fn clock_skew(self, skew: Duration) -> Self {
        self.map(|options| options.clock_skew(skew))
    }

    /// See [`VerifyOptions::clock`].
    #[must_use]
    pub fn clock(self, clock: impl Into<Clock>) -> Self {
        self.map(|options| options.clock(clock))
    }

    /// See [`VerifyOptions::max_token_length`].
    #[must_use]
    pub fn max_token_length(self, bytes: usize) -> Self {
        self.map(|options| options.max_token_length(bytes))
    }

    /// See [`VerifyOptions::allow_test_keys`].
    #[must_use]
    pub fn allow_test_keys(self) -> Self {
        self.map(VerifyOptions::allow_test_keys)
    }

    fn map(mut self, change: impl FnOnce(VerifyOptions) -> VerifyOptions) -> Self {
        self.options = change(self.options);
        self
    }

    /// What this verifier demands.
    #[must_use]
    pub fn options(&self) -> &VerifyOptions {
        &self.options
    }

    /// The keys this verifier trusts.
    #[must_use]
    pub fn keys(&self) -> &LocalKeys {
        &self.keys
    }

    /// Verifies a token.
    ///
    /// # Errors
    ///
    /// The first check that fails; see [`TokenVerificationReason`].
    pub fn verify(&self, token: &str) -> Result<SessionClaims, TokenVerificationError> {
        #[cfg(feature = "token-cache")]
        if let Some(cache) = &self.cache {
            let is_trusted = |key: &VerifyingKey, header: &Header| {
                self.keys.find(header).is_ok_and(|own| own == key)
            };
            if let Some(result) = cache.recall(token, &self.options, is_trusted) {
                return result;
            }
        }
        let (decoded, key) = verify_by(token, Some(&self.keys), &self.options)?;
        #[cfg(feature = "token-cache")]
        if let Some(cache) = &self.cache {
            cache.insert(&decoded, key, self.options.now_ms());
        }
        #[cfg(not(feature = "token-cache"))]
        let _ = key;
        Ok(decoded.into_claims())
    }

    /// Verifies a token that is decoded already.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify).
    pub fn verify_decoded(
        &self,
        decoded: &DecodedJwt<'_>,
    ) -> Result<SessionClaims, TokenVerificationError> {
        let algorithm = self.options.check_header(decoded.header())?;
        let key = self.keys.find(decoded.header())?;
        verify_with_key(decoded, algorithm, key, &self.options)
    }
}
