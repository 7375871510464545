//! What a delivery says about its event, whatever form the body has.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use clerk_core::Clock;
use clerk_webhooks::{
    Delivery, SigningSecret, WebhookVerificationError, WebhookVerificationErrorKind,
    WebhookVerifier, sign,
};

const NOW: i64 = 1_774_000_000;

fn deliver(body: &str) -> Result<Delivery, WebhookVerificationError> {
    let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let signed = sign(&secret, "msg_1", NOW, body.as_bytes());
    WebhookVerifier::with_clock(secret, Clock::fixed((NOW + 7) * 1000))
        .verify(&signed.pairs(), body.as_bytes())
}

// covers: WH-8, WH-11, CHG-5
#[test]
fn every_member_of_the_envelope_is_there() {
    let delivery = deliver(
        r#"{
            "data": {"id": "user_1", "future": [1, {"a": 1e2}]},
            "event_attributes": {"http_request": {"client_ip": "203.0.113.7", "user_agent": "Mozilla/5.0 (é)"}},
            "instance_id": "ins_1", "object": "event", "timestamp": 1774000000250, "type": "user.created"
        }"#,
    )
    .unwrap();
    assert_eq!(delivery.id(), "msg_1");
    assert_eq!(delivery.sent_at(), NOW);
    assert_eq!(delivery.event_type(), "user.created");
    assert_eq!(delivery.occurred_at(), Some(1_774_000_000_250));
    assert_eq!(delivery.instance_id(), Some("ins_1"));
    assert_eq!(delivery.client_ip(), Some("203.0.113.7"));
    assert_eq!(delivery.user_agent(), Some("Mozilla/5.0 (é)"));
    let data = r#"{"id": "user_1", "future": [1, {"a": 1e2}]}"#;
    assert_eq!(delivery.data().get(), data);
    assert_eq!(delivery.into_data().get(), data);
}

// covers: WH-8
#[test]
fn members_other_than_the_type_may_be_missing_or_of_another_form() {
    let others = [
        r#"{"type":"a"}"#.to_owned(),
        r#"{"type":"a","data":null}"#.to_owned(),
    ];
    let odd = [
        "null",
        "true",
        "1.5",
        "99999999999999999999",
        "[[]]",
        r#"{"x":{}}"#,
    ]
    .into_iter()
    .map(|value| {
        format!(
            r#"{{"type":"a","timestamp":{value},"instance_id":{value},"event_attributes":{value}}}"#
        )
    });
    for body in others.into_iter().chain(odd) {
        let delivery = deliver(&body).unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(delivery.event_type(), "a");
        assert_eq!(delivery.occurred_at(), None, "{body}");
        assert_eq!(delivery.instance_id(), None, "{body}");
        assert_eq!(delivery.client_ip(), None, "{body}");
        assert_eq!(delivery.data().get(), "null", "{body}");
    }
    for (value, ip) in [
        (r#"{"http_request":null}"#, None),
        (r#"{"http_request":[]}"#, None),
        (
            r#"{"http_request":{"client_ip":7,"user_agent":null}}"#,
            None,
        ),
        (
            r#"{"http_request":{"client_ip":"::1","x":{}},"y":[]}"#,
            Some("::1"),
        ),
    ] {
        let delivery = deliver(&format!(r#"{{"type":"a","event_attributes":{value}}}"#)).unwrap();
        assert_eq!(delivery.client_ip(), ip, "{value}");
        assert_eq!(delivery.user_agent(), None, "{value}");
    }
}

// covers: WH-7
#[test]
fn a_signed_body_that_is_no_event_is_refused_as_such() {
    for body in [
        "",
        "hello",
        "null",
        "12",
        r#""x""#,
        "[1]",
        "{}",
        r#"{"data":{}}"#,
        r#"{"type":null}"#,
        r#"{"type":7}"#,
        r#"{"type":"a","data":}"#,
        r#"{"type":"a"} {}"#,
        r#"{"type":"a""#,
        "\u{feff}{\"type\":\"a\"}",
    ] {
        let error = deliver(body).unwrap_err();
        assert_eq!(
            error.kind(),
            WebhookVerificationErrorKind::InvalidBody,
            "{body}"
        );
        assert!(
            error.to_string().contains("the signature is good"),
            "{error}"
        );
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[test]
fn of_members_that_appear_twice_the_last_one_counts() {
    let delivery = deliver(
        r#"{"type":"first","data":1,"timestamp":1,"type":"second","data":{"a":1,"a":2},"timestamp":2,"__proto__":{"type":"x"}}"#,
    )
    .unwrap();
    assert_eq!(delivery.event_type(), "second");
    assert_eq!(delivery.data().get(), r#"{"a":1,"a":2}"#);
    assert_eq!(delivery.occurred_at(), Some(2));
    assert_eq!(
        deliver(r#"{"type":1,"type":"a"}"#).unwrap().event_type(),
        "a"
    );
    assert!(deliver(r#"{"type":"a","type":1}"#).is_err());
}

#[test]
fn deep_nesting_is_read_over() {
    for depth in [60, 100_000] {
        let nested = "[".repeat(depth) + &"]".repeat(depth);
        for body in [
            format!(r#"{{"type":"a","data":{nested}}}"#),
            format!(r#"{{"type":"a","future":{nested}}}"#),
            format!(r#"{{"type":"a","timestamp":[{nested}]}}"#),
        ] {
            assert_eq!(deliver(&body).unwrap().event_type(), "a");
        }
    }
}
