#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod identify;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod require;

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use identify::{ClerkFuture, ClerkLayer, ClerkService};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use require::{RequireAuth, RequireAuthFuture, RequireAuthService};

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#[doc(inline)]
pub use clerk_internal::guard::{Guard, Rejection, RejectionKind, RequestAuth};

/// The name under which this integration can be told to Clerk, as `SdkMetadata` of the facade's client.
pub const NAME: &str = env!("CARGO_PKG_NAME");

/// The version that goes with [`NAME`].
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
