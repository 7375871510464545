//! A transport that answers from a script and a runtime whose time is under control, for tests.

mod manual_runtime;
mod scripted;

pub use manual_runtime::ManualRuntime;
pub use scripted::{Reply, ScriptedTransport};
