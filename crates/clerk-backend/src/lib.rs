#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(all(feature = "authenticate", any(feature = "ring", feature = "aws-lc-rs")))]
mod clerk;
#[cfg(all(feature = "api-client", any(feature = "ring", feature = "aws-lc-rs")))]
mod generated;

#[cfg(all(feature = "keyless", any(feature = "ring", feature = "aws-lc-rs")))]
#[cfg_attr(docsrs, doc(cfg(feature = "keyless")))]
pub mod keyless;

#[cfg(all(feature = "authenticate", any(feature = "ring", feature = "aws-lc-rs")))]
#[cfg_attr(docsrs, doc(cfg(feature = "authenticate")))]
pub use clerk::{
    AuthenticateRequest, Clerk, ClerkBuilder, Diagnosis, Finding, SdkMetadata, Severity,
    VerifyToken,
};
#[cfg(all(feature = "api", any(feature = "ring", feature = "aws-lc-rs")))]
#[cfg_attr(docsrs, doc(cfg(feature = "api")))]
pub use clerk::{LoadResources, Resources};
#[cfg(all(feature = "authenticate", any(feature = "ring", feature = "aws-lc-rs")))]
#[cfg_attr(docsrs, doc(cfg(feature = "authenticate")))]
#[doc(inline)]
pub use clerk_internal::{
    Auth, AuthenticateOptions, Authenticator, Issuer, RequestState, Verification,
};

#[doc(inline)]
pub use clerk_core::url::Origin;
#[doc(inline)]
pub use clerk_core::{
    Clock, Config, Domain, FrontendApi, InstanceType, MachineSecretKey, ManualClock, ProxyUrl,
    PublishableKey, Secret, SecretKey,
};
#[doc(inline)]
pub use clerk_tokens::authz;

#[cfg(feature = "api-client")]
#[cfg_attr(docsrs, doc(cfg(feature = "api-client")))]
pub use clerk_api as api;
pub use clerk_errors as errors;
pub use clerk_tokens as tokens;
/// The name under which the JavaScript package exports decoding, verifying and signing.
pub use clerk_tokens as jwt;

#[cfg(feature = "actix")]
#[cfg_attr(docsrs, doc(cfg(feature = "actix")))]
pub use clerk_actix as actix;
#[cfg(feature = "axum")]
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
pub use clerk_axum as axum;
#[cfg(feature = "authenticate")]
#[cfg_attr(docsrs, doc(cfg(feature = "authenticate")))]
pub use clerk_http as http;
#[cfg(feature = "authenticate")]
#[cfg_attr(docsrs, doc(cfg(feature = "authenticate")))]
pub use clerk_internal as internal;
#[cfg(feature = "poem")]
#[cfg_attr(docsrs, doc(cfg(feature = "poem")))]
pub use clerk_poem as poem;
#[cfg(feature = "proxy")]
#[cfg_attr(docsrs, doc(cfg(feature = "proxy")))]
pub use clerk_proxy as proxy;
#[cfg(feature = "rocket")]
#[cfg_attr(docsrs, doc(cfg(feature = "rocket")))]
pub use clerk_rocket as rocket;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub use clerk_testing as testing;
#[cfg(feature = "tower")]
#[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
pub use clerk_tower as tower;
#[cfg(any(feature = "api-client", feature = "webhooks"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "api-client", feature = "webhooks"))))]
pub use clerk_types as types;
#[cfg(feature = "webhooks")]
#[cfg_attr(docsrs, doc(cfg(feature = "webhooks")))]
pub use clerk_webhooks as webhooks;

#[cfg(all(
    any(doc, doctest),
    feature = "authenticate",
    feature = "users",
    feature = "machines",
    feature = "testing",
    feature = "webhooks",
    any(feature = "ring", feature = "aws-lc-rs")
))]
pub mod guide;
