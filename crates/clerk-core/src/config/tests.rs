use clerk_errors::{ConfigError, ConfigErrorKind};
use proptest::prelude::*;

use super::Config;
use crate::env::names;

const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
const TEST: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";

fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_lookup(|name| {
        variables
            .iter()
            .find(|(variable, _)| *variable == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

// covers: ENV-1, ENV-2, ENV-3, ENV-4, ENV-5, ENV-6, ENV-7, ENV-9, ENV-10, ENV-13
#[test]
fn every_variable_reaches_its_setting() {
    let config = read(&[
        ("CLERK_SECRET_KEY", " sk_live_abc\n"),
        ("CLERK_PUBLISHABLE_KEY", &format!("{LIVE}\n")),
        (
            "CLERK_JWT_KEY",
            "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----",
        ),
        ("CLERK_MACHINE_SECRET_KEY", "ak_abc"),
        ("CLERK_API_URL", "https://gw.example.com/base"),
        ("CLERK_API_VERSION", "v2"),
        ("CLERK_WEBHOOK_SIGNING_SECRET", "whsec_abc"),
        ("CLERK_PROXY_URL", "/__clerk"),
        ("CLERK_DOMAIN", "satellite.example.net"),
        ("CLERK_IS_SATELLITE", "TRUE"),
        ("CLERK_SIGN_IN_URL", "/sign-in"),
        ("CLERK_SIGN_UP_URL", "https://example.com/sign-up"),
        (
            "CLERK_AUTHORIZED_PARTIES",
            "https://example.com, http://localhost:3000,,chrome-extension://abc",
        ),
        ("CLERK_FAPI_URL", "https://frontend-api.example.com"),
    ])
    .unwrap();
    assert_eq!(config.require_secret_key().unwrap().expose(), "sk_live_abc");
    assert_eq!(config.require_publishable_key().unwrap().as_str(), LIVE);
    assert!(config.jwt_key.as_ref().unwrap().contains("\nabc\n"));
    assert_eq!(
        config.machine_secret_key.as_ref().unwrap().expose(),
        "ak_abc"
    );
    assert_eq!(config.api_url(), "https://gw.example.com/base");
    assert_eq!(config.api_version(), "v2");
    assert_eq!(
        config.webhook_signing_secret.as_ref().unwrap().expose(),
        "whsec_abc"
    );
    assert_eq!(config.proxy_url.as_ref().unwrap().as_str(), "/__clerk");
    assert_eq!(
        config.domain.as_ref().unwrap().as_str(),
        "satellite.example.net"
    );
    assert_eq!(config.is_satellite, Some(true));
    assert_eq!(config.sign_in_url.as_ref().unwrap().as_str(), "/sign-in");
    assert_eq!(
        config.sign_up_url.as_ref().unwrap().as_str(),
        "https://example.com/sign-up"
    );
    assert_eq!(
        config.authorized_parties,
        [
            "https://example.com",
            "http://localhost:3000",
            "chrome-extension://abc"
        ]
    );
    assert_eq!(
        config.fapi_url.as_ref().unwrap().origin_str(),
        "https://frontend-api.example.com"
    );
    let apis = config.frontend_apis().unwrap();
    assert_eq!(apis.effective(), "/__clerk");
    assert_eq!(apis.original().as_str(), "clerk.satellite.example.net");
    let primary = read(&[
        ("CLERK_PUBLISHABLE_KEY", LIVE),
        ("CLERK_DOMAIN", "satellite.example.net"),
        ("CLERK_IS_SATELLITE", "false"),
    ]);
    let apis = primary.unwrap().frontend_apis().unwrap();
    assert_eq!(apis.effective(), "clerk.example.com");
}

#[test]
fn nothing_is_required_to_be_there() {
    for variables in [
        &[][..],
        &[
            ("CLERK_SECRET_KEY", ""),
            ("CLERK_PUBLISHABLE_KEY", " \n"),
            ("CLERK_API_URL", ""),
        ],
    ] {
        let config = read(variables).unwrap();
        assert!(config.publishable_key.is_none() && config.secret_key.is_none());
        assert_eq!(
            (config.api_url(), config.api_version()),
            ("https://api.clerk.com", "v1")
        );
        assert!(config.frontend_apis().is_none());
        assert_eq!(config.is_satellite, None);
    }
    // A key of Clerk's own staging environment is served there.
    let staging = "pk_test_aGFwcHktaGlwcG8tMS5jbGVyay5hY2NvdW50c3N0YWdlLmRldiQ";
    let config = read(&[("CLERK_PUBLISHABLE_KEY", staging)]).unwrap();
    assert_eq!(config.api_url(), "https://api.clerkstage.dev");
    assert_eq!(
        read(&[("CLERK_IS_SATELLITE", "no")]).unwrap().is_satellite,
        Some(false)
    );
}

#[test]
fn mistakes_are_named() {
    use ConfigErrorKind::{Conflict, Malformed, Misplaced};
    for (variables, kind, words) in [
        (
            &[("CLERK_PUBLISHABLE_KEY", "sk_test_s3cr3t")][..],
            Misplaced,
            "CLERK_PUBLISHABLE_KEY is not a publishable key: expected pk_test_... or pk_live_..., found sk_test_... (a secret key)",
        ),
        (
            &[("CLERK_SECRET_KEY", LIVE)],
            Misplaced,
            "CLERK_SECRET_KEY is not a secret key: expected sk_test_... or sk_live_..., found pk_... (a publishable key)",
        ),
        (
            &[("CLERK_SECRET_KEY", "ak_s3cr3t")],
            Misplaced,
            "CLERK_SECRET_KEY is not a secret key",
        ),
        (
            &[("CLERK_SECRET_KEY", "whsec_s3cr3t")],
            Misplaced,
            "found whsec_... (a webhook signing secret)",
        ),
        (
            &[("CLERK_MACHINE_SECRET_KEY", "sk_live_s3cr3t")],
            Misplaced,
            "CLERK_MACHINE_SECRET_KEY is not a machine secret key: expected ak_...",
        ),
        (
            &[("CLERK_JWT_KEY", "sk_live_s3cr3t")],
            Misplaced,
            "CLERK_JWT_KEY is not a PEM public key",
        ),
        (
            &[("CLERK_WEBHOOK_SIGNING_SECRET", "sk_live_s3cr3t")],
            Misplaced,
            "CLERK_WEBHOOK_SIGNING_SECRET is not a webhook signing secret",
        ),
        (
            &[
                ("CLERK_PUBLISHABLE_KEY", TEST),
                ("CLERK_SECRET_KEY", "sk_live_s3cr3t"),
            ],
            Conflict,
            "CLERK_SECRET_KEY is a live key, but CLERK_PUBLISHABLE_KEY is a test key: copy both from the same instance",
        ),
        (
            &[
                ("CLERK_PUBLISHABLE_KEY", LIVE),
                ("CLERK_SECRET_KEY", "sk_test_s3cr3t"),
            ],
            Conflict,
            "is a test key, but CLERK_PUBLISHABLE_KEY is a live key",
        ),
        (
            &[("CLERK_SECRET_KEY", "\"sk_test_s3cr3t\"")],
            Malformed,
            "CLERK_SECRET_KEY has quotes around its value: remove them",
        ),
        (
            &[("CLERK_PUBLISHABLE_KEY", "'pk_test_x'")],
            Malformed,
            "CLERK_PUBLISHABLE_KEY has quotes",
        ),
        (
            &[("CLERK_SECRET_KEY", "sk_test_s3cr3t\nX=1")],
            Malformed,
            "CLERK_SECRET_KEY has a line break",
        ),
        (
            &[("CLERK_API_URL", "api.clerk.com")],
            Malformed,
            "CLERK_API_URL is not a base URL: expected https://host",
        ),
        (
            &[("CLERK_API_URL", "https://api.clerk.com?x")],
            Malformed,
            "CLERK_API_URL is not a base URL",
        ),
        (
            &[("CLERK_API_VERSION", "/v1")],
            Malformed,
            "CLERK_API_VERSION is not a version",
        ),
        (
            &[("CLERK_PROXY_URL", "app.example.com/__clerk")],
            Malformed,
            "CLERK_PROXY_URL is not a proxy URL",
        ),
        (
            &[("CLERK_DOMAIN", "https://example.com")],
            Malformed,
            "CLERK_DOMAIN is not a host name",
        ),
        (
            &[("CLERK_SIGN_IN_URL", "example.com/in")],
            Malformed,
            "CLERK_SIGN_IN_URL is not the address of a page",
        ),
        (
            &[("CLERK_FAPI_URL", "ftp://example.com")],
            Malformed,
            "CLERK_FAPI_URL is not a base URL",
        ),
        (
            &[("CLERK_AUTHORIZED_PARTIES", "https://example.com/")],
            Malformed,
            "CLERK_AUTHORIZED_PARTIES has an entry that is not an origin",
        ),
        (
            &[(
                "CLERK_AUTHORIZED_PARTIES",
                "https://a.example https://b.example",
            )],
            Malformed,
            "not an origin",
        ),
        (
            &[("CLERK_AUTHORIZED_PARTIES", "example.com")],
            Malformed,
            "not an origin",
        ),
        (
            &[("CLERK_AUTHORIZED_PARTIES", "https://Example.com")],
            Malformed,
            "not an origin",
        ),
    ] {
        let error = read(variables).expect_err(words);
        assert!(error.to_string().contains(words), "{error}\nlacks {words}");
        assert_eq!(error.kind(), kind, "{error}");
        assert!(
            !format!("{error} {error:?}").contains("s3cr3t"),
            "{error:?}"
        );
    }
}

#[test]
fn missing_keys_under_other_names_are_pointed_out() {
    use ConfigErrorKind::{Missing, Renamed};
    let publishable = |variables: &[(&str, &str)]| {
        read(variables)
            .unwrap()
            .require_publishable_key()
            .unwrap_err()
    };
    let secret =
        |variables: &[(&str, &str)]| read(variables).unwrap().require_secret_key().unwrap_err();

    assert_eq!(publishable(&[]).kind(), Missing);
    assert!(
        publishable(&[])
            .to_string()
            .starts_with("CLERK_PUBLISHABLE_KEY is missing: copy it")
    );
    for name in names::FRONT_END_PUBLISHABLE_KEYS {
        let error = publishable(&[(name, TEST)]);
        assert_eq!(error.kind(), Missing);
        let words = format!("CLERK_PUBLISHABLE_KEY is missing: give it the value of {name}");
        assert!(error.to_string().starts_with(&words), "{error}");
    }
    let error = publishable(&[("CLERK_FRONTEND_API", "clerk.example.com")]);
    assert_eq!(error.kind(), Renamed);
    assert!(
        error
            .to_string()
            .starts_with("CLERK_FRONTEND_API is no longer read: set CLERK_PUBLISHABLE_KEY"),
        "{error}"
    );

    assert_eq!(secret(&[]).kind(), Missing);
    let error = secret(&[("CLERK_API_KEY", "s3cr3t")]);
    assert_eq!(error.kind(), Renamed);
    assert!(
        error
            .to_string()
            .starts_with("CLERK_API_KEY is no longer read: set CLERK_SECRET_KEY"),
        "{error}"
    );
    assert!(!error.to_string().contains("s3cr3t"));

    // Old names beside the new ones are left alone.
    let both = read(&[("CLERK_API_KEY", "x"), ("CLERK_SECRET_KEY", "sk_test_x")]).unwrap();
    assert!(both.require_secret_key().is_ok());
}

// covers: KEY-15
#[test]
fn debug_shows_no_secret() {
    let config = read(&[
        ("CLERK_SECRET_KEY", "sk_test_s3cr3t"),
        ("CLERK_MACHINE_SECRET_KEY", "ak_s3cr3t"),
        ("CLERK_WEBHOOK_SIGNING_SECRET", "whsec_s3cr3t"),
    ]);
    let debug = format!("{:?}", config.unwrap());
    assert!(!debug.contains("s3cr3t"), "{debug}");
}

proptest! {
    #[test]
    fn any_environment_is_read_or_refused_without_showing_it(value in "\\PC{0,20}", secret in "[0-9]{12}") {
        let value = format!("{value}{secret}");
        for name in [
            names::SECRET_KEY, names::PUBLISHABLE_KEY, names::JWT_KEY, names::MACHINE_SECRET_KEY, names::API_URL,
            names::API_VERSION, names::WEBHOOK_SIGNING_SECRET, names::PROXY_URL, names::DOMAIN, names::IS_SATELLITE,
            names::SIGN_IN_URL, names::SIGN_UP_URL, names::AUTHORIZED_PARTIES, names::FAPI_URL,
        ] {
            if let Err(error) = read(&[(name, &value)]) {
                let shown = format!("{error} {error:?}");
                prop_assert!(!shown.contains(&secret), "{}", shown);
            }
        }
    }
}
