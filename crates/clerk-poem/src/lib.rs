#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod auth;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod identify;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod machine;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod protected;
#[cfg(all(feature = "proxy", any(feature = "ring", feature = "aws-lc-rs")))]
mod proxy;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod rejection;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod request;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod require;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod session;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod webhook;

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use auth::Auth;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use identify::{ClerkEndpoint, ClerkMiddleware};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use machine::Machine;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use protected::Protected;
#[cfg(all(feature = "proxy", any(feature = "ring", feature = "aws-lc-rs")))]
#[cfg_attr(docsrs, doc(cfg(feature = "proxy")))]
pub use proxy::{ProxyEndpoint, ProxyMiddleware};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use rejection::{AuthRejection, WebhookRejection};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use require::{RequireAuth, RequireAuthEndpoint};
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
