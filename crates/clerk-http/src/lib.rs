#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod api_client;
mod api_error;
mod api_request;
mod api_response;
mod api_url;
mod body_limit;
#[cfg(any(feature = "hyper", feature = "tower"))]
mod collect;
mod deadlines;
mod future;
#[cfg(all(feature = "hyper", not(target_family = "wasm")))]
mod hyper;
mod media_type;
mod rate_limit;
mod retry;
mod retry_after;
mod runtime;
#[cfg(feature = "tower")]
mod tower;
#[cfg(feature = "tracing")]
mod traced;
mod transport;
mod transport_error;

#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;

pub use api_client::{ApiClient, ApiClientBuilder};
pub use api_error::api_error;
pub use api_request::{ApiRequest, Operation};
pub use api_response::ApiResponse;
pub use body_limit::BodyLimit;
pub use deadlines::{Deadlines, Elapsed, within};
pub use future::{BoxFuture, try_both};
#[cfg(all(feature = "hyper", not(target_family = "wasm")))]
#[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
pub use hyper::{HyperTransport, HyperTransportBuilder, RequestBody, StreamingBody};
#[cfg(all(feature = "tls", not(target_family = "wasm")))]
#[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
pub use hyper::{Roots, TlsProvider};
pub use media_type::is_json;
pub use rate_limit::{RateLimit, RateLimited};
pub use retry::{Backoff, Jitter, Retry, RetryPolicy};
pub use retry_after::retry_after;
#[cfg(all(feature = "tokio", not(target_family = "wasm")))]
#[cfg_attr(docsrs, doc(cfg(feature = "tokio")))]
pub use runtime::TokioRuntime;
pub use runtime::{Runtime, SharedRuntime};
#[cfg(feature = "tower")]
#[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
pub use tower::TowerTransport;
#[cfg(feature = "tracing")]
#[cfg_attr(docsrs, doc(cfg(feature = "tracing")))]
pub use traced::Traced;
pub use transport::{SharedTransport, Transport, TransportFuture};
pub use transport_error::{TransportError, TransportErrorKind};
