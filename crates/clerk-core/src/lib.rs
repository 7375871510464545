#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod clock;
mod secret;

pub use clock::{Clock, ManualClock, TimeSource};
pub use secret::Secret;
