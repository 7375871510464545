//! Reading a request: its view, its public URL, cookies and credentials.

mod authorization;
mod cookies;
mod forwarded;
mod view;

pub use forwarded::ForwardedHeaders;
pub use view::{HeaderSource, RequestView};

pub(crate) use authorization::token as authorization_token;
pub(crate) use cookies::{Cookies, decode as decode_cookie};
pub(crate) use forwarded::{public_url, url_at};
pub(crate) use view::HeaderName;
