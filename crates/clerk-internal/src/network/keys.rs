//! Signing keys over the network.

use clerk_errors::TokenVerificationError;
use clerk_tokens::VerifyingKey;
use clerk_tokens::jwks::RemoteKeys;

use crate::driver::{Call, CallFuture, SigningKeys};

/// The keys of the client's own instance, whatever secret key a request's settings name: a token of another instance is
/// then refused, never accepted.
impl SigningKeys for RemoteKeys {
    fn now(
        &self,
        _: &Call,
        kid: Option<&str>,
    ) -> Option<Result<VerifyingKey, TokenVerificationError>> {
        self.key_now(kid)
    }

    fn load<'a>(
        &'a self,
        _: &'a Call,
        kid: Option<&'a str>,
        fetch_anew: bool,
    ) -> CallFuture<'a, VerifyingKey, TokenVerificationError> {
        Box::pin(async move {
            if fetch_anew {
                self.key_uncached(kid).await
            } else {
                self.key(kid).await
            }
        })
    }
}
