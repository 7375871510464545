#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(feature = "api")]
#[cfg_attr(docsrs, doc(cfg(feature = "api")))]
pub mod api;

mod config;
mod machine;
mod names;
mod signing;
mod token;
mod webhook;

pub use config::{ConfigError, ConfigErrorKind};
pub use machine::{MachineTokenVerificationCode, MachineTokenVerificationError};
pub use names::UnknownName;
pub use signing::{SigningError, SigningErrorKind};
pub use token::{
    MeasuredSkew, TokenCarrier, TokenVerificationAction, TokenVerificationError,
    TokenVerificationReason,
};
pub use webhook::{WebhookVerificationError, WebhookVerificationErrorKind};
