#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

pub mod authz;

mod algorithm;
mod category;
mod claims;
mod decode;
mod header;

mod base64url;
mod fields;
mod json;
mod time;

pub use algorithm::{Algorithm, UnsupportedAlgorithm};
pub use category::{CategoryPolicy, TokenCategory};
pub use claims::{Actor, OrgClaims, SessionClaims, SessionStatus};
pub use decode::{DEFAULT_MAX_TOKEN_LENGTH, DecodedJwt, decode_jwt, decode_jwt_within};
pub use header::{Header, HeaderValue};

#[doc(no_inline)]
pub use clerk_errors::{
    MeasuredSkew, TokenCarrier, TokenVerificationAction, TokenVerificationError,
    TokenVerificationReason,
};
