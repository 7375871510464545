//! Options of authentication, for an engine or for one call.

use std::sync::Arc;

use clerk_core::url::Origin;
use clerk_core::{Domain, MachineSecretKey, ProxyUrl, PublishableKey, SecretKey};
use clerk_tokens::{AcceptsToken, VerifyingKey};

use crate::issuer::Issuer;
use crate::path::OrganizationSync;
use crate::request::ForwardedHeaders;

/// How the answer of a handshake may come back in production.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandshakeReturn {
    /// In a cookie or a query parameter, as in Clerk's JavaScript SDK.
    #[default]
    CookieOrQuery,
    /// In a cookie only: nobody can sign a visitor in as somebody else by a link. Recommended.
    CookieOnly,
}

/// Declares the options with their setters, and how one set of them goes over another.
macro_rules! options {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($(#[$fmeta:meta])* $field:ident: $type:ty,)+
        }
        lists {
            $($(#[$lmeta:meta])* $list:ident: $element:ty,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default)]
        pub struct $name {
            $(pub(crate) $field: Option<$type>,)+
            $(pub(crate) $list: Option<Arc<[$element]>>,)+
        }

        impl $name {
            /// No options.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            $(
                $(#[$fmeta])*
                #[must_use]
                pub fn $field(mut self, $field: impl Into<$type>) -> Self {
                    self.$field = Some($field.into());
                    self
                }
            )+

            $(
                $(#[$lmeta])*
                #[must_use]
                pub fn $list<T: Into<$element>>(mut self, $list: impl IntoIterator<Item = T>) -> Self {
                    self.$list = Some($list.into_iter().map(Into::into).collect());
                    self
                }
            )+

            /// These options, and those of `base` where these say nothing.
            #[must_use]
            pub fn over(self, base: &Self) -> Self {
                Self {
                    $($field: self.$field.or_else(|| base.$field.clone()),)+
                    $($list: self.$list.or_else(|| base.$list.clone()),)+
                }
            }
        }
    };
}

options! {
    /// Options of authentication. Each one that is set wins over the engine's own, also if it says "none" or `false`.
    ///
    /// ```
    /// use clerk_internal::AuthenticateOptions;
    /// use clerk_tokens::TokenType;
    ///
    /// let options = AuthenticateOptions::new()
    ///     .accepts([TokenType::Session, TokenType::ApiKey])
    ///     .clock_skew_ms(10_000)
    ///     .proxy_url(None);
    /// ```
    pub struct AuthenticateOptions {
        /// The kinds of token that are accepted; session tokens unless set.
        accepts: AcceptsToken,
        /// The instance.
        publishable_key: PublishableKey,
        /// The instance's secret key, for calls to the Backend API.
        secret_key: Option<SecretKey>,
        /// The machine secret key, for verifying opaque M2M tokens.
        machine_secret_key: Option<MachineSecretKey>,
        /// The instance's public key, for verifying without a call.
        jwt_key: Option<VerifyingKey>,
        /// The issuers of session tokens (`iss`); any unless set.
        issuer: Issuer,
        /// How far clocks may disagree, in milliseconds; 5000 unless set.
        clock_skew_ms: i64,
        /// Whether signing keys are fetched anew, rather than taken from the cache.
        skip_jwks_cache: bool,
        /// The domain of a satellite application.
        domain: Option<Domain>,
        /// Whether this is a satellite application.
        is_satellite: bool,
        /// The proxy of the Frontend API.
        proxy_url: Option<ProxyUrl>,
        /// Whether a satellite asks for the session by itself on the first visit.
        satellite_auto_sync: bool,
        /// The application's sign-in page.
        sign_in_url: Option<String>,
        /// The application's sign-up page.
        sign_up_url: Option<String>,
        /// Where to go after signing in.
        after_sign_in_url: Option<String>,
        /// Where to go after signing up.
        after_sign_up_url: Option<String>,
        /// Which pages belong to which organization.
        organization_sync: Option<Arc<OrganizationSync>>,
        /// Which reports of a proxy in front of the application are believed.
        forwarded_headers: ForwardedHeaders,
        /// The application's public origin, whatever a request says. Recommended.
        public_origin: Option<Origin>,
        /// How the answer of a handshake may come back in production.
        handshake_return: HandshakeReturn,
        /// Whether a handshake URL carries the session cookie's token, which lets Clerk's edge renew it while the origin is down.
        session_in_handshake_url: bool,
        /// Accepts keys whose private half is published with this project. For tests only: anyone can sign with them.
        allow_test_keys: bool,
    }
    lists {
        /// The origins that may use session tokens (`azp`); an empty list checks nothing.
        authorized_parties: String,
        /// The audiences of tokens (`aud`); an empty list checks nothing.
        audience: String,
        /// The header types (`typ`) of session tokens.
        header_types: String,
        /// The satellites that the primary application answers in development, besides those on this machine.
        satellite_origins: Origin,
    }
}
