//! The binary `offline-clerk`: serve, and the tools around it.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod support;

use std::process::{Command, Output, Stdio};

use support::{Served, claims, send};

fn command(served: Option<&Served>, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offline-clerk"));
    command.args(arguments);
    for name in [
        "CLERK_SECRET_KEY",
        "CLERK_API_URL",
        "CLERK_PUBLISHABLE_KEY",
        "CLERK_PROXY_URL",
        "CLERK_WEBHOOK_SIGNING_SECRET",
    ] {
        command.env_remove(name);
    }
    if let Some(served) = served {
        command.envs(served.env.iter().map(|(name, value)| (name, value)));
    }
    command
}

fn run(served: Option<&Served>, arguments: &[&str]) -> Output {
    command(served, arguments).output().unwrap()
}

#[track_caller]
fn line(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

// covers: TEST-9
#[test]
fn test_9_users_organizations_and_tokens_from_the_command_line() {
    let served = Served::start(
        env!("CARGO_BIN_EXE_offline-clerk"),
        &["--token-lifetime", "30"],
    );
    let token = line(&run(
        Some(&served),
        &["token", "ada@example.com", "--create-user"],
    ));
    let read = claims(&token);
    assert_eq!(
        read["exp"].as_i64().unwrap() - read["iat"].as_i64().unwrap(),
        30
    );
    let id = read["sub"].as_str().unwrap();
    assert_eq!(
        claims(&line(&run(Some(&served), &["token", id])))["sub"],
        id
    );
    assert!(
        !run(Some(&served), &["token", "nobody@example.com"])
            .status
            .success()
    );
    let other = line(&run(
        Some(&served),
        &[
            "user",
            "create",
            "bob@example.com",
            "--password",
            "correct horse",
        ],
    ));
    assert!(
        line(&run(Some(&served), &["user", "list"])).contains(&format!("{other}  bob@example.com"))
    );
    let org = line(&run(
        Some(&served),
        &["org", "create", "Acme", "--created-by", id],
    ));
    line(&run(
        Some(&served),
        &["org", "add", &org, &other, "org:member"],
    ));
    assert_eq!(
        line(&run(Some(&served), &["org", "list"])),
        format!("{org}  Acme")
    );
    line(&run(Some(&served), &["user", "delete", &other]));
    assert!(
        !run(Some(&served), &["user", "delete", "../jwks"])
            .status
            .success()
    );
    assert!(line(&run(Some(&served), &["doctor"])).contains("ok      Backend API: answers"));
}

#[test]
fn the_refreshed_token_comes_before_the_old_one_expires() {
    use std::io::BufRead;
    let served = Served::start(
        env!("CARGO_BIN_EXE_offline-clerk"),
        &["--token-lifetime", "11"],
    );
    let mut child = command(
        Some(&served),
        &["token", "ada@example.com", "--create-user", "--refresh"],
    )
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let first = claims(&lines.next().unwrap().unwrap());
    let second = claims(&lines.next().unwrap().unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(first["sid"], second["sid"]);
    assert!(second["iat"].as_i64().unwrap() < first["exp"].as_i64().unwrap());
}

#[test]
fn live_keys_are_refused() {
    let refused = command(
        None,
        &["serve", "--frontend-port", "0", "--backend-port", "0"],
    )
    .env("CLERK_SECRET_KEY", "sk_live_abc")
    .output()
    .unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("live secret key"));
    for arguments in [["token", "user_1"], ["user", "list"], ["org", "list"]] {
        let refused = command(None, &arguments)
            .env("CLERK_SECRET_KEY", "sk_live_abc")
            .env("CLERK_API_URL", "http://127.0.0.1:9")
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            !refused.status.success() && error.contains("--live") && !error.contains("sk_live_abc"),
            "{error}"
        );
    }
}

#[test]
fn mistakes_are_named() {
    for (arguments, expected) in [
        (vec![], "offline-clerk serve"),
        (vec!["server"], "offline-clerk serve"),
        (vec!["serve", "--prot", "1"], "--prot"),
        (vec!["serve", "--frontend-port", "x"], "--frontend-port"),
        (vec!["token"], "id or e-mail address"),
        (vec!["user", "list"], "CLERK_SECRET_KEY"),
        (vec!["webhook", "http://127.0.0.1:9/"], "event type"),
        (vec!["doctor"], "1 problem"),
    ] {
        let output = run(None, &arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && error.contains(expected),
            "{arguments:?}: {error}"
        );
    }
}

#[test]
fn other_addresses_need_the_flag_and_are_warned_about() {
    let served = Served::start(
        env!("CARGO_BIN_EXE_offline-clerk"),
        &["--dangerously-listen-beyond-loopback", "127.0.0.2"],
    );
    let url = served.variable("CLERK_API_URL");
    assert!(url.starts_with("http://127.0.0.2:"), "{url}");
    assert_eq!(send("GET", &format!("{url}/v1/jwks"), &[], b"").status, 401);
    assert!(served.stop().contains("WARNING"));
}

// covers: TEST-24
#[test]
fn test_24_a_signed_event_is_sent() {
    use clerk_webhooks::{SigningSecret, WebhookVerifier};
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let arguments = [
        "webhook",
        &url,
        "user.deleted",
        "--secret",
        secret,
        "--data",
        r#"{"id":"user_1","deleted":true}"#,
    ];
    let child = command(None, &arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let (head, body) = loop {
        let read = stream.read(&mut buffer).unwrap();
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text
            .split_once("\r\n\r\n")
            .filter(|(_, body)| body.ends_with('}'))
        {
            break (head.to_owned(), body.to_owned());
        }
        assert!(read > 0);
    };
    stream
        .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
        .unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
    let headers: Vec<(&str, &str)> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .collect();
    let delivery = WebhookVerifier::from(SigningSecret::parse(secret).unwrap())
        .verify(&headers[..], body.as_bytes())
        .unwrap();
    assert_eq!(delivery.event_type(), "user.deleted");
}
