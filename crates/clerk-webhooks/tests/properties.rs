//! Nothing but the message that was signed passes, and no input does anything but pass or be refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use clerk_core::Clock;
use clerk_webhooks::{SigningSecret, WebhookVerifier, sign};
use proptest::prelude::*;

const NOW: i64 = 1_774_000_000;

fn secret() -> SigningSecret {
    SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()
}

fn verifier() -> WebhookVerifier {
    WebhookVerifier::with_clock(secret(), Clock::fixed(NOW * 1000))
}

/// Whether a message passes, given as its four parts in bytes.
fn passes(parts: &[Vec<u8>; 4]) -> bool {
    let [id, timestamp, signature, body] = parts;
    let headers = [
        ("svix-id", id.as_slice()),
        ("svix-timestamp", timestamp),
        ("svix-signature", signature),
    ];
    verifier().verify_signature(&headers, body).is_ok()
}

fn signed(id: &str, offset: i64, body: &[u8]) -> [Vec<u8>; 4] {
    let headers = sign(&secret(), id, NOW + offset, body);
    [
        headers.id.into_bytes(),
        headers.timestamp.into_bytes(),
        headers.signature.into_bytes(),
        body.to_vec(),
    ]
}

// covers: WH-5, WH-6, HIST-2
#[test]
fn every_single_flipped_bit_is_refused() {
    let body = br#"{"type":"user.deleted","object":"event","data":{"id":"user_1","deleted":true}}"#;
    let good = signed("msg_2b3c", 0, body);
    assert!(passes(&good));
    for part in 0..good.len() {
        for position in 0..good[part].len() {
            for bit in 0..8 {
                let mut flipped = good.clone();
                flipped[part][position] ^= 1 << bit;
                assert!(!passes(&flipped), "part {part}, byte {position}, bit {bit}");
            }
        }
    }
}

proptest! {
    // covers: WH-5
    #[test]
    fn a_flipped_bit_is_refused_in_any_message(
        id in "[!-~]{1,40}",
        offset in -300_i64..=300,
        body in prop::collection::vec(any::<u8>(), 0..300),
        place in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let good = signed(&id, offset, &body);
        prop_assert!(passes(&good));
        let mut flipped = good.clone();
        let mut place = place.index(good.iter().map(Vec::len).sum());
        for part in &mut flipped {
            match part.get_mut(place) {
                Some(byte) => {
                    *byte ^= 1 << bit;
                    break;
                }
                None => place -= part.len(),
            }
        }
        prop_assert!(!passes(&flipped));
    }

    #[test]
    fn another_secret_never_passes(bytes in prop::collection::vec(any::<u8>(), 1..80), body in ".{0,60}") {
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        prop_assume!(text.len() % 4 != 1);
        if let Ok(other) = SigningSecret::parse(&text) {
            let headers = sign(&other, "msg_1", NOW, body.as_bytes());
            prop_assert!(verifier().verify_signature(&headers.pairs(), body.as_bytes()).is_err());
        }
    }

    #[test]
    fn no_headers_and_no_body_do_more_than_fail(
        headers in prop::collection::vec(
            (
                prop_oneof![
                    Just("svix-id".to_owned()),
                    Just("svix-timestamp".to_owned()),
                    Just("svix-signature".to_owned()),
                    Just("webhook-id".to_owned()),
                    Just("webhook-timestamp".to_owned()),
                    Just("webhook-signature".to_owned()),
                    ".{0,12}",
                ],
                prop_oneof![
                    prop::collection::vec(any::<u8>(), 0..60),
                    "[-+ 0-9.e]{0,30}".prop_map(String::into_bytes),
                    "(v[12a]{1,2},[A-Za-z0-9+/=]{0,50}[ ,]?){0,5}".prop_map(String::into_bytes),
                ],
            ),
            0..8,
        ),
        body in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        prop_assert!(verifier().verify(&headers, &body).is_err());
    }

    #[test]
    fn signed_bodies_of_any_content_are_read_or_refused(body in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..100),
        r#"\{("(type|data|timestamp|instance_id|event_attributes)":("a"|1|null|\{"http_request":\{\}\}|\[\]),?){0,5}\}"#
            .prop_map(String::into_bytes),
    ]) {
        let headers = sign(&secret(), "msg_1", NOW, &body);
        if let Ok(delivery) = verifier().verify(&headers.pairs(), &body) {
            let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
            prop_assert_eq!(value["type"].as_str(), Some(delivery.event_type()));
            let data: serde_json::Value = serde_json::from_str(delivery.data().get()).unwrap();
            prop_assert_eq!(&value["data"], &data);
        }
    }
}
