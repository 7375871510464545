//! Clerk's browser library in headless Chromium, against an application built with this SDK; and mutants of that
//! application, each of which the same suite must notice.
//!
//! Needs Node, npm and the Chromium that the variable `CHROMIUM` names. Says so where they are not there.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails; one that cannot run says so"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder with the suite and its packages, and the browser; or why there is none.
fn tools() -> Result<(PathBuf, PathBuf), String> {
    static TOOLS: OnceLock<Result<(PathBuf, PathBuf), String>> = OnceLock::new();
    TOOLS.get_or_init(install).clone()
}

/// The browser that `CHROMIUM` names.
fn chromium() -> Option<PathBuf> {
    std::env::var_os("CHROMIUM")
        .map(PathBuf::from)
        .filter(|path| path.exists())
}

fn install() -> Result<(PathBuf, PathBuf), String> {
    let chromium = chromium().ok_or(
        "no browser is named: CHROMIUM=/usr/bin/chromium, for example, has the suite run with it",
    )?;
    if Command::new("node").arg("--version").output().is_err() {
        return Err("node is not here".to_owned());
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("offline-clerk-browser");
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["package.json", "suite.mjs"] {
        std::fs::copy(source.join(file), folder.join(file)).unwrap();
    }
    let packages = folder.join("node_modules");
    if !(packages.join("playwright-core").exists() && packages.join("@clerk/clerk-js").exists()) {
        let output = Command::new("npm")
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                "--no-package-lock",
                "--ignore-scripts",
            ])
            .current_dir(&folder)
            .output()
            .map_err(|error| format!("npm is not here: {error}"))?;
        if !output.status.success() {
            return Err(format!(
                "npm could not install: {}",
                String::from_utf8_lossy(&output.stderr)
            ));
        }
    }
    Ok((folder, chromium))
}

/// Runs the suite; its output and whether it passed. `None` where it cannot run.
fn suite(options: &[&str]) -> Option<(String, bool)> {
    let (folder, chromium) = match tools() {
        Ok(tools) => tools,
        Err(why) => {
            eprintln!("NOT RUN: {why}");
            return None;
        }
    };
    let output = Command::new("node")
        .arg("suite.mjs")
        .arg(env!("CARGO_BIN_EXE_protected-app"))
        .arg(chromium)
        .arg(folder.join("node_modules"))
        .args(options)
        .current_dir(&folder)
        .output()
        .unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    eprintln!("{options:?}\n{text}");
    Some((text, output.status.success()))
}

#[test]
fn development_with_refresh_and_without() {
    for options in [&[][..], &["--without-refresh-cookies"]] {
        if let Some((text, passed)) = suite(options) {
            assert!(passed, "{text}");
        }
    }
}

#[test]
fn live_shaped() {
    if let Some((text, passed)) = suite(&["--live-shaped"]) {
        assert!(passed, "{text}");
    }
}

#[test]
fn mutants_of_the_application_are_noticed() {
    for (mutant, step) in [
        ("signature-not-checked", "FAILED  bearer tokens"),
        (
            "handshake-cookies-dropped",
            "FAILED  a deleted session cookie is restored by handshake",
        ),
        ("expiry-ignored", "FAILED  an expired cookie"),
    ] {
        if let Some((text, passed)) = suite(&["--mutant", mutant]) {
            assert!(!passed && text.contains(step), "{mutant} survived: {text}");
        }
    }
}
