//! The test cases that the Standard Webhooks libraries and Svix publish with their own implementations
//! (standard-webhooks/standard-webhooks, svix/svix-webhooks).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use clerk_core::Clock;
use clerk_webhooks::WebhookVerificationErrorKind as Kind;
use clerk_webhooks::{SigningSecret, WebhookVerifier, sign};

struct Published {
    secret: &'static str,
    id: &'static str,
    timestamp: i64,
    body: &'static str,
    signature: &'static str,
}

const CASES: &[Published] = &[
    Published {
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp: 1_614_265_330,
        body: r#"{"test": 2432232314}"#,
        signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    Published {
        secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        timestamp: 1_649_367_553,
        body: r#"{"email":"test@example.com","username":"test_user"}"#,
        signature: "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    },
];

const FOREIGN: &str = "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";

/// Verifies a case with its headers in one of the families, changed or left out.
fn outcome(
    case: &Published,
    family: &str,
    seconds_later: i64,
    change: impl Fn(&str, String) -> Option<String>,
) -> Option<Kind> {
    let values = [
        ("id", case.id.to_owned()),
        ("timestamp", case.timestamp.to_string()),
        ("signature", case.signature.to_owned()),
    ];
    let headers: Vec<(String, String)> = values
        .into_iter()
        .filter_map(|(name, value)| Some((format!("{family}-{name}"), change(name, value)?)))
        .collect();
    let secret = SigningSecret::parse(case.secret).unwrap();
    let clock = Clock::fixed((case.timestamp + seconds_later) * 1000);
    WebhookVerifier::with_clock(secret, clock)
        .verify_signature(&headers, case.body.as_bytes())
        .err()
        .map(|error| error.kind())
}

// covers: WH-5
#[test]
fn signing_gives_the_published_signatures() {
    for case in CASES {
        for text in [case.secret, case.secret.strip_prefix("whsec_").unwrap()] {
            let secret = SigningSecret::parse(text).unwrap();
            let signed = sign(&secret, case.id, case.timestamp, case.body.as_bytes());
            assert_eq!(signed.signature, case.signature);
        }
    }
}

// covers: WH-2, WH-4, WH-6
#[test]
fn verification_decides_as_published() {
    let unchanged = |_: &str, value: String| Some(value);
    for case in CASES {
        for family in ["svix", "webhook"] {
            assert_eq!(outcome(case, family, 0, unchanged), None);
            for absent in ["id", "timestamp", "signature"] {
                let without = |name: &str, value: String| (name != absent).then_some(value);
                assert_eq!(
                    outcome(case, family, 0, without),
                    Some(Kind::MissingHeaders)
                );
            }
            let replaced = |of: &'static str, by: String| {
                move |name: &str, value: String| Some(if name == of { by.clone() } else { value })
            };
            for (header, value, expected) in [
                ("timestamp", "hello".to_owned(), Some(Kind::InvalidHeader)),
                (
                    "signature",
                    "v1,dawfeoifkpqwoekfpqoekf".to_owned(),
                    Some(Kind::InvalidSignature),
                ),
                (
                    "signature",
                    format!("v1,{FOREIGN}"),
                    Some(Kind::InvalidSignature),
                ),
                (
                    "signature",
                    case.signature[..8].to_owned(),
                    Some(Kind::InvalidSignature),
                ),
                ("signature", "v1,".to_owned(), Some(Kind::InvalidSignature)),
                (
                    "signature",
                    format!("v1,{FOREIGN} v2,{FOREIGN} {} v1,{FOREIGN}", case.signature),
                    None,
                ),
                (
                    "signature",
                    format!("v1,{FOREIGN} v2,{FOREIGN} v1,{FOREIGN}"),
                    Some(Kind::InvalidSignature),
                ),
                (
                    "timestamp",
                    (case.timestamp + 1).to_string(),
                    Some(Kind::InvalidSignature),
                ),
                ("timestamp", "-1".to_owned(), Some(Kind::TooOld)),
            ] {
                let changed = replaced(header, value.clone());
                assert_eq!(outcome(case, family, 0, changed), expected, "{value}");
            }
            assert_eq!(outcome(case, family, 301, unchanged), Some(Kind::TooOld));
            assert_eq!(outcome(case, family, -301, unchanged), Some(Kind::TooNew));
        }
    }
}
