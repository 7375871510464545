//! Times, with their unit in the type.

#[cfg(feature = "chrono")]
mod chrono;
mod civil;
mod date_time;
#[cfg(feature = "jiff")]
mod jiff;
mod timestamp;

pub use date_time::DateTime;
pub use timestamp::{TimeRangeError, Timestamp, UnixSeconds};
