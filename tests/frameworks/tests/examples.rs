//! Starts each example as a reader would, and tries what it says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use clerk_frameworks_tests::client::Request;
use clerk_frameworks_tests::table::{Case, run as table};

/// Compiles an example, and says where it is.
fn build(name: &str) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let package = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let built = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--manifest-path",
            package,
            "--example",
            name,
        ])
        .status()
        .unwrap();
    assert!(built.success(), "{name} does not compile");
    let tests: PathBuf = std::env::current_exe().unwrap();
    let target = tests.parent().unwrap().parent().unwrap();
    target.join("examples").join(name)
}

/// A running example.
struct Example {
    process: Child,
    said: BTreeMap<String, String>,
}

impl Example {
    fn start(name: &str) -> Self {
        let mut process = Command::new(build(name))
            .env("PORT", "0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BTreeMap::new();
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let Some((name, value)) = line.split_once('=') else {
                break;
            };
            said.insert(name.to_owned(), value.to_owned());
        }
        Self { process, said }
    }

    fn address(&self, name: &str) -> SocketAddr {
        let url = self.said[name].trim_start_matches("http://");
        url.parse().unwrap()
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn exercise(name: &str) {
    let example = Example::start(name);
    let app = example.address("app");
    let (member, admin) = (&example.said["member"], &example.said["admin"]);
    let get = Request::get;
    table(
        name,
        app,
        &[
            Case::new("page, nobody", get("/"), 200).body("Welcome. "),
            Case::new("page, member", get("/").bearer(member), 200).body("Welcome back, user_"),
            Case::new("dashboard, browser", get("/dashboard").page(), 307)
                .starts("location", "http://127.0.0.1:"),
            Case::new("dashboard, member", get("/dashboard").bearer(member), 200)
                .body("dashboard of user_"),
            Case::new("API, nobody", get("/api/me"), 401).is("content-type", "application/json"),
            Case::new("API, member", get("/api/me").bearer(member), 200).body("org_"),
            Case::new("admin, nobody", get("/admin"), 401),
            Case::new("admin, member", get("/admin").bearer(member), 403),
            Case::new("admin, admin", get("/admin").bearer(admin), 200).body("You are an admin."),
            Case::new("webhook, forged", Request::post("/webhooks", "{}"), 400),
            Case::new("page, nobody new", get("/"), 200).body("<p>0 have signed up"),
        ],
    );
    let api = example.said["api"].trim_start_matches("http://").to_owned();
    let created = Request::post("/v1/users", r#"{"email_address":["eve@example.com"]}"#)
        .host(Some(api.as_bytes()))
        .header("content-type", "application/json")
        .bearer(&example.said["secret"])
        .send(example.address("api"));
    assert_eq!(created.status, 200, "{}", created.body);
    // The event is on its way.
    let arrived = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        get("/").send(app).body.contains("<p>1 have signed up")
    });
    assert!(arrived, "{name}: the webhook did not arrive");
}

#[test]
fn axum() {
    exercise("axum");
}

#[test]
fn actix() {
    exercise("actix");
}

#[test]
fn poem() {
    exercise("poem");
}

#[test]
fn rocket() {
    exercise("rocket");
}

#[test]
fn an_outage_refuses_nobody_and_a_withdrawn_key_is_distrusted() {
    let output = Command::new(build("chaos")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("valid requests refused: 0\n"), "{said}");
}
