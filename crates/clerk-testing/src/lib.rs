#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

// Without a provider nothing can be signed.
#[cfg(all(feature = "auth", any(feature = "ring", feature = "aws-lc-rs")))]
#[cfg_attr(docsrs, doc(cfg(feature = "auth")))]
pub mod auth;
#[cfg(all(feature = "instance", any(feature = "ring", feature = "aws-lc-rs")))]
#[cfg_attr(docsrs, doc(cfg(feature = "instance")))]
pub mod instance;
#[cfg(all(feature = "mint", any(feature = "ring", feature = "aws-lc-rs")))]
#[cfg_attr(docsrs, doc(cfg(feature = "mint")))]
pub mod mint;
#[cfg(all(feature = "server", any(feature = "ring", feature = "aws-lc-rs")))]
#[cfg_attr(docsrs, doc(cfg(feature = "server")))]
pub mod server;
