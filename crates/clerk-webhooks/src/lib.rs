#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod delivery;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod envelope;
#[cfg(all(
    any(feature = "ring", feature = "aws-lc-rs"),
    not(all(target_family = "wasm", target_os = "unknown"))
))]
mod environment;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod event;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod headers;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod receive;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod secret;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod sign;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod signature;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod verifier;

pub mod guide;

mod replay;

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use delivery::Delivery;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use event::EventError;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use headers::WebhookHeaders;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use receive::{ReceivedWebhook, WebhookReceiver, WebhookRejection};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use secret::SigningSecret;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use sign::{SignedHeaders, sign};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use verifier::{VerifiedMessage, WebhookVerifier};

#[cfg(feature = "memory-replay-guard")]
#[cfg_attr(docsrs, doc(cfg(feature = "memory-replay-guard")))]
pub use replay::MemoryReplayGuard;
pub use replay::{Claim, Lease, LeaseHolder, ReplayFuture, ReplayGuard, ReplayGuardError};

pub use clerk_types::webhooks::EventData;

pub use clerk_errors::{ConfigError, WebhookVerificationError, WebhookVerificationErrorKind};
