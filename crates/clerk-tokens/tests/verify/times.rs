use std::time::Duration;

use clerk_core::Clock;
use clerk_tokens::{DEFAULT_CLOCK_SKEW, VerifyOptions};
use serde_json::{Value, json};

use crate::support::*;

fn at(now_ms: i64) -> VerifyOptions {
    VerifyOptions::with_clock(Clock::fixed(now_ms))
}

// covers: JWT-18, JWT-19, JWT-28
#[test]
fn boundaries() {
    let (expired, early, future) = (
        "token-expired",
        "token-not-active-yet",
        "token-iat-in-the-future",
    );
    // Claim, seconds from now, skew in milliseconds, milliseconds the clock is off the whole second.
    let cases: &[(&str, i64, i64, i64, &str)] = &[
        ("exp", -5, 5000, 0, expired),
        ("exp", -4, 5000, 0, "ok"),
        ("exp", -4, 5000, 999, "ok"),
        ("exp", -5, 5000, -1, "ok"),
        ("exp", 0, 0, 0, expired),
        ("exp", 1, 0, 0, "ok"),
        ("exp", 1, 0, 999, "ok"),
        ("exp", 1, 0, 1000, expired),
        ("exp", 10, -10_000, 0, expired),
        ("exp", 11, -10_000, 0, "ok"),
        ("nbf", 5, 5000, 0, "ok"),
        ("nbf", 6, 5000, 0, early),
        ("nbf", 5, 5000, -1, early),
        ("nbf", 0, 0, 0, "ok"),
        ("nbf", 0, 0, -1, early),
        ("nbf", -10, -10_000, 0, "ok"),
        ("nbf", -9, -10_000, 0, early),
        ("iat", 5, 5000, 0, "ok"),
        ("iat", 6, 5000, 0, future),
        ("iat", 0, 0, -1, future),
    ];
    for (claim, seconds, skew_ms, off_ms, expected) in cases {
        let token = token(&[
            ("exp", json!(NOW + 600)),
            ("nbf", json!("(absent)")),
            ("iat", json!("(absent)")),
            (claim, json!(NOW + seconds)),
        ]);
        let options = at(NOW_MS + off_ms).clock_skew_ms(*skew_ms);
        let judged = judged(&token, &options);
        assert_eq!(
            judged, *expected,
            "{claim} {seconds:+} s, skew {skew_ms}, clock {off_ms:+} ms"
        );
    }
}

// covers: JWT-25, HIST-70
#[test]
fn hist_70_skew_zero_is_zero_and_the_default_is_five_seconds() {
    let gone = token(&[("exp", json!(NOW - 4))]);
    assert_eq!(judged(&gone, &at(NOW_MS)), "ok");
    assert_eq!(
        judged(&gone, &at(NOW_MS).clock_skew(Duration::ZERO)),
        "token-expired"
    );
    assert_eq!(judged(&gone, &at(NOW_MS).clock_skew_ms(0)), "token-expired");
    assert_eq!(DEFAULT_CLOCK_SKEW, Duration::from_secs(5));
    // Half a millisecond counts: expired at once, not half a millisecond before.
    let now = token(&[("exp", json!(NOW))]);
    let half = Duration::from_micros(500);
    assert_eq!(judged(&now, &at(NOW_MS).clock_skew(half)), "ok");
    assert_eq!(
        judged(&now, &at(NOW_MS + 1).clock_skew(half)),
        "token-expired"
    );
    // No skew overflows.
    for skew in [Duration::MAX, Duration::from_secs(1_000_000_000)] {
        assert_eq!(
            judged(&gone, &at(i64::MAX / 4).clock_skew(Duration::ZERO)),
            "token-expired"
        );
        assert_eq!(judged(&gone, &at(NOW_MS).clock_skew(skew)), "ok");
    }
    assert_eq!(
        judged(&gone, &at(i64::MIN).clock_skew_ms(i64::MIN)),
        "token-not-active-yet"
    );
}

// covers: JWT-18, JWT-19, JWT-26
#[test]
fn jwt_26_times_that_no_calendar_holds_are_errors() {
    let failed = "token-verification-failed (action)";
    let odd = [
        json!(null),
        json!("1774000060"),
        json!(""),
        json!([1]),
        json!({}),
        json!(true),
    ];
    for claim in ["exp", "nbf", "iat"] {
        for value in &odd {
            assert_eq!(
                judged(&token(&[(claim, value.clone())]), &at(NOW_MS)),
                failed,
                "{claim} {value}"
            );
        }
        for number in [
            "1e300",
            "1e400",
            "-1e400",
            "8640000000001",
            "-8640000000001",
            "9007199254740992",
        ] {
            let text = token_text(claim, number);
            assert_eq!(judged(&text, &at(NOW_MS)), failed, "{claim} {number}");
        }
    }
    assert_eq!(
        judged(&token(&[("exp", json!("(absent)"))]), &at(NOW_MS)),
        failed
    );
    for (claim, number, expected) in [
        ("exp", "8640000000000", "ok"),
        ("exp", "-1", "token-expired"),
        ("exp", "-0.0", "token-expired"),
        ("exp", "1.7740000600e9", "ok"),
        // Fractions are cut off: 1773999995.999 is 1773999995, expired with the skew.
        ("exp", "1773999995.999", "token-expired"),
        ("exp", "1773999996.000", "ok"),
        ("nbf", "1774000005.999", "ok"),
        ("iat", "-8640000000000", "ok"),
    ] {
        assert_eq!(
            judged(&token_text(claim, number), &at(NOW_MS)),
            expected,
            "{claim} {number}"
        );
    }
}

/// A token with a number that `Value` would not keep as it is written.
fn token_text(claim: &str, number: &str) -> String {
    let base = with(payload(), &[(claim, json!("(absent)"))]).to_string();
    sign_texts(
        header().to_string(),
        base.replacen('{', &format!("{{\"{claim}\":{number},"), 1),
    )
}

// covers: JWT-18, JWT-19
#[test]
fn errors_about_time_measure_it() {
    for (claim, value, offset_ms) in [
        ("exp", NOW - 60, -60_000),
        ("nbf", NOW + 30, 30_000),
        ("iat", NOW + 40, 40_000),
    ] {
        let error = verify(&token(&[(claim, json!(value))]), &at(NOW_MS)).unwrap_err();
        let skew = error.measured_skew().unwrap();
        assert_eq!((skew.claim, skew.offset_ms()), (claim, offset_ms));
        assert_eq!((skew.now_ms, skew.allowed_ms), (NOW_MS, 5000));
    }
    let missing: Value = json!("(absent)");
    let error = verify(&token(&[("exp", missing)]), &at(NOW_MS)).unwrap_err();
    assert_eq!(error.measured_skew(), None);
}
