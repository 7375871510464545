//! A verifier whose keys may have to be fetched.

use clerk_errors::TokenVerificationError;

use super::InstanceKeys;
use crate::{
    DecodedJwt, SessionClaims, VerifyOptions, VerifyingKey, decode_jwt_within, verify_decoded_jwt,
};

/// Verifies tokens with keys from anywhere.
///
/// With keys at hand, which is nearly always, nothing is waited for. Form, category and algorithm are judged before
/// any key is looked for, so that junk costs no fetch.
///
/// ```no_run
/// use clerk_http::{ApiClient, HyperTransport, SharedTransport};
/// use clerk_tokens::VerifyOptions;
/// use clerk_tokens::jwks::{RemoteKeys, RemoteTokenVerifier};
///
/// # async fn example(token: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let transport = SharedTransport::new(HyperTransport::builder().build()?);
/// let client = ApiClient::builder(transport).secret_key("sk_test_...").build()?;
/// let verifier = RemoteTokenVerifier::new(
///     RemoteKeys::backend_api(client).build(),
///     VerifyOptions::new().authorized_parties(["https://app.example.com"]),
/// );
/// match verifier.verify(token).await {
///     Ok(claims) => println!("{}", claims.user_id()),
///     Err(error) if error.is_key_problem() => println!("503, retry after {:?}", error.retry_after()),
///     Err(error) => println!("401 {error}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RemoteTokenVerifier {
    keys: InstanceKeys,
    options: VerifyOptions,
    use_cache: bool,
    #[cfg(feature = "token-cache")]
    token_cache: Option<crate::TokenCache>,
}

impl RemoteTokenVerifier {
    /// A verifier with keys and demands.
    pub fn new(keys: impl Into<InstanceKeys>, options: VerifyOptions) -> Self {
        Self {
            keys: keys.into(),
            options,
            use_cache: true,
            #[cfg(feature = "token-cache")]
            token_cache: None,
        }
    }

    /// Fetches the keys anew for every token, as `skipJwksCache` does; verifications at the same time share a fetch.
    #[must_use]
    #[doc(alias = "skipJwksCache")]
    pub fn skip_jwks_cache(mut self) -> Self {
        self.use_cache = false;
        self
    }

    /// Remembers verified tokens: one seen before skips signature and parsing, while the key that signed it is still
    /// the instance's under its `kid`.
    #[cfg(feature = "token-cache")]
    #[cfg_attr(docsrs, doc(cfg(feature = "token-cache")))]
    #[must_use]
    pub fn token_cache(mut self, cache: crate::TokenCache) -> Self {
        self.token_cache = Some(cache);
        self
    }

    /// The keys this verifier trusts.
    #[must_use]
    pub fn keys(&self) -> &InstanceKeys {
        &self.keys
    }

    /// What this verifier demands.
    #[must_use]
    pub fn options(&self) -> &VerifyOptions {
        &self.options
    }

    /// Verifies a token.
    ///
    /// # Errors
    ///
    /// The first check that fails. [`is_key_problem`](TokenVerificationError::is_key_problem) means that nobody could
    /// tell, because there was no key to be had: answer 503, not 401.
    pub async fn verify(&self, token: &str) -> Result<SessionClaims, TokenVerificationError> {
        if let Some(remembered) = self.recall(token) {
            return remembered;
        }
        let decoded = decode_jwt_within(token, self.options.max_token_length)?;
        self.verify_decoded(&decoded).await
    }

    /// Verifies a token that is decoded already.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify).
    pub async fn verify_decoded(
        &self,
        decoded: &DecodedJwt<'_>,
    ) -> Result<SessionClaims, TokenVerificationError> {
        let key = self.key_for(decoded).await?;
        self.verify_with(decoded, &key)
    }

    /// Verifies a token, if that is possible without waiting: `None` means that keys have to be fetched first.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify).
    pub fn verify_now(&self, token: &str) -> Option<Result<SessionClaims, TokenVerificationError>> {
        if let Some(remembered) = self.recall(token) {
            return Some(remembered);
        }
        let decoded = match decode_jwt_within(token, self.options.max_token_length) {
            Ok(decoded) => decoded,
            Err(error) => return Some(Err(error)),
        };
        if let Err(error) = self.options.check_header(decoded.header()) {
            return Some(Err(error));
        }
        if !self.use_cache && matches!(self.keys, InstanceKeys::Remote(_)) {
            return None;
        }
        let key = self.keys.key_now(decoded.header())?;
        Some(key.and_then(|key| self.verify_with(&decoded, &key)))
    }

    /// What is known of a token that was verified before, judged anew, while its key is still trusted.
    fn recall(&self, token: &str) -> Option<Result<SessionClaims, TokenVerificationError>> {
        #[cfg(feature = "token-cache")]
        if let Some(cache) = self.token_cache.as_ref().filter(|_| self.use_cache) {
            return cache.recall(token, &self.options, |key, header| {
                matches!(self.keys.key_now(header), Some(Ok(current)) if current == *key)
            });
        }
        let _ = token;
        None
    }

    fn verify_with(
        &self,
        decoded: &DecodedJwt<'_>,
        key: &VerifyingKey,
    ) -> Result<SessionClaims, TokenVerificationError> {
        #[cfg(feature = "token-cache")]
        if let Some(cache) = &self.token_cache {
            return cache.verify_decoded(decoded, key, &self.options);
        }
        verify_decoded_jwt(decoded, key, &self.options)
    }

    async fn key_for(
        &self,
        decoded: &DecodedJwt<'_>,
    ) -> Result<VerifyingKey, TokenVerificationError> {
        // JWT-53: nothing that the header gives away costs a key lookup.
        self.options.check_header(decoded.header())?;
        match &self.keys {
            InstanceKeys::Remote(keys) if !self.use_cache => {
                keys.key_uncached(decoded.header().kid()).await
            }
            keys => keys.key(decoded.header()).await,
        }
    }
}
