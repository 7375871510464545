#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

pub mod authz;
#[cfg(all(feature = "jwks", any(feature = "ring", feature = "aws-lc-rs")))]
#[cfg_attr(docsrs, doc(cfg(feature = "jwks")))]
pub mod jwks;

mod algorithm;
mod category;
mod claims;
mod decode;
mod header;
mod kind;

#[cfg(all(feature = "token-cache", any(feature = "ring", feature = "aws-lc-rs")))]
mod cache;
// Without a provider tokens can be decoded, not verified.
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod key;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod sign;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod verify;

mod base64url;
mod fields;
mod json;
mod time;

pub use algorithm::{Algorithm, UnsupportedAlgorithm};
pub use category::{CategoryPolicy, TokenCategory};
pub use claims::{
    Actor, M2mClaims, OAuthActor, OAuthClaims, OrgClaims, SessionClaims, SessionStatus,
};
pub use decode::{DEFAULT_MAX_TOKEN_LENGTH, DecodedJwt, decode_jwt, decode_jwt_within};
pub use header::{Header, HeaderValue};
pub use kind::{
    AcceptsToken, PresentedToken, TokenType, UnknownTokenType, is_machine_token,
    is_machine_token_by_prefix, is_token_type_accepted,
};

#[cfg(all(feature = "token-cache", any(feature = "ring", feature = "aws-lc-rs")))]
#[cfg_attr(docsrs, doc(cfg(feature = "token-cache")))]
pub use cache::TokenCache;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use key::{InvalidKid, Jwk, JwkSet, Kid, MAX_KEYS, SigningKey, VerifyingKey};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use sign::{SignOptions, sign_jwt};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use verify::{
    AudienceMode, DEFAULT_CLOCK_SKEW, LocalKeys, MachineClaims, TokenVerifier, VerifyOptions,
    VerifyTokenOptions, has_valid_signature, verify_decoded_jwt, verify_jwt, verify_m2m_jwt,
    verify_machine_jwt, verify_oauth_jwt, verify_token,
};

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#[doc(no_inline)]
pub use clerk_core::crypto::Provider;
#[doc(no_inline)]
pub use clerk_errors::{
    ConfigError, MachineTokenVerificationCode, MachineTokenVerificationError, MeasuredSkew,
    TokenCarrier, TokenVerificationAction, TokenVerificationError, TokenVerificationReason,
};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#[doc(no_inline)]
pub use clerk_errors::{SigningError, SigningErrorKind};
