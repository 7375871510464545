use clerk_errors::{ConfigError, ConfigErrorKind};
use proptest::prelude::*;

use super::{FoundKey, PublishableKey, PublishableKeyError};
use crate::instance::InstanceType;

const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
const TEST: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";

fn key_of(payload: &str) -> String {
    format!(
        "pk_test_{}",
        base64_simd::STANDARD.encode_to_string(payload)
    )
}

// covers: KEY-1, KEY-5
#[test]
fn prefix_says_the_instance_type() {
    let live = PublishableKey::parse(LIVE).unwrap();
    assert_eq!(live.instance_type(), InstanceType::Production);
    assert_eq!(live.frontend_api().as_str(), "clerk.example.com");
    let test = PublishableKey::parse(TEST).unwrap();
    assert_eq!(test.instance_type(), InstanceType::Development);
    assert_eq!(
        test.frontend_api().as_str(),
        "foo-bar-13.clerk.accounts.dev"
    );
    for text in [
        "pk_prod_Y2xlcmsuYS5jb20k",
        "PK_TEST_Y2xlcmsuYS5jb20k",
        "test_Y2xlcmsuYS5jb20k",
        "pk-test-Y2xlcmsuYS5jb20k",
    ] {
        assert!(!PublishableKey::is_valid(text), "{text}");
    }
}

// covers: KEY-2
#[test]
fn three_parts_at_underscores() {
    for text in [
        "pk_test_",
        "pk_live_",
        "pk_test__",
        "pk_test_Y2xlcmsuYS5jb20k_",
        "pk_test_Y2xlcmsuYS5jb20k_x",
        "pk_test_a_b",
    ] {
        let error = PublishableKey::parse(text).unwrap_err();
        assert_eq!(
            error,
            PublishableKeyError::Format {
                found: FoundKey::PublishableKey
            },
            "{text}"
        );
    }
}

// covers: KEY-3
#[test]
fn standard_base64_padded_or_not() {
    for text in [
        "pk_test_Y2xlcmsuYWIuY29tJA==",
        "pk_test_Y2xlcmsuYWIuY29tJA",
        "pk_test_Y2xlcmsuYS5jb20k",
        "pk_test_Y2xlcmsuYS5jb20k\n",
    ] {
        assert!(PublishableKey::is_valid(text), "{text}");
    }
    for text in [
        "pk_test_Y2xlcmsuYWIuY29tJA=",
        "pk_test_Y2xlcmsuYS5jb20k=",
        "pk_test_Y2xlcmsuYS5jb20kQ",
        "pk_test_Y2xlcmsuYS5jb20k-",
        "pk_test_not-base64!",
        "pk_test_Y2xlcmsu YS5jb20k",
        "pk_test_ Y2xlcmsuYS5jb20k",
        "pk_test_Y2xlcmsu\nYS5jb20k",
    ] {
        assert_eq!(
            PublishableKey::parse(text),
            Err(PublishableKeyError::Undecodable),
            "{text}"
        );
    }
}

// covers: KEY-4
#[test]
fn the_payload_is_a_host_name_and_a_dollar() {
    for payload in [
        "a.b$",
        "clerk.example.com$",
        "clerk.example.com:8443$",
        "CLERK.Example.com$",
        "127.0.0.1$",
        "1.2.example$",
    ] {
        let host = payload.strip_suffix('$').unwrap();
        let key = PublishableKey::parse(&key_of(payload)).unwrap();
        assert_eq!(key.frontend_api().as_str(), host);
    }
    let long_label = format!("{}.example$", "a".repeat(64));
    let long_name = format!("{}b$", "a.".repeat(127));
    for payload in [
        "localhost$",
        "$",
        "a.b",
        "a.b$$",
        "a$b.c$",
        "a.b$\n",
        ".$",
        ".a$",
        "a.$",
        "a..b$",
        "-a.b$",
        "a-.b$",
        "a_b.c$",
        "https://clerk.a.com$",
        "clerk.a.com/path$",
        "clerk.a.com?q$",
        "clerk.a.com#f$",
        "u@clerk.a.com$",
        "a b.c$",
        "clerk.a.com:$",
        "clerk.a.com:x$",
        "clerk.a.com:65536$",
        "a.b:1:2$",
        "b\u{fc}cher.de$",
        "256.1.1.1$",
        "127.1$",
        "a.1$",
        "[::1.2.3.4]$",
        "xn--a.b$",
        &long_label,
        &long_name,
    ] {
        assert_eq!(
            PublishableKey::parse(&key_of(payload)),
            Err(PublishableKeyError::Payload),
            "{payload:?}"
        );
    }
    // Not UTF-8.
    assert!(!PublishableKey::is_valid(
        "pk_live_Y2xlcmsuYvxjaGVyLmNvbSQ="
    ));
}

// covers: KEY-7, CHG-13
#[test]
fn errors_tell_what_is_wrong_and_what_to_do() {
    for (text, kind, words) in [
        (
            "",
            ConfigErrorKind::Missing,
            "is missing: copy it from the API keys page",
        ),
        (" \n", ConfigErrorKind::Missing, "is missing"),
        (
            "sk_test_s3cr3t",
            ConfigErrorKind::Misplaced,
            "is not a publishable key: expected pk_test_... or pk_live_..., found sk_test_... (a secret key)",
        ),
        (
            "sk_live_s3cr3t",
            ConfigErrorKind::Misplaced,
            "found sk_live_... (a secret key)",
        ),
        (
            "ak_s3cr3t",
            ConfigErrorKind::Misplaced,
            "found ak_... (a machine secret key",
        ),
        (
            "whsec_s3cr3t",
            ConfigErrorKind::Misplaced,
            "found whsec_... (a webhook signing secret)",
        ),
        (
            "-----BEGIN PUBLIC KEY-----",
            ConfigErrorKind::Misplaced,
            "found a PEM text",
        ),
        (
            "'pk_test_x'",
            ConfigErrorKind::Malformed,
            "found quotes around the value",
        ),
        ("s3cr3t", ConfigErrorKind::Malformed, "found something else"),
        (
            "pk_test_a_b",
            ConfigErrorKind::Malformed,
            "something is missing or added after its prefix: copy it again",
        ),
        (
            "pk_test_!",
            ConfigErrorKind::Malformed,
            "not base64: copy it again",
        ),
        (
            "pk_test_bG9jYWxob3N0JA==",
            ConfigErrorKind::Malformed,
            "does not name the instance's host: copy it again",
        ),
    ] {
        let error = PublishableKey::parse(text).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        let error = ConfigError::from(error).with_setting("CLERK_PUBLISHABLE_KEY");
        assert_eq!(error.kind(), kind, "{text}");
        assert!(
            error.to_string().starts_with("CLERK_PUBLISHABLE_KEY is "),
            "{error}"
        );
        assert!(error.to_string().contains(words), "{error}");
        assert!(!error.to_string().contains("s3cr3t"), "{error}");
    }
}

// covers: KEY-8
#[test]
fn validity_is_what_the_parser_says() {
    assert!(PublishableKey::is_valid(LIVE));
    for text in [
        "",
        "pk_live_",
        "pk_live_JA==",
        "sk_live_Y2xlcmsuZXhhbXBsZS5jb20k",
    ] {
        assert!(!PublishableKey::is_valid(text), "{text}");
    }
}

// covers: KEY-9
#[test]
fn instance_type_of_a_publishable_key_text() {
    for (text, expected) in [
        ("pk_test_x", Some(InstanceType::Development)),
        ("test_x", Some(InstanceType::Development)),
        ("pk_live_x", Some(InstanceType::Production)),
        ("live_x", Some(InstanceType::Production)),
        ("sk_test_x", None),
        ("PK_TEST_x", None),
        (" pk_test_", None),
        ("", None),
    ] {
        assert_eq!(InstanceType::from_publishable_key(text), expected, "{text}");
    }
}

// covers: KEY-10
#[test]
fn instance_type_of_a_secret_key_text() {
    for (text, expected) in [
        ("sk_test_x", Some(InstanceType::Development)),
        ("test_x", Some(InstanceType::Development)),
        ("sk_live_x", Some(InstanceType::Production)),
        ("live_x", Some(InstanceType::Production)),
        ("pk_test_x", None),
        ("ak_x", None),
        ("SK_TEST_x", None),
    ] {
        assert_eq!(InstanceType::from_secret_key(text), expected, "{text}");
    }
}

// covers: KEY-11, CHG-14
#[test]
fn keys_of_hosts() {
    for (host, expected) in [
        (
            "foo-bar-13.clerk.accounts.dev",
            "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk",
        ),
        ("clerk.example.com", "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k"),
        ("clerk.foo.lcl.dev", "pk_test_Y2xlcmsuZm9vLmxjbC5kZXYk"),
    ] {
        assert_eq!(
            PublishableKey::for_frontend_api(host).unwrap().as_str(),
            expected
        );
    }
    for (host, development) in [
        ("foo-bar-1.clerk.accounts.dev", true),
        ("Foo-Bar-1.Clerk.Accounts.Dev", true),
        ("foo-bar-13.clerk.accountsstage.dev", true),
        ("foo-bar-13.clerk.accounts.lclclerk.com", true),
        ("foo-bar-13.clerk.accounts.x.com", true),
        ("foo-bar-123.clerk.accounts.dev", false),
        ("foo-bar.clerk.accounts.dev", false),
        ("foo-bar-baz-1.clerk.accounts.dev", false),
        ("f0o-bar-1.clerk.accounts.dev", false),
        ("fake-clerk-test.clerk.accounts.dev", false),
        ("foo-bar-1.clerk.accounts.x1.dev", false),
        ("foo-bar-1.clerk.accounts.org", false),
        ("clerk.foo.lclstage.dev", true),
        ("clerk.foo.lclclerk.com", true),
        ("clerk.foo.prod.lclclerk.com", false),
        ("foo.lclclerk.com", false),
    ] {
        let key = PublishableKey::for_frontend_api(host).unwrap();
        assert_eq!(key.instance_type().is_development(), development, "{host}");
        assert_eq!(key.frontend_api().as_str(), host);
    }
    for host in ["", "localhost", "https://clerk.example.com", "a$b.c"] {
        assert_eq!(
            PublishableKey::for_frontend_api(host),
            Err(PublishableKeyError::Host),
            "{host}"
        );
    }
}

// covers: KEY-12
#[test]
fn keys_of_request_hosts() {
    let (live, test) = (
        PublishableKey::parse(LIVE).unwrap(),
        PublishableKey::parse(TEST).unwrap(),
    );
    for host in ["example.com", "Example.COM:3000", ""] {
        assert_eq!(PublishableKey::for_host(host, Some(&test)).unwrap(), test);
    }
    for host in ["example.com", "Example.COM", "example.com:3000"] {
        assert_eq!(
            PublishableKey::for_host(host, Some(&live))
                .unwrap()
                .as_str(),
            LIVE
        );
        assert_eq!(PublishableKey::for_host(host, None).unwrap().as_str(), LIVE);
    }
    let local = PublishableKey::for_host("localhost:3000", None).unwrap();
    assert_eq!(local.frontend_api().as_str(), "clerk.localhost");
    for host in ["", ":80"] {
        assert_eq!(
            PublishableKey::for_host(host, Some(&live)),
            Err(PublishableKeyError::Missing)
        );
    }
    for host in [
        "[::1]:80",
        "example.com/path",
        "a b.example",
        "example.com:x",
    ] {
        assert_eq!(
            PublishableKey::for_host(host, None),
            Err(PublishableKeyError::Host),
            "{host}"
        );
    }
}

// covers: KEY-18
#[test]
fn white_space_around_the_key_is_no_part_of_it() {
    let key = PublishableKey::parse(LIVE).unwrap();
    for text in [
        format!("{LIVE}\n"),
        format!("  {LIVE}\r\n"),
        format!("\t{LIVE} "),
    ] {
        let read = PublishableKey::parse(&text).unwrap();
        assert_eq!(read, key);
        assert_eq!(read.as_str(), LIVE);
        #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
        assert_eq!(read.cookie_names(), key.cookie_names());
    }
}

proptest! {
    #[test]
    fn any_text_is_a_key_or_an_error(text in ".{0,60}", payload in any::<Vec<u8>>()) {
        let _ = PublishableKey::parse(&text);
        let _ = PublishableKey::for_frontend_api(&text);
        let _ = PublishableKey::for_host(&text, None);
        let payload = base64_simd::STANDARD.encode_to_string(payload);
        let _ = PublishableKey::parse(&format!("pk_live_{payload}"));
    }

    #[test]
    fn keys_of_hosts_name_them(host in "[a-z]{1,9}(-[a-z0-9]{1,4})?(\\.[a-z][a-z0-9]{0,9}){1,3}(:[1-9][0-9]{0,3})?") {
        let key = PublishableKey::for_frontend_api(&host).unwrap();
        prop_assert_eq!(key.frontend_api().as_str(), &host);
    }
}
