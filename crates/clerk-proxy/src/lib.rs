#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[macro_use]
mod event;

mod body;
mod builder;
mod client_address;
mod error;
mod fapi_url;
mod headers;
mod layer;
mod limits;
mod network;
mod path;
mod pieces;
mod proxy;
mod service;
mod upstream;

pub use body::{BodyGone, BodySender, ChannelBody, ProxyBody, ProxyBodyError, body_channel};
pub use builder::FrontendProxyBuilder;
pub use client_address::{ClientAddress, PeerAddress};
pub use error::{ProxyError, ProxyErrorKind};
pub use fapi_url::fapi_url;
pub use layer::{ProxyLayer, ProxyMiddleware};
pub use network::IpNetwork;
pub use path::{DEFAULT_PROXY_PATH, ProxyPath, matches_proxy_path};
pub use pieces::RequestPieces;
pub use proxy::FrontendProxy;
pub use service::ProxyService;
