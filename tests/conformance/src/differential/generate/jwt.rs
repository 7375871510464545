//! Tokens: decoding, verification.

use serde_json::{Map, Value, json};

use super::instances::{Instance, ORIGINS};
use super::{Case, answers, tokens};
use crate::differential::Choices;

pub(super) fn case(choices: &mut Choices) -> Case {
    let instance = Instance::any(choices);
    let origin = choices.one(ORIGINS);
    let token = match choices.below(8) {
        0 => choices.one(tokens::GARBAGE).into(),
        1 => tokens::machine(choices, instance),
        2 => malformed(choices),
        _ => tokens::session(choices, instance, origin),
    };
    match choices.below(6) {
        0 | 1 => Case::new("jwt", "decodeJwt", &json!({ "token": token })),
        2 => Case::new(
            "jwt",
            "hasValidSignature",
            &json!({"token": token, "key": key(choices)}),
        ),
        _ => {
            let mut options = claims_options(choices, instance, origin);
            options.insert("key".to_owned(), key(choices));
            Case::new(
                "jwt",
                "verifyJwt",
                &json!({"token": token, "options": options}),
            )
        }
    }
}

/// `verifyToken`, with a local key or with those of the network.
pub(super) fn verify_token_case(choices: &mut Choices) -> Case {
    let instance = Instance::any(choices);
    let origin = choices.one(ORIGINS);
    let token = match choices.below(10) {
        0 => choices.one(tokens::GARBAGE).into(),
        1 => tokens::machine(choices, instance),
        _ => tokens::session(choices, instance, origin),
    };
    let mut options = claims_options(choices, instance, origin);
    let mut case = match choices.chance(60) {
        true => {
            options.insert("jwtKey".to_owned(), local_key(choices));
            Value::Null
        }
        false => {
            options.insert("secretKey".to_owned(), json!({"$secret": "sk_test_"}));
            json!({"jwks": [answers::jwks(choices)]})
        }
    };
    let input = json!({"token": token, "options": options});
    let made = Case::new("verify_token", "verifyToken", &input);
    match case.take() {
        Value::Null => made,
        answers => made.with("answers", answers),
    }
}

fn key(choices: &mut Choices) -> Value {
    match choices.below(10) {
        0 => json!({"$key": "b.spki_pem"}),
        1 => json!({"$key": "a.jwk"}),
        2 => json!({"$key": "b.jwk"}),
        3 => json!({"$key": "a.spki_pem_crlf"}),
        4 => json!({"$key": "a.spki_pem_one_line"}),
        _ => json!({"$key": "a.spki_pem"}),
    }
}

fn local_key(choices: &mut Choices) -> Value {
    match choices.below(8) {
        0 => json!({"$key": "b.spki_pem"}),
        1 => json!({"$key": "a.spki_pem_crlf"}),
        2 => json!({"$key": "a.spki_pem_one_line"}),
        3 => json!({"$key": "a.spki_b64"}),
        _ => json!({"$key": "a.spki_pem"}),
    }
}

fn claims_options(choices: &mut Choices, instance: Instance, origin: &str) -> Map<String, Value> {
    let mut options = Map::new();
    let mut set = |name: &str, value: Value| {
        options.insert(name.to_owned(), value);
    };
    if choices.chance(15) {
        set(
            "audience",
            match choices.below(4) {
                0 => json!("https://api.acme.example.com"),
                1 => json!(["x", "y"]),
                2 => json!([]),
                _ => json!("x"),
            },
        );
    }
    if choices.chance(15) {
        set(
            "authorizedParties",
            match choices.below(3) {
                0 => json!([]),
                1 => json!([origin]),
                _ => json!(["https://other.example", choices.one(ORIGINS)]),
            },
        );
    }
    if choices.chance(15) {
        set(
            "issuer",
            match choices.below(4) {
                0 => json!("https://x.example"),
                1 => json!(["https://x.example", instance.issuer()]),
                2 => json!([]),
                _ => json!(instance.issuer()),
            },
        );
    }
    if choices.chance(15) {
        set(
            "clockSkewInMs",
            choices.one(&[0, 1, 1000, 5000, 60_000, 999]).into(),
        );
    }
    if choices.chance(10) {
        set(
            "headerType",
            match choices.below(4) {
                0 => json!("at+jwt"),
                1 => json!(["JWT", "at+jwt"]),
                2 => json!([]),
                _ => json!("JWT"),
            },
        );
    }
    options
}

/// Texts of JSON that parsers disagree about.
const JSON_TEXTS: &[&str] = &[
    "{}",
    "null",
    "[]",
    "{",
    "{\"a\":1,}",
    "{\"a\":1}x",
    " {\"a\":1} ",
    "\u{feff}{\"a\":1}",
    "{\"a\":1,\"a\":2}",
    "{\"sub\":\"\\ud83d\\ude00\"}",
    "{\"sub\":\"a\\u0000b\"}",
    "{\"a\":01}",
    "{\"a\":-0}",
    "{\"a\":1.0}",
    "{\"a\":12345678901234567890}",
    "{\"a\":NaN}",
    "{'a':1}",
    "{\"a\":\"\t\"}",
    "{\"__proto__\":{\"a\":1}}",
    "{\"exp\":1774000040,\"iat\":1773999980,\"exp\":1}",
    "{\"exp\":1.774000040e9,\"iat\":1773999980}",
    "{\"exp\":1774000040,\"iat\":\"x\"}",
    "\"text\"",
    "true",
    "",
];

fn malformed(choices: &mut Choices) -> Value {
    let header = match choices.chance(50) {
        true => json!({"alg": "RS256", "typ": "JWT", "kid": "ins_2vjDTbNiRxetyA2fTgMyVkvF4Wp"}),
        false => choices.one(JSON_TEXTS).into(),
    };
    json!({"$sign": {"header": header, "payload": choices.one(JSON_TEXTS), "key": "a"}})
}
