//! Runs the mock server in each of its modes and the calls against it.

use std::{
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use super::repair;
use crate::{Outcome, codegen, process, spec, workspace};

/// The version of the mock server; newer ones need a newer Node.
const PRISM: &str = "@stoplight/prism-cli@5.14.2";
const PORT: u16 = 4010;

/// A server that is stopped when it is no longer needed.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(super) fn run(file: &str) -> Outcome {
    let folder = workspace::root().join("target/prism");
    std::fs::create_dir_all(&folder)?;
    let prism = install(&folder)?;
    let mut document = spec::document(Path::new(file))?;
    repair::repair(&mut document)?;
    repair::announce(&mut document, &codegen::added_members()?)?;
    let copy = folder.join("bapi.mock.json");
    std::fs::write(&copy, serde_json::to_string(&document)?)?;
    let build = [
        "build",
        "--quiet",
        "--package",
        "clerk-api",
        "--all-features",
        "--example",
        "contract",
    ];
    process::passthrough(&process::cargo(), &build, &[])?;
    let calls = workspace::root().join("target/debug/examples/contract");
    let modes: [(&str, &[&str], &str); 5] = [
        ("static answers", &["--errors"], ""),
        (
            "dynamic answers, seed a",
            &["--errors", "--dynamic", "--seed", "a"],
            "",
        ),
        (
            "dynamic answers, seed b",
            &["--errors", "--dynamic", "--seed", "b"],
            "",
        ),
        (
            "dynamic answers, seed c",
            &["--errors", "--dynamic", "--seed", "c"],
            "",
        ),
        ("documented errors", &[], "errors"),
    ];
    let mut failed = Vec::new();
    for (name, flags, what) in modes {
        println!("== {name}");
        let server = start(&prism, &copy, flags)?;
        let status = Command::new(&calls)
            .arg(format!("http://127.0.0.1:{PORT}"))
            .arg(what)
            .status()?;
        drop(server);
        if !status.success() {
            failed.push(name);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed with {}", failed.join(", ")).into())
    }
}

/// The program of the mock server, installed below `target` when it is not there yet.
fn install(folder: &Path) -> Outcome<PathBuf> {
    let program = folder.join("node_modules/.bin/prism");
    if !program.exists() {
        println!("installing {PRISM}");
        let status = Command::new("npm")
            .args(["install", "--silent", "--prefix"])
            .arg(folder)
            .arg(PRISM)
            .status();
        match status {
            Ok(status) if status.success() => {}
            _ => {
                return Err(format!(
                    "{PRISM} cannot be installed: the contract needs node and npm"
                )
                .into());
            }
        }
    }
    Ok(program)
}

fn start(prism: &Path, file: &Path, flags: &[&str]) -> Outcome<Server> {
    let mut server = Server(
        Command::new(prism)
            .args(["mock", "-h", "127.0.0.1", "-p", &PORT.to_string()])
            .args(flags)
            .arg(file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?,
    );
    for _ in 0..300 {
        if let Some(status) = server.0.try_wait()? {
            return Err(format!("the mock server ended with {status}").into());
        }
        if TcpStream::connect(("127.0.0.1", PORT)).is_ok() {
            return Ok(server);
        }
        sleep(Duration::from_millis(100));
    }
    Err("the mock server does not answer".into())
}
