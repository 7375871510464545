//! Starts an offline Clerk and an application that it protects, and shows step by step what happens. Needs no account and
//! no network.
//!
//! ```console
//! $ cargo run --example quickstart                # every step, and whether it went as it should
//! $ cargo run --example quickstart -- --serve     # keeps running: sign in with a browser
//! ```
//!
//! With `CLERK_PUBLISHABLE_KEY` and `CLERK_SECRET_KEY` of an instance of yours in the environment, it checks those too.
#![forbid(unsafe_code)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is what this example does"
)]

mod app;
mod browser;
mod http_client;
mod machines;
mod outage;
mod own_instance;
mod page;
mod report;
mod tokens;
mod visits;
mod webhooks;

use std::error::Error;
use std::process::ExitCode;

use clerk_backend::Clerk;
use clerk_backend::testing::server::{OfflineClerk, StartError};

use app::App;
pub(crate) use report::Report;

/// What can go wrong outside the steps.
pub(crate) type AnyError = Box<dyn Error + Send + Sync>;

/// What the steps work with.
struct Stage {
    offline: OfflineClerk,
    clerk: Clerk,
    app: App,
    /// The user that every step is about, with a password for the browser.
    ada: String,
}

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery staple";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let serve = std::env::args().any(|argument| argument == "--serve");
    match both(serve).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything went as it should, offline and with the instance that the environment names.
async fn both(serve: bool) -> Result<bool, AnyError> {
    let mut report = run(serve).await?;
    own_instance::check(&mut report).await?;
    report.end();
    Ok(report.is_right())
}

/// The offline part.
pub(crate) async fn run(serve: bool) -> Result<Report, AnyError> {
    let mut report = Report::default();
    match OfflineClerk::builder().start().await {
        Ok(offline) if serve => page::serve(offline).await?,
        Ok(offline) => show(offline, &mut report).await?,
        Err(error @ StartError::LiveSecretKey) => {
            let why = format!("The offline part is left out: {error}.");
            report.note(&why);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(report)
}

async fn show(offline: OfflineClerk, report: &mut Report) -> Result<(), AnyError> {
    report.title("An offline Clerk, and an application that it protects");
    let clerk = Clerk::offline(&offline);
    report.check("the Backend API answers", true, offline.backend_url());
    report.check("the Frontend API answers", true, offline.frontend_url());
    let app = App::start(&offline).await?;
    report.check("the application answers", true, &app.origin);
    let mut stage = Stage {
        offline,
        clerk,
        app,
        ada: String::new(),
    };
    stage.ada = tokens::create_user(&stage, report).await?;
    tokens::show(&stage, report).await?;
    machines::show(&stage, report).await?;
    visits::show(&stage, report).await?;
    webhooks::show(&mut stage, report).await?;
    outage::show(&stage, report).await
}
