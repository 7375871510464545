//! The one-call functions that users of Clerk's JavaScript SDK know.

use std::sync::Arc;

use clerk_errors::{
    ConfigError, TokenVerificationAction, TokenVerificationError, TokenVerificationReason,
};

use super::message::not_clerks;
use super::options::VerifyOptions;
use super::verifier::LocalKeys;
use crate::decode::Parts;
use crate::{
    Algorithm, CategoryPolicy, DecodedJwt, SessionClaims, VerifyingKey, decode_jwt_within,
};

/// Verifies a JWT with a key: header, signature and claims, but not its category.
///
/// # Errors
///
/// The first check that fails; see [`TokenVerificationReason`].
#[doc(alias = "verifyJwt")]
pub fn verify_jwt(
    token: &str,
    key: &VerifyingKey,
    options: &VerifyOptions,
) -> Result<SessionClaims, TokenVerificationError> {
    let decoded = decode_jwt_within(token, options.max_token_length)?;
    let algorithm = options.check_header_as(decoded.header(), CategoryPolicy::Any)?;
    verify_with_key(&decoded, algorithm, key, options)
}

/// Verifies a JWT that is decoded already, its category included: for engines that decode once.
///
/// # Errors
///
/// The first check that fails; see [`TokenVerificationReason`].
pub fn verify_decoded_jwt(
    decoded: &DecodedJwt<'_>,
    key: &VerifyingKey,
    options: &VerifyOptions,
) -> Result<SessionClaims, TokenVerificationError> {
    let algorithm = options.check_header(decoded.header())?;
    verify_with_key(decoded, algorithm, key, options)
}

/// Verifies a session token (or a token made from a template).
///
/// ```
/// use clerk_tokens::{VerifyTokenOptions, verify_token};
///
/// let error = verify_token("not a token", &VerifyTokenOptions::new()).unwrap_err();
/// assert_eq!(error.reason().as_str(), "token-invalid");
/// ```
///
/// # Errors
///
/// The first check that fails; `jwk-failed-to-resolve` if the options hold no key.
#[doc(alias = "verifyToken")]
pub fn verify_token(
    token: &str,
    options: &VerifyTokenOptions,
) -> Result<SessionClaims, TokenVerificationError> {
    verify_by(token, options.keys.as_ref(), &options.checks)
        .map(|(decoded, _)| decoded.into_claims())
}

/// The options of [`verify_token`]: a key, and what to demand of tokens.
#[derive(Clone, Debug)]
pub struct VerifyTokenOptions {
    keys: Option<LocalKeys>,
    checks: VerifyOptions,
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl VerifyTokenOptions {
    /// Options without a key, demanding nothing beyond signature, time and form.
    #[must_use]
    pub fn new() -> Self {
        Self::from(VerifyOptions::new())
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl Default for VerifyTokenOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl VerifyTokenOptions {
    /// The instance's public key in PEM (`CLERK_JWT_KEY`). An empty text counts as none.
    ///
    /// # Errors
    ///
    /// If the text is not a usable key.
    #[doc(alias = "jwtKey")]
    pub fn jwt_key(mut self, pem: &str) -> Result<Self, ConfigError> {
        self.keys = match pem {
            "" => None,
            pem => Some(VerifyingKey::from_jwt_key(pem)?.into()),
        };
        Ok(self)
    }

    /// The key, or set of keys, to verify with.
    #[must_use]
    pub fn keys(mut self, keys: impl Into<LocalKeys>) -> Self {
        self.keys = Some(keys.into());
        self
    }

    /// What to demand of tokens.
    #[must_use]
    pub fn checks(mut self, checks: VerifyOptions) -> Self {
        self.checks = checks;
        self
    }
}

impl From<VerifyOptions> for VerifyTokenOptions {
    fn from(checks: VerifyOptions) -> Self {
        Self { keys: None, checks }
    }
}

/// Whether the signature of a decoded JWT is the key's. Judges neither header nor claims, nor whether the key is a
/// published test key.
///
/// # Errors
///
/// `token-invalid-signature` if the key cannot judge: the header names no accepted algorithm, or the key is
/// for another one.
#[doc(alias = "hasValidSignature")]
pub fn has_valid_signature(
    decoded: &DecodedJwt<'_>,
    key: &VerifyingKey,
) -> Result<bool, TokenVerificationError> {
    let algorithm = decoded.header().algorithm().map_err(|_| {
        TokenVerificationError::new(
            TokenVerificationReason::TokenInvalidSignature,
            "The token's algorithm is none of RS256, RS384 and RS512.",
        )
    })?;
    if !is_for(key, algorithm) {
        return Err(TokenVerificationError::new(
            TokenVerificationReason::TokenInvalidSignature,
            "The key is for another algorithm than the token's.",
        ));
    }
    Ok(is_signed_by(decoded, algorithm, key))
}

/// The whole way from text to a verified token, and the key that verified it.
pub(super) fn verify_by<'t, 'k>(
    token: &'t str,
    keys: Option<&'k LocalKeys>,
    options: &VerifyOptions,
) -> Result<(DecodedJwt<'t>, &'k VerifyingKey), TokenVerificationError> {
    let (decoded, known_key) = decode_for(token, keys, options)?;
    // JWT-53: nothing that the header gives away costs a key lookup.
    let algorithm = options.check_header(decoded.header())?;
    let key = match (known_key, keys) {
        (Some(key), _) => key,
        (None, Some(keys)) => keys.find(decoded.header())?,
        (None, None) => {
            return Err(TokenVerificationError::new(
                TokenVerificationReason::JwkFailedToResolve,
                "There is no key to verify the token with.",
            )
            .with_action(TokenVerificationAction::SetClerkSecretKey));
        }
    };
    check(&decoded, algorithm, key, options)?;
    Ok((decoded, key))
}

/// Decodes a token; where a key has seen the very same header before, that header is not decoded again.
fn decode_for<'t, 'k>(
    token: &'t str,
    keys: Option<&'k LocalKeys>,
    options: &VerifyOptions,
) -> Result<(DecodedJwt<'t>, Option<&'k VerifyingKey>), TokenVerificationError> {
    let parts = Parts::split(token, options.max_token_length)?;
    if let Some((key, header)) = keys.and_then(|keys| keys.recall(parts.header)) {
        return Ok((parts.decode_rest(Arc::clone(header))?, Some(key)));
    }
    let header = Arc::new(parts.decode_header()?);
    Ok((parts.decode_rest(header)?, None))
}

pub(super) fn verify_with_key(
    decoded: &DecodedJwt<'_>,
    algorithm: Algorithm,
    key: &VerifyingKey,
    options: &VerifyOptions,
) -> Result<SessionClaims, TokenVerificationError> {
    check(decoded, algorithm, key, options)?;
    Ok(decoded.unverified_claims().clone())
}

/// Signature, then claims: what a claim says matters, and may be told, only once the signature is good.
fn check(
    decoded: &DecodedJwt<'_>,
    algorithm: Algorithm,
    key: &VerifyingKey,
    options: &VerifyOptions,
) -> Result<(), TokenVerificationError> {
    options.check_key(key)?;
    if !is_for(key, algorithm) {
        // JWT-13.
        return Err(not_clerks(
            TokenVerificationReason::TokenVerificationFailed,
            "The token's algorithm is not the one the key is for.",
        ));
    }
    if !is_signed_by(decoded, algorithm, key) {
        return Err(TokenVerificationError::new(
            TokenVerificationReason::TokenInvalidSignature,
            "The token's signature is not the key's.",
        ));
    }
    key.remember(decoded.raw_header(), decoded.shared_header());
    options.check_claims(decoded.unverified_claims())
}

fn is_for(key: &VerifyingKey, algorithm: Algorithm) -> bool {
    key.algorithm().is_none_or(|only| only == algorithm)
}

fn is_signed_by(decoded: &DecodedJwt<'_>, algorithm: Algorithm, key: &VerifyingKey) -> bool {
    key.as_rsa().verify(
        algorithm.hash(),
        decoded.signed_text().as_bytes(),
        decoded.signature(),
    )
}
