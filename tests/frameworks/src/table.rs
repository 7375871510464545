//! Requests and what is expected of their answers.

use std::net::SocketAddr;

use crate::client::{Answer, Request};

/// One line of a table.
pub struct Case {
    name: String,
    request: Request,
    status: u16,
    body: Option<String>,
    headers: Vec<(&'static str, Expected)>,
}

/// What is expected of a header.
enum Expected {
    Is(String),
    StartsWith(String),
    Absent,
}

impl Case {
    /// A request and the status it is to be answered with.
    #[must_use]
    pub fn new(name: impl Into<String>, request: Request, status: u16) -> Self {
        Self {
            name: name.into(),
            request,
            status,
            body: None,
            headers: Vec::new(),
        }
    }

    /// The body contains this; where nothing is expected of it, it is empty.
    #[must_use]
    pub fn body(mut self, text: impl Into<String>) -> Self {
        self.body = Some(text.into());
        self
    }

    /// A header has this value.
    #[must_use]
    pub fn is(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, Expected::Is(value.into())));
        self
    }

    /// A header's value begins so.
    #[must_use]
    pub fn starts(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers
            .push((name, Expected::StartsWith(value.into())));
        self
    }

    /// A header is not there.
    #[must_use]
    pub fn absent(mut self, name: &'static str) -> Self {
        self.headers.push((name, Expected::Absent));
        self
    }

    fn check(&self, answer: &Answer) -> Vec<String> {
        let mut problems = Vec::new();
        if answer.status != self.status {
            problems.push(format!(
                "status {} instead of {}",
                answer.status, self.status
            ));
        }
        if let Some(body) = &self.body {
            let is_there = match body.is_empty() {
                true => answer.body.is_empty(),
                false => answer.body.contains(body),
            };
            if !is_there {
                problems.push(format!("the body {:?} instead of {body:?}", answer.body));
            }
        }
        for (name, expected) in &self.headers {
            let values = answer.values(name);
            let is_met = match (expected, values.as_slice()) {
                (Expected::Is(value), [found]) => found == value,
                (Expected::StartsWith(value), [found]) => found.starts_with(value),
                (Expected::Absent, []) => true,
                _ => false,
            };
            if !is_met {
                let expected = match expected {
                    Expected::Is(value) | Expected::StartsWith(value) => value,
                    Expected::Absent => "none",
                };
                problems.push(format!("{name}: {values:?} instead of {expected}"));
            }
        }
        problems
    }
}

/// Sends every request and names every difference.
pub fn run(framework: &str, address: SocketAddr, cases: &[Case]) {
    let mut problems = Vec::new();
    for case in cases {
        let answer = case.request.send(address);
        for problem in case.check(&answer) {
            problems.push(format!("{framework}: {}: {problem}", case.name));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}
