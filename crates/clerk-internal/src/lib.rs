#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(any(feature = "ring", feature = "aws-lc-rs")),
    allow(
        dead_code,
        unused_imports,
        reason = "without a provider the engine is missing, and it is what reads most of the crate's inner parts"
    )
)]
#![doc = include_str!("../README.md")]

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#[macro_use]
mod event;

pub mod machine;
pub mod path;
pub mod request;

mod auth;
mod redirect;
mod reverification;
mod token_type;

// Verifying takes a provider of cryptography.
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub mod guard;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub mod state;

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod authenticator;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod context;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod decide;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod driver;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod issuer;
#[cfg(all(feature = "network", any(feature = "ring", feature = "aws-lc-rs")))]
mod network;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod notice;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod options;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod settings;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod verification;

pub use auth::{
    ApiKeyAuth, Auth, M2mAuth, OAuthAuth, PendingSessions, SessionAuth, SignedOutAuth,
    strip_private_metadata,
};
pub use redirect::{Redirects, ReturnTo};
pub use reverification::{reverification_error, reverification_response};
pub use token_type::MachineTokenType;

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use authenticator::{Authenticator, AuthenticatorBuilder};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use decide::{CallFailure, Decision, Need, RefreshFailure, RefreshRequest};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use driver::{BackendCalls, Call, CallCounts, CallFuture, CallLimits, SigningKeys};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use issuer::Issuer;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use options::{AuthenticateOptions, HandshakeReturn};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use state::RequestState;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use verification::{TokenOutage, TokenRefusal, Verification, VerifiedToken};
