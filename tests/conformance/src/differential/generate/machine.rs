//! Machines' tokens outside a request.

use serde_json::{Map, json};

use super::instances::Instance;
use super::{Case, answers, tokens};
use crate::differential::Choices;

pub(super) fn case(choices: &mut Choices) -> Case {
    let instance = Instance::any(choices);
    let token = match choices.below(10) {
        0 => choices.one(tokens::GARBAGE).into(),
        1 => tokens::session(choices, instance, "https://acme.example.com"),
        2 | 3 => choices.one(tokens::OPAQUE).into(),
        _ => tokens::machine(choices, instance),
    };
    match choices.below(10) {
        0 => return Case::new("machine_tokens", "isMachineToken", &json!({"token": token})),
        1 => {
            return Case::new(
                "machine_tokens",
                "isMachineTokenByPrefix",
                &json!({"token": token}),
            );
        }
        2 => {
            let kinds = ["session_token", "api_key", "m2m_token", "oauth_token"];
            let accepts = match choices.below(3) {
                0 => json!("any"),
                1 => json!(choices.one(&kinds)),
                _ => json!(choices.some(&kinds, 4)),
            };
            let input = json!({"token_type": choices.one(&kinds), "accepts": accepts});
            return Case::new("machine_tokens", "isTokenTypeAccepted", &input);
        }
        _ => {}
    }
    let mut options = Map::new();
    options.insert("secretKey".to_owned(), json!({"$secret": "sk_test_"}));
    if choices.chance(60) {
        options.insert("jwtKey".to_owned(), json!({"$key": "a.spki_pem"}));
    }
    if choices.chance(10) {
        options.insert("machineSecretKey".to_owned(), "ak_machine".into());
    }
    if choices.chance(10) {
        options.insert(
            "clockSkewInMs".to_owned(),
            choices.one(&[0, 1000, 60_000]).into(),
        );
    }
    if choices.chance(20) {
        options.insert(
            "audience".to_owned(),
            choices
                .one(&["https://api.acme.example.com", "x", "y"])
                .into(),
        );
    }
    let input = json!({"token": token, "options": options});
    Case::new("machine_tokens", "verifyMachineAuthToken", &input).with(
        "answers",
        answers::all(choices, instance, "https://acme.example.com"),
    )
}
