//! How much of an answer is read.

/// The largest body a request's answer may have, in bytes. In a request's extensions it replaces the transport's own
/// limit; a larger body is an error of kind [`TooLarge`](crate::TransportErrorKind::TooLarge).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyLimit(pub usize);
