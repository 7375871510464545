//! Reading a request: its view, its public URL, cookies and credentials.

mod authorization;
mod cookies;
mod forwarded;
mod view;

pub use forwarded::ForwardedHeaders;
pub use view::{HeaderSource, RequestView};
