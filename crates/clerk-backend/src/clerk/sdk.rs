//! Who calls: what each call to Clerk says about the program that makes it.

use std::fmt;

use clerk_core::constants;

use super::ClerkBuilder;

/// An SDK or integration that builds on this crate.
///
/// ```
/// use clerk_backend::SdkMetadata;
///
/// let sdk = SdkMetadata::new("clerk-cli", "1.2.0").environment("ci");
/// assert_eq!(sdk.to_string(), "clerk-cli@1.2.0 (ci)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SdkMetadata {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it runs, such as `production`.
    pub environment: Option<String>,
}

impl SdkMetadata {
    /// An SDK of this name and version.
    #[must_use]
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            environment: None,
        }
    }

    /// Adds where it runs.
    #[must_use]
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(environment.into());
        self
    }

    /// The `User-Agent` of calls: the SDK, then this crate.
    pub(super) fn user_agent(&self) -> String {
        format!("{self} {}", constants::USER_AGENT)
    }
}

impl fmt::Display for SdkMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.version)?;
        match &self.environment {
            Some(environment) => write!(f, " ({environment})"),
            None => Ok(()),
        }
    }
}

impl ClerkBuilder {
    /// The `User-Agent` of every call to Clerk; unless set, the [SDK](Self::sdk_metadata) where one is named, and this crate
    /// with its version.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Names the SDK or integration that builds on this crate, in the `User-Agent` of every call to Clerk. Nothing else is
    /// made of it: this crate sends no telemetry.
    pub fn sdk_metadata(mut self, sdk: SdkMetadata) -> Self {
        self.sdk_metadata = Some(sdk);
        self
    }
}
