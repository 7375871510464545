#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod decode;
#[cfg(feature = "webhooks")]
mod event_data;
mod generated;
mod json;
mod metadata;
mod oauth_token_verification;
mod open_enum;
mod patch;
mod secret_text;
mod session_refresh;
mod tagged;
mod time;
#[cfg(feature = "users")]
mod user;

#[cfg(feature = "webhooks")]
use event_data::event_data;
use open_enum::open_enum;

#[cfg(feature = "webhooks")]
pub use generated::webhooks;
pub use generated::{enums, models};
pub use json::{DecodeError, from_slice};
pub use metadata::Metadata;
pub use oauth_token_verification::OauthTokenVerification;
pub use patch::Patch;
pub use secret_text::SecretText;
pub use session_refresh::SessionRefresh;
pub use time::{DateTime, TimeRangeError, Timestamp, UnixSeconds};
