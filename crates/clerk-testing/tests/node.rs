//! Clerk's own backend library from npm against `offline-clerk serve`.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails; one that cannot run says so"
)]

mod support;

use std::path::Path;
use std::process::Command;

use support::Served;

// covers: TEST-21
#[test]
fn test_21_the_real_backend_library_is_served() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/e2e/node");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("offline-clerk-node");
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["package.json", "suite.mjs"] {
        if !source.join(file).exists() {
            eprintln!(
                "NOT RUN: the suite is not beside this crate (it is part of the repository only)"
            );
            return;
        }
        std::fs::copy(source.join(file), folder.join(file)).unwrap();
    }
    if !folder.join("node_modules/@clerk/backend").exists() {
        let installed = Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "--no-package-lock"])
            .current_dir(&folder)
            .output();
        match installed {
            Ok(output) if output.status.success() => {}
            Ok(output) => {
                eprintln!(
                    "NOT RUN: npm could not install @clerk/backend: {}",
                    String::from_utf8_lossy(&output.stderr)
                );
                return;
            }
            Err(error) => {
                eprintln!("NOT RUN: npm is not here: {error}");
                return;
            }
        }
    }
    let served = Served::start(env!("CARGO_BIN_EXE_offline-clerk"), &[]);
    let output = Command::new("node")
        .arg("suite.mjs")
        .current_dir(&folder)
        .envs(served.env.iter().map(|(name, value)| (name, value)))
        .env("CONTROL_TOKEN", &served.control_token)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    eprintln!("{text}");
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
