//! Messages signed here are accepted by the npm package `standardwebhooks`, which Clerk's own SDK verifies with, and the
//! other way round. Needs node, npm and the registry; says so where they are not there.

use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use clerk_webhooks::{SigningSecret, WebhookVerifier, sign};
use serde_json::{Value, json};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Verifies what stands in `ours` and signs each body anew.
const SCRIPT: &str = r#"
const { Webhook } = require("standardwebhooks");
const { secret, now, messages } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const webhook = new Webhook(secret);
const verified = messages.map(({ body, headers }) => {
  const passes = (body) => { try { webhook.verify(body, headers); return true; } catch { return false; } };
  return [passes(body), passes(body + " ")];
});
const signed = messages.map(({ body }, number) => webhook.sign("msg_js_" + number, new Date(now * 1000), body));
console.log(JSON.stringify({ verified, signed }));
"#;

fn run(
    folder: &Path,
    program: &str,
    arguments: &[&str],
    input: Option<&str>,
) -> Result<String, String> {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin
            .write_all(input.unwrap_or_default().as_bytes())
            .map_err(|error| error.to_string())?;
    }
    let output = child
        .wait_with_output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!(
            "{program}: {}",
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}

#[test]
fn standardwebhooks_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("package.json"), r#"{"private":true}"#).unwrap();
    let install = [
        "install",
        "--no-audit",
        "--no-fund",
        "--no-save",
        "standardwebhooks@1.1.1",
    ];
    if let Err(why) = run(folder, "npm", &install, None) {
        eprintln!("SKIPPED: standardwebhooks from npm cannot be had here: {why}");
        return;
    }
    std::fs::write(folder.join("check.js"), SCRIPT).unwrap();

    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = i64::try_from(since.as_secs()).unwrap();
    let secret = SigningSecret::parse(SECRET).unwrap();
    let bodies = [
        r#"{"type":"user.created","data":{"id":"user_1"}}"#,
        "{\n  \"type\": \"user.created\",\n  \"data\": { \"name\": \"Ünïcödé 🙂\" }\n}\n",
        "[]",
    ];
    let messages: Vec<Value> = bodies
        .iter()
        .enumerate()
        .map(|(number, body)| {
            let signed = sign(&secret, &format!("msg_{number}"), now, body.as_bytes());
            let headers: serde_json::Map<String, Value> = signed
                .standard_pairs()
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect();
            json!({ "body": body, "headers": headers })
        })
        .collect();
    let input = json!({ "secret": SECRET, "now": now, "messages": messages }).to_string();
    let answer = run(folder, "node", &["check.js"], Some(&input)).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();

    let verifier = WebhookVerifier::new(SECRET).unwrap();
    for (number, body) in bodies.iter().enumerate() {
        assert_eq!(answer["verified"][number], json!([true, false]), "{body}");
        let headers = [
            ("svix-id", format!("msg_js_{number}")),
            ("svix-timestamp", now.to_string()),
            (
                "svix-signature",
                answer["signed"][number].as_str().unwrap().to_owned(),
            ),
        ];
        verifier
            .verify_signature(&headers, body.as_bytes())
            .unwrap();
        assert!(
            verifier
                .verify_signature(&headers, format!("{body} ").as_bytes())
                .is_err()
        );
    }
}
