//! `offline-clerk`: a Clerk on this machine, and small tools around it.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is what a command line tool does"
)]

mod admin;
mod api;
mod args;
mod doctor;
mod serve;
mod token;
mod webhook;

use std::process::ExitCode;

use args::Args;

/// What went wrong, in a sentence for the terminal.
type Failure = Box<dyn std::error::Error>;

const USAGE: &str = "\
offline-clerk: a Clerk on this machine, for development and tests only

  offline-clerk serve [--frontend-port 4400] [--backend-port 4401] [--live-shaped] [--npm FOLDER]
                      [--token-lifetime SECONDS] [--version-1-tokens] [--without-refresh-cookies]
                      [--rate-limit REQUESTS] [--secret-key sk_test_...] [--control-token TOKEN]
                      [--webhook URL] [--load SNAPSHOT.json]
                      [--dangerously-listen-beyond-loopback ADDRESS]
  offline-clerk token USER_ID|EMAIL [--create-user] [--template NAME] [--refresh] [--live]
  offline-clerk user  create EMAIL [--password TEXT] | list | delete USER_ID   [--live]
  offline-clerk org   create NAME [--created-by USER_ID] | list | add ORG_ID USER_ID ROLE   [--live]
  offline-clerk webhook URL TYPE [--data JSON] [--id ID] [--secret whsec_...]
  offline-clerk doctor [--token SESSION_TOKEN] [--live]

All but serve read CLERK_SECRET_KEY and CLERK_API_URL, as serve prints them. They also work with a real development
instance; live keys are refused without --live.
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let outcome = Args::parse(arguments).and_then(|args| run(&command, &args));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, args: &Args) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            "serve" => serve::run(args).await,
            "token" => token::run(args).await,
            "user" => admin::user(args).await,
            "org" => admin::org(args).await,
            "webhook" => webhook::run(args).await,
            "doctor" => doctor::run(args).await,
            "help" | "--help" | "-h" => {
                println!("{USAGE}");
                Ok(())
            }
            _ => Err(USAGE.into()),
        }
    })
}
