//! Messages signed by the Svix crate are accepted here, and ours there.

use std::time::{SystemTime, UNIX_EPOCH};

use clerk_webhooks::{SigningSecret, WebhookVerifier, sign};
use http::HeaderMap;
use svix::webhooks::Webhook;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

const BODIES: &[&str] = &[
    "",
    "{}",
    r#"{"type":"user.created","data":{"id":"user_1"}}"#,
    "{\n  \"type\": \"user.created\",\n  \"data\": { \"name\": \"Ünïcödé 🙂\" }\n}\n",
];

/// The Svix crate reads the system's clock.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs().try_into().unwrap()
}

fn headers(pairs: [(&'static str, &str); 3]) -> HeaderMap {
    pairs
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect()
}

#[test]
fn ours_verify_there() {
    let theirs = Webhook::new(SECRET).unwrap();
    let stranger = Webhook::new(OTHER).unwrap();
    let secret = SigningSecret::parse(SECRET).unwrap();
    for (number, body) in BODIES.iter().enumerate() {
        let signed = sign(&secret, &format!("msg_{number}"), now(), body.as_bytes());
        for pairs in [signed.pairs(), signed.standard_pairs()] {
            let headers = headers(pairs);
            theirs.verify(body.as_bytes(), &headers).unwrap();
            assert!(stranger.verify(body.as_bytes(), &headers).is_err());
            assert!(
                theirs
                    .verify(format!("{body} ").as_bytes(), &headers)
                    .is_err()
            );
        }
    }
}

#[test]
fn theirs_verify_here() {
    let theirs = Webhook::new(SECRET).unwrap();
    let ours = WebhookVerifier::new(SECRET).unwrap();
    let stranger = WebhookVerifier::new(OTHER).unwrap();
    for (number, body) in BODIES.iter().enumerate() {
        let (id, timestamp) = (format!("msg_{number}"), now());
        let signature = theirs.sign(&id, timestamp, body.as_bytes()).unwrap();
        let timestamp = timestamp.to_string();
        let headers = headers([
            ("svix-id", &id),
            ("svix-timestamp", &timestamp),
            ("svix-signature", &signature),
        ]);
        assert_eq!(
            ours.verify_signature(&headers, body.as_bytes())
                .unwrap()
                .id(),
            id
        );
        assert!(
            stranger
                .verify_signature(&headers, body.as_bytes())
                .is_err()
        );
        assert!(
            ours.verify_signature(&headers, format!("{body} ").as_bytes())
                .is_err()
        );
    }
}
