//! What is wrong with a configuration, and what to do about it.

use std::fmt;

use clerk_core::checkup::{check_clock_skew, check_config};
use clerk_core::env::names;
use clerk_errors::TokenVerificationReason;
use clerk_http::ApiRequest;
use http::Method;

pub use clerk_core::checkup::{Finding, Severity};

use super::Clerk;

/// What was looked at, and what was found.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    findings: Vec<Finding>,
}

impl Diagnosis {
    /// Everything that was looked at.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether everything works.
    #[must_use]
    pub fn is_working(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity != Severity::Broken)
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        Ok(())
    }
}

pub(super) async fn diagnose(clerk: &Clerk) -> Diagnosis {
    let mut findings = check_config(clerk.config());
    if clerk.authenticator().has_authorized_parties()
        && clerk.config().authorized_parties.is_empty()
    {
        // They were set on the client, past the settings.
        findings.retain(|finding| finding.about != names::AUTHORIZED_PARTIES);
    }
    findings.push(public_origin(clerk));
    findings.push(signing_keys(clerk).await);
    if clerk.config().secret_key.is_some() {
        findings.extend(backend_api(clerk).await);
    }
    Diagnosis { findings }
}

fn public_origin(clerk: &Clerk) -> Finding {
    const ABOUT: &str = "public origin";
    if clerk.shared.has_public_origin {
        return Finding::fine(ABOUT, "is fixed");
    }
    Finding::warning(
        ABOUT,
        "is taken from the Host and X-Forwarded headers of each request",
        "set it with ClerkBuilder::public_origin, unless a proxy of yours overwrites those headers",
    )
}

async fn signing_keys(clerk: &Clerk) -> Finding {
    const ABOUT: &str = "signing keys";
    if clerk.shared.keys.is_none() {
        return Finding::fine(ABOUT, "CLERK_JWT_KEY is at hand, nothing is fetched");
    }
    match clerk.warm_up().await {
        Ok(()) => Finding::fine(ABOUT, "could be fetched"),
        Err(error) => Finding::broken(
            ABOUT,
            error.message().to_owned(),
            match error.reason() {
                TokenVerificationReason::SecretKeyInvalid => {
                    "copy CLERK_SECRET_KEY again from the API keys page of the Clerk Dashboard"
                }
                _ => "check that this machine can reach the Backend API",
            },
        ),
    }
}

/// One call: does the Backend API answer this key, and do the clocks agree?
async fn backend_api(clerk: &Clerk) -> Vec<Finding> {
    const ABOUT: &str = "Backend API";
    let call = ApiRequest::new("jwks.get", Method::GET, "/jwks");
    match clerk.http().send(call).await {
        Ok(answer) => {
            let own_ms = clerk.http().clock().now_ms();
            let skew = answer.date_ms().map(|date| check_clock_skew(own_ms, date));
            std::iter::once(Finding::fine(ABOUT, "answers"))
                .chain(skew)
                .collect()
        }
        Err(error) if error.is_unauthorized() => vec![Finding::broken(
            names::SECRET_KEY,
            "is refused by the Backend API",
            "copy it again from the API keys page of the Clerk Dashboard",
        )],
        Err(error) => vec![Finding::broken(
            ABOUT,
            error.to_string(),
            "check CLERK_API_URL, and that this machine can reach it",
        )],
    }
}
