//! `serve`: runs until the process is stopped.

use std::time::Duration;

use clerk_testing::server::OfflineClerk;

use crate::Failure;
use crate::args::Args;

pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    args.allow(&[
        "frontend-port",
        "backend-port",
        "live-shaped",
        "npm",
        "token-lifetime",
        "version-1-tokens",
        "without-refresh-cookies",
        "rate-limit",
        "secret-key",
        "control-token",
        "webhook",
        "load",
        "dangerously-listen-beyond-loopback",
    ])?;
    let offline = settings(args)?.start().await?;
    if let Some(file) = args.option("load") {
        offline.load(&serde_json::from_slice(&std::fs::read(file)?)?)?;
    }
    if let Some(url) = args.option("webhook")
        && !offline.add_webhook_endpoint(url)
    {
        return Err(format!("{url} is not an http URL of this machine").into());
    }
    if args.flag("dangerously-listen-beyond-loopback") {
        eprintln!(
            "WARNING: other machines may reach this offline Clerk, and everybody who does can sign in as anybody"
        );
    }
    let variables = offline.env();
    let variable = |name: &str| {
        variables
            .iter()
            .find(|(own, _)| *own == name)
            .map_or("", |(_, value)| value.as_str())
    };
    let pairs = |names: &[&str]| {
        names
            .iter()
            .map(|name| format!("{name}={}", variable(name)))
            .collect::<Vec<_>>()
            .join(" ")
    };
    println!("offline Clerk (for development and tests only)");
    println!(
        "  Backend API    {}      Frontend API  {}",
        offline.backend_url(),
        offline.frontend_url()
    );
    println!(
        "  export {}",
        pairs(&["CLERK_SECRET_KEY", "CLERK_PUBLISHABLE_KEY"])
    );
    println!(
        "  export {}",
        pairs(&[
            "CLERK_API_URL",
            "CLERK_PROXY_URL",
            "CLERK_WEBHOOK_SIGNING_SECRET"
        ])
    );
    println!("  control token  {}", offline.control_token());
    println!("  every verification code is 424242");
    loop {
        tokio::time::sleep(Duration::from_secs(3_600)).await;
    }
}

fn settings(args: &Args) -> Result<clerk_testing::server::OfflineClerkBuilder, Failure> {
    let mut builder = OfflineClerk::builder()
        .frontend_port(args.number("frontend-port")?.unwrap_or(4400))
        .backend_port(args.number("backend-port")?.unwrap_or(4401));
    if args.flag("live-shaped") {
        builder = builder.live_shaped();
    }
    if args.flag("version-1-tokens") {
        builder = builder.version_1_tokens();
    }
    if args.flag("without-refresh-cookies") {
        builder = builder.without_refresh_cookies();
    }
    if let Some(folder) = args.option("npm") {
        builder = builder.npm_folder(folder);
    }
    if let Some(seconds) = args.number("token-lifetime")? {
        builder = builder.token_lifetime(Duration::from_secs(seconds));
    }
    if let Some(requests) = args.number("rate-limit")? {
        builder = builder.rate_limit(requests);
    }
    if let Some(key) = args.option("secret-key") {
        builder = builder.secret_key(key);
    }
    if let Some(token) = args.option("control-token") {
        builder = builder.control_token(token);
    }
    if let Some(address) = args.option("dangerously-listen-beyond-loopback") {
        let address = address
            .parse()
            .map_err(|_| format!("{address} is not an IP address"))?;
        builder = builder.dangerously_listen_beyond_loopback(address);
    }
    Ok(builder)
}
