use clerk_core::PublishableKey;
use clerk_tokens::AudienceMode;
use serde_json::{Value, json};

use crate::support::*;

const FAILED: &str = "token-verification-failed (action)";

// covers: JWT-14
#[test]
fn subject_is_a_text() {
    for (sub, expected) in [
        (json!("user_1"), "ok"),
        (json!(""), "ok"),
        (json!("(absent)"), FAILED),
        (json!(null), FAILED),
        (json!(1), FAILED),
        (json!(["user_1"]), FAILED),
    ] {
        assert_eq!(
            judged(&token(&[("sub", sub.clone())]), &options()),
            expected,
            "{sub}"
        );
    }
}

/// Judges an audience against an option.
fn audience(aud: &Value, option: &[&str]) -> String {
    let options = options().audience(option.iter().copied());
    judged(&token(&[("aud", aud.clone())]), &options)
}

// covers: JWT-15, JWT-20, JWT-21, JWT-22, JWT-23, HIST-71
#[test]
fn hist_71_audience() {
    let anything = [
        json!("(absent)"),
        json!("a"),
        json!(1),
        json!({}),
        json!(["x", 1]),
    ];
    for aud in &anything {
        assert_eq!(audience(aud, &[]), "ok", "nothing asked, {aud}");
        assert_eq!(
            audience(aud, &["", ""]),
            "ok",
            "only empty texts asked, {aud}"
        );
    }
    let missing = [
        json!("(absent)"),
        json!(null),
        json!(""),
        json!([]),
        json!([""]),
        json!([null, false, 0, ""]),
    ];
    for aud in &missing {
        assert_eq!(audience(aud, &["a"]), "ok", "{aud}");
    }
    let cases: &[(Value, &[&str], &str)] = &[
        (json!("a"), &["a"], "ok"),
        (json!("b"), &["a", "b"], "ok"),
        (json!("A"), &["a"], FAILED),
        (json!("a "), &["a"], FAILED),
        (json!("a"), &["", "b"], FAILED),
        (json!(["b", "a"]), &["a"], "ok"),
        (json!(["a", ""]), &["a"], "ok"),
        (json!(["b", "c"]), &["a"], FAILED),
    ];
    for (aud, option, expected) in cases {
        assert_eq!(audience(aud, option), *expected, "{aud} against {option:?}");
    }
}

// covers: JWT-24
#[test]
fn jwt_24_malformed_audiences_fail() {
    for aud in [
        json!(1),
        json!(0),
        json!(true),
        json!(false),
        json!({"a": 1}),
        json!([1]),
        json!(["a", 1]),
        json!([["a"]]),
        json!([null, "a"]),
    ] {
        assert_eq!(audience(&aud, &["a"]), FAILED, "{aud}");
    }
    let strict = |aud: Value| {
        let options = options()
            .audience(["a"])
            .audience_mode(AudienceMode::Strict);
        judged(&token(&[("aud", aud)]), &options)
    };
    for aud in [json!("a"), json!(["a"]), json!(["b", "a"])] {
        assert_eq!(strict(aud.clone()), "ok", "{aud}");
    }
    for aud in [
        json!("(absent)"),
        json!(null),
        json!(""),
        json!([]),
        json!([""]),
        json!(["a", ""]),
        json!("b"),
        json!(1),
    ] {
        assert_eq!(strict(aud.clone()), FAILED, "{aud}");
    }
    let unasked = options().audience_mode(AudienceMode::Strict);
    assert_eq!(judged(&token(&[]), &unasked), "ok");
}

// covers: JWT-16, HIST-55
#[test]
fn hist_55_authorized_parties() {
    let bad = "token-invalid-authorized-parties";
    let app = "https://app.example.com";
    let cases: &[(Value, &[&str], &str)] = &[
        (json!(app), &[], "ok"),
        (json!("(absent)"), &[], "ok"),
        (json!(app), &["https://a.example", app], "ok"),
        (json!("(absent)"), &[app], bad),
        (json!(""), &[app], bad),
        (json!(""), &[""], bad),
        (json!(app), &[""], bad),
        (json!(null), &[app], bad),
        (json!([app]), &[app], bad),
        (json!("https://app.example.com/"), &[app], bad),
        (json!("https://app.example.co"), &[app], bad),
        (json!("HTTPS://APP.EXAMPLE.COM"), &[app], bad),
        (json!("http://app.example.com"), &[app], bad),
        (json!("https://app.example.com:443"), &[app], bad),
    ];
    for (azp, parties, expected) in cases {
        let options = options().authorized_parties(parties.iter().copied());
        let judged = judged(&token(&[("azp", azp.clone())]), &options);
        assert_eq!(judged, *expected, "{azp} against {parties:?}");
    }
    let error = verify(
        &token(&[(
            "azp",
            json!(format!("evil\r\nheader: é{}", "x".repeat(200))),
        )]),
        &options().authorized_parties([app]),
    )
    .unwrap_err();
    assert!(
        error.message().is_ascii() && error.message().len() < 200,
        "{error}"
    );
    assert!(!error.message().contains('\n'));
}

// covers: JWT-17
#[test]
fn issuer() {
    let bad = "token-invalid-issuer (action)";
    let own = "https://clerk.example.com";
    let cases: &[(Value, &[&str], &str)] = &[
        (json!("https://x.example"), &[], "ok"),
        (json!("https://x.example"), &[""], "ok"),
        (json!("(absent)"), &[], "ok"),
        (json!(own), &[own], "ok"),
        (json!(own), &["https://x.example", own], "ok"),
        (json!("https://clerk.example.com/"), &[own], bad),
        (json!("(absent)"), &[own], bad),
        (json!(null), &[own], bad),
        (json!(""), &[own], bad),
        (json!([own]), &[own], bad),
    ];
    for (iss, issuers, expected) in cases {
        let options = options().issuer(issuers.iter().copied());
        let judged = judged(&token(&[("iss", iss.clone())]), &options);
        assert_eq!(judged, *expected, "{iss} against {issuers:?}");
    }
}

// covers: JWT-29
#[test]
fn jwt_29_the_issuer_follows_from_the_publishable_key() {
    // pk_live_ of clerk.example.com.
    let publishable = PublishableKey::parse("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k").unwrap();
    let options = options().issued_by(publishable.frontend_api());
    assert_eq!(judged(&token(&[]), &options), "ok");
    let foreign = token(&[("iss", json!("https://clerk.evil.example"))]);
    assert_eq!(judged(&foreign, &options), "token-invalid-issuer (action)");
}

// covers: JWT-51, JWT-52
#[test]
fn the_first_failure_in_order_is_reported() {
    // Each step repairs the first failure; the next one shows.
    let steps: [(&str, Value, &str); 7] = [
        ("sub", json!(1), FAILED),
        ("aud", json!("x"), FAILED),
        (
            "azp",
            json!("https://x.example"),
            "token-invalid-authorized-parties",
        ),
        (
            "iss",
            json!("https://x.example"),
            "token-invalid-issuer (action)",
        ),
        ("exp", json!(NOW - 60), "token-expired"),
        ("nbf", json!(NOW + 60), "token-not-active-yet"),
        ("iat", json!(NOW + 60), "token-iat-in-the-future"),
    ];
    let options = options()
        .audience(["a"])
        .authorized_parties(["https://app.example.com"])
        .issuer(["https://clerk.example.com"]);
    for first in 0..steps.len() {
        let changes: Vec<_> = steps[first..]
            .iter()
            .map(|(name, value, _)| (*name, value.clone()))
            .collect();
        assert_eq!(judged(&token(&changes), &options), steps[first].2);
    }
    assert_eq!(judged(&token(&[]), &options), "ok");
}
