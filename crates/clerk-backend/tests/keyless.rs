//! Keyless mode against the offline Clerk.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clerk_backend::keyless::{Keyless, KeylessErrorKind as Kind};
use clerk_backend::testing::server::OfflineClerk;
use clerk_backend::{ManualClock, RequestState};
use clerk_http::SharedTransport;
use clerk_http::testing::{Reply, ScriptedTransport};
use http::StatusCode;

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

/// A folder of its own, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::SeqCst);
        let name = format!("clerk-keyless-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn keys(&self) -> PathBuf {
        self.0.join(".clerk/.tmp/keyless.json")
    }

    fn store(&self, text: &str) {
        fs::create_dir_all(self.keys().parent().unwrap()).unwrap();
        fs::write(self.keys(), text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn keyless(folder: &Folder, variables: &[(&str, &str)]) -> Keyless {
    let lookup = |name: &str| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Keyless::from_lookup(lookup).unwrap().folder(&folder.0)
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

const ROUTE: &str = "/v1/accountless_applications";

// covers: MW-71, API-1
#[test]
fn an_application_is_made_once_and_kept() {
    run(async {
        let offline = OfflineClerk::start().await;
        let folder = Folder::new();
        let url = offline.backend_url();
        let first = keyless(&folder, &[("CLERK_API_URL", &url)])
            .framework("axum", "0.8.4")
            .source("axum");
        assert!(first.notice().is_none());
        let clerk = first
            .client()
            .await
            .unwrap()
            .allow_test_keys()
            .build()
            .unwrap();
        assert_eq!(clerk.publishable_key().unwrap(), offline.publishable_key());
        assert_eq!(
            clerk.config().secret_key.as_ref().unwrap().expose(),
            offline.secret_key()
        );

        // The client works.
        let ada = offline.create_user("ada@example.com").await;
        let token = offline.session(&ada).token();
        let request = http::Request::get("http://localhost:3000/")
            .header("authorization", format!("Bearer {token}"))
            .body(())
            .unwrap();
        let state = clerk.authenticate_request(&request).await.unwrap();
        assert!(matches!(state, RequestState::SignedIn(_)), "{state:?}");

        // The next start finds it.
        let again = keyless(&folder, &[("CLERK_API_URL", &url)]);
        let application = again.application().await.unwrap();
        assert_eq!(application.secret_key().expose(), offline.secret_key());
        assert_eq!(offline.request_count(ROUTE), 1);
        assert!(again.notice().unwrap().contains(application.claim_url()));
        assert!(!format!("{application:?} {again:?}").contains(offline.secret_key()));

        let stored: serde_json::Value = serde_json::from_str(&text(&folder.keys())).unwrap();
        assert_eq!(
            stored["publishable_key"],
            offline.publishable_key().as_str()
        );
        assert_eq!(stored["claim_url"], application.claim_url());
        assert!(folder.0.join(".clerk/.tmp/README.md").exists());
        assert!(!folder.0.join("clerk.lock").exists());
        assert!(
            text(&folder.0.join(".gitignore"))
                .lines()
                .any(|line| line == "/.clerk/")
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&folder.keys()), 0o600);
            // Rights that somebody gave away are taken back.
            fs::set_permissions(folder.keys(), fs::Permissions::from_mode(0o644)).unwrap();
            again.application().await.unwrap();
            assert_eq!(mode(&folder.keys()), 0o600);
        }
        // Nothing but what is meant stays behind.
        let files = fs::read_dir(folder.keys().parent().unwrap())
            .unwrap()
            .count();
        assert_eq!(files, 2);
    });
}

// covers: MW-71, API-1, API-2
#[test]
fn the_calls_name_source_and_framework() {
    run(async {
        let folder = Folder::new();
        let made = r#"{"object":"accountless_application","publishable_key":"pk_test_Y2xlcmsuZXhhbXBsZS5jb20k",
            "secret_key":"sk_test_s3cr3t","claim_url":"https://dashboard.clerk.com/claim","api_keys_url":"https://dashboard.clerk.com/keys"}"#;
        let transport = ScriptedTransport::new([Reply::json(StatusCode::OK, made)]);
        let first = keyless(&folder, &[])
            .transport(SharedTransport::new(transport.clone()))
            .source("axum")
            .framework("axum", "0.8.4");
        first.application().await.unwrap();
        let sent = transport.take_requests();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].method(), "POST");
        assert_eq!(
            sent[0].uri(),
            "https://api.clerk.com/v1/accountless_applications?source=axum"
        );
        assert_eq!(sent[0].headers()["clerk-framework"], "axum");
        assert_eq!(sent[0].headers()["clerk-framework-version"], "0.8.4");
        assert!(!sent[0].headers().contains_key("authorization"));

        // Its keys in the environment: somebody has claimed it, and Clerk is told once.
        let keys = [
            ("CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k"),
            ("CLERK_SECRET_KEY", "sk_test_s3cr3t"),
        ];
        let replies = [
            Reply::json(StatusCode::BAD_GATEWAY, "{}"),
            Reply::json(StatusCode::OK, made),
            Reply::json(StatusCode::OK, made),
        ];
        let transport = ScriptedTransport::new(replies);
        let clock = ManualClock::new(1_750_000_000_000);
        let claimed = keyless(&folder, &keys)
            .transport(SharedTransport::new(transport.clone()))
            .source("axum")
            .clock(clock.clone());
        for expected in [1, 2, 2, 2] {
            // A failure does not matter, and is tried again.
            let _ = claimed.client().await.unwrap();
            assert_eq!(transport.sent(), expected);
        }
        clock.advance(Duration::from_secs(24 * 60 * 60 - 1));
        let _ = claimed.client().await.unwrap();
        assert_eq!(transport.sent(), 2);
        clock.advance(Duration::from_secs(1));
        let _ = claimed.client().await.unwrap();
        let sent = transport.take_requests();
        assert_eq!(sent.len(), 3);
        assert_eq!(
            sent[1].uri(),
            "https://api.clerk.com/v1/accountless_applications/complete?source=axum"
        );
        assert_eq!(sent[1].headers()["authorization"], "Bearer sk_test_s3cr3t");

        // Other keys have nothing to do with the folder, and automated runs tell nobody anything.
        let other = [keys[0], ("CLERK_SECRET_KEY", "sk_test_other")];
        let automated = [keys[0], keys[1], ("CI", "true")];
        for variables in [&other[..], &automated] {
            let transport = ScriptedTransport::new([]);
            let _ = keyless(&folder, variables)
                .transport(SharedTransport::new(transport.clone()))
                .client()
                .await
                .unwrap();
            assert!(transport.take_requests().is_empty());
        }
    });
}

// covers: MW-71, HIST-102, ENV-17
#[test]
fn where_it_is_off_nothing_is_asked_and_nothing_written() {
    run(async {
        for variables in [
            &[("CI", "true")][..],
            &[("GITHUB_ACTIONS", "true")],
            &[("APP_ENV", "production")],
            &[("CLERK_KEYLESS_DISABLED", "1")],
        ] {
            let folder = Folder::new();
            let transport = ScriptedTransport::new([]);
            let error = keyless(&folder, variables)
                .transport(SharedTransport::new(transport.clone()))
                .client()
                .await
                .unwrap_err();
            assert_eq!(error.kind(), Kind::Refused);
            assert!(error.to_string().contains(variables[0].0), "{error}");
            assert!(error.to_string().contains("CLERK_SECRET_KEY"), "{error}");
            assert!(transport.take_requests().is_empty());
            assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0);
        }
        // Beside a key, live or not, no other is made: the client says which one is missing.
        for variables in [
            [("CLERK_PUBLISHABLE_KEY", "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")],
            [("CLERK_SECRET_KEY", "sk_live_s3cr3t")],
            [("CLERK_SECRET_KEY", "sk_test_s3cr3t")],
        ] {
            let folder = Folder::new();
            let transport = ScriptedTransport::new([]);
            let keyless =
                keyless(&folder, &variables).transport(SharedTransport::new(transport.clone()));
            assert_eq!(keyless.check().unwrap_err().kind(), Kind::Refused);
            assert_eq!(
                keyless.application().await.unwrap_err().kind(),
                Kind::Refused
            );
            let _ = keyless.client().await.unwrap();
            assert!(transport.take_requests().is_empty());
            assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0);
        }
    });
}

// covers: MW-71
#[test]
fn live_keys_and_nonsense_are_refused_wherever_they_come_from() {
    run(async {
        let application = |key: &str, secret: &str| {
            format!(
                r#"{{"object":"accountless_application","publishable_key":"{key}","secret_key":"{secret}","claim_url":"c","api_keys_url":"a"}}"#
            )
        };
        let (test, live) = (
            "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k",
            "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k",
        );
        for text in [
            application(live, "sk_live_s3cr3t"),
            application(test, "sk_live_s3cr3t"),
            application(live, "sk_test_s3cr3t"),
            application(test, "s3cr3t"),
            application(test, ""),
            application("nonsense", "sk_test_s3cr3t"),
        ] {
            let folder = Folder::new();
            let transport = ScriptedTransport::new([Reply::json(StatusCode::OK, text.clone())]);
            let error = keyless(&folder, &[])
                .transport(SharedTransport::new(transport))
                .client()
                .await
                .unwrap_err();
            assert_eq!(error.kind(), Kind::Unusable, "{error}");
            assert!(!format!("{error} {error:?}").contains("s3cr3t"));
            assert!(!folder.keys().exists() && !folder.0.join("clerk.lock").exists());
            folder.store(&text);
            let error = keyless(&folder, &[]).client().await.unwrap_err();
            assert_eq!(error.kind(), Kind::Unusable, "{error}");
        }
        let folder = Folder::new();
        folder.store("{");
        assert_eq!(
            keyless(&folder, &[]).client().await.unwrap_err().kind(),
            Kind::Unusable
        );
        let folder = Folder::new();
        let transport =
            ScriptedTransport::new([Reply::json(StatusCode::SERVICE_UNAVAILABLE, "{}")]);
        let error = keyless(&folder, &[])
            .transport(SharedTransport::new(transport))
            .client()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Api);
        assert!(!folder.0.join("clerk.lock").exists());
    });
}

// covers: MW-71
#[test]
fn processes_that_start_together_share_one_application() {
    run(async {
        let offline = OfflineClerk::start().await;
        let folder = std::sync::Arc::new(Folder::new());
        let url = offline.backend_url();
        let starts = (0..8).map(|_| {
            let (folder, url) = (std::sync::Arc::clone(&folder), url.clone());
            tokio::spawn(async move {
                let keyless = keyless(&folder, &[("CLERK_API_URL", &url)]);
                keyless
                    .application()
                    .await
                    .unwrap()
                    .secret_key()
                    .expose()
                    .to_owned()
            })
        });
        for start in starts.collect::<Vec<_>>() {
            assert_eq!(start.await.unwrap(), offline.secret_key());
        }
        assert_eq!(offline.request_count(ROUTE), 1);
    });
}

// covers: MW-71
#[test]
fn a_lock_that_a_dead_process_left_is_taken_away() {
    run(async {
        let offline = OfflineClerk::start().await;
        let folder = Folder::new();
        let lock = fs::File::create(folder.0.join("clerk.lock")).unwrap();
        let long_ago = std::time::SystemTime::now() - Duration::from_secs(3600);
        lock.set_modified(long_ago).unwrap();
        let url = offline.backend_url();
        keyless(&folder, &[("CLERK_API_URL", &url)])
            .application()
            .await
            .unwrap();
        assert!(!folder.0.join("clerk.lock").exists());
    });
}

// covers: MW-71
#[test]
fn an_ignore_file_is_kept_and_added_to_once() {
    run(async {
        let offline = OfflineClerk::start().await;
        let url = offline.backend_url();
        for (before, after) in [
            (
                "target",
                "target\n# Keys of Clerk's keyless mode.\n/.clerk/\n",
            ),
            ("target\n.clerk/\n", "target\n.clerk/\n"),
            ("/.clerk\n", "/.clerk\n"),
        ] {
            let folder = Folder::new();
            fs::write(folder.0.join(".gitignore"), before).unwrap();
            keyless(&folder, &[("CLERK_API_URL", &url)])
                .application()
                .await
                .unwrap();
            assert_eq!(text(&folder.0.join(".gitignore")), after);
        }
    });
}

// covers: MW-71
#[test]
fn the_claim_url_is_shown_every_ten_minutes() {
    run(async {
        let offline = OfflineClerk::start().await;
        let folder = Folder::new();
        let clock = ManualClock::new(1_750_000_000_000);
        let url = offline.backend_url();
        let keyless = keyless(&folder, &[("CLERK_API_URL", &url)]).clock(clock.clone());
        keyless.application().await.unwrap();
        assert!(keyless.notice().is_some());
        assert!(keyless.notice().is_none());
        clock.advance(Duration::from_secs(599));
        assert!(keyless.notice().is_none());
        clock.advance(Duration::from_secs(1));
        assert!(keyless.notice().is_some());
    });
}
