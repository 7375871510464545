//! `doctor`: does the environment fit together?

use clerk_core::PublishableKey;
use clerk_core::env::names;
use serde_json::Value;

use crate::Failure;
use crate::api::{client, get, is_live, variable};
use crate::args::Args;

pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    args.allow(&["live"])?;
    let mut problems = 0;
    let mut report = |fine: bool, text: String| {
        println!("{} {text}", if fine { "ok     " } else { "PROBLEM" });
        if !fine {
            problems += 1;
        }
    };
    let key = variable(names::SECRET_KEY);
    match key.as_deref() {
        None => report(
            false,
            "CLERK_SECRET_KEY is not set: export what `offline-clerk serve` prints".to_owned(),
        ),
        Some(key) if is_live(key) => {
            report(
                args.flag("live"),
                "CLERK_SECRET_KEY is a live key (accepted with --live)".to_owned(),
            );
        }
        Some(key) => report(
            key.starts_with("sk_test_") || key.starts_with("sk_live_"),
            "CLERK_SECRET_KEY looks like a secret key".to_owned(),
        ),
    }
    let publishable = variable(names::PUBLISHABLE_KEY);
    match publishable.as_deref().map(PublishableKey::parse) {
        None => report(false, "CLERK_PUBLISHABLE_KEY is not set".to_owned()),
        Some(Ok(key)) => report(
            true,
            format!("CLERK_PUBLISHABLE_KEY names {}", key.frontend_api()),
        ),
        Some(Err(error)) => report(false, format!("CLERK_PUBLISHABLE_KEY: {error}")),
    }
    let is_offline = publishable
        .as_deref()
        .and_then(|key| PublishableKey::parse(key).ok())
        .is_some_and(|key| {
            matches!(
                key.frontend_api().host(),
                "offline-clerk-00.clerk.accounts.dev" | "clerk.offline.invalid"
            )
        });
    if is_offline {
        for name in [names::API_URL, names::PROXY_URL] {
            let value = variable(name);
            report(
                value
                    .as_deref()
                    .is_some_and(|url| url.starts_with("http://127.0.0.1:")),
                format!(
                    "{name} points at the offline Clerk: {}",
                    value.as_deref().unwrap_or("not set")
                ),
            );
        }
    }
    match variable(names::WEBHOOK_SIGNING_SECRET) {
        None => report(
            true,
            "CLERK_WEBHOOK_SIGNING_SECRET is not set (needed for webhooks only)".to_owned(),
        ),
        Some(secret) => match clerk_webhooks::SigningSecret::parse(&secret) {
            Ok(_) => report(true, "CLERK_WEBHOOK_SIGNING_SECRET can be read".to_owned()),
            Err(error) => report(false, error.to_string()),
        },
    }
    if key.is_some() {
        match client(args) {
            Err(error) => report(false, error.to_string()),
            Ok(client) => match get(&client, "get_jwks", "/jwks", &[]).await {
                Ok(keys) => {
                    let count = keys
                        .get("keys")
                        .and_then(Value::as_array)
                        .map_or(0, Vec::len);
                    report(
                        count > 0,
                        format!("the Backend API answers with {count} keys"),
                    );
                }
                Err(error) => report(false, format!("the Backend API: {error}")),
            },
        }
    }
    if problems == 0 {
        Ok(())
    } else {
        Err(format!("{problems} problems").into())
    }
}
