//! Bodies on their way, in both directions.

mod channel;
mod download;
mod upload;

pub use channel::{BodyGone, BodySender, ChannelBody, body_channel};
pub use download::{ProxyBody, ProxyBodyError};
pub(crate) use upload::{Progress, Upload, UploadFailure};
