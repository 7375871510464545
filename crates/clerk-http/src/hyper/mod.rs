//! The transport over hyper and, with a TLS feature, rustls.

mod builder;
mod client;
mod connector;
mod failure;
mod sent_body;
#[cfg(feature = "tls")]
mod tls;

pub use builder::HyperTransportBuilder;
pub use client::{HyperTransport, RequestBody, StreamingBody};
#[cfg(feature = "tls")]
#[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
pub use tls::{Roots, TlsProvider};
