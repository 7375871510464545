use super::*;
use crate::Config;

const TEST: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";
const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";

fn environment(variables: &[(&str, &str)]) -> Vec<Finding> {
    check_environment(|name| {
        let (_, value) = variables.iter().find(|(own, _)| *own == name)?;
        Some((*value).to_owned())
    })
}

#[test]
fn every_well_known_mistake_is_found_with_its_remedy() {
    use Severity::{Broken, Warning};
    let good = [
        ("CLERK_PUBLISHABLE_KEY", LIVE),
        ("CLERK_SECRET_KEY", "sk_live_x"),
        ("CLERK_AUTHORIZED_PARTIES", "https://example.com"),
    ];
    assert!(
        environment(&good)
            .iter()
            .all(|finding| finding.severity == Severity::Fine),
        "{:?}",
        environment(&good)
    );
    // What is wrong, the variables that go before the good ones, the finding, a word of its text or remedy.
    for (mistake, changed, severity, about, word) in [
        (
            "no publishable key",
            &[("CLERK_PUBLISHABLE_KEY", "")][..],
            Broken,
            "CLERK_PUBLISHABLE_KEY",
            "Dashboard",
        ),
        (
            "under a front-end name",
            &[
                ("CLERK_PUBLISHABLE_KEY", ""),
                ("VITE_CLERK_PUBLISHABLE_KEY", LIVE),
            ],
            Broken,
            "CLERK_PUBLISHABLE_KEY",
            "VITE_CLERK_PUBLISHABLE_KEY",
        ),
        (
            "no secret key",
            &[("CLERK_SECRET_KEY", "")],
            Warning,
            "CLERK_SECRET_KEY",
            "Dashboard",
        ),
        (
            "swapped keys",
            &[
                ("CLERK_PUBLISHABLE_KEY", "sk_live_x"),
                ("CLERK_SECRET_KEY", LIVE),
            ],
            Broken,
            "",
            "secret key",
        ),
        (
            "a publishable key as secret key",
            &[("CLERK_SECRET_KEY", LIVE)],
            Broken,
            "",
            "CLERK_SECRET_KEY",
        ),
        (
            "test and live",
            &[("CLERK_PUBLISHABLE_KEY", TEST)],
            Broken,
            "",
            "same instance",
        ),
        (
            "the secret key's old name",
            &[("CLERK_API_KEY", "live_x")],
            Warning,
            "CLERK_API_KEY",
            "CLERK_SECRET_KEY",
        ),
        (
            "the publishable key's predecessor",
            &[("CLERK_FRONTEND_API", "clerk.example.com")],
            Warning,
            "CLERK_FRONTEND_API",
            "CLERK_PUBLISHABLE_KEY",
        ),
        (
            "pages of another instance",
            &[("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", TEST)],
            Warning,
            "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY",
            "same",
        ),
        (
            "no authorized parties",
            &[("CLERK_AUTHORIZED_PARTIES", "")],
            Warning,
            "CLERK_AUTHORIZED_PARTIES",
            "origins",
        ),
        (
            "a party with a slash",
            &[("CLERK_AUTHORIZED_PARTIES", "https://example.com/")],
            Broken,
            "",
            "origin",
        ),
        (
            "a party without scheme",
            &[("CLERK_AUTHORIZED_PARTIES", "example.com")],
            Broken,
            "",
            "origin",
        ),
        (
            "a party with a path, after a good one",
            &[(
                "CLERK_AUTHORIZED_PARTIES",
                "https://a.example,https://b.example/app",
            )],
            Broken,
            "",
            "origin",
        ),
        (
            "a date as API version",
            &[("CLERK_API_VERSION", "2026-05-12")],
            Broken,
            "CLERK_API_VERSION",
            "v1",
        ),
        (
            "the version twice",
            &[("CLERK_API_URL", "https://api.clerk.com/v1")],
            Broken,
            "CLERK_API_URL",
            "version",
        ),
        (
            "the secret in clear",
            &[("CLERK_API_URL", "http://api.example.com")],
            Broken,
            "CLERK_API_URL",
            "https",
        ),
        (
            "a private key as JWT key",
            &[("CLERK_JWT_KEY", "-----BEGIN PRIVATE KEY-----")],
            Broken,
            "",
            "PRIVATE KEY|private key|public key",
        ),
        (
            "a plain proxy of a live instance",
            &[("CLERK_PROXY_URL", "http://example.com/__clerk")],
            Broken,
            "",
            "https|HTTP",
        ),
        (
            "proxy and domain",
            &[
                ("CLERK_PROXY_URL", "https://example.com/__clerk"),
                ("CLERK_DOMAIN", "example.com"),
            ],
            Warning,
            "CLERK_PROXY_URL",
            "CLERK_DOMAIN",
        ),
        (
            "a domain without satellite",
            &[("CLERK_DOMAIN", "sat.example.com")],
            Warning,
            "CLERK_DOMAIN",
            "CLERK_IS_SATELLITE",
        ),
        (
            "a satellite without domain",
            &[("CLERK_IS_SATELLITE", "true")],
            Broken,
            "",
            "CLERK_DOMAIN|domain",
        ),
        (
            "a satellite with a relative sign-in page",
            &[
                ("CLERK_IS_SATELLITE", "true"),
                ("CLERK_DOMAIN", "sat.example.com"),
                ("CLERK_SIGN_IN_URL", "/sign-in"),
            ],
            Broken,
            "",
            "CLERK_SIGN_IN_URL|relative",
        ),
        (
            "a development satellite without sign-in page",
            &[
                ("CLERK_PUBLISHABLE_KEY", TEST),
                ("CLERK_SECRET_KEY", "sk_test_x"),
                ("CLERK_IS_SATELLITE", "true"),
                ("CLERK_DOMAIN", "sat.example.com"),
            ],
            Broken,
            "",
            "CLERK_SIGN_IN_URL",
        ),
    ] {
        let mut variables = changed.to_vec();
        variables.extend(good);
        let findings = environment(&variables);
        let found = findings.iter().find(|finding| {
            finding.severity == severity && (about.is_empty() || finding.about == about)
        });
        let found = found.unwrap_or_else(|| panic!("{mistake}: {findings:#?}"));
        let text = found.to_string();
        assert!(
            word.split('|').any(|word| text.contains(word)),
            "{mistake}: {text}"
        );
        for secret in ["sk_live_x", "sk_test_x", "live_x"] {
            assert!(!text.contains(secret), "{mistake}: {text}");
        }
    }
}

#[test]
fn what_is_good_is_said_too() {
    for (variables, about) in [
        (&[("CLERK_PROXY_URL", "/__clerk")][..], "CLERK_PROXY_URL"),
        (&[("CLERK_API_VERSION", "v1")], "CLERK_API_VERSION"),
        (
            &[("CLERK_API_URL", "http://127.0.0.1:4401")],
            "CLERK_API_URL",
        ),
        (
            &[
                ("CLERK_IS_SATELLITE", "true"),
                ("CLERK_DOMAIN", "sat.example.com"),
                ("CLERK_SIGN_IN_URL", "https://example.com/sign-in"),
            ],
            "CLERK_IS_SATELLITE",
        ),
    ] {
        let mut variables = variables.to_vec();
        variables.push(("CLERK_PUBLISHABLE_KEY", TEST));
        let findings = environment(&variables);
        let found = findings.iter().find(|finding| finding.about == about);
        assert_eq!(
            found.map(|finding| finding.severity),
            Some(Severity::Fine),
            "{about} {findings:#?}"
        );
    }
    let none = check_config(&Config::new());
    assert!(
        none.iter()
            .all(|finding| finding.severity != Severity::Broken)
    );
}

#[test]
fn clocks_sizes_and_keys_have_sharp_limits() {
    use Severity::{Broken, Fine, Warning};
    for (own, server, expected, word) in [
        (0, 0, Fine, "agrees"),
        (6_000, 0, Fine, "agrees"),
        (0, 6_000, Fine, "agrees"),
        (6_001, 0, Broken, "ahead"),
        (0, 6_001, Broken, "behind"),
        (i64::MAX, i64::MIN, Broken, "ahead"),
    ] {
        let found = check_clock_skew(own, server);
        assert_eq!(found.severity, expected, "{own} {server}");
        assert!(found.message.contains(word), "{found}");
    }
    for (bytes, expected) in [
        (0, Fine),
        (3_072, Fine),
        (3_073, Warning),
        (3_968, Warning),
        (3_969, Broken),
        (usize::MAX, Broken),
    ] {
        assert_eq!(check_token_size(bytes).severity, expected, "{bytes}");
    }
    let kids = |list: &[&str]| list.iter().map(|kid| (*kid).to_owned()).collect::<Vec<_>>();
    for (secret, publishable, expected) in [
        (&["a"][..], &["a"][..], Fine),
        (&["a", "b"], &["b"], Fine),
        (&["a"], &["b"], Broken),
        (&["a"], &[], Broken),
        (&[], &["a"], Broken),
    ] {
        assert_eq!(
            check_same_keys(&kids(secret), &kids(publishable)).severity,
            expected,
            "{secret:?} {publishable:?}"
        );
    }
}
