//! `cargo xtask wasm`: the small crates compile for `wasm32-unknown-unknown`, where that target can be had.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, process, workspace};

const TARGET: &str = "wasm32-unknown-unknown";

/// The crates that make the promise, and the feature each needs.
const CRATES: &[(&str, &str)] = &[
    ("clerk-errors", ""),
    ("clerk-core", "ring"),
    ("clerk-tokens", "ring"),
    ("clerk-tokens", "ring,token-cache"),
    // With the host's transport: there are no sockets.
    ("clerk-http", "tower,tracing"),
    ("clerk-tokens", "ring,jwks"),
    ("clerk-webhooks", "ring"),
    ("clerk-internal", "ring"),
];

/// A way to compile for the target.
enum Toolchain {
    /// This cargo's own, with the target installed.
    Installed,
    /// One that comes with the sources of the standard library and builds it first.
    Sources { cargo: PathBuf, rustc: PathBuf },
}

/// Checks every crate, or says why that is impossible here.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask wasm".into());
    }
    let Some(toolchain) = toolchain() else {
        println!(
            "skipped: neither the target {TARGET} nor a toolchain with the standard library's sources is installed"
        );
        return Ok(());
    };
    // ring compiles C for this target.
    if Command::new("clang").arg("--version").output().is_err() {
        println!("skipped: clang is not installed");
        return Ok(());
    }
    for (package, features) in CRATES {
        println!(
            "{package} {}",
            if features.is_empty() {
                "none"
            } else {
                features
            }
        );
        check(&toolchain, package, features)?;
    }
    Ok(())
}

fn toolchain() -> Option<Toolchain> {
    let own = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let libraries = printed(&own, &["--print", "target-libdir", "--target", TARGET])?;
    if Path::new(&libraries).is_dir() {
        return Some(Toolchain::Installed);
    }
    // Then any toolchain beside this one: Debian's `rustc-web`, `cargo-web` and `rust-web-src` live in `/usr`.
    let system = Path::new("/usr/bin/rustc").to_path_buf();
    let candidates = [
        (PathBuf::from(process::cargo()), PathBuf::from(own)),
        (system.with_file_name("cargo"), system),
    ];
    candidates.into_iter().find_map(|(cargo, rustc)| {
        let sysroot = printed(rustc.to_str()?, &["--print", "sysroot"])?;
        let sources = Path::new(&sysroot).join("lib/rustlib/src/rust/library/std/Cargo.toml");
        let usable = sources.is_file() && (cargo.is_relative() || cargo.is_file());
        usable.then_some(Toolchain::Sources { cargo, rustc })
    })
}

/// What a program prints, trimmed, if it runs and succeeds.
fn printed(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn check(toolchain: &Toolchain, package: &str, features: &str) -> Outcome {
    let mut command = match toolchain {
        Toolchain::Installed => Command::new(process::cargo()),
        Toolchain::Sources { cargo, rustc } => {
            let mut command = Command::new(cargo);
            // Building the standard library is a nightly feature; its own compiler may use it.
            command
                .env("RUSTC_BOOTSTRAP", "1")
                .env("RUSTC", rustc)
                .env_remove("RUSTUP_TOOLCHAIN");
            command.env_remove("RUSTDOC");
            command
        }
    };
    command
        .current_dir(workspace::root())
        .args(["check", "--lib", "--quiet", "--locked", "--target", TARGET]);
    if matches!(toolchain, Toolchain::Sources { .. }) {
        // A folder of its own: another compiler's results would replace ours.
        command.args([
            "-Z",
            "build-std=std,panic_abort",
            "--target-dir",
            "target/wasm",
        ]);
    }
    let status = command
        .args([
            "--package",
            package,
            "--no-default-features",
            "--features",
            features,
        ])
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{package} with {features:?} does not compile for {TARGET}").into())
    }
}
