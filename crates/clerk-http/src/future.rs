//! Boxed futures that may cross threads wherever there are threads.

use std::future::Future;
use std::pin::Pin;

/// A boxed future; `Send` everywhere but on wasm, where the host's futures are not.
#[cfg(not(target_family = "wasm"))]
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send + 'static>>;

/// A boxed future; `Send` everywhere but on wasm, where the host's futures are not.
#[cfg(target_family = "wasm")]
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + 'static>>;
