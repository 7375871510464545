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
    /// Makes a call: the next recorded one of that kind answers it.
    pub(super) fn call(&self, is_it: impl Fn(&str) -> bool) -> Reply {
        self.made.set(self.made.get() + 1);
        let rest = self.vector.http.get(self.next.get()..).unwrap_or_default();
        if rest.is_empty() {
            return Reply::Network;
        }
        let Some(at) = rest
            .iter()
            .position(|exchange| is_it(&exchange.request.url))
        else {
            self.is_lost.set(true);
            return Reply::Network;
        };
        self.next.set(self.next.get() + at + 1);
        self.read(&rest[at])
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
