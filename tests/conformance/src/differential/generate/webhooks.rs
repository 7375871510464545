//! Deliveries, signed well and badly.

use serde_json::{Value, json};

use super::{Case, NOW_MS};
use crate::differential::Choices;

const SECRETS: &[&str] = &[
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
];

const BODIES: &[&str] = &[
    "{\"data\":{\"id\":\"user_1\",\"object\":\"user\"},\"object\":\"event\",\"type\":\"user.created\",\"timestamp\":1774000000250,\"instance_id\":\"ins_x\",\"event_attributes\":{\"http_request\":{\"client_ip\":\"127.0.0.1\",\"user_agent\":\"x\"}}}",
    "{\"data\":{},\"object\":\"event\",\"type\":\"x.y\"}",
    "{\"data\":null,\"type\":\"user.deleted\"}",
    "{\"data\":[1,\"é\"],\"type\":\"\",\"extra\":1}",
    "{\"data\":{\"a\":1.0,\"b\":-0,\"c\":1e3},\"type\":\"a\",\"timestamp\":1}",
    "{\"data\":1,\"type\":\"a\",\"event_attributes\":{\"http_request\":{\"client_ip\":\"::1\"}}}",
    "{\"data\":{},\"type\":\"a\"} ",
    "not json",
    "",
];

pub(super) fn case(choices: &mut Choices) -> Case {
    let secret = choices.one(SECRETS);
    let body = choices.one(BODIES);
    let id = choices.one(&["msg_2b3c", "msg_x", "m", "msg.with.dots", " msg_2b3c "]);
    let offset = choices.one(&[0, 0, 0, -299, -300, -301, 299, 300, 301, 3600]);
    let timestamp = match choices.chance(90) {
        true => (NOW_MS / 1000 + offset).to_string(),
        false => choices
            .one(&[
                "",
                "x",
                "1774000000.5",
                "1774000000x",
                "01774000000",
                "-1",
                "+1774000000",
                "1.774e9",
            ])
            .to_owned(),
    };
    let signed = |secret: &str, body: &str| json!({"$svix": {"secret": secret, "id": id.trim(), "timestamp": timestamp.trim(), "body": body}});
    let good = signed(secret, body);
    let bad = signed(choices.one(SECRETS), choices.one(BODIES));
    let signature = match choices.below(10) {
        0 => json!({"$join": ["v1,", bad]}),
        1 => json!({"$join": ["v1,", bad, " v1,", good]}),
        2 => json!({"$join": ["v2,", good]}),
        3 => json!({"$join": ["v1,", good, " ", choices.one(&["v1a,x", "v1", ",", "x", "v1,"])]}),
        4 => json!({"$join": [choices.one(&["", "V1,", "v1", "v1 ,", "v1,  "]), good]}),
        5 => json!({"$join": ["v1,", good, choices.one(&["=", "A", ",x", " "])]}),
        _ => json!({"$join": ["v1,", good]}),
    };
    let mut headers = vec![
        json!(["svix-id", id]),
        json!(["svix-timestamp", timestamp]),
        json!(["svix-signature", signature]),
    ];
    if choices.chance(10) {
        headers.remove(choices.below(3));
    }
    if choices.chance(10) {
        headers.push(json!(["webhook-id", "other"]));
    }
    let given: Value = match choices.chance(90) {
        true => secret.into(),
        false => choices
            .one(&["", "whsec_", "not base64!", "whsec_AAAA"])
            .into(),
    };
    let input = json!({"signing_secret": given, "headers": headers, "body": body});
    Case::new("webhooks", "verifyWebhook", &input)
}
