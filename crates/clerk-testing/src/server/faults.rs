//! Failures on demand, and the log of requests.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

/// What an injected failure does to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Answers this status with an error in Clerk's shape; 429 comes with `Retry-After: 1`.
    Status(u16),
    /// Answers normally, this much later.
    Latency(Duration),
    /// Closes the connection without an answer.
    Reset,
    /// Answers 200 with a body that is not JSON.
    MalformedBody,
}

#[derive(Clone, Debug)]
struct Planned {
    route: String,
    fault: Fault,
    left: Option<u32>,
}

/// The failures that wait for their requests.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    planned: Vec<Planned>,
}

impl Faults {
    /// Plans a failure for requests whose path begins with `route`; `times` of them, or until cleared.
    pub(crate) fn plan(&mut self, route: &str, fault: Fault, times: Option<u32>) {
        self.planned.push(Planned {
            route: route.to_owned(),
            fault,
            left: times,
        });
    }

    pub(crate) fn clear(&mut self) {
        self.planned.clear();
    }

    /// The failure for a request, used up by it.
    pub(crate) fn take(&mut self, path: &str) -> Option<Fault> {
        let index = self
            .planned
            .iter()
            .position(|planned| path.starts_with(planned.route.as_str()))?;
        let planned = self.planned.get_mut(index)?;
        let fault = planned.fault.clone();
        if let Some(left) = &mut planned.left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.planned.remove(index);
            }
        }
        Some(fault)
    }
}

/// One request as it was answered. Neither headers nor bodies are kept: they hold tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// `backend` or `frontend`.
    pub api: &'static str,
    /// The method.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The status of the answer; 0 where the connection was closed.
    pub status: u16,
}

impl LoggedRequest {
    pub(crate) fn to_json(&self) -> Value {
        json!({"api": self.api, "method": self.method, "path": self.path, "status": self.status})
    }
}

/// The latest requests, bounded.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<LoggedRequest>,
}

const MOST_ENTRIES: usize = 10_000;

impl RequestLog {
    pub(crate) fn push(&mut self, entry: LoggedRequest) {
        if self.entries.len() >= MOST_ENTRIES {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn entries(&self) -> Vec<LoggedRequest> {
        self.entries.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}
