//! Every answer of the Backend API against the published description.
//!
//! The description is found below the folder that `CLERK_SPECS` names, or beside the repository.
#![cfg(feature = "server")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on fails; one that cannot run says so"
)]

#[path = "schema/tour.rs"]
mod tour;
#[path = "schema/tour_settings.rs"]
mod tour_settings;
#[path = "schema/validator.rs"]
mod validator;

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clerk_testing::server::OfflineClerk;
use serde_json::Value;
use support::{Answer, backend, wait};
use validator::Description;

const NONE: Value = Value::Null;

/// Operations that the description lacks although Clerk's libraries call them.
const NOT_DESCRIBED: [&str; 4] = [
    "/clients/handshake_payload",
    "/accountless_applications",
    "/invitations/{id}",
    "/sessions/{id}/verify",
];

struct Checked<'a> {
    offline: &'a OfflineClerk,
    description: Description,
    covered: BTreeSet<(String, String)>,
    problems: Vec<String>,
}

impl Checked<'_> {
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "the calls below read better")]
    fn call(&mut self, method: &str, path: &str, body: Value) -> Value {
        let answer = backend(self.offline, method, &format!("/v1{path}"), &body);
        self.check(method, path, &answer)
    }

    #[track_caller]
    fn check(&mut self, method: &str, path: &str, answer: &Answer) -> Value {
        let bare = path.split('?').next().unwrap();
        let operation = self
            .description
            .find(method, bare)
            .unwrap_or_else(|| panic!("{method} {bare} is not described"));
        for problem in self
            .description
            .check(&operation, answer.status, &answer.body)
        {
            self.problems.push(format!(
                "{method} {} ({}): {problem}",
                operation.1, answer.status
            ));
        }
        if answer.status < 300 {
            self.covered.insert(operation);
        }
        if answer.body.is_empty() {
            Value::Null
        } else {
            answer.json()
        }
    }
}

fn id(value: &Value) -> String {
    value["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id in {value}"))
        .to_owned()
}

fn folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs");
    Some(std::env::var_os("CLERK_SPECS").map_or_else(beside, PathBuf::from))
        .filter(|folder| folder.exists())
}

#[test]
fn every_answer_is_as_described() {
    let Some(file) = folder().map(|folder| folder.join("bapi/2026-05-12.yml")) else {
        eprintln!(
            "NOT RUN: CLERK_SPECS names no folder of descriptions, and none is beside the repository"
        );
        return;
    };
    let description = Description::parse(&std::fs::read_to_string(file).unwrap());
    let offline = wait(OfflineClerk::start());
    let mut api = Checked {
        offline: &offline,
        description,
        covered: BTreeSet::new(),
        problems: Vec::new(),
    };
    tour::users(&mut api);
    tour::sessions(&mut api);
    tour::organizations(&mut api);
    tour::machines(&mut api);
    tour::lists(&mut api);
    tour::instance(&mut api);
    tour_settings::organization_settings(&mut api);
    tour_settings::instance_settings(&mut api);
    tour_settings::connections(&mut api);
    tour_settings::directories(&mut api);
    let missing: Vec<_> = api
        .description
        .operations()
        .into_iter()
        .filter(|operation| !api.covered.contains(operation))
        .collect();
    eprintln!(
        "{} operations answered as described; {} are not there:",
        api.covered.len(),
        missing.len()
    );
    for (method, path) in &missing {
        eprintln!("  {method} {path}");
    }
    eprintln!(
        "answered but not described, so not validated: {}",
        NOT_DESCRIBED.join(", ")
    );
    assert!(
        api.problems.is_empty(),
        "{} problems:\n{}",
        api.problems.len(),
        api.problems.join("\n")
    );
    assert!(api.covered.len() >= 205, "{}", api.covered.len());
}
