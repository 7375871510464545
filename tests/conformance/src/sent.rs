//! Requests that went out, and whether they are those that were meant.

use serde_json::Value;

use crate::http::{CannedBody, CannedRequest, SentRequest, matches, sorted};

/// A request that went out, kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedRequest {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl OwnedRequest {
    pub(crate) fn of(sent: SentRequest<'_>) -> Self {
        Self {
            method: sent.method.to_owned(),
            url: sent.url.to_owned(),
            headers: sent.headers.to_vec(),
            body: sent.body.to_vec(),
        }
    }

    fn view(&self) -> SentRequest<'_> {
        SentRequest {
            method: &self.method,
            url: &self.url,
            headers: &self.headers,
            body: &self.body,
        }
    }
}

/// Whether exactly these requests went out, in this order.
///
/// # Errors
///
/// The first difference.
pub(crate) fn same_requests(meant: &[CannedRequest], sent: &[OwnedRequest]) -> Result<(), String> {
    if meant.len() != sent.len() {
        return Err(format!(
            "{} calls are meant, {} went out",
            meant.len(),
            sent.len()
        ));
    }
    for (index, (meant, sent)) in meant.iter().zip(sent).enumerate() {
        matches(meant, sent.view())
            .map_err(|why| format!("call {}: {} {}: {why}", index + 1, sent.method, sent.url))?;
    }
    Ok(())
}

/// Whether two recorded requests are the same.
pub(crate) fn same_request(left: &CannedRequest, right: &CannedRequest) -> bool {
    let json = |body: &CannedBody| match body {
        CannedBody::Text(text) => serde_json::from_str::<Value>(text).ok(),
        _ => None,
    };
    left.method == right.method
        && sorted(&left.url) == sorted(&right.url)
        && left.headers == right.headers
        && match (json(&left.body), json(&right.body)) {
            (Some(left), Some(right)) => crate::compare::compare(&left, &right).is_ok(),
            _ => left.body == right.body,
        }
}
