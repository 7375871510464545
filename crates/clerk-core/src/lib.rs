#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "ring", feature = "aws-lc-rs"))))]
pub mod crypto;

mod clock;
mod secret;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod test_keys;
pub mod url;

pub use clock::{Clock, ManualClock, TimeSource};
pub use secret::Secret;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use test_keys::is_published_test_key;
