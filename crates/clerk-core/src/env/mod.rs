//! The environment: names of variables, and what their texts mean.

mod auto_proxy;
pub mod names;
mod truthy;

pub use auto_proxy::auto_proxy_url;
pub use truthy::is_truthy;
