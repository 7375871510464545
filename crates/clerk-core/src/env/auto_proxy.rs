//! The proxy that switches itself on where an application has no domain of its own.

use super::{is_truthy, names};
use crate::constants;
use crate::domains::ProxyUrl;
use crate::instance::InstanceType;
use crate::url::Url;

/// The proxy URL for production deployments on `*.vercel.app`, where nobody can set up the `clerk.` subdomain; `None`
/// everywhere else, or if a proxy URL or domain is configured, or `CLERK_DISABLE_AUTO_PROXY` is set.
///
/// Decided by the environment alone: request headers can be forged.
pub fn auto_proxy_url(
    lookup: impl Fn(&str) -> Option<String>,
    instance_type: Option<InstanceType>,
    has_proxy_url: bool,
    has_domain: bool,
) -> Option<ProxyUrl> {
    if has_proxy_url || has_domain || instance_type != Some(InstanceType::Production) {
        return None;
    }
    if lookup(names::DISABLE_AUTO_PROXY).is_some_and(|text| is_truthy(&text)) {
        return None;
    }
    if lookup(names::VERCEL_TARGET_ENV)? != "production" {
        return None;
    }
    if !is_below_vercel_app(&lookup(names::VERCEL_PROJECT_PRODUCTION_URL)?) {
        return None;
    }
    ProxyUrl::parse(constants::PROXY_PATH).ok()
}

/// The variable holds a host; a scheme and a path are forgiven. Without a scheme the text is compared as it stands.
fn is_below_vercel_app(text: &str) -> bool {
    const DOMAIN: &str = ".vercel.app";
    if text.starts_with("http://") || text.starts_with("https://") {
        Url::parse(text).is_ok_and(|url| url.host().ends_with(DOMAIN))
    } else {
        let host = text.split('/').next().unwrap_or_default();
        host.ends_with(DOMAIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: KEY-44, ENV-14
    #[test]
    fn only_for_production_deployments_without_a_domain() {
        const LIVE: Option<InstanceType> = Some(InstanceType::Production);
        let vercel = [
            ("VERCEL_TARGET_ENV", "production"),
            ("VERCEL_PROJECT_PRODUCTION_URL", "x.vercel.app"),
        ];
        let auto = |changes: &[(&str, &str)], instance_type, has_proxy_url, has_domain| {
            let lookup = |name: &str| {
                let all = changes.iter().chain(&vercel);
                all.into_iter()
                    .find(|(n, _)| *n == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            auto_proxy_url(lookup, instance_type, has_proxy_url, has_domain)
        };
        let on = |changes: &[(&str, &str)]| auto(changes, LIVE, false, false);

        assert_eq!(on(&[]).unwrap().as_str(), "/__clerk");
        assert_eq!(auto(&[], LIVE, true, false), None);
        assert_eq!(auto(&[], LIVE, false, true), None);
        assert_eq!(
            auto(&[], Some(InstanceType::Development), false, false),
            None
        );
        assert_eq!(auto(&[], None, false, false), None);
        for host in [
            "https://x.vercel.app/p",
            "x.vercel.app/p",
            "https://X.VERCEL.APP",
        ] {
            assert!(
                on(&[("VERCEL_PROJECT_PRODUCTION_URL", host)]).is_some(),
                "{host}"
            );
        }
        for host in [
            "vercel.app",
            "www.example.com",
            "xvercel.app",
            "x.vercel.app.evil.example",
            "https://",
            "",
        ] {
            assert!(
                on(&[("VERCEL_PROJECT_PRODUCTION_URL", host)]).is_none(),
                "{host}"
            );
        }
        for target in ["preview", "Production", ""] {
            assert!(on(&[("VERCEL_TARGET_ENV", target)]).is_none(), "{target}");
        }
        for (value, expected) in [("1", false), ("TRUE", false), ("0", true), ("yes", true)] {
            assert_eq!(
                on(&[("CLERK_DISABLE_AUTO_PROXY", value)]).is_some(),
                expected,
                "{value}"
            );
        }
    }
}
