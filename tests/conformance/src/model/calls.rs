//! The recorded answers to outgoing calls, in order.

use serde_json::Value;

use super::Model;
use crate::http::{CannedResponse, Exchange};

/// What came back from a call.
pub(super) enum Reply {
    /// Nothing, or nothing was recorded.
    Network,
    /// An answer.
    Answer { status: u16, body: Vec<u8> },
}

impl Reply {
    /// The body of a success, as JSON.
    pub(super) fn json(&self) -> Option<Value> {
        match self {
            Self::Answer {
                status: 200..300,
                body,
            } => serde_json::from_slice(body).ok(),
            _ => None,
        }
    }

    /// The status, where there was an answer.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Network => None,
            Self::Answer { status, .. } => Some(*status),
        }
    }

    /// Clerk could not be asked.
    pub(super) fn is_outage(&self) -> bool {
        matches!(self.status(), None | Some(429 | 500..))
    }

    /// An error whose list of errors is none.
    pub(super) fn has_no_list_of_errors(&self) -> bool {
        match self {
            Self::Answer {
                status: 400..,
                body,
            } => {
                let answer: Value = serde_json::from_slice(body).unwrap_or_default();
                !answer["errors"].is_array()
            }
            _ => false,
        }
    }

    /// The code of the first error in the answer.
    pub(super) fn code(&self) -> Option<String> {
        let Self::Answer { body, .. } = self else {
            return None;
        };
        let answer: Value = serde_json::from_slice(body).ok()?;
        Some(answer["errors"].get(0)?["code"].as_str()?.to_owned())
    }
}

impl Model<'_> {
    /// Makes a call: the next recorded one to a URL with this in it answers it.
    pub(super) fn call(&self, to: &str) -> Reply {
        self.made.set(self.made.get() + 1);
        let rest = self.vector.http.get(self.next.get()..).unwrap_or_default();
        if let Some(at) = rest
            .iter()
            .position(|exchange| exchange.request.url.contains(to))
        {
            self.next.set(self.next.get() + at + 1);
            return self.read(&rest[at]);
        }
        if !rest.is_empty() {
            // Others were recorded, but none like this.
            *self.other_request.borrow_mut() = Some(to.to_owned());
        }
        Reply::Network
    }

    fn read(&self, exchange: &Exchange) -> Reply {
        match &exchange.response {
            CannedResponse::NetworkFailure(_) => Reply::Network,
            CannedResponse::Answer(answer) => {
                let is_json = answer.headers.iter().any(|(name, value)| {
                    name.eq_ignore_ascii_case("content-type") && value == "application/json"
                });
                // HTTP-21: the reference takes anything else for a text.
                self.note_if(!is_json, "HTTP-21");
                Reply::Answer {
                    status: answer.status,
                    body: answer.body.clone(),
                }
            }
        }
    }
}
