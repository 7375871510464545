//! Verifies tokens of every kind with published test keys, protects an endpoint with them, then fetches keys and does
//! without the server they came from. Needs no account and no network.
//!
//! ```console
//! $ cargo run --example quickstart
//! $ CLERK_JWT_KEY="$(cat key.pem)" cargo run --example quickstart -- <token>     # a token of a real instance
//! ```
#![forbid(unsafe_code)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is what this example does"
)]

#[path = "quickstart/outage.rs"]
mod outage;
#[path = "quickstart/server.rs"]
mod server;
#[path = "quickstart/tokens.rs"]
mod tokens;

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clerk_backend::tokens::{
    CategoryPolicy, PresentedToken, SessionClaims, TokenType, TokenVerifier, VerifyOptions,
    VerifyingKey, verify_m2m_jwt,
};

/// The origin of the application that the endpoint serves.
const APP: &str = "https://app.example.com";

fn main() -> ExitCode {
    let done = match std::env::args().nth(1) {
        Some(token) => verify_real(&token),
        None => show(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Verifies a token of a real instance with the key in `CLERK_JWT_KEY`.
fn verify_real(token: &str) -> Result<(), Box<dyn Error>> {
    let pem = std::env::var("CLERK_JWT_KEY").map_err(|_| {
        "CLERK_JWT_KEY is not set: copy the JWKS public key (PEM) from the API keys page of Clerk's Dashboard"
    })?;
    let verifier = TokenVerifier::new(VerifyingKey::from_jwt_key(&pem)?);
    let claims = verifier.verify(token)?;
    println!("verified: user {}", claims.user_id());
    println!("{}", claims.as_json());
    Ok(())
}

fn show() -> Result<(), Box<dyn Error>> {
    // What a real application has from `CLERK_JWT_KEY`. Test keys are refused unless they are allowed by name.
    let key = VerifyingKey::from_pem(tokens::public_pem())?;
    let gate = Gate {
        machines: VerifyOptions::new().allow_test_keys(),
        users: TokenVerifier::new(key.clone())
            .authorized_parties([APP])
            .categories(CategoryPolicy::Session)
            .allow_test_keys(),
        key,
    };
    let tokens = tokens::mint();

    println!(
        "{:<15} {:<9} {:<34} {:>9}",
        "token", "decision", "reason", "time"
    );
    for (name, token) in &tokens {
        let (decision, time) = timed(|| gate.decide(token));
        println!(
            "{name:<15} {:<9} {:<34} {time:>9.1?}",
            decision.verdict(),
            decision.reason()
        );
    }

    println!("\nGET /me, for users:");
    let server = server::Server::start(gate)?;
    for (name, token) in &tokens {
        println!("{name:<15} {}", server.get_me(Some(token))?);
    }
    println!("{:<15} {}", "(none)", server.get_me(None)?);

    println!("\nKeys from a server on loopback, which then goes away:");
    outage::show()
}

fn timed<T>(work: impl Fn() -> T) -> (T, Duration) {
    // The first time a key is used, it is also warmed up.
    let _ = work();
    let start = Instant::now();
    let value = work();
    (value, start.elapsed())
}

/// What judges tokens: one verifier for users, one set of options for machines.
struct Gate {
    users: TokenVerifier,
    machines: VerifyOptions,
    key: VerifyingKey,
}

/// What is known about whoever presented a token.
enum Decision {
    User(SessionClaims),
    Machine(String),
    Refused(String),
}

impl Gate {
    fn decide(&self, token: &str) -> Decision {
        let presented = PresentedToken::read(token);
        match (presented.token_type(), presented.decoded()) {
            (TokenType::M2m, Some(decoded)) => {
                match verify_m2m_jwt(decoded, &self.key, &self.machines) {
                    Ok(claims) => Decision::Machine(claims.subject().to_owned()),
                    Err(error) => Decision::Refused(error.code().to_string()),
                }
            }
            _ => match self.users.verify(token) {
                Ok(claims) => Decision::User(claims),
                Err(error) => Decision::Refused(error.reason().to_string()),
            },
        }
    }
}

impl Decision {
    fn verdict(&self) -> &'static str {
        match self {
            Self::User(_) | Self::Machine(_) => "accepted",
            Self::Refused(_) => "refused",
        }
    }

    fn reason(&self) -> String {
        match self {
            Self::User(claims) => format!("user {}", claims.user_id()),
            Self::Machine(id) => format!("machine {id}"),
            Self::Refused(reason) => reason.clone(),
        }
    }
}
