#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod api_client;
mod api_error;
mod api_request;
mod api_response;
mod api_url;
mod deadlines;
mod future;
mod media_type;
mod query;
mod retry;
mod retry_after;
mod runtime;
mod transport;
mod transport_error;

#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;

pub use api_client::{ApiClient, ApiClientBuilder};
pub use api_error::api_error;
pub use api_request::{ApiRequest, Operation};
pub use api_response::ApiResponse;
pub use deadlines::{Deadlines, Elapsed, within};
pub use future::BoxFuture;
pub use media_type::is_json;
pub use retry::{Backoff, Jitter, Retry, RetryPolicy};
pub use retry_after::retry_after;
pub use runtime::{Runtime, SharedRuntime};
pub use transport::{SharedTransport, Transport, TransportFuture};
pub use transport_error::{TransportError, TransportErrorKind};
