#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

pub mod checkup;
pub mod constants;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "ring", feature = "aws-lc-rs"))))]
pub mod crypto;
pub mod env;
pub mod hosts;
pub mod url;

mod clock;
mod config;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod cookie_names;
mod domains;
mod frontend_api;
mod instance;
mod publishable_key;
mod secret;
mod secret_key;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod test_keys;

pub use clock::{Clock, ManualClock, TimeSource};
pub use config::{Config, PageUrl};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "ring", feature = "aws-lc-rs"))))]
pub use cookie_names::{CookieNames, CookieSuffix};
pub use domains::{Domain, FrontendApis, ProxyUrl};
pub use frontend_api::FrontendApi;
pub use instance::InstanceType;
pub use publishable_key::{FoundKey, PublishableKey, PublishableKeyError};
pub use secret::Secret;
pub use secret_key::{MachineSecretKey, SecretKey};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use test_keys::is_published_test_key;
