#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod answer;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod auth;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod fairing;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod headers;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod machine;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod protected;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod record;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod rejection;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod session;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod webhook;

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use auth::Auth;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use fairing::ClerkFairing;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use machine::Machine;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use protected::Protected;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use rejection::{AuthRejection, WebhookRejection};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use session::{NoClaims, OptionalSession, Session};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use webhook::Webhook;

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#[doc(inline)]
pub use clerk_internal::guard::{Guard, Policy, RejectionKind, RequestAuth};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#[doc(inline)]
pub use clerk_webhooks::WebhookReceiver;

/// The name under which this integration can be told to Clerk, as `SdkMetadata` of the facade's client.
pub const NAME: &str = env!("CARGO_PKG_NAME");

/// The version that goes with [`NAME`].
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
