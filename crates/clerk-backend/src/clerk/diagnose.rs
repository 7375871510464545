//! What is wrong with a configuration, and what to do about it.

use std::fmt;

use clerk_errors::TokenVerificationReason;

use super::Clerk;

/// What was looked at, and what was found.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    findings: Vec<Finding>,
}

/// One thing that was looked at.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What was looked at.
    pub about: &'static str,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<&'static str>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// As it should be.
    Fine,
    /// It works, and is not as safe or as sure as it could be.
    Warning,
    /// It does not work.
    Broken,
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
            let mark = match finding.severity {
                Severity::Fine => "ok     ",
                Severity::Warning => "warning",
                Severity::Broken => "BROKEN ",
            };
            writeln!(f, "{mark} {}: {}", finding.about, finding.message)?;
            if let Some(remedy) = finding.remedy {
                writeln!(f, "        {remedy}")?;
            }
        }
        Ok(())
    }
}

pub(super) async fn diagnose(clerk: &Clerk) -> Diagnosis {
    let mut findings = vec![
        publishable_key(clerk),
        secret_key(clerk),
        authorized_parties(clerk),
        public_origin(clerk),
    ];
    findings.push(signing_keys(clerk).await);
    Diagnosis { findings }
}

fn finding(severity: Severity, about: &'static str, message: impl Into<String>) -> Finding {
    Finding {
        severity,
        about,
        message: message.into(),
        remedy: None,
    }
}

impl Finding {
    fn remedy(mut self, remedy: &'static str) -> Self {
        self.remedy = Some(remedy);
        self
    }
}

fn publishable_key(clerk: &Clerk) -> Finding {
    const ABOUT: &str = "CLERK_PUBLISHABLE_KEY";
    match clerk.publishable_key() {
        Some(key) => finding(
            Severity::Fine,
            ABOUT,
            format!("{} instance {}", key.instance_type(), key.frontend_api()),
        ),
        None => finding(Severity::Broken, ABOUT, "is missing"),
    }
}

fn secret_key(clerk: &Clerk) -> Finding {
    const ABOUT: &str = "CLERK_SECRET_KEY";
    if clerk.config().secret_key.is_some() {
        return finding(Severity::Fine, ABOUT, "is set");
    }
    finding(
        Severity::Warning,
        ABOUT,
        "is not set: tokens can be verified, but no session is refreshed and no call can be made",
    )
    .remedy("copy it from the API keys page of the Clerk Dashboard, unless this service only verifies tokens")
}

fn authorized_parties(clerk: &Clerk) -> Finding {
    const ABOUT: &str = "CLERK_AUTHORIZED_PARTIES";
    if clerk.authenticator().has_authorized_parties() {
        return finding(
            Severity::Fine,
            ABOUT,
            "session tokens must have been made for a listed origin",
        );
    }
    finding(
        Severity::Warning,
        ABOUT,
        "is not set: tokens made for other applications of this instance are accepted",
    )
    .remedy("list the origins of this application, separated by commas")
}

fn public_origin(clerk: &Clerk) -> Finding {
    const ABOUT: &str = "public origin";
    if clerk.shared.has_public_origin {
        return finding(Severity::Fine, ABOUT, "is fixed");
    }
    finding(
        Severity::Warning,
        ABOUT,
        "is taken from the Host and X-Forwarded headers of each request",
    )
    .remedy(
        "set it with ClerkBuilder::public_origin, unless a proxy of yours overwrites those headers",
    )
}

async fn signing_keys(clerk: &Clerk) -> Finding {
    const ABOUT: &str = "signing keys";
    if clerk.shared.keys.is_none() {
        return finding(
            Severity::Fine,
            ABOUT,
            "CLERK_JWT_KEY is at hand, nothing is fetched",
        );
    }
    match clerk.warm_up().await {
        Ok(()) => finding(Severity::Fine, ABOUT, "could be fetched"),
        Err(error) => {
            let finding = finding(Severity::Broken, ABOUT, error.message().to_owned());
            match error.reason() {
                TokenVerificationReason::SecretKeyInvalid => finding.remedy(
                    "copy CLERK_SECRET_KEY again from the API keys page of the Clerk Dashboard",
                ),
                _ => finding.remedy("check that this machine can reach the Backend API"),
            }
        }
    }
}
