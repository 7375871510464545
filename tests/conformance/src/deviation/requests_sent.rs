//! Requests that are meant to go out instead of the recorded ones, computed from the vector; by name.

use super::api_requests;
use crate::http::CannedRequest;
use crate::vector::Vector;

/// The meant requests, in order.
pub(crate) type Requests = fn(&Vector) -> Option<Vec<CannedRequest>>;

/// The requests that `requests` in an entry can name.
pub(crate) const REQUESTS: &[(&str, Requests)] = &[
    ("the request as it is meant", api_requests::as_meant),
    ("the trimmed key", api_requests::with_trimmed_key),
];

pub(crate) fn named(name: &str) -> Option<Requests> {
    let mut requests = REQUESTS.iter();
    requests
        .find(|(have, _)| *have == name)
        .map(|(_, requests)| *requests)
}
