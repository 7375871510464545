//! The Node process that runs the JavaScript package.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;

use serde_json::Value;

/// The package that is asked, in the version that the recorded vectors are of.
const PACKAGE: &str = "@clerk/backend@3.25.0";

/// The worker's source, put beside the installed package so that its imports are found there.
const SOURCES: [(&str, &str); 4] = [
    ("worker.mjs", include_str!("../../differential/worker.mjs")),
    (
        "functions.mjs",
        include_str!("../../differential/functions.mjs"),
    ),
    ("values.mjs", include_str!("../../differential/values.mjs")),
    ("check.mjs", include_str!("../../differential/check.mjs")),
];

/// A running worker: takes one call per line, answers in the same order.
#[derive(Debug)]
pub struct Worker {
    process: Child,
    lines: Option<Sender<String>>,
    writer: Option<JoinHandle<()>>,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts a worker in a folder that is not part of the sources, and installs the package there if need be.
    ///
    /// # Errors
    ///
    /// When Node is not there, or the package cannot be installed: a sentence saying so.
    pub fn start(folder: &Path) -> Result<Self, String> {
        prepare(folder)?;
        let mut process = Command::new("node")
            .arg("worker.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("node does not start: {error}"))?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err("node has no pipes".to_owned());
        };
        // On a thread of its own: both ends of a pipe could wait for each other.
        let (lines, given) = mpsc::channel::<String>();
        let writer = std::thread::spawn(move || write(input, given));
        Ok(Self {
            process,
            lines: Some(lines),
            writer: Some(writer),
            answers: BufReader::new(output),
        })
    }

    /// Hands over a call.
    pub fn ask(&self, call: &Value) {
        if let Some(lines) = &self.lines {
            // An end of the process shows when the answer is read.
            let _ = lines.send(format!("{call}\n"));
        }
    }

    /// The answer to the oldest call without one.
    ///
    /// # Errors
    ///
    /// When the worker has ended, or answered something else than JSON.
    pub fn answer(&mut self) -> Result<Value, String> {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        match read {
            Ok(0) => Err("the worker ended".to_owned()),
            Ok(_) => crate::load::parse_deep(line.as_bytes())
                .map_err(|error| format!("the worker answered {line:?}: {error}")),
            Err(error) => Err(format!("the worker cannot be read: {error}")),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.lines = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn write(mut input: ChildStdin, given: mpsc::Receiver<String>) {
    for line in given {
        if input.write_all(line.as_bytes()).is_err() {
            return;
        }
    }
}

fn prepare(folder: &Path) -> Result<(), String> {
    let version = Command::new("node").arg("--version").output();
    if version.map_or(true, |output| !output.status.success()) {
        return Err("Node is not installed here, so there is nothing to compare with".to_owned());
    }
    let write = |name: &str, text: &str| {
        let path: PathBuf = folder.join(name);
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    if !folder.join("node_modules/@clerk/backend").is_dir() {
        write("package.json", "{\"private\": true}\n")?;
        let installed = Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", PACKAGE])
            .current_dir(folder)
            .status();
        if installed.map_or(true, |status| !status.success()) {
            return Err(format!("{PACKAGE} cannot be installed"));
        }
    }
    SOURCES
        .iter()
        .try_for_each(|(name, text)| write(name, text))
}
