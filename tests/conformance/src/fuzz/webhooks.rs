//! Headers and bodies of webhooks.

use clerk_core::Clock;
use clerk_webhooks::{
    EventData, SigningSecret, WebhookVerificationErrorKind, WebhookVerifier, sign,
};
use serde_json::Value;

use crate::adapters::webhooks as recorded;
use crate::vector::Vector;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The frozen time of the recorded vectors, in milliseconds.
const NOW_MS: i64 = 1_774_000_000_250;

fn secret() -> Option<SigningSecret> {
    let secret = SigningSecret::parse(SECRET);
    assert!(secret.is_ok(), "the secret is one");
    secret.ok()
}

/// Headers, one in a line, and after an empty line the body: what passes bears a signature over exactly what it says, and
/// what does not pass shows no secret.
pub(super) fn message(data: &[u8]) {
    let Some(secret) = secret() else { return };
    let (head, body) = split(data);
    let headers: Vec<(String, &[u8])> = head
        .split(|byte| *byte == b'\n')
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let (name, value) = line.split_at(colon);
            Some((String::from_utf8_lossy(name).into_owned(), value.get(1..)?))
        })
        .collect();
    let verifier = WebhookVerifier::with_clock(secret.clone(), Clock::fixed(NOW_MS));
    let message = match verifier.verify_signature(&headers, body) {
        Ok(message) => message,
        Err(error) => {
            assert!(!error.to_string().contains("MfKQ9r8"), "{error}");
            assert_eq!(
                error.missing().is_empty(),
                error.kind() != WebhookVerificationErrorKind::MissingHeaders
            );
            return;
        }
    };
    assert!((message.sent_at() - NOW_MS / 1000).abs() <= 300);
    let signed = sign(&secret, message.id(), message.sent_at(), body);
    let bears = |value: &[u8]| {
        let signature = signed.signature.as_bytes();
        value
            .windows(signature.len())
            .any(|window| window == signature)
    };
    assert!(headers.iter().any(|(_, value)| bears(value)));
    // The same message, asked for in another way.
    assert!(verifier.verify_signature(&signed.pairs(), body).is_ok());
}

/// A body that is signed: read as an event exactly where it is one, and without a change.
pub(super) fn body(data: &[u8]) {
    let Some(secret) = secret() else { return };
    let signed = sign(&secret, "msg_1", NOW_MS / 1000, data);
    let verifier = WebhookVerifier::with_clock(secret, Clock::fixed(NOW_MS));
    let value = serde_json::from_slice::<Value>(data).ok();
    match verifier.verify(&signed.pairs(), data) {
        Ok(delivery) => {
            if let Ok(event) = delivery.event() {
                assert_eq!(event.event_type(), delivery.event_type());
                let written = serde_json::to_vec(&event).unwrap_or_default();
                assert!(EventData::from_parts(event.event_type(), &written).is_ok());
            }
            // What this reader refuses and the other one reads over: depth, and escapes that are no text.
            let Some(value) = value else { return };
            assert_eq!(value["type"].as_str(), Some(delivery.event_type()));
            let read = serde_json::from_str::<Value>(delivery.data().get()).ok();
            assert_eq!(read.as_ref(), Some(&value["data"]));
            assert_eq!(value["timestamp"].as_i64(), delivery.occurred_at());
            assert_eq!(value["instance_id"].as_str(), delivery.instance_id());
            let request = &value["event_attributes"]["http_request"];
            assert_eq!(request["client_ip"].as_str(), delivery.client_ip());
            assert_eq!(request["user_agent"].as_str(), delivery.user_agent());
        }
        Err(error) => {
            assert_eq!(error.kind(), WebhookVerificationErrorKind::InvalidBody);
            let is_event = value.is_some_and(|value| value["type"].is_string());
            assert!(!is_event, "{error}");
        }
    }
}

/// A recorded message in the form that [`message`] reads.
pub(super) fn message_of(vector: &Vector) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    for (name, value) in recorded::headers(vector) {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        text.extend_from_slice(&value);
        text.push(b'\n');
    }
    text.push(b'\n');
    text.extend_from_slice(&recorded::body(vector)?);
    Some(text)
}

fn split(data: &[u8]) -> (&[u8], &[u8]) {
    match data.windows(2).position(|pair| pair == b"\n\n") {
        Some(end) => (&data[..end], &data[end + 2..]),
        None => (data, b""),
    }
}
