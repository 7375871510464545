//! The commands that work with any instance, on an offline Clerk that stands for a real one.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::process::{Command, Output};
use std::time::Duration;

use clerk_testing::server::OfflineClerk;
use support::{claims, wait};

fn run(offline: Option<&OfflineClerk>, arguments: &[&str], changed: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offline-clerk"));
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().contains("CLERK") {
            command.env_remove(name);
        }
    }
    if let Some(offline) = offline {
        command.envs(offline.env());
    }
    command.envs(changed.iter().copied()).output().unwrap()
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

// covers: TEST-25
#[test]
fn tokens_come_from_whatever_instance_the_environment_names_and_live_ones_only_when_meant() {
    let real = wait(
        OfflineClerk::builder()
            .secret_key("sk_test_ofarealinstance")
            .start(),
    )
    .unwrap();
    let other = wait(OfflineClerk::start());
    let made = run(
        Some(&real),
        &["token", "ada@example.com", "--create-user"],
        &[],
    );
    let (token, error) = texts(&made);
    assert!(made.status.success(), "{error}");
    assert_eq!(claims(token.trim())["iss"], real.issuer());
    assert!(real.request_count("/v1/sessions") >= 2);
    assert_eq!(other.requests().len(), 0);

    real.clear_requests();
    let live = [("CLERK_SECRET_KEY", "sk_live_ofarealinstance")];
    for arguments in [
        &["token", "ada@example.com"][..],
        &["user", "list"],
        &["org", "list"],
    ] {
        let refused = run(Some(&real), arguments, &live);
        let (_, error) = texts(&refused);
        assert!(
            !refused.status.success() && error.contains("--live"),
            "{error}"
        );
        assert!(!error.contains("ofarealinstance"), "{error}");
        assert_eq!(real.requests().len(), 0, "nothing was asked of it");

        let mut meant = arguments.to_vec();
        meant.push("--live");
        assert!(
            !run(Some(&real), &meant, &live).status.success(),
            "the key is another's"
        );
        assert_eq!(real.requests().len(), 1, "now it was");
        real.clear_requests();
    }
}

#[test]
fn a_good_environment_has_no_problems() {
    let offline = wait(OfflineClerk::start());
    let ada = wait(offline.create_user("ada@example.com").into_future());
    let token = offline.session(&ada).token_for("http://localhost:3000");
    let parties = [("CLERK_AUTHORIZED_PARTIES", "http://localhost:3000")];
    let output = run(Some(&offline), &["doctor", "--token", &token], &parties);
    let (found, error) = texts(&output);
    assert!(output.status.success(), "{found}{error}");
    for line in [
        "ok      CLERK_PUBLISHABLE_KEY",
        "ok      CLERK_WEBHOOK_SIGNING_SECRET",
        "ok      Backend API",
        "ok      clock: agrees",
        "ok      keys: secret key and publishable key belong to the same instance",
        "ok      session token: was made for a page of this application",
    ] {
        assert!(found.contains(line), "{line}\n{found}");
    }
    assert!(
        !found.contains("BROKEN") && !found.contains("warning"),
        "{found}"
    );
    for secret in [offline.secret_key(), offline.webhook_secret(), &token] {
        assert!(!found.contains(secret) && !error.contains(secret));
    }
}

#[test]
fn each_mistake_has_its_line_and_its_remedy() {
    let offline = wait(OfflineClerk::start());
    let other = wait(OfflineClerk::start());
    other.rotate_keys();
    other.replace_keys();
    let ada = wait(offline.create_user("ada@example.com").into_future());
    let token = offline.session(&ada).token_for("http://localhost:3000");
    let old = clerk_testing::mint::SessionTokenBuilder::new("user_1")
        .issued_at_ms(0)
        .mint();
    let large = clerk_testing::mint::SessionTokenBuilder::new("user_1")
        .claim("all", "x".repeat(4_000))
        .mint();
    let elsewhere = other.frontend_url();
    let secret = other.secret_key().to_owned();
    for (mistake, arguments, changed, line) in [
        (
            "nothing set",
            &["doctor"][..],
            &[("CLERK_PUBLISHABLE_KEY", ""), ("CLERK_SECRET_KEY", "")][..],
            "BROKEN  CLERK_PUBLISHABLE_KEY",
        ),
        (
            "another's secret key",
            &["doctor"],
            &[("CLERK_SECRET_KEY", secret.as_str())],
            "BROKEN  CLERK_SECRET_KEY: is refused",
        ),
        (
            "keys of two instances",
            &["doctor"],
            &[("CLERK_PROXY_URL", elsewhere.as_str())],
            "BROKEN  keys: the secret key and the publishable key belong",
        ),
        (
            "nobody there",
            &["doctor"],
            &[("CLERK_API_URL", "http://127.0.0.1:9")],
            "BROKEN  Backend API",
        ),
        (
            "the offline key without its address",
            &["doctor"],
            &[("CLERK_PROXY_URL", "")],
            "BROKEN  CLERK_PROXY_URL",
        ),
        (
            "no webhook secret",
            &["doctor"],
            &[("CLERK_WEBHOOK_SIGNING_SECRET", "whsec_%")],
            "BROKEN  CLERK_WEBHOOK_SIGNING_SECRET",
        ),
        (
            "a live key",
            &["doctor"],
            &[
                ("CLERK_SECRET_KEY", "sk_live_x"),
                ("CLERK_PUBLISHABLE_KEY", "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k"),
            ],
            "--live",
        ),
        (
            "a token of another application",
            &["doctor", "--token", &token],
            &[("CLERK_AUTHORIZED_PARTIES", "http://localhost:4000")],
            "BROKEN  session token: was made for http://localhost:3000",
        ),
        (
            "an old token",
            &["doctor", "--token", &old],
            &[],
            "warning session token: expired",
        ),
        (
            "a token of another instance",
            &["doctor", "--token", &old],
            &[],
            "BROKEN  session token: was made by https://clerk.test.invalid",
        ),
        (
            "a token too large for a cookie",
            &["doctor", "--token", &large],
            &[],
            "BROKEN  session token: has ",
        ),
        (
            "no token",
            &["doctor", "--token", "abc"],
            &[],
            "BROKEN  session token: is no JWT",
        ),
    ] {
        let output = run(Some(&offline), arguments, changed);
        let (found, error) = texts(&output);
        assert!(found.contains(line), "{mistake}\n{found}{error}");
        assert_eq!(
            output.status.success(),
            !found.contains("BROKEN"),
            "{mistake}\n{found}{error}"
        );
    }
    offline.clock().advance(Duration::from_secs(60));
    let (found, _) = texts(&run(Some(&offline), &["doctor"], &[]));
    assert!(found.contains("BROKEN  clock: is"), "{found}");
}
