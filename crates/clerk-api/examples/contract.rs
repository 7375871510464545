//! Calls every operation of a mock server that was started from the API description: `cargo xtask contract` does.
//!
//! Arguments: the server's address, and `errors` to ask for every documented error status instead.
#![allow(deprecated, reason = "deprecated operations are called too")]
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    dead_code,
    unused_imports,
    reason = "a tool that talks to its terminal; it shares the samples with the tests"
)]

#[path = "../tests/requests/generated/mod.rs"]
#[rustfmt::skip]
mod generated;
#[path = "../tests/requests/support.rs"]
mod support;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
};

use bytes::Bytes;
use clerk_api::Client;
use clerk_errors::api::{ApiError, ApiErrorKind};
use clerk_http::{ApiClient, HyperTransport, SharedTransport, Transport, TransportFuture};
use http::{HeaderValue, Request};

/// Asks the mock server for one status.
struct Prefer {
    inner: SharedTransport,
    status: Arc<AtomicU16>,
}

impl Transport for Prefer {
    fn send(&self, mut request: Request<Bytes>) -> TransportFuture {
        let status = self.status.load(Ordering::Relaxed);
        if status != 0 {
            let value = HeaderValue::from_str(&format!("code={status}")).unwrap();
            request.headers_mut().insert("prefer", value);
        }
        self.inner.send(request)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let address = arguments
        .first()
        .map_or("http://127.0.0.1:4010", String::as_str);
    let errors = arguments.get(1).is_some_and(|word| word == "errors");
    let status = Arc::new(AtomicU16::new(0));
    let transport = SharedTransport::new(Prefer {
        inner: SharedTransport::new(HyperTransport::builder().build().unwrap()),
        status: Arc::clone(&status),
    });
    let http = ApiClient::builder(transport)
        .api_url(address)
        .api_version("")
        .secret_key("sk_test_x")
        .build()
        .unwrap();
    let client = Client::new(http);
    let (mut calls, mut failures) = (0, Vec::new());
    let (mut operations, mut failed) = (BTreeSet::new(), BTreeSet::new());
    for case in generated::all() {
        let Some(documented) = case.errors else {
            continue;
        };
        operations.insert(case.operation);
        let statuses: &[u16] = if !errors {
            &[0]
        } else if case.variant == "minimal" {
            documented
        } else {
            &[]
        };
        for asked in statuses {
            status.store(*asked, Ordering::Relaxed);
            calls += 1;
            let outcome = (case.call)(&client).send.await;
            if let Err(what) = judge(*asked, outcome) {
                failed.insert(case.operation);
                failures.push(format!(
                    "{} ({}, {asked}): {what}",
                    case.operation, case.variant
                ));
            }
        }
    }
    for failure in &failures {
        println!("{failure}");
    }
    println!("{calls} calls");
    println!("{} operations, {} failed", operations.len(), failed.len());
    std::process::exit(i32::from(!failed.is_empty()));
}

/// A success has to be a typed value; an error the status that was asked for, with entries where there is a body.
fn judge(asked: u16, outcome: Result<(), ApiError>) -> Result<(), String> {
    match (asked, outcome) {
        (0, Ok(())) => Ok(()),
        (0, Err(error)) => {
            let body = error
                .body()
                .map(|body| String::from_utf8_lossy(body).into_owned());
            Err(format!("{error}; {}", body.unwrap_or_default()))
        }
        (_, Ok(())) => Err("no error".to_owned()),
        (_, Err(error)) if error.kind() != ApiErrorKind::Status => {
            Err(format!("another kind of error: {error}"))
        }
        (_, Err(error)) if error.status().map(|status| status.as_u16()) != Some(asked) => {
            Err(format!("{error}"))
        }
        (_, Err(error)) => {
            let has_body = error.body().is_some_and(|body| !body.is_empty());
            if has_body && error.errors().is_empty() {
                Err(format!("no entries: {error}"))
            } else {
                Ok(())
            }
        }
    }
}
