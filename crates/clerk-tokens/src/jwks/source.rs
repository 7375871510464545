//! Everywhere keys can come from.

use clerk_core::PublishableKey;
use clerk_errors::{ConfigError, TokenVerificationError};
use clerk_http::{ApiClient, SharedTransport};

use super::{RemoteKeys, RemoteKeysBuilder};
use crate::{Header, JwkSet, LocalKeys, VerifyingKey};

/// Where an instance's keys come from, as a setting.
///
/// ```
/// use clerk_core::PublishableKey;
/// use clerk_http::{HyperTransport, SharedTransport};
/// use clerk_tokens::jwks::{KeySource, RemoteKeysBuilder};
///
/// // A service that only verifies needs no secret.
/// let source = KeySource::FrontendApi {
///     key: PublishableKey::parse("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")?,
///     transport: SharedTransport::new(HyperTransport::builder().build()?),
/// };
/// let keys = source.open(RemoteKeysBuilder::build)?;
/// # Ok::<(), clerk_errors::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum KeySource {
    /// The instance's public key in PEM, as in `CLERK_JWT_KEY`. Nothing is fetched.
    Pem(String),
    /// One key as the JSON text of a JWK, whatever `kid` tokens name. Nothing is fetched.
    Jwk(String),
    /// A set of keys as the JSON text of a JWK set. Nothing is fetched.
    JwkSet(String),
    /// What the Backend API publishes for the secret key of this client.
    BackendApi(ApiClient),
    /// What the Frontend API of the instance publishes for everybody.
    FrontendApi {
        /// Names the instance.
        key: PublishableKey,
        /// What the fetch goes through.
        transport: SharedTransport,
    },
}

impl KeySource {
    /// The keys of this source; `remote` makes the holder of those that are fetched.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] where a key cannot be read.
    pub fn open(
        self,
        remote: impl FnOnce(RemoteKeysBuilder) -> RemoteKeys,
    ) -> Result<InstanceKeys, ConfigError> {
        Ok(match self {
            Self::Pem(pem) => VerifyingKey::from_jwt_key(&pem)?.into(),
            Self::Jwk(json) => VerifyingKey::from_jwk_json(&json)?.into(),
            Self::JwkSet(json) => JwkSet::from_json(&json)?.into(),
            Self::BackendApi(client) => remote(RemoteKeys::backend_api(client)).into(),
            Self::FrontendApi { key, transport } => {
                remote(RemoteKeys::frontend_api(&key, transport)?).into()
            }
        })
    }
}

/// The keys of an instance: at hand, or fetched when needed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum InstanceKeys {
    /// At hand.
    Local(LocalKeys),
    /// Fetched and kept.
    Remote(RemoteKeys),
}

impl InstanceKeys {
    /// The key for a token with this header.
    ///
    /// # Errors
    ///
    /// As [`LocalKeys::find`] or [`RemoteKeys::key`].
    pub async fn key(&self, header: &Header) -> Result<VerifyingKey, TokenVerificationError> {
        match self {
            Self::Local(keys) => keys.find(header).cloned(),
            Self::Remote(keys) => keys.key(header.kid()).await,
        }
    }

    /// The key for a token with this header, if that can be told without waiting: see [`RemoteKeys::key_now`].
    ///
    /// # Errors
    ///
    /// As [`key`](Self::key).
    pub fn key_now(&self, header: &Header) -> Option<Result<VerifyingKey, TokenVerificationError>> {
        match self {
            Self::Local(keys) => Some(keys.find(header).cloned()),
            Self::Remote(keys) => keys.key_now(header.kid()),
        }
    }

    /// The key for a token with this header, if that can be told without starting anything: see [`RemoteKeys::peek`].
    ///
    /// # Errors
    ///
    /// As [`key`](Self::key).
    pub fn peek(&self, header: &Header) -> Option<Result<VerifyingKey, TokenVerificationError>> {
        match self {
            Self::Local(keys) => Some(keys.find(header).cloned()),
            Self::Remote(keys) => keys.peek(header.kid()),
        }
    }

    /// Fetches what has to be fetched: see [`RemoteKeys::warm_up`].
    ///
    /// # Errors
    ///
    /// As [`RemoteKeys::warm_up`].
    pub async fn warm_up(&self) -> Result<(), TokenVerificationError> {
        match self {
            Self::Local(_) => Ok(()),
            Self::Remote(keys) => keys.warm_up().await,
        }
    }
}

impl From<RemoteKeys> for InstanceKeys {
    fn from(keys: RemoteKeys) -> Self {
        Self::Remote(keys)
    }
}

impl From<LocalKeys> for InstanceKeys {
    fn from(keys: LocalKeys) -> Self {
        Self::Local(keys)
    }
}

impl From<VerifyingKey> for InstanceKeys {
    fn from(key: VerifyingKey) -> Self {
        Self::Local(key.into())
    }
}

impl From<JwkSet> for InstanceKeys {
    fn from(set: JwkSet) -> Self {
        Self::Local(set.into())
    }
}
