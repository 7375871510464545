//! Puts hyper's errors into our terms.

use std::error::Error;

use clerk_errors::api::Sent;
use hyper_util::client::legacy;

use super::connector::NotConnected;
use crate::{TransportError, TransportErrorKind};

pub(super) fn of_request(error: legacy::Error) -> TransportError {
    if error.is_connect() {
        let (kind, message) = find::<NotConnected>(&error)
            .map_or((TransportErrorKind::Connect, String::new()), |reason| {
                (reason.kind(), reason.to_string())
            });
        return TransportError::new(kind, Sent::No, message).with_source(error);
    }
    let kind = find::<hyper::Error>(&error).map_or(TransportErrorKind::Other, kind_of);
    TransportError::new(kind, Sent::Maybe, "").with_source(error)
}

pub(super) fn of_body(error: hyper::Error) -> TransportError {
    TransportError::new(kind_of(&error), Sent::Yes, "the answer broke off").with_source(error)
}

fn kind_of(error: &hyper::Error) -> TransportErrorKind {
    if error.is_timeout() {
        TransportErrorKind::Timeout
    } else if error.is_parse() {
        TransportErrorKind::Protocol
    } else {
        TransportErrorKind::Reset
    }
}

/// The first error of a type in a chain of causes.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
