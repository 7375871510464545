//! Clerk's own host names: which environment they belong to, and what they serve.

/// Suffixes of development hosts from before `accounts.dev`.
pub const LEGACY_DEV_SUFFIXES: [&str; 3] = [".lcl.dev", ".lclstage.dev", ".lclclerk.com"];

/// Suffixes of development accounts portals.
pub const CURRENT_DEV_SUFFIXES: [&str; 3] = [
    ".accounts.dev",
    ".accountsstage.dev",
    ".accounts.lclclerk.com",
];

/// Suffixes of hosts that are not production.
pub const DEV_OR_STAGING_SUFFIXES: [&str; 9] = [
    ".lcl.dev",
    ".stg.dev",
    ".lclstage.dev",
    ".stgstage.dev",
    ".dev.lclclerk.com",
    ".stg.lclclerk.com",
    ".accounts.lclclerk.com",
    "accountsstage.dev",
    "accounts.dev",
];

/// Suffixes of hosts of Clerk's local environment.
pub const LOCAL_SUFFIXES: [&str; 4] = [
    ".lcl.dev",
    "lclstage.dev",
    ".lclclerk.com",
    ".accounts.lclclerk.com",
];

/// Suffixes of hosts of Clerk's staging environment.
pub const STAGING_SUFFIXES: [&str; 1] = [".accountsstage.dev"];

/// Which of Clerk's own environments serves an instance. Anything a customer has is production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClerkEnvironment {
    /// For everybody.
    Production,
    /// Clerk's staging.
    Staging,
    /// Clerk's developers' machines.
    Local,
}

impl ClerkEnvironment {
    /// The environment of an instance, by its Frontend API host.
    #[must_use]
    pub fn of_frontend_api(host: &str) -> Self {
        if is_legacy_dev_frontend_api(host) {
            Self::Production
        } else if ends_with_any(host, &LOCAL_SUFFIXES) {
            Self::Local
        } else if ends_with_any(host, &STAGING_SUFFIXES) {
            Self::Staging
        } else {
            Self::Production
        }
    }

    /// The origin of the Backend API.
    #[must_use]
    pub const fn api_url(self) -> &'static str {
        match self {
            Self::Production => "https://api.clerk.com",
            Self::Staging => "https://api.clerkstage.dev",
            Self::Local => "https://api.lclclerk.com",
        }
    }

    /// The origin of the Frontend API for requests that come through a proxy.
    #[must_use]
    pub const fn fapi_url(self) -> &'static str {
        match self {
            Self::Production => "https://frontend-api.clerk.dev",
            Self::Staging => "https://frontend-api.clerkstage.dev",
            Self::Local => "https://frontend-api.lclclerk.com",
        }
    }
}

/// Whether a host is the accounts portal of an old development instance.
#[must_use]
pub fn is_legacy_dev_accounts_portal(host: &str) -> bool {
    host.starts_with("accounts.") && ends_with_any(host, &LEGACY_DEV_SUFFIXES)
}

/// Whether a host is the accounts portal of a development instance.
#[must_use]
pub fn is_current_dev_accounts_portal(host: &str) -> bool {
    let portal = |suffix: &&str| match host.strip_suffix(suffix) {
        Some(instance) => !instance.ends_with(".clerk"),
        None => false,
    };
    CURRENT_DEV_SUFFIXES.iter().any(portal)
}

/// Whether a host (or a URL that ends in one) belongs to development or staging.
#[must_use]
pub fn is_dev_or_staging_url(host: &str) -> bool {
    ends_with_any(host, &DEV_OR_STAGING_SUFFIXES)
}

/// Where the accounts portal of the instance with this Frontend API host is: `https://` and the host with its `clerk`
/// part replaced by `accounts`. Empty for an empty host.
///
/// A host that was checked has it ready: [`FrontendApi::accounts_base_url`](crate::FrontendApi::accounts_base_url).
#[must_use]
pub fn accounts_base_url(host: &str) -> String {
    if host.is_empty() {
        return String::new();
    }
    let host = host.replacen("clerk.accountsstage.", "accountsstage.", 1);
    // The first `clerk.`, together with an `accounts.` right after it.
    let portal = match host.split_once("clerk.") {
        Some((before, after)) => {
            let after = after.strip_prefix("accounts.").unwrap_or(after);
            format!("{before}accounts.{after}")
        }
        None => host,
    };
    format!("https://{portal}")
}

/// Whether a host is the Frontend API of an old development instance.
pub(crate) fn is_legacy_dev_frontend_api(host: &str) -> bool {
    host.starts_with("clerk.") && ends_with_any(host, &LEGACY_DEV_SUFFIXES)
}

fn ends_with_any(host: &str, suffixes: &[&str]) -> bool {
    suffixes.iter().any(|suffix| host.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: KEY-20, KEY-21, KEY-33, KEY-34, KEY-35, KEY-36, HIST-81
    #[test]
    fn hist_81_environments() {
        let production = ("https://api.clerk.com", "https://frontend-api.clerk.dev");
        let staging = (
            "https://api.clerkstage.dev",
            "https://frontend-api.clerkstage.dev",
        );
        let local = (
            "https://api.lclclerk.com",
            "https://frontend-api.lclclerk.com",
        );
        for (host, expected) in [
            ("clerk.example.com", production),
            ("foo-bar-13.clerk.accounts.dev", production),
            // Customers' old development instances look like Clerk's own, but are not.
            ("clerk.happy.llama-9.lcl.dev", production),
            ("clerk.foo.lclstage.dev", production),
            ("clerk.foo.lclclerk.com", production),
            ("foo.lcl.dev", local),
            ("xlclstage.dev", local),
            ("foo.lclclerk.com", local),
            ("foo.accounts.lclclerk.com", local),
            ("foo.clerk.accountsstage.dev", staging),
            ("xaccountsstage.dev", production),
            ("", production),
        ] {
            let environment = ClerkEnvironment::of_frontend_api(host);
            assert_eq!(
                (environment.api_url(), environment.fapi_url()),
                expected,
                "{host}"
            );
        }
    }

    // covers: KEY-22, KEY-30
    #[test]
    fn legacy_portals() {
        for host in [
            "accounts.foo.lcl.dev",
            "accounts.foo.lclstage.dev",
            "accounts.foo.lclclerk.com",
        ] {
            assert!(is_legacy_dev_accounts_portal(host), "{host}");
        }
        for host in [
            "foo.lcl.dev",
            "accounts.dev",
            "accounts.foo.lcl.dev.",
            "ACCOUNTS.FOO.LCL.DEV",
            "xaccounts.a.lcl.dev",
            "",
        ] {
            assert!(!is_legacy_dev_accounts_portal(host), "{host}");
        }
    }

    // covers: KEY-23, KEY-31
    #[test]
    fn current_portals() {
        for host in [
            "foo.accounts.dev",
            "clerk.accounts.dev",
            "foo.accountsstage.dev",
            "foo.accounts.lclclerk.com",
        ] {
            assert!(is_current_dev_accounts_portal(host), "{host}");
        }
        for host in [
            "accounts.dev",
            "foo.clerk.accounts.dev",
            "foo.clerk.accountsstage.dev",
            "foo.clerk.accounts.lclclerk.com",
            "evil-accounts.dev",
            "foo.accounts.dev.evil.example",
        ] {
            assert!(!is_current_dev_accounts_portal(host), "{host}");
        }
    }

    // covers: KEY-32
    #[test]
    fn development_and_staging() {
        for host in [
            "foo.lcl.dev",
            "foo.stg.dev",
            "foo.lclstage.dev",
            "foo.stgstage.dev",
            "foo.dev.lclclerk.com",
            "foo.stg.lclclerk.com",
            "foo.accounts.lclclerk.com",
            "accountsstage.dev",
            "evil-accounts.dev",
        ] {
            assert!(is_dev_or_staging_url(host), "{host}");
        }
        for host in [
            "foo.lclclerk.com",
            "foo.accounts.dev.evil.example",
            "FOO.LCL.DEV",
            "",
        ] {
            assert!(!is_dev_or_staging_url(host), "{host}");
        }
    }
}
